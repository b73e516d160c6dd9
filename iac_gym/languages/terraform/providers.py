"""Which schema stands behind a provider's local name, and which providers cannot be judged.

The source is the one declared in `required_providers`, or HashiCorp's provider of that name. Of the
versions in the pack the newest is taken that meets the constraints of all modules; where none
does, the nearest one, `lenient`: what it would call wrong may be right in the version asked for.

Source: https://developer.hashicorp.com/terraform/language/providers/requirements
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from iac_gym.languages.terraform.decode import nested, text_of
from iac_gym.languages.terraform.known_providers import HASHICORP, PARTNERS
from iac_gym.languages.terraform.model import BUILTIN, Configuration, Module
from iac_gym.languages.terraform.pack import ProviderSchema, provider, provider_versions
from iac_gym.languages.terraform.versions import BadConstraint, provider_satisfies

#: The host that a source without one is on.
DEFAULT_HOST = "registry.terraform.io"
#: Providers that are another one with more in it: its value rules hold for them, too, and where
#: there is no schema of their own, they are judged by that of the other one, leniently.
SUPERSETS = {"google-beta": "google"}
_NUMBERS = re.compile(r"\d{1,6}")


class Choice(NamedTuple):
    """The provider behind a local name.

    `schema` is None where there is none that could judge; `note` says why, or which other version
    is used (`lenient`). `missing` says that no such provider exists.
    """

    schema: ProviderSchema | None
    note: str = ""
    lenient: bool = False
    missing: bool = False

    @property
    def major(self) -> int | None:
        """The major version of the schema."""
        version = self.schema.version if self.schema else ""
        first = version.split(".")[0]
        return int(first) if first.isdecimal() else None


def source_of(module: Module, name: str) -> str:
    """Return the source of a local provider name, without the default host."""
    declared = module.requirements.get(name)
    if declared is None:
        return BUILTIN if name == "terraform" else f"hashicorp/{name}"
    source = declared.source.lower()
    if source.startswith(DEFAULT_HOST + "/"):
        source = source[len(DEFAULT_HOST) + 1 :]
    return source if "/" in source else f"hashicorp/{source}"


def used_names(module: Module) -> dict[str, tuple[int, bool]]:
    """Return the local provider names of a module: offset, and whether a resource uses it."""
    used = {name: (declared.at, False) for name, declared in module.requirements.items()}
    for (name, _), config in module.providers.items():
        used.setdefault(name, (config.at, False))
    for resource in module.all_resources():
        name = resource.provider
        if name and not (name in used and used[name][1]):
            used[name] = (used[name][0] if name in used else resource.at, True)
    for block in module.others:
        if block.type == "check":
            for inner in nested(block.body, "data", 2):
                name = "".join(inner.labels[:1]).split("_", 1)[0]
                used[name] = (used[name][0] if name in used else inner.at, True)
    return used


def _constraints(module: Module) -> Iterator[tuple[str, str]]:
    """Yield the (source, version constraint) pairs of a module."""
    for name, declared in module.requirements.items():
        if declared.version:
            yield source_of(module, name), declared.version
    for (name, _), config in module.providers.items():
        given = config.body.attributes.get("version")
        if given is not None and (text := text_of(given.value)):
            yield source_of(module, name), text


def choose_all(config: Configuration, modules: Sequence[Module]) -> dict[tuple[str, str], Choice]:
    """Choose a schema for every provider: by the module's folder and the local name.

    Fills `Module.schemas`, and notes and faults about providers that cannot be judged.
    """
    wanted: dict[str, list[str]] = {}
    for module in modules:
        for source, constraint in _constraints(module):
            wanted.setdefault(source, []).append(constraint)
    choices: dict[tuple[str, str], Choice] = {}
    noted: set[str] = set()
    for module in modules:
        for name, (at, in_use) in used_names(module).items():
            source = source_of(module, name)
            choice = choose(source, tuple(wanted.get(source, ())))
            choices[module.folder, name] = choice
            module.schemas[name] = choice.schema
            if choice.missing:
                _missing(config, source, at)
            elif choice.note and in_use:
                _note(config, choice, name, None if source in noted else at)
                noted.add(source)
    return choices


def _note(config: Configuration, choice: Choice, name: str, at: int | None) -> None:
    """Note that a provider cannot be judged, or by another version; once for each source."""
    if choice.schema is None:
        config.unjudged.add(name)
    if at is not None:
        config.notes.append(config.finding(at, choice.note))


def _missing(config: Configuration, source: str, at: int) -> None:
    name = source.partition("/")[2]
    hint = config.near(name, HASHICORP)
    if name in PARTNERS:
        hint = f'declare source = "{PARTNERS[name]}" for it in required_providers'
    config.fault("known-provider", at, f"there is no provider `{source[:80]}`", hint)


@lru_cache(maxsize=1024)
def choose(source: str, constraints: tuple[str, ...]) -> Choice:
    """Choose the schema for a source under version constraints."""
    if source == BUILTIN:
        return Choice(provider("terraform"))
    namespace, _, name = source.rpartition("/")
    if namespace != "hashicorp":
        return Choice(None, f"there is no schema of {source[:80]}, so it was not judged")
    versions = provider_versions(name)
    if not versions:
        return _without_pack(source, name)
    asked = ", ".join(dict.fromkeys(constraints))
    for version in reversed(versions):
        if _meets(version, constraints):
            return Choice(provider(name, int(version.split(".")[0])))
    version = _nearest(versions, constraints)
    note = f"there is no schema of {source} {asked[:80]}; it was judged by {version}"
    return Choice(provider(name, int(version.split(".")[0])), note, lenient=True)


def _without_pack(source: str, name: str) -> Choice:
    if name in SUPERSETS:
        basis = provider(SUPERSETS[name])
        if basis is not None:
            note = f"there is no schema of {source}; it was judged by {basis.source}"
            return Choice(basis, note, lenient=True)
    if name in HASHICORP:
        return Choice(None, f"there is no schema of {source}, so it was not judged")
    return Choice(None, missing=True)


def _meets(version: str, constraints: tuple[str, ...]) -> bool:
    """Whether a version meets all constraints; one that cannot be read is others' to report."""
    for constraint in constraints:
        try:
            if not provider_satisfies(version, constraint):
                return False
        except BadConstraint:
            continue
    return True


def _nearest(versions: tuple[str, ...], constraints: tuple[str, ...]) -> str:
    """Return the version that is nearest to the first number of the constraints."""
    found = _NUMBERS.search(" ".join(constraints))
    major = int(found.group()) if found else 0
    return min(versions, key=lambda version: abs(int(version.split(".")[0]) - major))
