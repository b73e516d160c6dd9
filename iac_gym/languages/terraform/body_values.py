"""The values of a body: evaluated, converted to the schema's type, checked by value rules.

Literals and references to what is unknown are judged without evaluating them.

Source: `terraform validate` 1.11.4. Values inside a block are checked by the provider only when
everything in all blocks of that type is known; such faults are kept in `late` until then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iac_gym.formats.hcl.nodes import (
    Attribute,
    Literal,
    Node,
    Object,
    Template,
    Traversal,
    Tuple,
)
from iac_gym.languages.terraform.evaluate import EvalError, evaluate
from iac_gym.languages.terraform.forms import Argument, Fault, is_required
from iac_gym.languages.terraform.model import Module
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.types import ConversionError, convert, wholly_known
from iac_gym.languages.terraform.value_rules import Rule, check_value
from iac_gym.languages.terraform.values import ANY, ANYTHING, STRING, Type, Value

#: Roots of references that are not always unknown.
SCOPED = frozenset(("var", "local", "each", "count", "path", "terraform"))
#: The rule that reports a value, by the kind of the broken value rule.
RULE_OF_KIND = {
    "enum": "allowed-value",
    "enum_nocase": "allowed-value",
    "none_of": "allowed-value",
    "range": "value-range",
    "multiple": "value-range",
    "length": "value-length",
    "chars": "value-length",
    "count": "value-length",
    "unique": "value-length",
}

#: How many texts that passed the rules of an argument are remembered, and how long they may be.
MOST_REMEMBERED = 200
LONGEST_REMEMBERED = 200

Names = Mapping[str, Value] | None


class Values:
    """Judges the values of one module's bodies.

    `faults` is what was found; `values` are the evaluated arguments at the top of the body.
    """

    __slots__ = ("faults", "late", "module", "scope", "values")

    def __init__(self, module: Module, scope: ValidateScope) -> None:
        self.module = module
        self.scope = scope
        self.faults: list[Fault] = []
        self.values: dict[str, Value] = {}
        self.late: list[tuple[str, Fault]] = []

    def missing(self, at: int, name: str) -> None:
        """Report that a required argument is not set."""
        message = f"`{name}` is required, but it is not set"
        self.faults.append(Fault("missing-argument", at, message))

    def evaluated(self, node: Node, names: Names) -> Value:
        """Return a value; an expression that fails is a fault, and unknown."""
        try:
            return evaluate(node, self.scope, names)
        except EvalError as error:
            self.faults.append(Fault("expression", error.at, error.message, error.hint))
            return ANYTHING

    def converted(self, want: Any, name: str, node: Node, names: Names) -> Value:
        """Return a value of the wanted type; one that cannot be had is a fault, and unknown."""
        value = self.evaluated(node, names)
        if want == ANY:
            return value
        try:
            return convert(value, want)
        except ConversionError as error:
            message = f"the value of `{name}` does not fit: {error}"
            self.faults.append(Fault("argument-type", node.at, message))
            return ANYTHING

    def value(self, argument: Argument, attribute: Attribute, names: Names, top: str) -> bool:
        """Judge the value of an argument; say whether all of it is known."""
        node = attribute.value
        shortcut = _SHORTCUTS.get(node.__class__)
        if shortcut is not None:
            known = shortcut(self, argument, attribute, node, names)
            if known is not None:
                if not top:
                    self.values[attribute.name] = known or ANYTHING
                return known
        value = self.converted(argument.type, attribute.name, node, names)
        if not top:
            self.values[attribute.name] = value
        if value is None:
            self._null(argument, attribute, top)
            return True
        if value.__class__ is not str and not wholly_known(value):
            return False
        if argument.rules:
            place = (attribute.at, argument.path, top)
            self.check(argument.rules, value, place, argument.passed)
        elif argument.deep is not None:
            self._deep(argument, argument.path, value, attribute.at, top)
        if argument.wanted:
            self._wanted(argument, value, attribute.at, top)
        return True

    def _null(self, argument: Argument, attribute: Attribute, top: str) -> None:
        """Report null where there must be a value.

        The provider does, not Terraform: in a block, only where all of it is known.
        """
        if argument.required or argument.demanded:
            message = f"`{argument.path}` is required, but it is null"
            self._later(top, Fault("missing-argument", attribute.at, message))

    # -- what need not be evaluated: each says whether all is known, None where it cannot say ------

    def _reference(
        self, argument: Argument, attribute: Attribute, node: Any, names: Names
    ) -> bool | None:
        return False if self._is_unknown(node, argument.type, names) else None

    def _is_unknown(self, node: Traversal, want: Any, names: Names) -> bool:
        """Whether a reference is unknown and of a fitting type, without evaluating it."""
        root = node.root
        if names is not None and root in names:
            return False
        if root not in SCOPED:
            return True
        steps = node.steps
        if root != "var" or len(steps) != 1:
            return False
        variable = self.module.variables.get(steps[0])  # type: ignore[arg-type]
        return variable is not None and (variable.type == want or ANY in (variable.type, want))

    def _template(
        self, argument: Argument, attribute: Attribute, node: Any, names: Names
    ) -> bool | None:
        return False if argument.exact is str and self._plain_text(node, names) else None

    def _plain_text(self, node: Template, names: Names) -> bool:
        """Whether a template joins texts and unknown values that a text may hold."""
        parts = node.parts
        if len(parts) < 2:
            return False
        unknown = False
        for part in parts:
            if part.__class__ is not Literal:
                if part.__class__ is not Traversal:
                    return False
                if not self._is_unknown(part, STRING, names):
                    return False
                unknown = True
        return unknown

    def _elements(
        self, argument: Argument, attribute: Attribute, node: Any, names: Names
    ) -> bool | None:
        """Judge a list or map item by item."""
        exact = argument.element
        if exact is None:
            return None
        wanted: Any = argument.type
        kind, element = wanted
        if (kind == "map") is (node.__class__ is Tuple):
            return None
        items = node.items
        if kind == "map":
            for key, _ in items:
                if key.__class__ is not Literal or key.value is None:
                    return None
            items = [item for _, item in items]
        known = True
        for item in items:
            if item.__class__ is Literal and item.value.__class__ is exact:
                continue
            if self._is_simple(item, element, names) or not wholly_known(
                self.converted(element, attribute.name, item, names)
            ):
                known = False
        return known

    def _is_simple(self, node: Node, want: Type, names: Names) -> bool:
        """Whether an element is unknown and fits, without evaluating it."""
        kind = node.__class__
        if kind is Traversal:
            return self._is_unknown(node, want, names)  # type: ignore[arg-type]
        return kind is Template and want == STRING and self._plain_text(node, names)  # type: ignore[arg-type]

    # -- value rules -----------------------------------------------------------------------------

    def check(
        self,
        rules: tuple[Rule, ...],
        value: Value,
        place: tuple[int, str, str],
        passed: set[tuple[str, str]],
    ) -> None:
        """Check a known value against value rules; `place`: offset, path, type of top block."""
        at, path, top = place
        is_text = value.__class__ is str
        if is_text and (path, value) in passed:
            return
        for rule in rules:
            message = rule.kind != "required" and check_value(rule, value)
            if message:
                name = RULE_OF_KIND.get(rule.kind, "value-format")
                self._later(top, Fault(name, at, f"`{path.removesuffix('.*')}` {message}"))
                return
        if is_text and len(value) < LONGEST_REMEMBERED:
            if len(passed) > MOST_REMEMBERED:
                passed.clear()
            passed.add((path, value))

    def _later(self, top: str, fault: Fault) -> None:
        """Report a fault at the top of a body; keep one in a block until all of it is judged."""
        if top:
            self.late.append((top, fault))
        else:
            self.faults.append(fault)

    def _wanted(self, argument: Argument, value: Value, at: int, top: str) -> None:
        """Check that what is wanted is set in each object of a list."""
        for item in value if isinstance(value, list) else ():
            for name in argument.wanted:
                if isinstance(item, dict) and item.get(name) is None:
                    message = f"`{argument.path}.{name}` is required, but it is null"
                    self._later(top, Fault("missing-argument", at, message))
                    return

    def _deep(self, argument: Argument, path: str, value: Value, at: int, top: str) -> None:
        """Check a known value and its parts."""
        rules = argument.deep
        if rules is None or path not in rules.under:
            return
        found = rules.values.get(path, ())
        if value is None:
            if is_required(found):
                message = f"`{path}` is required, but it is null"
                self._later(top, Fault("missing-argument", at, message))
            return
        if found:
            self.check(found, value, (at, path, top), argument.passed)
        if isinstance(value, list):
            self._deep_items(argument, path, value, at, top)
        elif isinstance(value, dict):
            keys = rules.values.get(path + ".#", ())
            for key, item in value.items():
                self.check(keys, key, (at, path, top), argument.passed)
                self._deep(argument, f"{path}.{key}", item, at, top)
            self._deep_items(argument, path, list(value.values()), at, top)

    def _deep_items(
        self, argument: Argument, path: str, items: list[Value], at: int, top: str
    ) -> None:
        each = path + ".*"
        wanted = argument.deep.values.get(each, ()) if argument.deep else ()
        for item in items:
            if wanted:
                self.check(wanted, item, (at, each, top), argument.passed)
            if isinstance(item, list):
                self._deep(argument, each, item, at, top)
            elif isinstance(item, dict):
                for key, part in item.items():  # the items are objects
                    self._deep(argument, f"{path}.{key}", part, at, top)


_SHORTCUTS: dict[type[Node], Callable[..., bool | None]] = {
    Traversal: Values._reference,
    Template: Values._template,
    Tuple: Values._elements,
    Object: Values._elements,
}
