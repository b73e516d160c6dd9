"""Requirements about roles: their variables, their use, their checked arguments, templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from envs.ansible.requirements.files import TEMPLATE, writers
from envs.ansible.requirements.reading import missing, same, shown, text, truth
from envs.ansible.requirements.rendering import Rendering
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Play, Project, Task
from iac_gym.verdict import Finding


@requirement(
    "the default of the role's variable `{name}` is `{value}`",
    "`{name}` is `{value}` by default (and can be overridden from everywhere)",
)
def role_default(model: Project, name: str, value: object) -> Iterable[Finding]:
    """`defaults/main.yml` of a role, not its `vars`, which hardly anything overrides."""
    for role in model.roles.values():
        if same(role.defaults.get(name), value) and name not in role.vars:
            return
    yield from missing(f"no role has the default `{name}: {value}`")


def _role_tasks(model: Project, group: str) -> Iterator[tuple[Play, list[Task]]]:
    for play in model.plays:
        if list(play.hosts) == [group] and not play.implied:
            yield play, [task for task in play.tasks if task.role]


@requirement(
    "the play on `{group}` uses the role `{role}`", "the role `{role}` is applied to `{group}`"
)
def role_applied(model: Project, group: str, role: str) -> Iterable[Finding]:
    """Under `roles`, or imported or included by a task that certainly runs."""
    for _, tasks in _role_tasks(model, group):
        if any(task.role == role and task.certain for task in tasks):
            return
    yield from missing(f"the role `{role}` is not applied to `{group}`")


@requirement(
    "the play on `{group}` gives the role's variable `{name}` the value `{value}`",
    "for `{group}` the variable `{name}` of the role is `{value}`",
)
def role_given(model: Project, group: str, name: str, value: object) -> Iterable[Finding]:
    """As a parameter of the role, a variable of the play or of the group: what its tasks see."""
    for _, tasks in _role_tasks(model, group):
        if tasks and all(same(task.fold(f"{{{{ {name} }}}}"), value) for task in tasks):
            return
    yield from missing(f"the role on `{group}` does not see `{name}` as `{value}`")


@requirement(
    "the argument `{name}` of the role is checked: it has the type {kind}",
    "the role's argument specification gives `{name}` the type {kind}",
)
def argument_type(model: Project, name: str, kind: str) -> Iterable[Finding]:
    """`meta/argument_specs.yml`; an argument without a type is text."""
    options = list(_options(model, name))
    if not options:
        yield from missing(f"no role specifies the argument `{name}`")
    elif not any((text(one.get("type")) or "str") == kind for one in options):
        yield from missing(f"the argument `{name}` does not have the type {kind}")


@requirement(
    "the role refuses to run without the argument `{name}`",
    "`{name}` is a required argument in the role's specification",
)
def argument_required(model: Project, name: str) -> Iterable[Finding]:
    """`required` of the argument, which then must have no default in the role."""
    given = any(name in role.defaults or name in role.vars for role in model.roles.values())
    if given or not any(truth(one.get("required")) for one in _options(model, name)):
        yield from missing(f"the argument `{name}` is not required")


@requirement(
    "the argument `{name}` of the role takes only the values {values}",
    "the role accepts nothing but {values} for its argument `{name}`",
)
def argument_choices(model: Project, name: str, values: list[str]) -> Iterable[Finding]:
    """`choices` of the argument."""
    for one in _options(model, name):
        listed = one.get("choices")
        if isinstance(listed, list) and sorted(map(text, listed)) == sorted(map(str, values)):
            return
    yield from missing(f"the argument `{name}` is not limited to these values")


def _options(model: Project, name: str) -> Iterator[dict[str, object]]:
    for role in model.roles.values():
        main = role.argument_specs.get("main")
        options = main.get("options") if isinstance(main, dict) else None
        found = options.get(name) if isinstance(options, dict) else None
        if isinstance(found, dict):
            yield found


def _renderings(model: Project, path: str) -> list[Rendering]:
    """Return what the templates of the answer print for a path on the hosts."""
    found = []
    for task, given in writers(model, path):
        if task.module == TEMPLATE:
            made = model.template_of(task, shown(given.get("src")))
            if made is not None:
                found.append(Rendering(task, made))
    return found


@requirement(
    "the template of `{path}` puts in the variable `{name}`",
    "`{path}` gets the value of the variable `{name}` through its template",
)
def template_uses(model: Project, path: str, name: str) -> Iterable[Finding]:
    """The variable is printed, or decides what is printed, in the template of the answer."""
    found = _renderings(model, path)
    if not found:
        yield from missing(f"`{path}` is not written from a template of the answer")
    elif name not in found[-1].printed:
        yield from missing(f"the template of `{path}` does not use `{name}`")


@requirement(
    "the rendered `{path}` has the line `{line}` where nobody overrides the defaults",
    "with all defaults `{path}` comes out with the line `{line}`",
)
def template_renders(model: Project, path: str, line: str) -> Iterable[Finding]:
    """The template's text with the known variables put in."""
    for made in _renderings(model, path)[-1:]:
        if line in [" ".join(one.split()) for one in made.text.splitlines()]:
            return
    yield from missing(f"`{path}` does not come out with the line `{line}`")
