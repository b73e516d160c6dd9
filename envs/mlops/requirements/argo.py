"""Requirements about Argo workflows: steps, their order, parameters, artifacts, conditions."""

from __future__ import annotations

import re
from collections.abc import Callable

from envs.mlops.commands import container_lines, lines_of, runs_with_more, variables
from envs.mlops.reading import differs, each, equal, same_image, shown, texts, value_is
from envs.mlops.requirements.workloads import runs_line
from envs.mlops.spots import ARGO, Spot, nodes_of, spots, view_of
from iac_gym.check import Findings, requirement
from iac_gym.formats.shell import SHELLS
from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, Node
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_map, as_text


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


def views(
    manifest: Manifest, of: str, check: Callable[[KubeObject, ArgoWorkflow], Findings]
) -> Findings:
    """Check every workflow of a name, with its Argo view."""

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
        if not runs_line(lines_of(spot), command) and not _more(spot, command):
            wrong.append(spot.finding(f"the step `{step}` does not run `{command}`", "command"))
    return wrong


def _more(spot: Spot, command: str) -> bool:
    """Whether a step runs a command with further options that hold parameters."""
    words = [*texts(spot.container.get("command")), *texts(spot.container.get("args"))]
    source = spot.container.get("source")
    if isinstance(source, str) and spot.at[-1] == "script":
        program = words[0].rpartition("/")[2] if words else ""
        words = ["sh", "-c", source] if program in SHELLS else []
    return runs_with_more(words, command, variables(spot))


_DEPENDENCY = re.compile(r"([A-Za-z0-9_-]+)(?:\.([A-Za-z]+))?")
_FAILURES = {"Failed", "Errored", "Skipped", "Omitted", "AllFailed"}


def _on_failure(node: Node, names: set[str]) -> bool:
    """Whether a task runs only where one of some others did not succeed."""
    found = _DEPENDENCY.findall(as_text(node.tree.get("depends"))[:4096])
    states = {state for name, state in found if name in names}
    return bool(states) and states <= _FAILURES


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
            after = any(two.before(one) for two in others)
            if others and (not after or _on_failure(one, {two.name for two in others})):
                yield one.finding(f"`{step}` does not wait for `{other}`")

    return views(manifest, of, check)


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

    return views(manifest, of, check)


@requirement(
    "`{step}` in `{of}` is retried up to {count} times",
    "a retry limit of {count} for the step `{step}` of `{of}`",
)
def step_retries(manifest: Manifest, of: str, step: str, count: int) -> Findings:
    """`retryStrategy.limit` of the template of a step."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        nodes = nodes_of(manifest, item, step)
        common = view.spec.get("retryStrategy") or (
            view.base and view.base.spec.get("retryStrategy")
        )
        limits = [str((node.retry or as_map(common)).get("limit")) for node in nodes]
        if not limits or any(limit != str(count) for limit in limits):
            given = limits[0] if limits else "missing"
            yield item.finding(f"the retry limit of `{step}` is {given}, not {count}", "spec")

    return views(manifest, of, check)


@requirement(
    "when `{of}` ends, whatever its result, `{template}` runs `{command}` in `{image}`"
    " (exit handler)",
    "`{of}` has the exit handler `{template}`: `{command}` in the image `{image}`",
)
def exit_handler(manifest: Manifest, of: str, template: str, command: str, image: str) -> Findings:
    """`onExit` of a workflow: a template that runs a command."""

    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        found = [n for n in view.live if n.on_exit and template in (n.name, n.template_name)]
        hook = as_map(as_map(view.spec.get("hooks")).get("exit"))
        hooked = view.templates.get(template) if hook.get("template") == template else None
        if not found and hooked is not None and not hook.get("expression"):
            found = [Node(template, hook, item, view.spec_path, hooked, on_exit=True)]
        if not found:
            yield item.finding(f"`{template}` is no exit handler of `{of}`", *view.spec_path)
        for node in found:
            container = node.template.container if node.template else {}
            lines = container_lines(container, {}, node.resolve)
            if not same_image(container.get("image"), image) or not runs_line(lines, command):
                yield node.finding(f"`{template}` does not run `{command}` in {image}")

    return views(manifest, of, check)


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

    return views(manifest, of, check)


def _spec_value(
    manifest: Manifest, of: str, path: tuple[str, ...], asked: object, default: object = None
) -> Findings:
    def check(item: KubeObject, view: ArgoWorkflow) -> Findings:
        found = item.get(*view.spec_path, *path)
        if found is None and view.base is not None:  # a workflow takes over what its template says
            found = view.base.item.get(*view.base.spec_path, *path)
        found = default if found is None else found
        if not equal(found, asked):
            yield differs(item, (*view.spec_path, *path), found, asked)

    return views(manifest, of, check)


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
