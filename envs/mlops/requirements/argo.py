"""Requirements about Argo workflows: steps, their order, parameters, artifacts, conditions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from envs.mlops.commands import container_lines, lines_of, runs_with_more
from envs.mlops.reading import differs, each, equal, same_image, shown, texts, value_is
from envs.mlops.requirements.workloads import runs_line
from envs.mlops.spots import ARGO, nodes_of, spots, view_of
from iac_gym.check import Findings, requirement
from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, Node
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map, as_text

_TAG = re.compile(r"\{\{=?\s*([^{}]*?)\s*\}\}")


def _exists(manifest: Manifest, name: str, kind: str) -> Findings:
    def check(item: KubeObject) -> Findings:
        view = view_of(manifest, item)
        if view is None or all(node.on_exit for node in view.live):
            yield item.finding(f"`{name}` runs nothing: its entrypoint is missing", "spec")

    return each(manifest, name, (kind,), check)


@requirement("an Argo Workflow `{name}`", "the Argo Workflow is called `{name}`")
def workflow(manifest: Manifest, name: str) -> Findings:
    """A Workflow whose entrypoint leads somewhere."""
    return _exists(manifest, name, "Workflow")


@requirement("an Argo CronWorkflow `{name}`", "the Argo CronWorkflow is called `{name}`")
def cron_workflow(manifest: Manifest, name: str) -> Findings:
    """A CronWorkflow whose entrypoint leads somewhere."""
    return _exists(manifest, name, "CronWorkflow")


@requirement(
    "a WorkflowTemplate `{name}` whose template `{template}` runs `{command}` in `{image}`",
    "the WorkflowTemplate `{name}` offers the template `{template}`: `{command}` in the image"
    " `{image}`",
)
def workflow_template(
    manifest: Manifest, name: str, template: str, image: str, command: str
) -> Findings:
    """A template of a WorkflowTemplate."""

    def check(item: KubeObject) -> Findings:
        view = view_of(manifest, item)
        found = view.templates.get(template) if view else None
        container = found.container if found else {}
        if not same_image(container.get("image"), image):
            message = f"`{template}` of `{name}` has not the image {image}"
            yield item.finding(message, "spec", "templates")
        elif not runs_line(container_lines(container, {}, str), command):
            message = f"`{template}` of `{name}` does not run `{command}`"
            yield item.finding(message, "spec", "templates")

    return each(manifest, name, ("WorkflowTemplate",), check)


def _views(
    manifest: Manifest, of: str, check: Callable[[KubeObject, ArgoWorkflow], Findings]
) -> Findings:
    def inner(item: KubeObject) -> Findings:
        view = view_of(manifest, item)
        return check(item, view) if view is not None else (item.finding("it is no workflow"),)

    return each(manifest, of, ARGO, inner)


@requirement(
    "the step `{step}` of `{of}` runs `{command}` in the image `{image}`",
    "`{of}` has a step `{step}`: image `{image}`, command `{command}`",
)
def step(manifest: Manifest, of: str, step: str, image: str, command: str) -> Findings:
    """A step or task that is reached: its image and its command."""
    found, wrong = spots(manifest, of, step)
    for spot in found:
        if not same_image(spot.container.get("image"), image):
            message = f"the image of `{step}` is {shown(spot.container.get('image'))}, not {image}"
            wrong.append(spot.finding(message, "image"))
        words = [*texts(spot.container.get("command")), *texts(spot.container.get("args"))]
        source = spot.container.get("source")
        words += [source] if isinstance(source, str) and spot.at[-1] == "script" else []
        if not runs_line(lines_of(spot), command) and not _more(words, spot.at[-1], command):
            wrong.append(spot.finding(f"the step `{step}` does not run `{command}`", "command"))
    return wrong


def _more(words: list[str], kind: str | int, command: str) -> bool:
    """Whether a step runs a command with further options that hold parameters."""
    if kind == "script" and words:
        words = ["sh", "-c", words[-1]]
    return runs_with_more(words, command)


@requirement(
    "in `{of}`, `{step}` starts only after `{other}`",
    "`{step}` waits for `{other}` in `{of}`",
)
def step_after(manifest: Manifest, of: str, step: str, other: str) -> Findings:
    """The order of two steps, by dependencies, by `depends` or by the order of step groups."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        ones, others = nodes_of(manifest, item, step), nodes_of(manifest, item, other)
        if not ones or not others:
            missing = step if not ones else other
            yield item.finding(f"`{of}` runs no step `{missing}`", "spec")
        for one in ones:
            if others and not any(two.before(one) for two in others):
                yield one.finding(f"`{step}` does not wait for `{other}`")

    return _views(manifest, of, check)


@requirement(
    "in `{of}`, `{step}` and `{other}` run side by side: neither waits for the other",
    "`{step}` and `{other}` of `{of}` are independent and may run at the same time",
)
def steps_parallel(manifest: Manifest, of: str, step: str, other: str) -> Findings:
    """Two steps that are reached and not ordered."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        ones, others = nodes_of(manifest, item, step), nodes_of(manifest, item, other)
        if not ones or not others:
            yield item.finding(f"`{of}` lacks `{step}` or `{other}`", "spec")
        for one in ones:
            for two in others:
                if one.before(two) or two.before(one):
                    yield one.finding(f"`{step}` and `{other}` wait for each other")

    return _views(manifest, of, check)


@requirement(
    "`{of}` has the parameter `{parameter}` with the default `{value}`",
    "a workflow parameter `{parameter}` of `{of}`, by default `{value}`",
)
def workflow_parameter(manifest: Manifest, of: str, parameter: str, value: str) -> Findings:
    """An argument of the workflow with a value."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        found = view.parameters.get(parameter)
        if found != value:
            path = (*view.spec_path, "arguments", "parameters")
            yield differs(item, path, found, value)

    return _views(manifest, of, check)


@requirement(
    "`{step}` in `{of}` also gets the workflow parameter `{parameter}`, as an argument or an"
    " environment variable",
    "the workflow parameter `{parameter}` of `{of}` is handed on to `{step}`, as a further argument"
    " or an environment variable",
)
def parameter_used(manifest: Manifest, of: str, step: str, parameter: str) -> Findings:
    """A workflow parameter in the words (or variables) of a step, directly or by an input."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        for node in nodes_of(manifest, item, step):
            if node.template is not None and _uses(node, parameter):
                return
        yield item.finding(f"`{step}` does not get `{parameter}`", "spec")

    return _views(manifest, of, check)


def _uses(node: Node, parameter: str) -> bool:
    """Whether a tag of a node's container is a workflow parameter, through its inputs or not."""
    wanted = f"workflow.parameters.{parameter}"
    above: Node | None = node
    tags = _tags(node.template.container if node.template else {})
    for _ in range(40):
        if wanted in tags or above is None:
            return wanted in tags
        passed: set[str] = set()
        inputs = above.template.inputs if above.template else {}
        root = above.parent is None
        for tag in tags:
            name = tag.removeprefix("inputs.parameters.")
            if name == tag or name not in inputs:
                continue
            if root and name == parameter:
                return True
            given = above.arguments.get(name)
            passed |= _tags(given if given is not None else inputs[name])
        tags, above = passed, above.parent
    return False


def _tags(tree: object) -> set[str]:
    found: set[str] = set()
    stack = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value
        elif isinstance(value, str) and "{{" in value:
            found.update(_TAG.findall(value))
    return found


@requirement(
    "`{step}` in `{of}` is retried up to {count} times",
    "a retry limit of {count} for the step `{step}` of `{of}`",
)
def step_retries(manifest: Manifest, of: str, step: str, count: int) -> Findings:
    """`retryStrategy.limit` of the template of a step."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        nodes = nodes_of(manifest, item, step)
        limits = [str(node.retry.get("limit")) for node in nodes]
        if not limits or any(limit != str(count) for limit in limits):
            given = limits[0] if limits else "missing"
            yield item.finding(f"the retry limit of `{step}` is {given}, not {count}", "spec")

    return _views(manifest, of, check)


@requirement(
    "`{step}` in `{of}` runs only if the output parameter `{output}` of `{other}` {relation}"
    " {value}",
    "in `{of}`, the step `{step}` has a condition: `{output}` of `{other}` {relation} {value}",
)
def step_condition(
    manifest: Manifest, of: str, step: str, other: str, output: str, relation: str, value: str
) -> Findings:
    """A `when` that compares an output parameter of another step with a value."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        nodes = nodes_of(manifest, item, step)
        if not nodes or not all(_compares(node, other, output, relation, value) for node in nodes):
            message = f"`{step}` is not bound to `{output}` of `{other}` {relation} {value}"
            place = nodes[0].finding(message, "when") if nodes else item.finding(message, "spec")
            yield place

    return _views(manifest, of, check)


_OPERATORS = {"is": "==", "is not": "!=", "is greater than": ">", "is at least": ">="}
_TURNED = {"==": "==", "!=": "!=", ">": "<", ">=": "<="}


def _compares(node: Node, other: str, output: str, relation: str, value: str) -> bool:
    text = re.sub(r"[\s\"'()]", "", node.when)
    operator = _OPERATORS[relation]
    for scope in ("tasks", "steps"):
        tag = "{{" + f"{scope}.{other}.outputs.parameters.{output}" + "}}"
        bare = tag.strip("{}")
        wrapped = "{{=" + f"asFloat{bare}{operator}{value}" + "}}"
        right = f"{tag}{operator}{value}", f"{value}{_TURNED[operator]}{tag}", wrapped
        if text in right:
            return True
    return False


@requirement(
    "`{other}` writes `{file}` as the output parameter `{output}` (in `{of}`)",
    "in `{of}`, the output parameter `{output}` of `{other}` is the content of `{file}`",
)
def output_parameter(manifest: Manifest, of: str, other: str, output: str, file: str) -> Findings:
    """An output parameter of a step from a file."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        for node in nodes_of(manifest, item, other):
            outputs = node.template.outputs if node.template else {}
            source = as_map(as_map(outputs.get(output)).get("valueFrom"))
            if source.get("path") == file:
                return
        yield item.finding(f"`{other}` has no output `{output}` from {file}", "spec")

    return _views(manifest, of, check)


@requirement(
    "in `{of}`, the artifact `{artifact}` that `{other}` leaves at `{source}` lies at `{target}` in"
    " `{step}`",
    "`{step}` of `{of}` finds at `{target}` the artifact `{artifact}`, which `{other}` writes to"
    " `{source}`",
)
def artifact_passed(
    manifest: Manifest, of: str, other: str, artifact: str, source: str, step: str, target: str
) -> Findings:
    """An output artifact of a step that is an input artifact of another."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        makers = nodes_of(manifest, item, other)
        made = any(
            as_map(node.template.output_artifacts.get(artifact)).get("path") == source
            for node in makers
            if node.template
        )
        if not made:
            yield item.finding(f"`{other}` has no artifact `{artifact}` at {source}", "spec")
        names = {node.name for node in makers}
        takers = [n for n in nodes_of(manifest, item, step) if n.template is not None]
        if not any(_takes(node, names, artifact, target) for node in takers):
            yield item.finding(f"`{step}` does not get `{artifact}` at {target}", "spec")

    return _views(manifest, of, check)


def _takes(node: Node, makers: set[str], artifact: str, target: str) -> bool:
    inputs = node.template.input_artifacts if node.template else {}
    for name, entry in inputs.items():
        given = as_map(node.artifacts.get(name))
        text = as_text(given.get("from")) or as_text(given.get("fromExpression"))
        wanted = {
            f"{scope}.{maker}.outputs.artifacts.{artifact}"
            for scope in ("tasks", "steps")
            for maker in makers
        }
        tag = text.strip().removeprefix("{{").removesuffix("}}").strip()
        if entry.get("path") == target and tag in wanted:
            return True
    return False


@requirement(
    "`{step}` in `{of}` runs once for each of the values {values} and gets it as `{flag}`",
    "in `{of}`, the step `{step}` is repeated for {values}, each time with `{flag}` set to one",
)
def step_loop(manifest: Manifest, of: str, step: str, values: list[str], flag: str) -> Findings:
    """`withItems` (or a literal `withParam`), and the item in an option of the command."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        for node in nodes_of(manifest, item, step):
            if _items(node) == [str(value) for value in values] and _gets_item(node, flag):
                return
        yield item.finding(f"`{step}` is not repeated so", "spec")

    return _views(manifest, of, check)


def _items(node: Node) -> list[str]:
    loop = node.loop
    if loop is None:
        return []
    items = loop[1]
    if loop[0] == "withParam" and isinstance(items, str) and len(items) < 4096:
        try:
            items = json.loads(items)
        except ValueError:
            return []
    return [str(one) for one in items] if isinstance(items, list) else []


def _gets_item(node: Node, flag: str) -> bool:
    """Whether the option of a command holds the item of the loop, by an input or directly."""
    inputs = {name for name, text in node.arguments.items() if "{{item}}" in text.replace(" ", "")}
    tags = {f"inputs.parameters.{name}" for name in inputs} | {"item"}
    container = node.template.container if node.template else {}
    words = [
        part
        for key in ("command", "args")
        for word in as_list(container.get(key))
        if isinstance(word, str)
        for part in re.sub(r"\{\{\s*([^{}]*?)\s*\}\}", r"{{\1}}", word).split()
    ]
    text = " ".join(words).replace("=", " ")
    return any(f"{flag} {{{{{tag}}}}}" in text for tag in tags)


@requirement(
    "when `{of}` ends, whatever its result, `{template}` runs `{command}` in `{image}`"
    " (exit handler)",
    "`{of}` has the exit handler `{template}`: `{command}` in the image `{image}`",
)
def exit_handler(manifest: Manifest, of: str, template: str, command: str, image: str) -> Findings:
    """`onExit` of a workflow: a template that runs a command."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        found = [n for n in view.live if n.on_exit and template in (n.name, n.template_name)]
        if not found:
            yield item.finding(f"`{template}` is no exit handler of `{of}`", *view.spec_path)
        for node in found:
            container = node.template.container if node.template else {}
            lines = container_lines(container, {}, node.resolve)
            if not same_image(container.get("image"), image) or not runs_line(lines, command):
                yield node.finding(f"`{template}` does not run `{command}` in {image}")

    return _views(manifest, of, check)


@requirement(
    "the step `{step}` of `{of}` is the template `{template}` of the WorkflowTemplate `{source}`"
    " (templateRef)",
    "`{of}` reuses the template `{template}` of the WorkflowTemplate `{source}` as its step"
    " `{step}`",
)
def step_reuses(manifest: Manifest, of: str, step: str, template: str, source: str) -> Findings:
    """A `templateRef` of a step."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        for node in view.live:
            reference = as_map(node.tree.get("templateRef"))
            given = reference.get("name"), reference.get("template")
            here = node.name == step and not reference.get("clusterScope")
            if here and given == (source, template):
                return
        yield item.finding(f"`{step}` is not `{source}/{template}`", *view.spec_path)

    return _views(manifest, of, check)


def _spec_value(
    manifest: Manifest, of: str, path: tuple[str, ...], asked: object, default: object = None
) -> Findings:
    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        found = item.get(*view.spec_path, *path, default=default)
        if not equal(found, asked):
            yield differs(item, (*view.spec_path, *path), found, asked)

    return _views(manifest, of, check)


@requirement(
    "`{of}` may take {seconds} seconds in all", "an active deadline of {seconds} seconds for `{of}`"
)
def workflow_deadline(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`activeDeadlineSeconds` of a workflow."""
    return _spec_value(manifest, of, ("activeDeadlineSeconds",), seconds)


@requirement(
    "finished runs of `{of}` are deleted after {seconds} seconds",
    "`{of}` is cleaned up {seconds} seconds after its completion",
)
def workflow_ttl(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`ttlStrategy.secondsAfterCompletion` of a workflow."""
    return _spec_value(manifest, of, ("ttlStrategy", "secondsAfterCompletion"), seconds)


@requirement(
    "at most {count} pods of `{of}` run at the same time",
    "a parallelism of {count} for the workflow `{of}`",
)
def workflow_parallelism(manifest: Manifest, of: str, count: int) -> Findings:
    """`parallelism` of a workflow."""
    return _spec_value(manifest, of, ("parallelism",), count)


@requirement(
    "the pods of the workflow `{of}` run under the service account `{account}`",
    "service account `{account}` for the workflow `{of}`",
)
def workflow_account(manifest: Manifest, of: str, account: str) -> Findings:
    """`serviceAccountName` of a workflow."""
    return _spec_value(manifest, of, ("serviceAccountName",), account)


@requirement(
    "`{of}` keeps {count} failed runs in its history",
    "a history of {count} failed runs for `{of}`",
)
def failed_history(manifest: Manifest, of: str, count: int) -> Findings:
    """`failedJobsHistoryLimit` of a CronWorkflow (1 by default)."""
    return value_is(manifest, of, "CronWorkflow", ("spec", "failedJobsHistoryLimit"), count, 1)
