"""The values of Terraform expressions, and what is known about those that are not known yet.

A value is a Python value: `str`, `bool`, `int`/`float`, `None` (null), `list` (list or tuple),
`SetValue` (set), `dict` (map or object, string keys), or an `Unknown`. Values are never changed.

A type is `"string"`, `"number"`, `"bool"` or `"any"` (not known), or a tuple:
`("list", T)`, `("set", T)`, `("map", T)`, `("tuple", (T, ...))`, or
`("object", {name: T}, frozenset of the optional names)`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

Type: TypeAlias = "str | tuple[Any, ...]"
Value: TypeAlias = Any

STRING, NUMBER, BOOL, ANY = "string", "number", "bool", "any"


class SetValue(list[Any]):
    """The elements of a set, each once, in Terraform's order (strings sorted)."""

    __slots__ = ()


class Ref(NamedTuple):
    """Where an unknown value comes from: `mode` "resource", "data", "var", "module", "each", ...

    `aws_subnet.a["x"].id` is Ref("resource", "aws_subnet", "a", "x", ("id",)). `key` is the
    instance key, None where the resource has a single instance. `module` is the path of module
    calls, () for the root.
    """

    mode: str
    type: str
    name: str
    key: str | int | None = None
    path: tuple[str | int, ...] = ()
    module: tuple[str, ...] = ()


class Unknown:
    """A value that is not known before apply: its type, and the references it is made of.

    `ref` is set where the value is exactly that attribute. `refs` are all references that it is
    made of, `ref` among them.
    """

    __slots__ = ("ref", "refs", "type")

    def __init__(
        self, type: Type = ANY, ref: Ref | None = None, refs: tuple[Ref, ...] = ()
    ) -> None:
        self.type = type
        self.ref = ref
        self.refs = refs or ((ref,) if ref else ())

    def __repr__(self) -> str:
        """Show the type and the references."""
        return f"Unknown({self.type!r}, {self.ref or self.refs})"


class Joined(Unknown):
    """A string with unknown pieces: `parts` are texts and `Unknown`s, in order."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[str | Unknown, ...]) -> None:
        refs = tuple(ref for part in parts if isinstance(part, Unknown) for ref in part.refs)
        super().__init__(STRING, None, refs)
        self.parts = parts


class Encoded(Unknown):
    """`jsonencode` (or `yamlencode`: `form`) of a value with unknown pieces: `value`."""

    __slots__ = ("form", "value")

    def __init__(self, value: Value, refs: tuple[Ref, ...], form: str = "json") -> None:
        super().__init__(STRING, None, refs)
        self.value = value
        self.form = form


ANYTHING = Unknown()
