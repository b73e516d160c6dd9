"""Instructions -> stages: variables expanded, stage names looked up, settings inherited.

What cannot be resolved becomes a fault under the name of the rule that reports it. As in BuildKit,
the instructions of a stage that the final one does not need are not evaluated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from iac_gym.languages.dockerfile import settings, steps
from iac_gym.languages.dockerfile.expansion import Expander
from iac_gym.languages.dockerfile.instruction import Instruction
from iac_gym.languages.dockerfile.model import Config, DockerfileModel, Stage
from iac_gym.languages.dockerfile.stages import Stages

_SETTINGS: dict[str, Callable[[Expander, Config, Instruction], None]] = {
    "CMD": settings.cmd,
    "ENTRYPOINT": settings.entrypoint,
    "ENV": settings.env,
    "EXPOSE": settings.expose,
    "HEALTHCHECK": settings.health,
    "LABEL": settings.label,
    "SHELL": settings.shell,
    "STOPSIGNAL": settings.stop_signal,
    "USER": settings.user,
    "VOLUME": settings.volume,
    "WORKDIR": settings.workdir,
}
#: Those that have an effect without arguments, too.
_STARTS = ("CMD", "ENTRYPOINT")


def resolve(
    instructions: list[Instruction], escape: str, directives: Mapping[str, str]
) -> DockerfileModel:
    """Resolve instructions into the model; never raises."""
    model = DockerfileModel(instructions, defaultdict(list), escape, directives)
    expander = Expander(escape, model.faults)
    stages = Stages(model, expander)
    stages.collect()
    stages.link()
    for stage in model.reachable:
        _evaluate(stage, stages, expander)
    return model


def _evaluate(stage: Stage, stages: Stages, expander: Expander) -> None:
    stage.inherit()
    config = stage.config
    for at in stage.instructions:
        keyword = at.keyword
        if at.doubtful and keyword not in _STARTS and not (at.args or at.pairs):
            continue
        if read := _SETTINGS.get(keyword):
            read(expander, config, at)
        elif keyword == "RUN":
            run = steps.run(expander, stage, config, at)
            stage.runs.append(run)
            stage.own.append(run)
        elif keyword in ("COPY", "ADD"):
            copy = steps.copy(expander, stages, config, at)
            stage.copies.append(copy)
            stage.own.append(copy)
        elif keyword == "ARG":
            _arg(expander, stages.arguments, config, at)
    stage.steps += stage.own


def _arg(expander: Expander, arguments: Mapping[str, str], config: Config, at: Instruction) -> None:
    """Read ARG in a stage: one without a default takes that of the global argument."""
    variables = dict(config.variables)
    for word in at.args:
        name, equals, written = word.partition("=")
        value = expander.expand(written, variables, at) if equals else arguments.get(name)
        config.args[name] = value
        if value is not None:
            variables[name] = value
    config.variables = variables
