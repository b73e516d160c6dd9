"""Arguments held against what a step, option, trigger or condition takes."""

from __future__ import annotations

from iac_gym.formats.groovy.nodes import Call, Closure, Constant, Expression, MapEntry, MapLiteral
from iac_gym.languages.jenkins.model import Item
from iac_gym.languages.jenkins.pack import Signature, option_signatures, steps, symbols
from iac_gym.languages.jenkins.read import Reader

_NAMES = {"str": "a text", "int": "a whole number", "long": "a whole number"}


def unsuited(value: object, kind: str) -> str:
    """Say what a literal should be for a parameter of a type; "" where it suits.

    Source: validateParameterType of ModelValidatorImpl.
    """
    if value is None or kind in ("", "any", "bool", "Bool"):
        return ""
    if kind == "str":
        return _NAMES[kind] if type(value) is int or isinstance(value, bool) else ""
    if kind == "int":
        return _NAMES[kind] if isinstance(value, (str, bool)) else ""
    if kind == "long":
        return _NAMES[kind] if isinstance(value, bool) or _long_text(value) else ""
    return "" if value in kind.split("|") else f"one of {', '.join(kind.split('|'))}"


def _long_text(value: object) -> bool:
    return isinstance(value, str) and len(value) != 1


class Described(Reader):
    """Checks arguments."""

    def check_step(self, call: Call, name: str, args: list[Expression]) -> None:
        """Check the arguments of a step that is known."""
        form, entries, single = self.arguments(args)
        signature = steps().get(name)
        if signature is None or name in ("parallel", "script"):
            return
        self.check_described("step-arguments", call, signature, form, entries, single)

    def check_described(
        self, rule: str, node: Expression, signature: Signature, form: str,
        entries: list[MapEntry], single: list[Expression],
    ) -> None:  # fmt: skip
        """Check arguments as steps and conditions have them."""
        name = signature.name
        if form == "positional":
            if not signature.open:
                message = f"the arguments of `{name}` must be named"
                self.fault(rule, message, node, f"write `{name}(key: value, ...)`")
        elif form == "single":
            self._check_single(rule, node, signature, single[0])
        elif self._check_named(rule, signature, entries):
            given = {self._entry_key(entry) for entry in entries}
            if self._for_sole(signature) and not given <= signature.params.keys():
                return
            for param in signature.required:
                if param not in given:
                    self.fault(rule, f"`{name}` lacks its required `{param}`", node)

    def _check_single(
        self, rule: str, node: Expression, signature: Signature, value: Expression
    ) -> None:
        if not signature.sole:
            if not signature.open and not signature.block:
                message = f"`{signature.name}` takes no argument without a name"
                self.fault(rule, message, node, "name its arguments")
            return
        self._check_value(rule, signature, signature.sole, value)

    def _entry_key(self, entry: MapEntry) -> str:
        return str(entry.key.value) if isinstance(entry.key, Constant) else ""

    def _check_named(self, rule: str, signature: Signature, entries: list[MapEntry]) -> bool:
        good = True
        for entry in entries:
            key = self._entry_key(entry)
            if not key:
                continue
            if key not in signature.params:
                if not signature.open and not self._for_sole(signature):
                    message = f"`{signature.name}` has no parameter `{key}`"
                    self.fault(rule, message, entry, self.nearest(key, signature.params))
                    good = False
            elif not self._check_value(rule, signature, key, entry.value):
                good = False
        return good

    def _for_sole(self, signature: Signature) -> bool:
        """Whether the parameters of the only argument may be given in its place."""
        return bool(signature.sole) and signature.params[signature.sole] == "any"

    def _check_value(self, rule: str, signature: Signature, param: str, node: Expression) -> bool:
        if not isinstance(node, Constant):
            return True
        wanted = unsuited(node.value, signature.params.get(param, ""))
        if wanted:
            message = f"`{param}` of `{signature.name}` must be {wanted}, not {self.shown(node)}"
            self.fault(rule, message, node)
        return not wanted

    # Options, triggers, parameters

    def described_call(self, node: Call, signature: Signature | None) -> Item:
        """Check a call as options, triggers and parameters are, and make its item."""
        name = self.name(node, "described-form")
        self._check_call(node, name, signature)
        args, unnamed = self.item_values(node.args, signature)
        return Item(name, args, unnamed, self.mark(node))

    def _check_call(self, node: Call, name: str, signature: Signature | None) -> None:
        entries: list[MapEntry] = []
        others: list[Expression] = []
        for arg in node.args:
            if isinstance(arg, MapLiteral):
                entries.extend(arg.entries)
            else:
                others.append(arg)
        for value in [*[entry.value for entry in entries], *others]:
            self._check_argument(value)
        if entries and others:
            message = f"`{name}` has arguments with and without names"
            self.fault("described-arguments", message, node, "name all of them")
        elif signature is not None and entries:
            self._check_named("described-arguments", signature, entries)
        elif signature is not None:
            self._check_count(node, signature, others)

    def _check_argument(self, value: Expression) -> None:
        if isinstance(value, Closure):
            self.fault("described-form", "an argument cannot be a block", value)
        elif isinstance(value, Call):
            name = self.name(value, "described-form")
            if name in ("node", "stage", "properties", "parallel"):
                self.fault("described-form", f"`{name}` cannot be an argument", value)
            known = symbols("functions").get(name) or steps().get(name)
            known = known or symbols("options").get(name)
            self._check_call(value, name, known)
        else:
            self.literal(value)

    def _check_count(self, node: Call, signature: Signature, others: list[Expression]) -> None:
        name = signature.name
        if signature.open:
            return
        if len(others) > 1:
            message = f"the arguments of `{name}` must be named"
            self.fault("described-arguments", message, node)
        elif len(others) != len(signature.required):
            if not others and self._may_be_null(signature):
                return
            message = f"`{name}` takes {len(signature.required)} arguments, not {len(others)}"
            self.fault("described-arguments", message, node)
        elif others:
            self._check_value("described-arguments", signature, signature.required[0], others[0])

    def _may_be_null(self, signature: Signature) -> bool:
        return [signature.params[one] for one in signature.required] == ["Bool"]

    def known_symbol(self, section: str, name: str) -> Signature | None:
        """Return what is known of an option, trigger or parameter."""
        if section in ("options", "stage options"):
            return option_signatures(section == "stage options").get(name)
        return symbols(section).get(name)
