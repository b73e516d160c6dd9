"""What surrounds a task: play, role, blocks, imports and includes, each a `Scope`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.yaml import YamlMap

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """One thing around a task. `tree` has its keywords, `parent` what is around it.

    `kind`: play, role, block, import, include (dynamic: its keywords are not inherited), apply.
    `part` is the list of a block that the task stands in. `bound` are loop variables and role
    parameters; `variables` those of the keyword `vars`. `blocked`: the block as it is written.
    """

    kind: str
    tree: YamlMap
    parent: Scope | None = None
    part: str = ""
    role: str | None = None
    path: str = ""
    bound: Mapping[str, Any] = field(default_factory=dict)
    block: Any = None
    opaque: bool = False

    @property
    def variables(self) -> Mapping[str, Any]:
        """The keyword `vars`."""
        given = self.tree.get("vars")
        return given if given.__class__ is YamlMap else NOTHING

    def chain(self) -> Iterator[Scope]:
        """Yield this scope and those around it, the play last."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def nearest(self, key: str) -> Any:
        """Return what the innermost scope gives for an inherited keyword, None where none does."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.tree.get(key)
            if value is not None and scope.kind != "include":
                return value
            scope = scope.parent
        return None

    def inherited(self, key: str) -> Iterator[Any]:
        """Yield what the scopes give for an inherited keyword, the innermost first."""
        for scope in self.chain():
            if scope.kind != "include" and (value := scope.tree.get(key)) is not None:
                yield value

    def conditions(self) -> list[Any]:
        """Return the values of `when` of all scopes, the outermost first."""
        found = [scope.tree["when"] for scope in self.chain() if "when" in scope.tree]
        return found[::-1]
