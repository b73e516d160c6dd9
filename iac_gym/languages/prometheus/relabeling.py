"""Steps of relabeling in normal form, and what they do to the labels of one target.

Source: https://github.com/prometheus/prometheus/blob/v3.14.0/model/relabel/relabel.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import md5
from typing import Any, NamedTuple

from iac_gym.formats.go_captures import Unplayable, captured, expanded
from iac_gym.formats.go_regexp import GoRegexpError, go_regexp
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.prometheus.faults import is_scalar, number_of, text_of

__all__ = ["Relabel", "Unplayable", "played", "read_relabels", "relabeled"]


class Relabel(NamedTuple):
    """One step with its defaults filled in; `action` is in lower case."""

    action: str
    source: tuple[str, ...]
    regex: str
    target: str
    replacement: str
    separator: str
    modulus: int
    mark: Mark
    tree: YamlMap


def read_relabels(tree: Any, key: str) -> tuple[Relabel, ...]:
    """Read the steps under a key."""
    steps = tree.get(key) if tree.__class__ is YamlMap else None
    if steps.__class__ is not YamlList:
        return ()
    return tuple(
        [
            _step(one, mark)
            for one, mark in zip(steps, steps.marks, strict=True)
            if one.__class__ is YamlMap
        ]
    )


def _step(tree: YamlMap, mark: Mark) -> Relabel:
    def read(key: str, default: str) -> str:
        return text_of(tree[key]) if key in tree else default

    source = tree.get("source_labels")
    labels = (
        [text_of(one) for one in source if is_scalar(one)] if source.__class__ is YamlList else ()
    )
    modulus = number_of(tree.get("modulus"))
    return Relabel(
        (read("action", "") or "replace").lower(),
        tuple([text_of(one) for one in labels if is_scalar(one)]),
        read("regex", "(.*)"),
        read("target_label", ""),
        read("replacement", "$1"),
        read("separator", ";"),
        int(modulus) if modulus is not None and abs(modulus) < 1e19 else 0,
        mark,
        tree,
    )


# --- playing the steps ---------------------------------------------------------------------------


def relabeled(labels: Mapping[str, str], steps: Sequence[Relabel]) -> dict[str, str] | None:
    """Return the labels after the steps, None where the target is dropped.

    Steps with a regular expression that is invalid or too elaborate are left out; `played` says so.
    """
    return _run(labels, steps, strict=False)


def played(labels: Mapping[str, str], steps: Sequence[Relabel]) -> dict[str, str] | None:
    """Return the same as `relabeled`, but raise `Unplayable` where a step cannot be played."""
    return _run(labels, steps, strict=True)


def _run(
    labels: Mapping[str, str], steps: Sequence[Relabel], *, strict: bool
) -> dict[str, str] | None:
    found = dict(labels)
    for step in steps:
        try:
            if not _play(step, found):
                return None
        except (Unplayable, GoRegexpError) as error:
            if strict:
                raise Unplayable(str(error)) from None
    return found


def _play(step: Relabel, labels: dict[str, str]) -> bool:
    """Play one step; False where it drops the target."""
    value = step.separator.join(labels.get(name, "") for name in step.source)
    action = step.action
    if action in ("keep", "drop"):
        return go_regexp(step.regex).fullmatch(value) is (action == "keep")
    if action in ("keepequal", "dropequal"):
        return (labels.get(step.target, "") == value) is (action == "keepequal")
    if action == "replace":
        _replace(step, value, labels)
    elif action in ("lowercase", "uppercase"):
        _set(labels, step.target, value.lower() if action == "lowercase" else value.upper())
    elif action == "hashmod" and step.modulus > 0:
        digest = md5(value.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
        _set(labels, step.target, str(int.from_bytes(digest[8:], "big") % step.modulus))
    elif action.startswith("label"):
        _rename(step, action, labels)
    return True


def _set(labels: dict[str, str], name: str, value: str) -> None:
    """Set a label; an empty one is the same as none."""
    if value:
        labels[name] = value
    else:
        labels.pop(name, None)


def _replace(step: Relabel, value: str, labels: dict[str, str]) -> None:
    plain = "$" not in step.replacement and "$" not in step.target
    if step.regex == "(.*)":
        groups = {"0": value, "1": value}
    elif plain:
        if not go_regexp(step.regex).fullmatch(value):
            return
        groups = {}
    else:
        if not go_regexp(step.regex).fullmatch(value):
            return
        groups = captured(step.regex, value)
    target = expanded(step.target, groups)
    if target:
        _set(labels, target, expanded(step.replacement, groups))


def _rename(step: Relabel, action: str, labels: dict[str, str]) -> None:
    pattern = go_regexp(step.regex)
    for name in sorted(labels):
        fits = pattern.fullmatch(name)
        if action == "labelmap":
            if fits:
                groups = {"0": name, "1": name} if step.regex == "(.*)" else (
                    captured(step.regex, name) if "$" in step.replacement else {}
                )  # fmt: skip
                _set(labels, expanded(step.replacement, groups), labels[name])
        elif fits is (action == "labeldrop"):
            del labels[name]
