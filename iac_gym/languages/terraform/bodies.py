"""A body against its schema: arguments, nested blocks and their numbers, dynamic blocks.

A `Walk` judges the bodies of one module and hands back what is wrong with each; whether it is
reported depends on whether the schema is that of the version which the configuration asks for.

Source: `terraform validate` 1.11.4 and
https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from __future__ import annotations

from collections.abc import Mapping

from iac_gym.formats.hcl.nodes import Attribute, Block, Body, Literal
from iac_gym.languages.terraform.body_values import Names, Values
from iac_gym.languages.terraform.dynamic import Dynamic, read_dynamic
from iac_gym.languages.terraform.evaluate import EvalError, evaluate
from iac_gym.languages.terraform.forms import Fault, Form
from iac_gym.languages.terraform.model import MOST_FAULTS, Configuration, Module
from iac_gym.languages.terraform.schemas import BodySchema
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.types import wholly_known
from iac_gym.languages.terraform.value_rules import check_groups
from iac_gym.languages.terraform.values import ANYTHING

#: Deepest nesting of blocks that is judged.
MOST_DEPTH = 40
#: How many items of dynamic blocks are written out in one module.
MOST_ITEMS = 500


class Walk(Values):
    """Judges the bodies of one module, one after the other.

    `unknown` are the types of top-level blocks in which something is not known. While `blind` is
    set, names alone are judged: in the content of a dynamic block over something that is not known.
    """

    __slots__ = ("_depth", "blind", "config", "items", "unknown")

    def __init__(self, config: Configuration, module: Module, scope: ValidateScope) -> None:
        super().__init__(module, scope)
        self.config = config
        self.items = MOST_ITEMS
        self.blind = False
        self.unknown: set[str] = set()
        self._depth = 0

    def judge(self, form: Form, body: Body, names: Names = None) -> list[Fault]:
        """Judge a whole body; return what is wrong with it."""
        faults: list[Fault] = []
        self.faults = faults
        if self.unknown:
            self.unknown = set()
        if self.values:
            self.values = {}
        if body.json:
            body = form.native(body, faults)
        self.body(form, body, names, "")
        if self.late:
            eager = getattr(form.rules, "eager", False)  # such providers check each value alone
            faults += [fault for top, fault in self.late if eager or top not in self.unknown]
            self.late = []
        if form.groups:
            self._groups(form, body)
        return faults

    def body(self, form: Form, body: Body, names: Names, top: str) -> bool:
        """Judge a body in a top-level block of type `top`; say whether all in it is known."""
        if body.json:
            body = form.native(body, self.faults)
        if self.blind:
            return self._outline(form, body, names, top)
        known = True
        table = form.arguments
        attributes = body.attributes
        for name, attribute in attributes.items():
            argument = table[name] if name in table else form.argument(name)
            node = attribute.value
            if not argument:
                self._stranger(form, attribute, names)
            elif node.__class__ is Literal and node.value.__class__ is argument.exact:
                if argument.rules:
                    place = (attribute.at, argument.path, top)
                    self.check(argument.rules, node.value, place, argument.passed)
            elif not self.value(argument, attribute, names, top):
                known = False
        if form.wanted:
            self._required(form, body, top)
        if body.blocks or form.counted:
            return self._blocks(form, body, names, top) and known
        return known

    def _outline(self, form: Form, body: Body, names: Names, top: str) -> bool:
        """Judge the names in a body alone: Terraform evaluates nothing in it."""
        for name, attribute in body.attributes.items():
            if name not in form.schema.attributes and name not in form.meta.attributes:
                self._stranger(form, attribute, names)
        self._required(form, body, top)
        self._blocks(form, body, names, top)
        return False

    def _required(self, form: Form, body: Body, top: str) -> None:
        for name in form.required:
            if name not in body.attributes and not _as_blocks(form.schema, body, name):
                self.missing(body.at, name)
        for name in form.demanded:
            if name not in body.attributes and not _has_block(body, name):
                message = f"`{form.prefix}{name}` is required, but it is not set"
                self.late.append((top, Fault("missing-argument", body.at, message)))

    def _stranger(self, form: Form, attribute: Attribute, names: Names) -> None:
        """Report an argument that may not be set here, unless others look at it."""
        name = attribute.name
        schema = form.schema
        if name in form.meta.attributes or len(self.faults) > MOST_FAULTS:
            return
        if name in schema.attributes:
            if self.evaluated(attribute.value, names) is not None:
                message = f"`{name}` is decided by the provider and cannot be set"
                self.faults.append(Fault("computed-argument", attribute.at, message))
            return
        if name in form.meta.reserved:
            hint = "Terraform has reserved that name"
        elif name in schema.blocks or name in form.meta.blocks:
            hint = f"write it as a block: {name} {{ ... }}"
        else:
            hint = self.config.near(name, form.names())
        message = f"an argument named `{name[:80]}` is not expected here"
        self.faults.append(Fault("unsupported-argument", attribute.at, message, hint))

    # -- blocks ----------------------------------------------------------------------------------

    def _blocks(self, form: Form, body: Body, names: Names, top: str) -> bool:
        """Judge the nested blocks and their numbers; say whether all in them is known."""
        all_known = True
        counts: dict[str, int] = {}
        free: list[str] = []
        for block in body.blocks:
            kind = block.type
            if kind == "dynamic" and kind not in form.schema.blocks:
                made = self._dynamic(form, block, names, top)
                if made is None:
                    continue
                kind, number, known = made
                if number < 0:
                    free.append(kind)
                    number = 1
            else:
                nested = form.nested(kind)
                if nested is None or (nested.attribute and kind in body.attributes):
                    self._strange_block(form, block)
                    continue
                if len(block.labels) != nested.labels:
                    self._labels(block, nested.labels)
                number = 1
                known = self._inside(nested.form, block.body, names, top or kind)
            counts[kind] = counts.get(kind, 0) + number
            if not known:
                all_known = False
                if not top:
                    self.unknown.add(kind)
        self._count(form, body, counts, free)
        if form.rules is not None:
            self._count_by_rules(form, body, counts, top)
        return all_known

    def _inside(self, form: Form, body: Body, names: Names, top: str) -> bool:
        if form.schema.open or self._depth >= MOST_DEPTH:
            return False
        self._depth += 1
        try:
            return self.body(form, body, names, top)
        finally:
            self._depth -= 1

    def _count(self, form: Form, body: Body, counts: Mapping[str, int], free: list[str]) -> None:
        """Compare the numbers of blocks with what the schema wants."""
        for kind, number in counts.items():
            nested = form.nested(kind)
            if nested is not None and 0 < nested.most < number and kind not in free:
                places = [b.at for b in body.blocks if kind in (b.type, *b.labels[:1])]
                at = places[min(nested.most, len(places) - 1)]
                message = f"at most {nested.most} `{kind}` block may be here, not {number}"
                self.faults.append(Fault("block-count", at, message))
        for kind in form.counted:
            least = form.schema.blocks[kind].least
            if counts.get(kind, 0) < least and kind not in free:
                given = f", not {counts[kind]}" if kind in counts else ""
                message = f"at least {least} `{kind}` block must be here{given}"
                self.faults.append(Fault("block-count", body.at, message))

    def _count_by_rules(self, form: Form, body: Body, counts: Mapping[str, int], top: str) -> None:
        """Compare the numbers of blocks with what the provider wants beyond the schema."""
        for kind, number in counts.items():
            nested = form.nested(kind)
            if nested is not None and nested.rules:
                at = next((block.at for block in body.blocks if block.type == kind), body.at)
                place = (at, form.prefix + kind, top or kind)
                self.check(nested.rules, [None] * number, place, set())

    def _labels(self, block: Block, wanted: int) -> None:
        hint = f'write {block.type} "key" {{' if wanted else f"write {block.type} {{"
        message = f"a `{block.type}` block takes {'one label' if wanted else 'no labels'}"
        self.faults.append(Fault("block-labels", block.at, message, hint))

    def _strange_block(self, form: Form, block: Block) -> None:
        """Report a block that may not stand here, unless others look at it."""
        kind = block.type
        if kind in form.meta.blocks or len(self.faults) > MOST_FAULTS:
            return
        if kind in form.meta.reserved:
            hint = "Terraform has reserved that name"
        elif kind in form.schema.attributes or kind in form.meta.attributes:
            hint = f"write it as an argument: {kind} = ..."
        else:
            hint = self.config.near(kind, form.names())
        message = f"blocks of type `{kind[:80]}` are not expected here"
        self.faults.append(Fault("unsupported-block", block.at, message, hint))

    def _dynamic(
        self, form: Form, block: Block, names: Names, top: str
    ) -> tuple[str, int, bool] | None:
        """Judge a dynamic block: return (type, number or -1, all known), None for a broken one."""
        read = read_dynamic(self, self.config, block, names)
        if read is None:
            return None
        nested = form.nested(read.kind)
        named = Block(block.at, read.kind, [], block.body)
        if nested is None:
            if read.kind in form.meta.blocks:
                message = f"`{read.kind}` blocks cannot be dynamic"
                self.faults.append(Fault("unsupported-block", block.at, message))
            self._strange_block(form, named)
            return None
        if read.labels != bool(nested.labels):
            self._labels(named, nested.labels)
        return read.kind, *self._written_out(nested.form, read, names, top or read.kind)

    def _written_out(self, form: Form, read: Dynamic, names: Names, top: str) -> tuple[int, bool]:
        """Judge the content for each item."""
        pairs = read.pairs
        outer = names or {}
        if pairs is None or len(pairs) > self.items:
            inner = {**outer, read.iterator: {"key": ANYTHING, "value": ANYTHING}}
            blind, self.blind = self.blind, True
            self._inside(form, read.content, inner, top)
            self.blind = blind
            return -1, False
        known = True
        self.items -= len(pairs)
        for key, value in pairs:
            inner = {**outer, read.iterator: {"key": key, "value": value}}
            faults = len(self.faults)
            known = self._inside(form, read.content, inner, top) and known
            if len(self.faults) > faults:
                break
        return len(pairs), known

    # -- what groups of arguments ask ------------------------------------------------------------

    def _groups(self, form: Form, body: Body) -> None:
        """Check the rules about several arguments."""
        for parent, group in form.groups:
            if parent and self._state(form, body, parent, "") is not True:
                continue  # such a rule belongs to a block that is there, and known
            first = group.paths[0]
            if group.kind == "conflicts" and self._state(form, body, first, "") is not True:
                continue
            found = check_groups((group,), lambda path: self._state(form, body, path, ""))
            for _, path, message in found:
                at = body.attributes[path].at if path in body.attributes else body.at
                self.faults.append(Fault("arguments-together", at, f"`{path}`: {message}"))

    def _state(self, form: Form, body: Body, path: str, top: str) -> bool | None:
        """Whether a path is set: True, False, or None where that is not known."""
        name, _, rest = path.partition(".")
        attribute = body.attributes.get(name)
        if attribute is not None:
            state = self._is_set(attribute, top)
            return None if rest and state else state
        for block in body.blocks:
            if block.type == name:
                nested = form.nested(name)
                if nested is None or not rest:
                    return None if (top or name) in self.unknown else True
                inner = nested.form.native(block.body, []) if block.body.json else block.body
                return self._state(nested.form, inner, rest, top or name)
            if block.type == "dynamic" and block.labels[:1] == [name]:
                return None
        return False

    def _is_set(self, attribute: Attribute, top: str) -> bool | None:
        node = attribute.value
        if node.__class__ is Literal:
            return node.value is not None
        if top:
            try:
                value = evaluate(node, self.scope)
            except EvalError:
                return None
        elif attribute.name in self.values:
            value = self.values[attribute.name]
        else:
            return None
        if value is None:
            return False
        return True if wholly_known(value) else None


def _as_blocks(schema: BodySchema, body: Body, name: str) -> bool:
    """Whether an attribute is written as blocks, where that is allowed."""
    return name in schema.as_blocks and _has_block(body, name)


def _has_block(body: Body, name: str) -> bool:
    """Whether there is a block of a type, or a dynamic one."""
    return any(name in (block.type, *block.labels[:1]) for block in body.blocks)
