"""Optional settings that lie in nested blocks of a reference, as extras of a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from envs.terraform.stack import Extra, Settings
from iac_gym.check import RequirementType
from iac_gym.formats.hcl_render import Nested


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Set the argument at a dotted path; nested blocks on the way are made when they are needed."""
    *outer, last = path.split(".")
    for name in outer:
        found = body.setdefault(name, [Nested({})])
        inner = found[0] if isinstance(found, list) else found
        if not isinstance(inner.body, dict):
            raise TypeError(f"the block {name!r} cannot be added to")
        body = inner.body
    body[last] = value


class NestedSettings(Settings):
    """Optional settings of one resource, each at a dotted path of its body."""

    def on(self, asked: RequirementType, **places: Any) -> Extra:
        """Make the extra that asks for something without a value; `__` stands for a dot."""

        def make() -> None:
            self.stack.ask(asked(of=self.of))
            for place, value in places.items():
                put(self.thing.body, place.replace("__", "."), value)

        return Extra(asked.name, 1, make)

    def one_of(
        self,
        asked: RequirementType,
        path: str,
        options: Sequence[Any],
        written: Callable[[Any], Any] | None = None,
    ) -> Extra:
        """Make the extra that asks for one of several values; `written` makes what stands there."""

        def make() -> None:
            value = self.stack.draw.choice(asked.name, options)
            self.stack.ask(asked(of=self.of, value=value))
            put(self.thing.body, path, written(value) if written else value)

        return Extra(asked.name, 1, make)

    def label(
        self, asked: RequirementType, options: Sequence[tuple[str, Sequence[str]]], path: str
    ) -> Extra:
        """Make the extra that asks for a label (or tag) in the map at a path."""

        def make() -> None:
            key, values = self.stack.draw.choice(f"{asked.name} key", options)
            value = self.stack.draw.choice(asked.name, values)
            self.stack.ask(asked(of=self.of, key=key, value=value))
            put(self.thing.body, path, {key: value})

        return Extra(asked.name, 1, make)
