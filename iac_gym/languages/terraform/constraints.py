"""Type constraints of variables: `list(string)`, `object({ name = optional(string, "x") })`.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from typing import NamedTuple

from iac_gym.formats.hcl.nodes import Call, Literal, Node, Object, Template, Traversal, Tuple
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.conversion import ConversionError, Defaults, convert
from iac_gym.languages.terraform.values import ANY, BOOL, NUMBER, STRING, Type, Value

_KEYWORDS = frozenset((STRING, NUMBER, BOOL, ANY))
_COLLECTIONS = frozenset(("list", "set", "map"))
_MOST_DEPTH = 60
_HINT = "a type is `string`, `number`, `bool`, `any`, or a call like `list(string)`"


class Constraint(NamedTuple):
    """A type constraint, and the defaults of its optional attributes (None: it has none)."""

    type: Type
    defaults: Defaults | None


def parse_type(node: Node, *, json: bool = False) -> Constraint:
    """Read the `type` of a variable; raises `EvalError`. In the JSON syntax types are strings."""
    if json and isinstance(node, Literal) and isinstance(node.value, str):
        node = _from_text(node.value, node.at)
    if isinstance(node, Template) or (isinstance(node, Literal) and isinstance(node.value, str)):
        raise EvalError("a type is written without quotes", node.at, _unquoted(node))
    if isinstance(node, Traversal) and not node.steps and node.root in ("list", "map"):
        return Constraint((node.root, ANY), None)
    return _read(node, 0)


def _from_text(text: str, at: int) -> Node:
    from iac_gym.formats.hcl import HclError, parse

    try:
        attributes = parse(f"t = {text}\n", 0).attributes
    except HclError as error:
        raise EvalError(f"this is no type: {error.message}", at, _HINT) from None
    if list(attributes) != ["t"]:
        raise EvalError("this is no type", at, _HINT)
    return attributes["t"].value


def _unquoted(node: Node) -> str:
    plain = {"string": "string", "list": "list(string)", "map": "map(string)"}
    given = node.value if isinstance(node, Literal) else None
    return f"write `{plain[given]}`" if isinstance(given, str) and given in plain else _HINT


def _read(node: Node, depth: int) -> Constraint:
    if depth > _MOST_DEPTH:
        raise EvalError("this type is nested too deeply", node.at)
    if isinstance(node, Traversal) and not node.steps:
        return Constraint(_keyword(node.root, node.at), None)
    if not isinstance(node, Call):
        raise EvalError("this is no type", node.at, _HINT)
    name = node.name
    if name in _KEYWORDS:
        raise EvalError(f"the type `{name}` takes no argument", node.at)
    if name == "optional":
        raise EvalError("`optional` is for attributes of objects only", node.at)
    if name not in _COLLECTIONS and name not in ("object", "tuple"):
        raise EvalError(f"there is no type `{name}`", node.at, _HINT)
    if len(node.args) != 1:
        raise EvalError(f"the type `{name}` takes exactly one argument", node.at, _example(name))
    argument = node.args[0]
    if name == "object":
        return _object(argument, depth)
    if name == "tuple":
        return _tuple(argument, depth)
    inner = _read(argument, depth + 1)
    defaults = None if inner.defaults is None else Defaults(name, {}, {"": inner.defaults})
    return Constraint((name, inner.type), defaults)


def _keyword(name: str, at: int) -> Type:
    if name in _KEYWORDS:
        return name
    if name in _COLLECTIONS or name in ("object", "tuple"):
        raise EvalError(f"the type `{name}` needs an argument", at, _example(name))
    raise EvalError(f"there is no type `{name}`", at, _HINT)


def _example(name: str) -> str:
    examples = {"object": "object({ name = string })", "tuple": "tuple([string, number])"}
    return f"write `{examples.get(name, name + '(string)')}`"


def _tuple(node: Node, depth: int) -> Constraint:
    if not isinstance(node, Tuple):
        raise EvalError("a tuple type needs a list of types", node.at, _example("tuple"))
    parts = [_read(item, depth + 1) for item in node.items]
    children: dict[str | int, Defaults] = {
        index: part.defaults for index, part in enumerate(parts) if part.defaults
    }
    defaults = Defaults("tuple", {}, children) if children else None
    return Constraint(("tuple", tuple([part.type for part in parts])), defaults)


def _object(node: Node, depth: int) -> Constraint:
    if not isinstance(node, Object):
        raise EvalError("an object type needs a map of types", node.at, _example("object"))
    attributes: dict[str, Type] = {}
    optional: set[str] = set()
    values: dict[str, Value] = {}
    children: dict[str | int, Defaults] = {}
    for key, value in node.items:
        name = _attribute_name(key, attributes)
        inner, given = _attribute(value, depth)
        attributes[name] = inner.type
        if inner.defaults is not None:
            children[name] = inner.defaults
        if given is not None:
            optional.add(name)
            if given:
                values[name] = given[0]
    defaults = Defaults("object", values, children) if values or children else None
    return Constraint(("object", attributes, frozenset(optional)), defaults)


def _attribute_name(key: Node, known: dict[str, Type]) -> str:
    if not (isinstance(key, Literal) and isinstance(key.value, str)):
        raise EvalError("the keys of an object type must be plain names", key.at)
    if key.value in known:
        raise EvalError(f"the attribute `{key.value}` is given twice", key.at)
    return key.value


def _attribute(node: Node, depth: int) -> tuple[Constraint, tuple[Value, ...] | None]:
    """Return the type of an attribute, and where it is optional () or (its default,)."""
    if not (isinstance(node, Call) and node.name == "optional"):
        return _read(node, depth + 1), None
    if not 1 <= len(node.args) <= 2:
        raise EvalError(
            "`optional` takes a type and perhaps a default", node.at, "write `optional(string)`"
        )
    inner = _read(node.args[0], depth + 1)
    if len(node.args) == 1:
        return inner, ()
    return inner, (_default(node.args[1], inner.type),)


def _default(node: Node, kind: Type) -> Value:
    from iac_gym.languages.terraform.evaluate import CONSTANTS, evaluate

    try:
        return convert(evaluate(node, CONSTANTS), kind)
    except ConversionError as error:
        raise EvalError(f"this default does not fit its type: {error}", node.at) from None
