"""Requirements about the stages of a Jenkinsfile: order, parallel work, agents, conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod
from typing import Any

from envs.cicd.requirements.jenkins_conditions import branch, may_run, named, request, tag
from envs.cicd.requirements.jenkins_find import (
    comes_after,
    find_stage,
    leaves,
    live_steps,
    outwards,
    shells,
    spelled,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.jenkins.model import Condition, Pipeline, Stage
from iac_gym.languages.jenkins.values import Text, Unknown


@requirement(
    "the stages are {stages}, in this order",
    "there are the stages {stages}, one after the other",
)
def jenkins_stages(model: Pipeline, stages: list[str]) -> Findings:
    """The stages at the top, in their order."""
    given = [stage.name for stage in model.stages if stage.runs]
    if given != stages:
        yield model.finding(f"the stages are {', '.join(given) or 'none'}", model.mark)


@requirement(
    "the stage `{stage}` comes after the stage `{other}`",
    "the stage `{stage}` starts when `{other}` has passed",
)
def jenkins_after(model: Pipeline, stage: str, other: str) -> Findings:
    """The order of two stages that do not run at the same time."""
    found = yield from find_stage(model, stage)
    before = yield from find_stage(model, other)
    if found is None or before is None:
        return
    if not comes_after(found, before) or not before.certain:
        yield model.finding(f"`{stage}` does not wait for `{other}`", found.mark)


@requirement(
    "the stages {stages} run at the same time",
    "the stages {stages} run in parallel",
)
def jenkins_parallel(model: Pipeline, stages: list[str]) -> Findings:
    """Stages of one `parallel`."""
    found = []
    for name in stages:
        found.append((yield from find_stage(model, name)))
    if None in found:
        return
    parents = {id(one.parent) for one in found if one is not None}
    parent = found[0].parent if found[0] is not None else None
    if len(parents) != 1 or parent is None or parent.kind != "parallel":
        yield model.finding(f"{', '.join(stages)} do not run in parallel", model.mark)


@requirement(
    "when one stage in parallel with `{stage}` fails, the others are stopped",
    "a failure of `{stage}` or a stage beside it stops all of them at once",
)
def jenkins_fail_fast(model: Pipeline, stage: str) -> Findings:
    """`failFast`, or the option of the whole pipeline."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    around = found if found.kind in ("parallel", "matrix") else found.in_parallel
    whole = model.option("parallelsAlwaysFailFast") is not None
    if around is None or not (around.fail_fast or whole):
        yield model.finding(f"the stages beside `{stage}` go on", found.mark)


@requirement(
    "the stage `{stage}` is a matrix over `{axis}` with the values {values}",
    "`{stage}` runs for each of {values} as the axis `{axis}` of a matrix",
)
def jenkins_axis(model: Pipeline, stage: str, axis: str, values: list[str]) -> Findings:
    """An axis of a matrix, as far as cells with its values are built."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    cells = found.matrix.cells() if found.matrix else []
    if {spelled(cell.get(axis)) for cell in cells} != set(values):
        yield model.finding(f"`{stage}` does not run for just these values", found.mark)


@requirement(
    "the matrix `{stage}` leaves out the combination of `{first}` and `{second}`",
    "`{first}` together with `{second}` is excluded from the matrix `{stage}`, and nothing else is",
)
def jenkins_excluded(model: Pipeline, stage: str, first: str, second: str) -> Findings:
    """A combination of a matrix that is not built, while each value is in others."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    if found.matrix is None:
        yield model.finding(f"`{stage}` is no matrix", found.mark)
        return
    cells = [set(map(spelled, cell.values())) for cell in found.matrix.cells()]
    total = prod(len(values) for values in found.matrix.axes.values())
    given = {spelled(one) for values in found.matrix.axes.values() for one in values}
    if not {first, second} <= given:
        yield model.finding(f"`{first}` and `{second}` are no values of `{stage}`", found.mark)
    elif any({first, second} <= cell for cell in cells) or len(cells) != total - 1:
        yield model.finding(f"just `{first}` with `{second}` is not left out", found.mark)


# --- agents --------------------------------------------------------------------------------------


@requirement(
    "the stage `{stage}` runs on an agent with the label `{label}`",
    "an agent labelled `{label}` runs the stage `{stage}`",
)
def jenkins_label(model: Pipeline, stage: str, label: str) -> Findings:
    """The label of a stage's agent."""
    found = yield from find_stage(model, stage)
    if found and not all(_on(leaf, label) for leaf in leaves(found)):
        yield model.finding(f"`{stage}` does not run on `{label}`", found.mark)


def _on(stage: Stage, label: str) -> bool:
    """Whether a stage runs on agents with a label: its own, or a `node` around its scripts."""
    nodes = [one.within("node") for one in shells(stage)]
    if nodes and all(nodes):
        given = [spelled(one.args.get("label", one.value)) for one in nodes if one is not None]
    else:
        given = [spelled(stage.agent.label) if stage.agent else ""]
    return all(label in [word.strip() for word in one.split("&&")] for one in given)


@requirement(
    "an agent labelled `{label}` runs the build, apart from stages with an agent of their own",
    "the agent of the pipeline has the label `{label}`",
)
def jenkins_agent_label(model: Pipeline, label: str) -> Findings:
    """The label of the pipeline's own agent."""
    given = spelled(model.agent.label) if model.agent else ""
    if label not in [word.strip() for word in given.split("&&")]:
        yield model.finding(f"the pipeline does not run on `{label}`", model.mark)


@requirement(
    "Jenkins decides whether the stage `{stage}` runs before it takes an agent for it",
    "the condition of the stage `{stage}` is checked before its agent is taken",
)
def jenkins_before_agent(model: Pipeline, stage: str) -> Findings:
    """`beforeAgent true`."""
    found = yield from find_stage(model, stage)
    if found and (found.when is None or "beforeAgent" not in found.when.before):
        yield model.finding(f"`{stage}` takes an agent first", found.mark)


@requirement(
    "the stage `{stage}` runs in a container of the image `{image}`",
    "a container of `{image}` runs the stage `{stage}`",
)
def jenkins_image(model: Pipeline, stage: str, image: str) -> Findings:
    """The image of a stage's agent."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    given = {_plain_image(one) for leaf in leaves(found) for one in _images(leaf)}
    if given != {image}:
        yield model.finding(f"`{stage}` does not run in `{image}`", found.mark)


def _plain_image(name: str) -> str:
    for registry in ("index.docker.io/", "docker.io/", "library/"):
        name = name.removeprefix(registry)
    return name


def _images(stage: Stage) -> list[str]:
    """Return the images of the containers that a stage's scripts run in, "" for none."""
    inside = [one.within("docker.image.inside") for one in shells(stage)]
    if any(inside):
        return [spelled(one.args.get("image")) if one is not None else "" for one in inside]
    docker = stage.agent is not None and stage.agent.kind == "docker"
    return [spelled(stage.agent.image) if docker and stage.agent else ""]


@requirement(
    "the container of the stage `{stage}` is started with the arguments `{arguments}`",
    "Docker gets the arguments `{arguments}` for the container of the stage `{stage}`",
)
def jenkins_image_arguments(model: Pipeline, stage: str, arguments: str) -> Findings:
    """The arguments of a stage's container."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    given = [spelled(found.agent.args.get("args")) if found.agent else ""]
    given += [
        spelled(text)
        for one in shells(found)
        if (around := one.within("docker.image.inside")) is not None
        for text in around.unnamed
    ]
    if arguments.split() not in [one.split() for one in given]:
        yield model.finding("the container is not started so", found.mark)


# --- conditions ----------------------------------------------------------------------------------


def _told(
    model: Pipeline, stage: Stage, inside: list[dict[str, str]], outside: list[dict[str, str]]
) -> Findings:
    refs = {one["BRANCH_NAME"] for one in inside}
    others = [dict(branch(name)) for name in named(stage) if name not in refs]
    mark = stage.when.mark if stage.when else stage.mark
    if any(may_run(stage, one) is False for one in inside):
        yield model.finding(f"`{stage.name}` does not run where it should", mark)
    elif any(may_run(stage, one) is not False for one in (*outside, *others)):
        yield model.finding(f"`{stage.name}` also runs elsewhere", mark)


@requirement(
    "the stage `{stage}` runs for the branch `{branch_name}` and for no other",
    "only builds of the branch `{branch_name}` have the stage `{stage}`",
)
def jenkins_branch_only(model: Pipeline, stage: str, branch_name: str) -> Findings:
    """A stage of one branch."""
    found = yield from find_stage(model, stage)
    if found:
        near = (f"{branch_name}-2", f"x-{branch_name}", f"{branch_name}/x", f"x/{branch_name}")
        outside = [dict(branch("feature/qx-81")), dict(branch("qx")), dict(request()),
                   dict(request(branch_name)), dict(tag("v1.4.0")),
                   *(dict(branch(name)) for name in near)]  # fmt: skip
        yield from _told(model, found, [dict(branch(branch_name))], outside)


@requirement(
    "the stage `{stage}` runs for change requests alone",
    "only builds of change requests have the stage `{stage}`",
)
def jenkins_requests_only(model: Pipeline, stage: str) -> Findings:
    """A stage of change requests."""
    found = yield from find_stage(model, stage)
    if found:
        outside = [dict(branch("feature/qx-81")), dict(branch("main")), dict(tag("v1.4.0"))]
        yield from _told(model, found, [dict(request())], outside)


@requirement(
    "the stage `{stage}` runs for version tags such as `{prefix}1.4.0`, not for branches or change "
    "requests",
    "only builds of version tags such as `{prefix}1.4.0` have the stage `{stage}`",
)
def jenkins_tags_only(model: Pipeline, stage: str, prefix: str) -> Findings:
    """A stage of tags with a prefix."""
    found = yield from find_stage(model, stage)
    if found:
        inside = [dict(tag(f"{prefix}1.4.0")), dict(tag(f"{prefix}12.0.7"))]
        outside = [dict(branch(f"{prefix}1.4.0")), dict(branch("main")), dict(tag("nightly")),
                   dict(tag("x-1.4.0")), dict(request())]  # fmt: skip
        yield from _told(model, found, inside, outside)


@requirement(
    "the stage `{stage}` runs only if a file that fits `{pattern}` has changed",
    "without changes in `{pattern}` the stage `{stage}` is left out",
)
def jenkins_changes(model: Pipeline, stage: str, pattern: str) -> Findings:
    """A stage that changed files start."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    given = [
        spelled(one.args.get("pattern"))
        for one in _needed(found)
        if one.name == "changeset" and one.args.get("comparator", "GLOB") == "GLOB"
    ]
    if _whole(pattern) not in map(_whole, given):
        yield model.finding(f"`{stage}` does not depend on `{pattern}`", found.mark)


@requirement(
    "the stage `{stage}` runs only if the parameter `{parameter}` is true",
    "the parameter `{parameter}` decides whether the stage `{stage}` runs",
)
def jenkins_if_parameter(model: Pipeline, stage: str, parameter: str) -> Findings:
    """A stage that a boolean parameter switches."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    if not any(_asks_for(model, one, parameter) for one in _needed(found)):
        yield model.finding(f"`{parameter}` does not decide about `{stage}`", found.mark)


#: Most conditions of a stage that are looked at.
_MOST_CONDITIONS = 40


def _needed(stage: Stage) -> Iterator[Condition]:
    """Yield the conditions that must all hold for a stage, those of stages around it too."""
    left = _MOST_CONDITIONS
    for one in outwards(stage):
        queue = list(one.when.conditions) if one.when else []
        while queue and left:
            left -= 1
            condition = queue.pop(0)
            single = condition.name == "anyOf" and len(condition.children) == 1
            if condition.name == "allOf" or single:
                queue += condition.children
            else:
                yield condition


def _whole(pattern: str) -> str:
    return pattern.removesuffix("/*") if pattern.endswith("/**/*") else pattern


_COMPARED = re.compile(
    r"""["']?\$?\{?(?P<object>params|env)?(?:\.|\[['"]|\?\.)?(?P<name>\w+)(?:['"]\])?\}?["']?
    (?:\.(?:toBoolean|toString)\(\))?(?:==(?P<value>true|'true'|"true"))?""",
    re.VERBOSE,
)


def _asks_for(model: Pipeline, condition: Condition, parameter: str) -> bool:
    """Whether a condition is that a boolean parameter is true."""
    args = condition.args
    if condition.name == "environment":
        return (spelled(args.get("name")), spelled(args.get("value"))) == (parameter, "true")
    if condition.name == "equals":
        given = [args.get("expected"), args.get("actual")]
        texts = [one.source if isinstance(one, Unknown) else spelled(one) for one in given]
        named = {f"${parameter}", parameter, f"params.{parameter}"}
        unknown = any(isinstance(one, (Unknown, Text)) for one in given)
        return unknown and "true" in texts and bool(named & set(texts))
    if condition.name != "expression":
        return False
    written = _source(model, condition)
    found = _COMPARED.fullmatch(re.sub(r"\s+", "", written))
    if found is None or found["name"] != parameter:
        return False
    # `env.X` is a text, and "false" is true to Groovy: it has to be compared.
    boolean = found["object"] == "params" and written.strip()[:1] not in ("'", '"')
    return boolean or found["value"] is not None or "toBoolean" in written


def _source(model: Pipeline, condition: Condition) -> str:
    """Return the text between the braces of `expression { ... }`."""
    lines = model.text.split("\n")[condition.mark[0] - 1 : condition.mark[0] + 3]
    text = "\n".join(lines)[condition.mark[1] - 1 :]
    inner = text.partition("{")[2].strip()
    depth = 0
    for place, char in enumerate(inner):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth < 0:
            return inner[:place].strip().removeprefix("return ").rstrip("; ")
    return ""


@requirement(
    "before the stage `{stage}`, somebody has to confirm the question `{message}`",
    "the stage `{stage}` waits for an answer to `{message}`",
)
def jenkins_input(model: Pipeline, stage: str, message: str) -> Findings:
    """`input` of a stage, a step in front of its others, or a stage before it that asks."""
    found = yield from find_stage(model, stage)
    if found and message not in [spelled(one.get("message")) for one in _inputs(model, found)]:
        yield model.finding(f"`{stage}` does not ask `{message}`", found.mark)


#: Steps that do nothing to the world, or only hold others.
_IDLE = frozenset("script timeout echo milestone timestamps withEnv lock".split())


def _inputs(model: Pipeline, stage: Stage) -> Iterator[dict[str, Any]]:
    """Yield the arguments of the questions that must be answered before a stage does its work."""
    for one in outwards(stage):
        if one.input is not None:
            yield one.input.args
    yield from _first_inputs(stage)
    for other in model.live_stages():
        if other is not stage and other.certain and comes_after(stage, other):
            if other.input is not None:
                yield other.input.args
            yield from (one.args for one in live_steps(other) if one.name == "input")


def _first_inputs(stage: Stage) -> Iterator[dict[str, Any]]:
    for step in stage.all_steps():
        if step.name == "input" and step.certain and not step.forgiven:
            yield step.args
        elif step.name not in _IDLE:
            return


@requirement(
    "only `{who}` may confirm the stage `{stage}`",
    "the stage `{stage}` can be confirmed by `{who}` alone",
)
def jenkins_submitter(model: Pipeline, stage: str, who: str) -> Findings:
    """`submitter` of an input."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    if who not in [spelled(one.get("submitter")) for one in _inputs(model, found)]:
        yield model.finding(f"others than `{who}` may confirm `{stage}`", found.mark)
