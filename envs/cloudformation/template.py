"""How a CloudFormation task is put together: what is asked and the reference grow side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from envs.cloudformation.choices import TAGS
from envs.cloudformation.rendering import Call as Call
from envs.cloudformation.rendering import render
from iac_gym.category import Draft
from iac_gym.check import Requirement, RequirementType
from iac_gym.draw import Draw
from iac_gym.errors import BadDraft
from iac_gym.extras import Extra as Extra
from iac_gym.extras import choose

#: Of four references, one is written in the long form.
_FORMS = (True, True, True, False)
NO_VALUE = Call("Ref", "AWS::NoValue")
REGION = Call("Ref", "AWS::Region")
ACCOUNT = Call("Ref", "AWS::AccountId")
POLICY_VERSION = "2012-10-17"


def sub(text: str) -> Call:
    """Write `!Sub`."""
    return Call("Sub", text)


def select(place: int, items: Any) -> Call:
    """Write `!Select`."""
    return Call("Select", [place, items])


def zone(place: int) -> Call:
    """Write an availability zone of the region, by its place."""
    return select(place, Call("GetAZs", ""))


def when(condition: str, yes: Any, no: Any) -> Call:
    """Write `!If`."""
    return Call("If", [condition, yes, no])


@dataclass
class Handle:
    """A resource of the reference, to add to and to refer to."""

    id: str
    type: str
    properties: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def ref(self) -> Call:
        """`!Ref` of the resource."""
        return Call("Ref", self.id)

    def __getitem__(self, attribute: str) -> Call:
        """`!GetAtt` of an attribute."""
        return Call("GetAtt", f"{self.id}.{attribute}")

    def set(self, **properties: Any) -> None:
        """Set properties."""
        self.properties.update(properties)

    def put(self, path: str, value: Any) -> None:
        """Set a nested property by its dotted path."""
        *outer, name = path.split(".")
        inner = self.properties
        for one in outer:
            inner = inner.setdefault(one, {})
        inner[name] = value

    def append(self, path: str, *values: Any) -> None:
        """Add to a list, by its dotted path."""
        *outer, name = path.split(".")
        inner = self.properties
        for one in outer:
            inner = inner.setdefault(one, {})
        inner.setdefault(name, []).extend(values)

    def tag(self, key: str, value: Any) -> None:
        """Add a tag."""
        self.append("Tags", {"Key": key, "Value": value})

    def keep(self, policy: str = "Retain") -> None:
        """Keep the resource when the stack goes or replaces it."""
        self.attributes.update(DeletionPolicy=policy, UpdateReplacePolicy=policy)

    @property
    def body(self) -> dict[str, Any]:
        """The resource as it stands in the template."""
        given = {"Properties": self.properties} if self.properties else {}
        return {"Type": self.type, **self.attributes, **given}


class Stack:
    """The requirements of a task and the template that meets them."""

    def __init__(self, draw: Draw, description: str) -> None:
        self.draw = draw
        self.asks: list[Requirement] = []
        self.description = description
        self.parameters: dict[str, dict[str, Any]] = {}
        self.mappings: dict[str, Any] = {}
        self.conditions: dict[str, Any] = {}
        self.outputs: dict[str, dict[str, Any]] = {}
        self.handles: list[Handle] = []

    def ask(self, *asks: Requirement) -> None:
        """Add requirements."""
        self.asks.extend(asks)

    def add(self, type: str, id: str, /, **properties: Any) -> Handle:
        """Add a resource; `type` is written without `AWS::`."""
        if any(one.id == id for one in self.handles):
            raise BadDraft(f"the reference has two resources {id!r}")
        made = Handle(id, f"AWS::{type}", properties)
        self.handles.append(made)
        return made

    def parameter(self, name: str, type: str = "String", **settings: Any) -> Call:
        """Declare a parameter; return a reference to it."""
        self.parameters[name] = {"Type": type, **settings}
        return Call("Ref", name)

    def output(self, name: str, value: Any, export: Any = None) -> None:
        """Declare an output."""
        self.outputs[name] = {"Value": value, **({"Export": {"Name": export}} if export else {})}

    def body(self) -> dict[str, Any]:
        """Return the template as plain data."""
        sections: dict[str, Any] = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": self.description,
            "Parameters": self.parameters,
            "Mappings": self.mappings,
            "Conditions": self.conditions,
            "Resources": {one.id: one.body for one in self.handles},
            "Outputs": self.outputs,
        }
        return {name: section for name, section in sections.items() if section}

    def draft(self, *openings: str, given: str = "", mode: str = "create") -> Draft:
        """Make the draft of the task; `given` is the template that it starts from."""
        short = bool(given) or self.draw.phrase("form", _FORMS)  # a given form is kept
        return Draft(
            openings=openings,
            asks=tuple(self.asks),
            reference=partial(render, self.body(), short=short),
            given={"template.yaml": given} if given else {},
            mode=mode,
        )


class Settings:
    """Optional settings of one resource, as extras: each asks for it and sets it."""

    def __init__(self, stack: Stack, thing: Handle, of: str) -> None:
        self.stack = stack
        self.thing = thing
        self.of = of

    def switch(self, asked: RequirementType, path: str, value: Any = True) -> Extra:
        """Make the extra that asks for something without a value."""

        def make() -> None:
            self.stack.ask(asked(of=self.of))
            self.thing.put(path, value)

        return Extra(asked.name, 1, make)

    def value(self, asked: RequirementType, path: str, options: Sequence[Any]) -> Extra:
        """Make the extra that asks for one of several values of a property."""

        def make() -> None:
            value = self.stack.draw.choice(asked.name, options)
            self.stack.ask(asked(of=self.of, value=value))
            self.thing.put(path, value)

        return Extra(asked.name, 1, make)

    def tag(self, asked: RequirementType) -> Extra:
        """Make the extra that asks for a tag."""

        def make() -> None:
            key, values = self.stack.draw.choice(f"{asked.name} key", TAGS)
            value = self.stack.draw.choice(asked.name, values)
            self.stack.ask(asked(of=self.of, key=key, value=value))
            self.thing.tag(key, value)

        return Extra(asked.name, 1, make)

    def output(self, asked: RequirementType, value: Call, names: Sequence[str]) -> Extra:
        """Make the extra that asks for an output with something of the resource."""

        def make() -> None:
            name = self.stack.draw.choice(asked.name, names)
            self.stack.ask(asked(of=self.of, name=name))
            self.stack.output(name, value)

        return Extra(asked.name, 1, make)

    def kept(self, asked: RequirementType) -> Extra:
        """Make the extra that asks to keep the resource when its stack goes."""

        def make() -> None:
            self.stack.ask(asked(of=self.of))
            self.thing.keep()

        return Extra(asked.name, 1, make)


def statement(
    actions: Any, resources: Any = None, principal: Any = None, **more: Any
) -> dict[str, Any]:
    """Write a statement of a policy."""
    first = {"Sid": more.pop("Sid", None), "Effect": more.pop("Effect", "Allow")}
    made = {**first, "Principal": principal, "Action": actions, "Resource": resources, **more}
    return {key: value for key, value in made.items() if value is not None}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """Write a policy document."""
    return {"Version": POLICY_VERSION, "Statement": list(statements)}


def trust(service: str) -> dict[str, Any]:
    """Write the trust policy for a service."""
    return document(statement("sts:AssumeRole", principal={"Service": service}))


def pascal(name: str) -> str:
    """Turn a name into a logical id."""
    words = "".join(char if char.isalnum() else " " for char in name).split()
    return "".join(word[:1].upper() + word[1:] for word in words)


def decorate(stack: Stack, extras: Sequence[Extra]) -> None:
    """Add optional parts, so many that the wanted difficulty is often reached."""
    for extra in choose(stack.draw, len(stack.asks), extras):
        extra.make()
