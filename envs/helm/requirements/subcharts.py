"""Requirements about charts in the folder `charts`: what they render, and who decides on it."""

from __future__ import annotations

from envs.helm.requirements.reading import (
    Unmet,
    at,
    missing,
    only,
    play,
    played,
    same,
    users_of,
    wrong,
)
from envs.helm.requirements.variables import environment
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.helm.chart import Chart
from iac_gym.languages.helm.values import get
from iac_gym.languages.kubernetes.model import KubeObject


def _subchart(model: HelmModel, name: str) -> Chart:
    for child in model.chart.children:
        if child.name == name:
            return child
    raise missing(f"there is no chart `{name}` in `charts`")


def _made(found: Rendering, child: Chart, *kinds: str) -> list[KubeObject]:
    """Return what a subchart renders, of some kinds or of all."""
    items = found.manifest.of_kind(*kinds) if kinds else list(found.manifest)
    return [item for item in items if item.file.startswith(child.folder)]


def _sub(found: Rendering, child: Chart, kind: str) -> KubeObject:
    items = _made(found, child, kind)
    if len(items) != 1:
        raise missing(f"`{child.name}` renders {len(items) or 'no'} {kind}")
    return items[0]


@requirement(
    "the chart `{subchart}` in version {version} lies in `charts/{subchart}`, and Chart.yaml lists "
    "it as a dependency",
    "Chart.yaml has `{subchart}`, version {version}, as a dependency, whose files are in "
    "`charts/{subchart}`",
)
@played
def subchart_there(model: HelmModel, subchart: str, version: str) -> None:
    """The subchart and the entry of the dependencies."""
    child = _subchart(model, subchart)
    if child.meta.version.removeprefix("v") != version:
        raise missing(f"`{subchart}` has not the version {version}")
    if not any(one.name == subchart for one in model.chart.meta.dependencies):
        message = f"`{subchart}` is no dependency"
        raise Unmet(model.chart_finding(message, "dependencies"))


@requirement(
    "`{subchart}.enabled` (true by default) decides whether the subchart `{subchart}` is "
    "installed, with its {kind} and its Service",
    "the {kind} and the Service of the subchart `{subchart}` are installed unless "
    "`{subchart}.enabled` is false; then nothing of it is",
)
@played
def subchart_switched(model: HelmModel, subchart: str, kind: str) -> None:
    """Rendered with and without it."""
    child = _subchart(model, subchart)
    found = play(model)
    _sub(found, child, kind)
    _sub(found, child, "Service")
    for item in _made(play(model, {f"{subchart}.enabled": False}), child):
        raise wrong(item, f"it is there although `{subchart}.enabled` is false")


@requirement(
    "by itself the subchart `{subchart}` has {own} for its value `{value}`; the parent sets "
    "{default} instead, which is `{field}` of the {kind} of the subchart",
    "`{field}` of the {kind} of the subchart `{subchart}` is the subchart's value `{value}`: {own} "
    "in its own values.yaml, {default} in the values of the parent",
)
@played
def subchart_gets(
    model: HelmModel, subchart: str, value: str, own: object, default: object, kind: str, field: str
) -> None:
    """The subchart's own default, what is rendered with that of the parent, and with another."""
    child = _subchart(model, subchart)
    try:
        known = get(child.plain, value)
    except KeyError:
        known = None
    if not same(known, own):
        raise missing(f"the subchart's own `{value}` is not {own}")
    item = _sub(play(model), child, kind)
    if not same(at(item, field), default):
        raise wrong(item, f"`{field}` is not {default}", field)
    other = default + 3 if isinstance(default, int) else "probe"
    item = _sub(play(model, {f"{subchart}.{value}": other}), child, kind)
    if not same(at(item, field), other):
        raise wrong(item, f"`{field}` does not follow `{subchart}.{value}`", field)


@requirement(
    "the variable `{variable}` of the first container of the {kind} of the parent holds the name "
    "of the Service of the subchart `{subchart}`, whatever the release is called",
    "the parent's {kind} finds the subchart `{subchart}`: `{variable}` in the environment of its "
    "first container is the name of the subchart's Service in any release",
)
@played
def subchart_found(model: HelmModel, kind: str, subchart: str, variable: str) -> None:
    """Two releases, whose Services must have names of their own."""
    child = _subchart(model, subchart)
    names = []
    for elsewhere in (True, False):
        found = play(model, None, elsewhere=elsewhere)
        item, service = only(found, kind), _sub(found, child, "Service")
        names.append(service.name)
        if environment(found, item).get(variable) != service.name:
            raise wrong(item, f"`{variable}` is not `{service.name}`", "spec.template.spec")
    if names[0] == names[1]:
        raise missing(f"the Service of `{subchart}` has one name in all releases")


@requirement(
    "`{library}` in `charts/{library}` is a library chart, which defines the named template "
    "`{helper}`; at least {count} templates of the chart use it",
    "at least {count} templates of the chart use the named template `{helper}`, which the library "
    "chart `{library}` in `charts/{library}` defines",
    ordered=True,
)
@played
def library_used(model: HelmModel, library: str, helper: str, count: int) -> None:
    """The type of the chart, and the templates that render something with the helper."""
    child = _subchart(model, library)
    if not child.meta.is_library:
        raise missing(f"`{library}` is no library chart")
    found = model.helpers.get(helper)
    if found is None or not found.file.startswith(child.folder):
        raise missing(f"`{library}` does not define `{helper}`")
    used = users_of(model, helper)
    if len(used) < count:
        raise missing(f"`{helper}` is used by {len(used)} templates, not by {count}")
