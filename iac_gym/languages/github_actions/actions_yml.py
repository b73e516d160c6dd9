"""What holds for `action.yml` beyond the schema: `runs` fits its kind, ids of steps, outputs."""

from __future__ import annotations

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.github_actions.schema import VALUES, Fault, Faults
from iac_gym.languages.github_actions.structure import check_steps
from iac_gym.languages.github_actions.values import has_expression, map_of, text_of

#: What `runs` must have, by its kind.
_PARTS = {"composite": "steps", "docker": "image", "node": "main"}


def check_action(tree: YamlMap, out: Faults) -> None:
    """Examine one action."""
    runs = map_of(tree, "runs")
    using = text_of(runs.get("using"))
    kind = "node" if using.startswith("node") else using
    part = _PARTS.get(kind, "")
    if part and part not in runs:
        others = [other for other in _PARTS.values() if other in runs]
        if others:  # the schema reports a `runs` with none of them
            message = f"an action that runs `{using}` has `{part}`, not `{others[0]}`"
            out.append(Fault("runs-fits-its-kind", runs.key_marks[others[0]], message))
    for key in ("pre-if", "post-if"):
        if has_expression(text_of(runs.get(key))):
            message = f"`{key}` is an expression already: `${{{{ }}}}` is not allowed in it"
            out.append(Fault(VALUES, runs.marks[key], message))
    if "steps" in runs:
        check_steps(runs["steps"], out)
    if kind == "composite":
        _check_outputs(map_of(tree, "outputs"), out)


def _check_outputs(outputs: YamlMap, out: Faults) -> None:
    for name, output in outputs.items():
        if output.__class__ is YamlMap and "value" not in output:
            message = f"the output `{text_of(name)[:60]}` of a composite action has no `value`"
            out.append(Fault("outputs-have-a-value", outputs.key_marks[name], message))
