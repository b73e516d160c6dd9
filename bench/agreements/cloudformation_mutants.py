"""Mistakes in CloudFormation templates, and rewritings that change nothing.

A mistake changes the tree somewhere that a seeded generator chooses, and gives None where there is
nothing to change. None of them knows whether its result is valid: cfn-lint says so.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.agreements import tree_mutants
from bench.agreements.subject import Change
from iac_gym.check import ParseError
from iac_gym.languages.cloudformation.decode import decode
from iac_gym.languages.cloudformation.equivalents import equivalents

_PATH = "template.yaml"
#: A change of a tree in place; raises IndexError where there is nothing to change.
InPlace = Callable[[random.Random, Any], None]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def load(text: str) -> Any:
    """Read a template as plain dicts and lists; None where it cannot be read."""
    try:
        return _plain(decode(text, _PATH))
    except ParseError:
        return None


def dump(tree: Any) -> str:
    """Write a template as JSON."""
    return json.dumps(tree, indent=1) + "\n"


def _is_function(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    name = str(next(iter(value)))
    return name == "Ref" or name.startswith("Fn::")


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the mappings of a value that are no functions."""
    if isinstance(value, dict):
        if not _is_function(value):
            yield value
        for item in value.values():
            yield from _maps(item)
    elif isinstance(value, list):
        for item in value:
            yield from _maps(item)


def _functions(value: Any, *names: str) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if _is_function(value) and (not names or next(iter(value)) in names):
            yield value
        for item in value.values():
            yield from _functions(item, *names)
    elif isinstance(value, list):
        for item in value:
            yield from _functions(item, *names)


def _resources(tree: Any) -> list[dict[str, Any]]:
    bodies = tree.get("Resources", {})
    return [
        body
        for body in (bodies.values() if isinstance(bodies, dict) else ())
        if isinstance(body, dict) and isinstance(body.get("Properties"), dict)
    ]


def _properties(rng: random.Random, tree: Any) -> dict[str, Any]:
    return rng.choice([one for one in _maps(rng.choice(_resources(tree))["Properties"]) if one])


def _leaf(rng: random.Random, tree: Any, kind: type = object) -> tuple[dict[str, Any], str]:
    body = rng.choice(_resources(tree))["Properties"]
    found = [
        (part, key)
        for part in _maps(body)
        for key, value in part.items()
        if not isinstance(value, (dict, list)) and isinstance(value, kind)
    ]
    return rng.choice(found)


def property_left_out(rng: random.Random, tree: Any) -> None:
    """Leave out a property."""
    part = _properties(rng, tree)
    del part[rng.choice(list(part))]


def property_misspelt(rng: random.Random, tree: Any) -> None:
    """Misspell a property."""
    part = _properties(rng, tree)
    key = rng.choice(list(part))
    part[rng.choice((key + "s", key[:-1] or "x", key.lower(), key[:1].lower() + key[1:]))] = (
        part.pop(key)
    )


def value_of_another_type(rng: random.Random, tree: Any) -> None:
    """Put a value of another type in a property."""
    part, key = _leaf(rng, tree)
    part[key] = rng.choice(([part[key]], {"Value": part[key]}, "no-number", {}, True))


def value_not_allowed(rng: random.Random, tree: Any) -> None:
    """Change a text in a property."""
    part, key = _leaf(rng, tree, str)
    old = part[key]
    part[key] = rng.choice(("bogus-value", old + "X", old.lower(), old.upper(), ""))


def number_not_allowed(rng: random.Random, tree: Any) -> None:
    """Put a number out of range, or none, in a property."""
    part, key = _leaf(rng, tree, int)
    part[key] = rng.choice((-1, 0, 10**9, "abc", 3.5))


def reference_misspelt(rng: random.Random, tree: Any) -> None:
    """Misspell what a function refers to."""
    part = rng.choice(list(_functions(tree, "Ref", "Fn::GetAtt", "Fn::Sub")))
    name = next(iter(part))
    value = part[name]
    if name == "Fn::GetAtt" and isinstance(value, list):
        place = rng.randrange(len(value))
        value[place] = f"{value[place]}X"
    elif isinstance(value, str):
        part[name] = value.replace("${", "${X", 1) if name == "Fn::Sub" else value + "X"


def other_reference(rng: random.Random, tree: Any) -> None:
    """Refer to something else that exists."""
    part = rng.choice(list(_functions(tree.get("Resources"), "Ref", "Fn::GetAtt")))
    names = [*tree["Resources"], *tree.get("Parameters", {})]
    if "Ref" in part:
        part["Ref"] = rng.choice(names)
    elif isinstance(part["Fn::GetAtt"], list):
        part["Fn::GetAtt"][0] = rng.choice(list(tree["Resources"]))


def function_broken(rng: random.Random, tree: Any) -> None:
    """Take something from a function's arguments, or misspell it."""
    kinds = ("Fn::Join", "Fn::If", "Fn::Select", "Fn::FindInMap", "Fn::Sub", "Fn::Split")
    part = rng.choice(list(_functions(tree, *kinds)))
    name = next(iter(part))
    value = part[name]
    choice = rng.randrange(3)
    if choice == 0 and isinstance(value, list) and value:
        value.pop(rng.randrange(len(value)))
    elif choice == 1:
        part[name + "s"] = part.pop(name)
    else:
        part[name] = {"Value": "x"}


def function_of_another_kind(rng: random.Random, tree: Any) -> None:
    """Put a function that gives something else in a property."""
    body = rng.choice(_resources(tree))["Properties"]
    found = [(part, key) for part in _maps(body) for key, one in part.items() if _is_function(one)]
    part, key = rng.choice(found)
    part[key] = rng.choice(
        ([part[key]], {"Fn::Split": [",", "a,b"]}, {"Fn::Join": ["", ["a"]]}, {"Fn::GetAZs": ""})
    )


def type_misspelt(rng: random.Random, tree: Any) -> None:
    """Misspell a resource type."""
    body = rng.choice(_resources(tree))
    kind = str(body["Type"])
    body["Type"] = rng.choice((kind[:-1], kind.lower(), kind.replace("::", ":"), "AWS::EC2::None"))


def attribute_of_resource(rng: random.Random, tree: Any) -> None:
    """Break what stands beside the properties."""
    body = rng.choice(_resources(tree))
    key, value = rng.choice(
        (("DependsOn", "Nope"), ("Condition", "Nope"), ("DeletionPolicy", "Keep"), ("Typ", "x"))
    )
    body[key] = value
    if key == "Typ":
        del body["Type"]


def parameter_broken(rng: random.Random, tree: Any) -> None:
    """Break a parameter."""
    body = rng.choice(list(tree.get("Parameters", {}).values()))
    choice = rng.randrange(4)
    if choice == 0:
        body["Type"] = "Strng"
    elif choice == 1:
        body["AllowedValues"] = ["zzz"]
        body.setdefault("Default", "a")
    elif choice == 2:
        body["Defaults"] = body.pop("Default", "a")
    else:
        body.pop("Type")


def output_broken(rng: random.Random, tree: Any) -> None:
    """Break an output."""
    body = rng.choice(list(tree.get("Outputs", {}).values()))
    choice = rng.randrange(3)
    if choice == 0:
        del body["Value"]
    elif choice == 1:
        body["Exports"] = {"Name": "a"}
    else:
        body["Value"] = ["a", "b"]


def top_level_broken(rng: random.Random, tree: Any) -> None:
    """Break the top level."""
    choice = rng.randrange(4)
    if choice == 0:
        tree["Resource"] = tree.pop("Resources")
    elif choice == 1:
        tree["AWSTemplateFormatVersion"] = "2011-01-01"
    elif choice == 2:
        tree["Resources"]["bad-name"] = {"Type": "AWS::SNS::Topic"}
    else:
        tree["Extra"] = {"a": 1}


def _change(in_place: InPlace) -> Change:
    def apply(rng: random.Random, text: str) -> str | None:
        tree = load(text)
        if tree is None:
            return None
        try:
            in_place(rng, tree)
        except (IndexError, KeyError, AttributeError, TypeError):  # nothing to change here
            return None
        return dump(tree)

    return apply


_OWN: tuple[InPlace, ...] = (
    property_left_out, property_misspelt, value_of_another_type, value_not_allowed,
    number_not_allowed, reference_misspelt, other_reference, function_broken,
    function_of_another_kind, type_misspelt, attribute_of_resource, parameter_broken,
    output_broken, top_level_broken,
)  # fmt: skip

MUTATIONS: dict[str, Change] = {
    **tree_mutants.every(load, dump),
    **{one.__name__.replace("_", " "): _change(one) for one in _OWN},
}


def _rewritten(name: str, rng: random.Random, text: str) -> str | None:
    for said, files in equivalents({_PATH: text}):
        if said == name:
            return files[_PATH]
    return None


_NAMES = (
    "keys in the opposite order", "Join for Sub", "Sub for Join", "quoted numbers",
    "GetAtt with a dot", "long forms", "short forms", "JSON", "JSON with tabs", "an anchor",
)  # fmt: skip
REWRITINGS: dict[str, Change] = {name: partial(_rewritten, name) for name in _NAMES}
