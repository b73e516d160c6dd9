"""How a Terraform task is put together: what is asked and the reference grow side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from iac_gym.category import Draft
from iac_gym.check import Requirement, RequirementType
from iac_gym.draw import Draw
from iac_gym.extras import Extra, choose
from iac_gym.formats.hcl_render import Nested, Raw, Top, block, nested, render

__all__ = ["PROVIDERS", "Extra", "Handle", "Settings", "Stack", "decorate", "label_of"]

#: Source and version constraint of the providers, as references write them.
PROVIDERS = {
    "aws": ("hashicorp/aws", "~> 5.0"),
    "google": ("hashicorp/google", "~> 6.0"),
    "azurerm": ("hashicorp/azurerm", "~> 4.0"),
    "kubernetes": ("hashicorp/kubernetes", "~> 2.30"),
    "helm": ("hashicorp/helm", "~> 3.0"),
    "random": ("hashicorp/random", "~> 3.6"),
    "tls": ("hashicorp/tls", "~> 4.0"),
    "archive": ("hashicorp/archive", "~> 2.4"),
    "local": ("hashicorp/local", "~> 2.5"),
    "null": ("hashicorp/null", "~> 3.2"),
    "time": ("hashicorp/time", "~> 0.12"),
}


@dataclass
class Handle:
    """A resource or data source of the reference, to add to and to refer to."""

    mode: str
    type: str
    label: str
    body: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, attribute: str) -> Raw:
        """Return the expression of an attribute: `vpc["id"]` is `aws_vpc.main.id`."""
        prefix = "data." if self.mode == "data" else ""
        return Raw(f"{prefix}{self.type}.{self.label}.{attribute}")

    def set(self, **body: Any) -> None:
        """Set arguments."""
        self.body.update({name.removesuffix("_"): value for name, value in body.items()})

    def nest(self, block_type: str, **body: Any) -> None:
        """Add a nested block."""
        found = self.body.setdefault(block_type, [])
        found.append(nested(**body))

    def inner(self, block_type: str) -> dict[str, Any]:
        """Return the body of the only nested block of a type, made when it is first needed."""
        found: list[Nested] = self.body.setdefault(block_type, [])
        if not found:
            found.append(Nested({}))
        body = found[0].body
        if not isinstance(body, dict):
            raise TypeError(f"the block {block_type!r} cannot be added to")
        return body

    @property
    def top(self) -> Top:
        """The block of the reference."""
        return Top(self.mode, (self.type, self.label), self.body)


class Stack:
    """The requirements of a task and the configuration that meets them.

    `main` is the file that the reference goes to; `providers` are the local names of those used.
    """

    def __init__(self, draw: Draw, *providers: str) -> None:
        self.draw = draw
        self.asks: list[Requirement] = []
        self._providers = dict.fromkeys(providers or ("aws",))
        self._settings: dict[str, dict[str, Any]] = {}
        self._blocks: list[Handle | Top] = []

    def ask(self, *asks: Requirement) -> None:
        """Add requirements."""
        self.asks.extend(asks)

    def provider(self, name: str, **settings: Any) -> None:
        """Use a provider, and set arguments in its block."""
        self._providers[name] = None
        if settings:
            self._settings.setdefault(name, {}).update(settings)

    def add(self, resource_type: str, label: str, **body: Any) -> Handle:
        """Add a resource. A final underscore of an argument is dropped."""
        return self._add("resource", resource_type, label, body)

    def data(self, data_type: str, label: str, **body: Any) -> Handle:
        """Add a data source."""
        return self._add("data", data_type, label, body)

    def _add(self, mode: str, kind: str, label: str, body: Mapping[str, Any]) -> Handle:
        made = Handle(mode, kind, label_of(label))
        made.set(**body)
        self._blocks.append(made)
        return made

    def top(self, made: Top) -> None:
        """Add any other block (a variable, an output, locals, a module call)."""
        self._blocks.append(made)

    def tops(self) -> list[Top]:
        """Return all blocks of the reference."""
        required = {
            name: {"source": PROVIDERS[name][0], "version": PROVIDERS[name][1]}
            for name in self._providers
        }
        head = [block("terraform", required_providers=nested(**required))]
        head += [block("provider", name, **body) for name, body in self._settings.items()]
        return head + [one.top if isinstance(one, Handle) else one for one in self._blocks]

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task, in one file."""
        return Draft(
            openings=openings, asks=tuple(self.asks), reference=partial(render, *self.tops())
        )


class Settings:
    """Optional settings of one resource, as extras: each asks for it and sets it."""

    def __init__(self, stack: Stack, thing: Handle, of: str) -> None:
        self.stack = stack
        self.thing = thing
        self.of = of

    def switch(self, asked: RequirementType, **arguments: Any) -> Extra:
        """Make the extra that asks for something without a value."""

        def make() -> None:
            self.stack.ask(asked(of=self.of))
            self.thing.set(**arguments)

        return Extra(asked.name, 1, make)

    def value(self, asked: RequirementType, argument: str, options: Sequence[Any]) -> Extra:
        """Make the extra that asks for one of several values of an argument."""

        def make() -> None:
            value = self.stack.draw.choice(asked.name, options)
            self.stack.ask(asked(of=self.of, value=value))
            self.thing.set(**{argument: value})

        return Extra(asked.name, 1, make)

    def tag(self, asked: RequirementType, tags: Sequence[tuple[str, Sequence[str]]]) -> Extra:
        """Make the extra that asks for a tag, beside those that are there."""

        def make() -> None:
            key, values = self.stack.draw.choice(f"{asked.name} key", tags)
            value = self.stack.draw.choice(asked.name, values)
            self.stack.ask(asked(of=self.of, key=key, value=value))
            self.thing.set(tags={**self.thing.body.get("tags", {}), key: value})

        return Extra(asked.name, 1, make)


def label_of(name: str) -> str:
    """Turn a name into a Terraform label."""
    label = "".join(char if char.isalnum() else "_" for char in name)
    return label if label[:1].isalpha() else f"r_{label}"


def decorate(stack: Stack, extras: Sequence[Extra]) -> None:
    """Add optional parts, so many that the wanted difficulty is often reached."""
    for extra in choose(stack.draw, len(stack.asks), extras):
        extra.make()
