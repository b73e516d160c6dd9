"""Requirements about the stages of a Jenkinsfile: order, parallel work, agents, conditions."""

from __future__ import annotations

from math import prod

from envs.cicd.requirements.jenkins_conditions import branch, may_run, named, request, tag
from envs.cicd.requirements.jenkins_find import find_stage, spelled
from iac_gym.check import Findings, requirement
from iac_gym.languages.jenkins.model import Pipeline, Stage
from iac_gym.languages.jenkins.values import Unknown


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
    shared = _shared(found, before)
    if shared is None or shared[0] <= shared[1] or not before.certain:
        yield model.finding(f"`{stage}` does not wait for `{other}`", found.mark)


def _chain(stage: Stage) -> list[Stage]:
    return [*(_chain(stage.parent) if stage.parent else ()), stage]


def _shared(one: Stage, other: Stage) -> tuple[int, int] | None:
    """Return the places of two stages in the sequence that holds both, None in parallel."""
    left, right = _chain(one), _chain(other)
    depth = 0
    while depth < min(len(left), len(right)) and left[depth] is right[depth]:
        depth += 1
    if depth == min(len(left), len(right)):
        return None
    parent = left[depth - 1] if depth else None
    if parent is not None and parent.kind == "parallel":
        return None
    return _place(left[depth]), _place(right[depth])


def _place(stage: Stage) -> int:
    return stage.mark[0] * 10_000 + stage.mark[1]


@requirement(
    "the stages {stages} run at the same time",
    "the stages {stages} run in parallel",
)
def jenkins_parallel(model: Pipeline, stages: list[str]) -> Findings:
    """Stages of one `parallel`, none else."""
    found = []
    for name in stages:
        found.append((yield from find_stage(model, name)))
    if None in found:
        return
    parents = {id(one.parent) for one in found if one is not None}
    parent = found[0].parent if found[0] is not None else None
    if len(parents) != 1 or parent is None or parent.kind != "parallel":
        yield model.finding(f"{', '.join(stages)} do not run in parallel", model.mark)
    elif {one.name for one in parent.stages if one.runs} != set(stages):
        yield model.finding("other stages run in parallel too", parent.mark)


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
    if found and (found.agent is None or spelled(found.agent.label) != label):
        yield model.finding(f"`{stage}` does not run on `{label}`", found.mark)


@requirement(
    "the stage `{stage}` runs in a container of the image `{image}`",
    "a container of `{image}` runs the stage `{stage}`",
)
def jenkins_image(model: Pipeline, stage: str, image: str) -> Findings:
    """The image of a stage's agent."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    given = spelled(found.agent.image) if found.agent and found.agent.kind == "docker" else ""
    if given.removeprefix("docker.io/").removeprefix("library/") != image:
        yield model.finding(f"`{stage}` does not run in `{image}`", found.mark)


@requirement(
    "the container of the stage `{stage}` is started with the arguments `{arguments}`",
    "Docker gets the arguments `{arguments}` for the container of the stage `{stage}`",
)
def jenkins_image_arguments(model: Pipeline, stage: str, arguments: str) -> Findings:
    """The arguments of a stage's container."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    given = spelled(found.agent.args.get("args")) if found.agent else ""
    if given.split() != arguments.split():
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
        outside = [dict(branch("feature/qx-81")), dict(branch("qx")), dict(request())]
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
    "the stage `{stage}` runs for tags that start with `{prefix}` and a digit, and for no branch",
    "only builds of tags such as `{prefix}1.4.0` have the stage `{stage}`",
)
def jenkins_tags_only(model: Pipeline, stage: str, prefix: str) -> Findings:
    """A stage of tags with a prefix."""
    found = yield from find_stage(model, stage)
    if found:
        inside = [dict(tag(f"{prefix}1.4.0")), dict(tag(f"{prefix}12.0.7"))]
        outside = [dict(branch(f"{prefix}1.4.0")), dict(branch("main")), dict(tag("nightly"))]
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
        for one in (found.when.conditions if found.when else ())
        if one.name == "changeset"
    ]
    if pattern not in given:
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
    sources = set()
    for one in found.when.conditions if found.when else ():
        args = one.args
        if one.name == "expression":
            given = args.get("expression")
            text = given.source if isinstance(given, Unknown) else spelled(given)
            sources.add(text.replace(" ", "").removesuffix("==true"))
        elif one.name == "equals" and {True, "true"} & {_plain(value) for value in args.values()}:
            sources |= {str(_plain(value)) for value in args.values()}
        elif one.name == "environment" and spelled(args.get("value")) == "true":
            sources.add(f"params.{spelled(args.get('name'))}")
    wanted = {f"params.{parameter}", f"${{{parameter}}}", f"${parameter}", parameter}
    if not sources & wanted:
        yield model.finding(f"`{parameter}` does not decide about `{stage}`", found.mark)


def _plain(value: object) -> object:
    if isinstance(value, Unknown):
        return value.source
    return value if isinstance(value, (bool, str)) else ""


@requirement(
    "before the stage `{stage}`, somebody has to confirm the question `{message}`",
    "the stage `{stage}` waits for an answer to `{message}`",
)
def jenkins_input(model: Pipeline, stage: str, message: str) -> Findings:
    """`input` of a stage, or the step in front of all its others."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    first = next(iter(found.all_steps()), None)
    args = found.input.args if found.input else {}
    if first is not None and first.name == "input" and found.input is None:
        args = first.args
    if spelled(args.get("message")) != message:
        yield model.finding(f"`{stage}` does not ask `{message}`", found.mark)


@requirement(
    "only `{who}` may confirm the stage `{stage}`",
    "the stage `{stage}` can be confirmed by `{who}` alone",
)
def jenkins_submitter(model: Pipeline, stage: str, who: str) -> Findings:
    """`submitter` of an input."""
    found = yield from find_stage(model, stage)
    if found is None:
        return
    first = next(iter(found.all_steps()), None)
    args = found.input.args if found.input else {}
    if found.input is None and first is not None and first.name == "input":
        args = first.args
    if spelled(args.get("submitter")) != who:
        yield model.finding(f"others than `{who}` may confirm `{stage}`", found.mark)
