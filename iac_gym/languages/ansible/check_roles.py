"""Entries of `roles`, and what stands in the `meta` of a role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.ansible.check_keywords import common, unknown_keys
from iac_gym.languages.ansible.check_variables import defined
from iac_gym.languages.ansible.keywords import keywords
from iac_gym.languages.ansible.reading import kind
from iac_gym.languages.ansible.roles import Role

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

_RULE = "roles-are-named"
#: Types of options in argument specifications.
_UNASKED = "types-of-arguments-exist"
_TYPES = frozenset("str list dict bool int float path raw jsonarg json bytes bits".split())


def lists_of_roles(project: Project) -> Iterator[tuple[str, Any, Mark, str]]:
    """Yield every list of roles: file, value, place, and how it is called."""
    for play in project.written_plays:
        if "roles" in play.tree:
            yield play.path, play.tree["roles"], play.tree.marks["roles"], "`roles`"
    for path, place in project.places.items():
        tree = project.trees.get(path)
        if place.kind == "meta" and tree.__class__ is YamlMap and "dependencies" in tree:
            yield path, tree["dependencies"], tree.marks["dependencies"], "`dependencies`"


def role_trees(project: Project) -> list[tuple[str, YamlMap]]:
    """Return the entries of roles that are mappings."""
    found = []
    for path, value, _, _ in lists_of_roles(project):
        for entry in value if value.__class__ is YamlList else ():
            if entry.__class__ is YamlMap:
                found.append((path, entry))
    return found


def check_roles(project: Project) -> None:
    """Check every list of roles, and the metadata of roles."""
    for path, value, mark, where in lists_of_roles(project):
        if value is None:
            continue
        if value.__class__ is not YamlList:
            if value or where == "`roles`":
                message = f"{where} must be a list, not {kind(value)}"
                project.note(_RULE, message, path, mark)
            continue
        for entry, place in zip(value, value.marks, strict=True):
            _entry(project, path, entry, place, where)
    table = keywords("meta")
    for path, kind_of in project.places.items():
        tree = project.trees.get(path)
        if kind_of.kind == "meta" and tree is not None:
            if tree.__class__ is not YamlMap:
                message = f"the metadata of a role must be a mapping, not {kind(tree)}"
                project.note("files-hold-what-they-should", message, path, project.marks[path])
                continue
            unknown_keys(project, path, tree, table, (), "the metadata of a role")
            _metadata(project, path, tree)
    for role in project.roles_by_folder.values():
        _specs(project, role)


def _entry(project: Project, path: str, entry: Any, mark: Mark, where: str) -> None:
    if entry.__class__ is YamlMap:
        name = entry.get("role", entry.get("name"))
        if name is None and where == "`dependencies`" and isinstance(entry.get("src"), str):
            return
        if not isinstance(name, str) or not name:
            message = f"an entry of {where} needs `role` with the name of a role"
            project.note(_RULE, message, path, mark)
        common(project, path, entry, keywords("role"))
    elif not isinstance(entry, str):
        message = f"an entry of {where} must be a name or a mapping, not {kind(entry)}"
        project.note(_RULE, message, path, mark)
    elif "," in entry or not entry:
        message = f"`{entry[:60]}` is no name of a role"
        project.note(_RULE, message, path, mark)


def _metadata(project: Project, path: str, tree: YamlMap) -> None:
    given = tree.get("allow_duplicates")
    if given is not None and not isinstance(given, bool):
        message = f"`allow_duplicates` must be true or false, not {kind(given)}"
        project.note("keyword-values-fit", message, path, tree.marks["allow_duplicates"])


def _specs(project: Project, role: Role) -> None:
    """Check argument specifications as the action that validates them reads them."""
    path = next((one for one in role.files if "/meta/" in f"/{one}"), role.folder)
    for name, spec in role.argument_specs.items():
        if spec is None:
            continue
        if spec.__class__ is not YamlMap:
            message = f"the argument specification `{str(name)[:60]}` must be a mapping"
            project.note("argument-specs-are-right", message, path, role.meta.mark)
        else:
            _options(project, path, spec, 0)


def _is_set(project: Project, name: Any, depth: int) -> bool:
    """Say whether something gives an option a value, so that its type is looked at."""
    return not depth and name in defined(project, specified=False)


def _options(project: Project, path: str, spec: YamlMap, depth: int) -> None:
    rule, options = "argument-specs-are-right", spec.get("options")
    if options is None or depth > 10:
        return
    if options.__class__ is not YamlMap:
        message = f"`options` must be a mapping, not {kind(options)}"
        project.note(rule, message, path, spec.marks["options"])
        return
    for name, option in options.items():
        if option.__class__ is not YamlMap:
            if option is not None:
                message = f"the option `{str(name)[:60]}` must be a mapping, not {kind(option)}"
                project.note(rule, message, path, options.marks[name])
            continue
        asked = option.get("required") is True or option.get("default") is not None
        for key in ("type", "elements"):
            given = option.get(key)
            if given is not None and given not in _TYPES:
                message = f"`{key}` of the option `{str(name)[:60]}` cannot be `{str(given)[:40]}`"
                hint = f"one of {', '.join(sorted(_TYPES))}"
                where = rule if asked or _is_set(project, name, depth) else _UNASKED
                project.note(where, message, path, option.marks[key], hint)
        _options(project, path, option, depth + 1)
