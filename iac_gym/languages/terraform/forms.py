"""Schemas prepared for judging bodies: tables that are filled as names are met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from iac_gym.formats.hcl import HclError, json_blocks
from iac_gym.formats.hcl.nodes import Attribute, Block, Body
from iac_gym.languages.terraform.demands import NONE, Demands
from iac_gym.languages.terraform.schemas import BlockSchema, BodySchema
from iac_gym.languages.terraform.value_rules import Group, Rule, TypeRules
from iac_gym.languages.terraform.values import BOOL, NUMBER, STRING

_LITERAL = {STRING: str, NUMBER: int, BOOL: bool}
#: In a form's table: an argument that others look at.
META = ()


class Fault(NamedTuple):
    """Something wrong: the rule that reports it, where, and in which words."""

    rule: str
    at: int
    message: str
    hint: str = ""


class Meta(NamedTuple):
    """What the language itself allows in a body, beside what the schema does.

    `blocks` says how many labels each has.
    """

    attributes: frozenset[str] = frozenset()
    blocks: Mapping[str, int] = {}
    reserved: frozenset[str] = frozenset()


NO_META = Meta()


def is_required(rules: tuple[Rule, ...]) -> bool:
    """Whether the provider wants a value, wherever the block or object around it is written."""
    return any(rule.kind == "required" for rule in rules)


def _required_by(rules: TypeRules, prefix: str) -> tuple[str, ...]:
    start = len(prefix)
    return tuple(
        path[start:]
        for path, found in rules.values.items()
        if path.startswith(prefix) and "." not in path[start:] and is_required(found)
    )


class Argument:
    """An attribute that may be set. `exact` is the class of literals that need no conversion.

    `element` is that of the elements of a list, set or map of such values, where no rules hold for
    them; `deep` are the rules where some hold for parts of the value. `passed` are pairs of path
    and text that the rules have let through: programs use the same few texts again and again.
    """

    __slots__ = ("deep", "demanded", "element", "exact", "passed", "path", "required", "rules",
                 "type", "wanted")  # fmt: skip

    def __init__(self, form: Form, name: str) -> None:
        self.type, mode = form.schema.attributes[name]
        self.required = mode == "required" and not form.nulls
        self.demanded = name in form.demanded
        self.exact = _LITERAL.get(self.type) if isinstance(self.type, str) else None
        self.path = path = form.prefix + name
        self.rules: tuple[Rule, ...] = ()
        self.passed: set[tuple[str, str]] = set()
        self.deep: TypeRules | None = None
        if form.rules is not None and path in form.rules.under:
            if self.exact is not None:
                self.rules = form.rules.values.get(path, ())
            else:
                self.deep = form.rules
        #: Names that must be set in each object of the value.
        self.wanted = form.demands.inside(path)
        self.element = None
        if self.deep is None and isinstance(self.type, tuple) and isinstance(self.type[1], str):
            self.element = _LITERAL.get(self.type[1])


class Nested:
    """A block type of a form. `most` limits the number of such blocks, as `rules` do.

    `attribute` says that the schema has an attribute of that name, which may be written as blocks.
    """

    __slots__ = ("attribute", "form", "labels", "most", "rules")

    def __init__(self, form: Form, block: BlockSchema, path: str, *, attribute: bool) -> None:
        self.form = Form(block.body, form.rules, path + ".", demands=form.demands)
        self.rules = form.rules.values.get(path, ()) if form.rules is not None else ()
        self.most = 1 if block.nesting == "single" else block.most
        self.labels = 1 if block.nesting == "map" else 0
        self.attribute = attribute


class Form:
    """A schema prepared for judging. `prefix` is the path of its block, with a dot at the end.

    `nulls` says that required arguments may be null. `demanded` are those that the provider wants
    although the schema does not say so.
    """

    __slots__ = ("_nested", "arguments", "counted", "demanded", "demands", "groups", "meta",
                 "nulls", "prefix", "required", "rules", "schema", "wanted")  # fmt: skip

    def __init__(
        self,
        schema: BodySchema,
        rules: TypeRules | None = None,
        prefix: str = "",
        meta: Meta = NO_META,
        *,
        nulls: bool = False,
        demands: Demands = NONE,
    ) -> None:
        self.nulls = nulls
        self.demands = demands
        self.schema = schema
        self.rules = rules
        self.prefix = prefix
        self.meta = meta
        self.arguments: dict[str, Any] = dict.fromkeys(meta.attributes, META)
        self._nested: dict[str, Nested | None] = {}
        self.required = tuple(name for name in schema.required if name in schema.attributes)
        self.counted = tuple(name for name, block in schema.blocks.items() if block.least)
        #: Rules about several paths, with the block that the first path is in ("" at the top).
        self.groups: list[tuple[str, Group]] = []
        if not prefix:
            found = (*(rules.groups if rules is not None else ()), *demands.groups)
            self.groups = [(g.paths[0].rpartition(".")[0], g) for g in dict.fromkeys(found)]
        self.demanded = demands.inside(prefix[:-1])
        if rules is not None:
            self.demanded += _required_by(rules, prefix)
        self.wanted = bool(self.required or self.demanded)

    def argument(self, name: str) -> Argument | None:
        """Return an attribute that may be set, None where there is none of that name."""
        known = self.schema.attributes.get(name)
        if known is None or known.mode == "computed":
            return None
        made = self.arguments[name] = Argument(self, name)
        return made

    def nested(self, name: str) -> Nested | None:
        """Return a block type, None where there is none of that name."""
        if name in self._nested:
            return self._nested[name]
        block = self.schema.blocks.get(name)
        found = block or self.schema.as_blocks.get(name)
        if found is None or name in self.meta.blocks:
            return None
        if block is None and self.schema.attributes[name].mode == "computed":
            return None
        made = self._nested[name] = Nested(self, found, self.prefix + name, attribute=block is None)
        return made

    def names(self) -> list[str]:
        """List what may be written here, for suggestions."""
        settable = [n for n, a in self.schema.attributes.items() if a.mode != "computed"]
        return [*settable, *self.schema.blocks, *self.meta.attributes, *self.meta.blocks]

    def native(self, body: Body, faults: list[Fault]) -> Body:
        """Tell the blocks of a JSON body from its attributes; what is no block is a fault."""
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        problems: list[HclError] = []
        for name, attribute in body.attributes.items():
            if name == "//":
                continue
            if name == "dynamic" and name not in self.schema.attributes:
                blocks += json_blocks(attribute.value, name, 1, problems)
            elif name in self.meta.blocks or name in self.schema.blocks:
                nested = self.nested(name)
                labels = nested.labels if nested else self.meta.blocks.get(name, 0)
                blocks += json_blocks(attribute.value, name, labels, problems)
            else:
                attributes[name] = attribute
        faults += [Fault("unsupported-block", one.at, one.message, one.hint) for one in problems]
        return Body(body.at, attributes, [*body.blocks, *blocks], body.end)
