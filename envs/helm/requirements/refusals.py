"""Requirements about values that a chart refuses: by its schema, or by `required` and `fail`."""

from __future__ import annotations

from envs.helm.requirements.reading import (
    Unmet,
    missing,
    only,
    play,
    played,
    wrong,
)
from envs.helm.requirements.variables import environment
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel

_SCHEMA_RULE = "values-meet-the-schema"


def _refused_by_schema(model: HelmModel, value: str, bad: object) -> bool:
    if model.schema is None:
        raise missing("the chart has no values.schema.json")
    return model.render({value: bad}).output.rule == _SCHEMA_RULE


@requirement(
    "`values.schema.json` refuses a `{value}` of {bad}, and takes {good}",
    "by `values.schema.json` the value `{value}` may be {good} but not {bad}",
)
@played
def schema_refuses(model: HelmModel, value: str, bad: object, good: object) -> None:
    """Rendered with both, with a schema in the chart."""
    if not _refused_by_schema(model, value, bad):
        raise Unmet(model.value_finding(f"{bad} is taken for `{value}`", value))
    play(model, {value: good})


@requirement(
    "`values.schema.json` of `{chart}` refuses every key at the top of the values that the chart "
    "does not know (such as `{key}`)",
    "at the top of the values of `{chart}` an unknown key, say `{key}`, is refused by "
    "`values.schema.json`",
)
@played
def schema_is_closed(model: HelmModel, chart: str, key: str) -> None:
    """Rendered with the key, and with another one."""
    play(model, None, chart)
    for name in (key, "probeUnknown"):
        if not _refused_by_schema(model, name, "x"):
            raise missing(f"the schema takes the unknown key `{name}`")


@requirement(
    "with `{switch}: true` (false by default) the first container of the {kind} has the variable "
    "`{variable}` with the value `{value}`; where that is not given, Helm stops and says "
    "`{message}`",
    "`{switch}: true` (false by default) puts the value `{value}` into the variable `{variable}` "
    "of the first container of the {kind}, and Helm stops with `{message}` if nobody gives it",
)
@played
def required_when(
    model: HelmModel, switch: str, kind: str, variable: str, value: str, message: str
) -> None:
    """Rendered without the switch, with it and a value, and with it and without the value."""
    plain = play(model)
    if variable in environment(plain, only(plain, kind)):
        raise missing(f"`{variable}` is there without `{switch}`")
    found = play(model, {switch: True, value: "probe.example.com"})
    item = only(found, kind)
    if environment(found, item).get(variable) != "probe.example.com":
        raise wrong(item, f"`{variable}` does not follow `{value}`", "spec.template.spec")
    error = model.render({switch: True, value: None}).error
    if error is None or message not in error.message:
        raise Unmet(model.value_finding(f"Helm does not stop with `{message}`", value))


@requirement(
    "Helm stops and says `{message}` where both `{first}` and `{second}` are true",
    "`{first}` and `{second}` must not both be true: then Helm stops with `{message}`",
)
@played
def refused_together(model: HelmModel, first: str, second: str, message: str) -> None:
    """Rendered with both, with each alone, and with none (each `enabled` switch may need more)."""
    play(model)
    error = model.render({first: True, second: True}).error
    if error is None or message not in error.message:
        raise Unmet(model.value_finding(f"Helm does not stop with `{message}`", first))
    for one, other in ((first, second), (second, first)):
        error = model.render({one: True, other: False}).error
        if error is not None and message in error.message:
            raise Unmet(model.value_finding(f"Helm stops with `{one}` alone", one))


@requirement(
    "Helm stops and says `{message}` where the value `{value}` is below {least}",
    "a `{value}` of less than {least} makes Helm stop with `{message}`",
)
@played
def refused_below(model: HelmModel, value: str, least: int, message: str) -> None:
    """Rendered with the bound and one less."""
    play(model, {value: least})
    error = model.render({value: least - 1}).error
    if error is None or message not in error.message:
        raise Unmet(model.value_finding(f"Helm does not stop with `{message}`", value))
