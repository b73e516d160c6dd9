"""What an environment asks: families of tasks, the drafts they make, and the category they form."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from iac_gym.check import Requirement, RequirementType, requirement_types
from iac_gym.draw import Draw
from iac_gym.errors import BadDraft, unknown

#: A reference answer: one text, several texts by path, or a picklable function that makes either
#: (called only when somebody wants to see it, never for grading).
Reference = str | Mapping[str, str] | Callable[[], "str | Mapping[str, str]"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a family makes from its draws.

    `openings` are phrasings of the first clause, without a full stop ("Deploy the web server
    `shop`"). `asks` are the requirements, in the order they are said. `files` are the expected
    files as (path or fnmatch pattern, language); empty means the family's language under its usual
    name. `given` holds files that are shown to the agent. With `beside`, the name of one of the
    expected languages, they are judged together with the answer (a chart for which values are
    asked), which may replace them under their paths; otherwise they are only shown.
    """

    openings: tuple[str, ...]
    asks: tuple[Requirement, ...] | list[Requirement]
    reference: Reference
    files: tuple[tuple[str, str], ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    mode: str = "create"
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A generator of related tasks. `levels` are the difficulties it can reach (1 to 5).

    `held_out` families occur in the `test` split alone.
    """

    name: str
    make: Callable[[Draw], Draft]
    language: str
    levels: tuple[int, ...]
    held_out: bool
    doc: str


def family(
    language: str, levels: tuple[int, ...], *, held_out: bool = False
) -> Callable[[Callable[[Draw], Draft]], Family]:
    """Make a family from a function `Draw -> Draft`; its name is the function's, in kebab-case."""

    def decorate(function: Callable[[Draw], Draft]) -> Family:
        doc = inspect.cleandoc(function.__doc__ or "")
        if not doc:
            raise BadDraft(f"family {function.__name__!r} has no docstring; say what it asks for")
        name = function.__name__.strip("_").replace("_", "-")
        return Family(name, function, language, tuple(levels), held_out, doc)

    return decorate


@dataclass(frozen=True)
class Category:
    """Everything the core needs to know about one environment: data and pure functions."""

    env_id: str
    name: str
    families: Mapping[str, Family]
    requirements: Mapping[str, RequirementType]

    def family(self, name: str) -> Family:
        """Return a family by name; an unknown one raises `UnknownName`."""
        if name not in self.families:
            raise unknown(f"family of {self.env_id}", name, self.families)
        return self.families[name]


def category(
    env_id: str,
    name: str,
    requirements: ModuleType | Sequence[ModuleType],
    *modules: ModuleType,
) -> Category:
    """Collect a category from its requirements module (or modules) and its family modules."""
    found: dict[str, Family] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Family):
                if value.name in found and found[value.name] is not value:
                    raise BadDraft(f"two families of {env_id} are called {value.name!r}")
                found[value.name] = value
    types: dict[str, RequirementType] = {}
    for source in [requirements] if isinstance(requirements, ModuleType) else requirements:
        for key, value in requirement_types(source).items():
            if types.setdefault(key, value) is not value:
                raise BadDraft(f"two requirement types of {env_id} are called {key!r}")
    return Category(env_id, name, dict(sorted(found.items())), types)
