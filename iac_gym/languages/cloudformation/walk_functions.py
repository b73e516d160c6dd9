"""Functions as values: whether what they give can be what the place takes.

What a function gives is not worked out (a parameter may have any value when the stack is made);
its kind is known: `Fn::Join` is a text, `Fn::Split` a list, `Ref` of a resource a text,
`Fn::GetAtt` what the attribute is. Both branches of `Fn::If` are walked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iac_gym.languages.cloudformation.pack import attribute, reference_formats
from iac_gym.languages.cloudformation.walk_base import (
    NO_VALUE,
    PSEUDO,
    UNKNOWN,
    Check,
    Place,
    Sink,
    State,
)

#: What each function gives, in letters of types.
GIVES = {
    "Fn::Base64": "s",
    "Fn::Cidr": "a",
    "Fn::FindInMap": "asbin",
    "Fn::GetAZs": "a",
    "Fn::GetStackOutput": "sbin",
    "Fn::ImportValue": "sbin",
    "Fn::Join": "s",
    "Fn::Length": "i",
    "Fn::Split": "a",
    "Fn::Sub": "s",
    "Fn::ToJsonString": "s",
}
#: What a value of a type can become.
_BECOMES = {"s": "snbi", "i": "isn", "b": "bs", "n": "ns", "a": "a", "o": "o"}
_SCALARS = frozenset("sbin")
_LISTS_OF_PARAMETERS = ("List<", "CommaDelimitedList", "AWS::SSM::Parameter::Value<List<",
                        "AWS::SSM::Parameter::Value<CommaDelimitedList")  # fmt: skip
#: Resources whose attributes may hold anything.
_OPEN = frozenset(
    {
        "AWS::CloudFormation::CustomResource",
        "AWS::CloudFormation::Stack",
        "AWS::Serverless::Application",
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
    }
)


class Taker:
    """What a place takes, for functions: types and format; `again` walks a branch."""

    __slots__ = ("again", "form", "kinds", "own", "scalar")

    def __init__(self, schema: Mapping[str, Any], again: Check) -> None:
        self.kinds: str = schema.get("t", "")
        self.form: str = schema.get("f", "")
        self.scalar = bool(_SCALARS.intersection(self.kinds))
        self.own = frozenset(name for name, gives in GIVES.items() if self._takes(gives))
        self.again = again

    def _takes(self, gives: str) -> bool:
        return any(kind in _BECOMES[one] for one in gives for kind in self.kinds)

    def function(self, name: str, value: Any, place: Place, out: Sink, state: State) -> None:
        """Note what is wrong with a function at this place."""
        if name == "Fn::If":
            self._branches(value[name], place, out, state)
        elif state.composite:
            out.append(UNKNOWN)
        elif name == "Ref":
            self._reference(value[name], place, out, state)
        elif name == "Fn::GetAtt":
            self._attribute(value[name], place, out, state)
        elif name in GIVES and self.kinds and name not in self.own:
            out.append((place, "function", self.kinds, name))

    def _branches(self, parts: Any, place: Place, out: Sink, state: State) -> None:
        if not isinstance(parts, list) or len(parts) != 3:
            return  # the rules of functions tell it
        inside = (place, "Fn::If")
        name = parts[0]
        for index in (1, 2):
            if parts[index] == NO_VALUE:
                continue
            under = state.under(name, index == 1) if name.__class__ is str else state
            self.again(parts[index], (inside, index), out, under)

    def _reference(self, name: Any, place: Place, out: Sink, state: State) -> None:
        if name.__class__ is not str or not (self.kinds or self.form) or name == "AWS::NoValue":
            return
        template = state.template
        if name in template.parameters:
            body = template.parameters[name]
            kind = body.get("Type") if isinstance(body, dict) else None
            if kind.__class__ is str:
                self._gives(kind.startswith(_LISTS_OF_PARAMETERS), name, place, out)
        elif name in PSEUDO:
            self._gives(name == "AWS::NotificationARNs", name, place, out)
        elif name in template.resources:
            if self.kinds and not self.scalar:
                out.append((place, "function", self.kinds, f"Ref {name}"))
            elif self.form:
                self._format_of_reference(name, place, out, state)

    def _gives(self, is_list: bool, name: str, place: Place, out: Sink) -> None:
        if not self.kinds:
            return
        wrong = "a" not in self.kinds if is_list else not self.scalar
        if wrong:
            out.append((place, "function", self.kinds, f"Ref {name}"))

    def _format_of_reference(self, name: str, place: Place, out: Sink, state: State) -> None:
        resource = state.template.resources[name]
        if resource.type.startswith("Custom::") or resource.type in _OPEN:
            return
        formats = reference_formats(resource.type)
        if formats is None:
            return
        if resource.type == "AWS::EC2::SecurityGroup":
            kind = "Id" if "VpcId" in resource.properties else "Name"
            formats = [f"AWS::EC2::SecurityGroup.{kind}"]
        if self.form not in formats:
            out.append((place, "gives", self.form, (f"Ref {name}", formats)))

    def _attribute(self, parts: Any, place: Place, out: Sink, state: State) -> None:
        if not isinstance(parts, list) or len(parts) < 2 or not (self.kinds or self.form):
            return
        name = parts[0]
        path = ".".join([part for part in parts[1:] if part.__class__ is str])
        resource = state.template.resources.get(name) if name.__class__ is str else None
        found = attribute(resource.type, path) if resource else None
        if found is None or resource is None:
            return
        gives, *formats = found
        flexible = "b" in self.kinds or "i" in self.kinds
        if gives and self.kinds and not flexible and not set(gives) & set(self.kinds):
            out.append((place, "function", self.kinds, f"{name}.{path}"))
        elif self.form and self._is_judged(resource.type, path) and self.form not in formats:
            out.append((place, "gives", self.form, (f"{name}.{path}", formats)))

    @staticmethod
    def _is_judged(kind: str, path: str) -> bool:
        if kind.startswith("Custom::") or kind in _OPEN:
            return False
        return (kind, path) != ("AWS::SSM::Parameter", "Value")
