"""Turn the validation functions of a provider's Go source into value rules.

The validators of the plugin SDK (`StringInSlice`, `IntBetween`...) have a table here. A provider's
own functions are run on a value that stands for any value: an `if` that ends in an error gives the
rules that hold where its condition does not. What is not understood gives no rule. A rule that is
found therefore always holds for every value the function accepts; it may be weaker than it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from iac_gym.languages.terraform.go_source.branches import (
    ERROR_NAMES,
    LEAVES,
    chain,
    counted,
    ends_in_error,
    returns,
    returns_error,
    snapshot,
    targets,
    walk,
)
from iac_gym.languages.terraform.go_source.conditions import (
    TURNED,
    Bound,
    Condition,
    Count,
    Errors,
    Frame,
    LegacyId,
    NotNil,
    Subject,
    compared,
    compared_count,
    compared_errors,
    either,
    errors_of,
    gathered,
    holds_unknown,
    is_error,
    joined,
    matched,
)
from iac_gym.languages.terraform.go_source.evaluator import Evaluator, bind
from iac_gym.languages.terraform.go_source.packages import File, Source
from iac_gym.languages.terraform.go_source.patterns import (
    literal,
    python_pattern,
    segments_pattern,
)
from iac_gym.languages.terraform.go_source.sdk import SDK
from iac_gym.languages.terraform.go_source.simplify import NEVER, Rules
from iac_gym.languages.terraform.go_source.subject import KNOWN_FUNCTIONS, ON_SUBJECT
from iac_gym.languages.terraform.go_source.values import (
    UNKNOWN,
    Func,
    Native,
    Node,
    NotUnderstood,
    Regex,
    Returned,
    Scope,
    Struct,
    Value,
    children,
    source_text,
)


class Validators(Evaluator):
    """An evaluator that also knows the value under test."""

    def __init__(self, source: Source, known: Mapping[tuple[str, str], Value]) -> None:
        super().__init__(source, known)
        self._frames: list[Frame] = []
        self._kind = "string"

    def rules(self, validator: Value, kind: str = "string") -> Rules:
        """Return what holds for every value that a validator accepts."""
        if validator is None or validator is UNKNOWN:
            return []
        self.restart()
        self._frames, self._kind = [], kind
        try:
            return [rule for rule in self._rules(validator) if rule is not None]
        except RecursionError:
            return []

    def _rules(self, validator: Value) -> Rules:
        result = self.call(validator, [Subject("value"), "key"])
        return errors_of(result)

    def call(self, function: Value, args: list[Value]) -> Value:
        """Call a function; where it gets the value under test, find what it wants of it."""
        if isinstance(function, Bound):
            return self._bound(function, args)
        if isinstance(function, Native) and function.name in _WRAPPERS:
            return args[0] if args else UNKNOWN
        if isinstance(function, Func) and function.name == "NewParserFromResourceIdType":
            return Bound(args[0], "parser") if isinstance(args[0], Struct) else UNKNOWN
        about = any(isinstance(arg, (Subject, Condition, Errors)) for arg in args)
        if isinstance(function, Native):
            return self._symbolic(function, args) if about else super().call(function, args)
        if isinstance(function, Func) and about and function.name in KNOWN_FUNCTIONS:
            return KNOWN_FUNCTIONS[function.name](*args)
        if isinstance(function, Func) and about:
            return self._watch(function, args)
        return super().call(function, args)

    def _symbolic(self, function: Native, args: list[Value]) -> Value:
        """Call a function whose source is not read with the value under test."""
        last = function.package.rsplit("/", 1)[-1]
        run = ON_SUBJECT.get(f"{last}.{function.name}") or ON_SUBJECT.get(function.name)
        if function.args is None and run:
            return run(*args)
        if function.name == "append":
            return gathered(args)
        if function.name == "len" and isinstance(args[0], Errors):
            return args[0]
        if function.name in ("Errorf", "New"):
            return Native(function.package, function.name, ())
        if function.args is None and function.name not in SDK:
            return UNKNOWN
        exact = bool(args) and args[0] == Subject("value")
        return (UNKNOWN, Errors(self._sdk(function) if exact else []))

    def _sdk(self, function: Native) -> Rules:
        """Return the rules of a validator of the SDK."""
        if function.name in ("Any", "All", "None", "ToDiagFunc", "AllDiag", "AnyDiag"):
            inner = [
                errors_of(self.call(f, [Subject("value"), "key"])) for f in function.args or ()
            ]
            if function.name in ("Any", "AnyDiag"):
                return either(inner)
            return [] if function.name == "None" else [rule for rules in inner for rule in rules]
        find = SDK.get(function.name)
        if find is None or any(holds_unknown(arg) for arg in function.args or ()):
            return []
        if function.name == "NoZeroValues":
            return [["length", 1, None]] if self._kind == "string" else [["none_of", [0]]]
        try:
            return [rule for rule in find(*(function.args or ())) if rule is not None]
        except (TypeError, ValueError, AttributeError):
            return []

    def _bound(self, function: Bound, args: list[Value]) -> Value:
        owner = function.owner
        if isinstance(owner, Regex) and args and isinstance(args[0], Subject):
            return matched(owner, args[0])
        if isinstance(owner, Regex) and args and isinstance(args[0], str):
            found = python_pattern(owner.pattern)
            return bool(re.search(found, args[0], re.ASCII)) if found else UNKNOWN
        if isinstance(owner, str):
            return owner
        if isinstance(owner, NotNil):
            return NotNil([["format", "ipv4"]] if function.name == "To4" else owner.rules)
        if isinstance(owner, LegacyId):
            if function.name == "PopSegment" and isinstance(args[0], str):
                found = f"(?:^|/){literal(args[0])}/[^/]"
                return (UNKNOWN, Errors([["pattern", found]]))
            return UNKNOWN
        if isinstance(owner, Bound) and owner.name == "parser" and function.name == "Parse":
            segments = super().call(self.method(owner.owner, "Segments"), [])
            exact = args[0] == Subject("value") and args[1] is False
            found_id = segments_pattern(segments) if exact else None
            return (UNKNOWN, Errors([["pattern", found_id]] if found_id else []))
        return UNKNOWN

    def attribute(self, owner: Value, name: str) -> Value:
        """Return a method of a pattern or a parser."""
        if isinstance(owner, Regex) and name in ("MatchString", "Match"):
            return Bound(owner, name)
        if isinstance(owner, Native) and owner.args is None:
            return Native(f"{owner.package}/{owner.name}", name)
        if isinstance(owner, str) and name == "String":
            return Bound(owner, name)
        if isinstance(owner, NotNil) and name in ("To4", "To16"):
            return Bound(owner, name)
        if isinstance(owner, LegacyId) or (isinstance(owner, Bound) and owner.name == "parser"):
            return Bound(owner, name)
        return UNKNOWN

    def unary(self, sign: str, value: Value) -> Value:
        """Turn a condition round."""
        if sign == "!" and isinstance(value, Condition):
            return Condition(value.false, value.true)
        return super().unary(sign, value)

    def binary(self, sign: str, left: Value, right: Value) -> Value:
        """Compare the value under test, or join conditions."""
        if sign in ("&&", "||"):
            return joined(sign, left, right)
        if isinstance(left, Errors) or isinstance(right, Errors):
            return compared_errors(sign, left, right)
        if isinstance(left, NotNil) and right is None:
            rules = Condition([], left.rules)
            return rules if sign == "==" else Condition(left.rules, [])
        if isinstance(left, Count):
            return compared_count(sign, left, right)
        if isinstance(left, Subject):
            return compared(sign, left, right, self._kind)
        if isinstance(right, Subject):
            return compared(TURNED.get(sign, sign), right, left, self._kind)
        return super().binary(sign, left, right)

    def _watch(self, function: Func, args: list[Value]) -> Value:
        """Run a function on the value under test; its errors become rules."""
        body = function.node.child_by_field_name("body")
        if body is None or len(self._frames) > 20:
            return UNKNOWN
        scope = Scope(function.scope)
        bind(function, args, scope)
        frame = Frame()
        self._frames.append(frame)
        try:
            result = self._returned(function, body, scope)
        finally:
            self._frames.pop()
        return result_of(function, frame, result, scope)

    def _returned(self, function: Func, body: Node, scope: Scope) -> Value:
        try:
            self._block(body, function.file, scope)
        except Returned as done:
            return done.value
        except NotUnderstood:
            self._frames[-1].closed = True
        return UNKNOWN

    def statement(self, node: Node, file: File, scope: Scope) -> None:
        """Run a statement; pass over those that are not understood, forgetting what they set."""
        if not self._frames:
            super().statement(node, file, scope)
            return
        if node.type == "if_statement":
            self._branch(node, file, scope)
            return
        try:
            super().statement(node, file, scope)
        except NotUnderstood:
            self._pass_over(node, scope)

    def _pass_over(self, node: Node, scope: Scope) -> None:
        for inner in walk(node):
            if inner.type in LEAVES or (
                inner.type == "return_statement" and not returns_error(inner)
            ):
                self._frames[-1].closed = True
        self._forget(node, scope)

    def _forget(self, node: Node, scope: Scope) -> None:
        """Forget the variables that a statement may have set."""
        for inner in walk(node):
            for target in targets(inner):
                while target.type in ("index_expression", "selector_expression"):
                    target = target.child_by_field_name("operand")
                names = scope.find(source_text(target))
                if names is not None and source_text(target) not in ERROR_NAMES:
                    names[source_text(target)] = UNKNOWN

    def _branch(self, node: Node, file: File, scope: Scope) -> None:
        scope = Scope(scope)
        first = node.child_by_field_name("initializer")
        if first:
            self.statement(first, file, scope)
        holds = self.evaluate(node.child_by_field_name("condition"), file, scope)
        then, other = (node.child_by_field_name(n) for n in ("consequence", "alternative"))
        if isinstance(holds, bool):
            branch = then if holds else other
            if branch:
                self.statement(branch, file, scope)
            return
        if not isinstance(holds, Condition):
            holds = Condition([], [])
        if other is None and counted(then, holds, scope):
            return
        self._both(
            (holds.true, self._apart(then, file, scope)),
            (holds.false, self._apart(other, file, scope) if other else Frame()),
        )
        for branch in (then, other):
            if branch:
                self._forget(branch, scope)

    def _both(self, *ways: tuple[Rules, Frame]) -> None:
        """Join what was found on the two ways that an `if` may take."""
        frame = self._frames[-1]
        onward: list[Rules] = []
        for rules, found in ways:
            whole = rules + found.rules
            if not found.returned:
                onward.append(whole)
            if (found.returned or found.closed) and NEVER not in whole:
                frame.accept(whole)
        if onward:
            frame.add(either(onward))
        else:
            frame.refuse()

    def _apart(self, node: Node, file: File, scope: Scope) -> Frame:
        """Run a branch that may be taken, without lasting effect, and return what it wants."""
        found = Frame()
        if ends_in_error(node):
            found.rules, found.returned = [NEVER], returns(node)
            return found
        saved = snapshot(scope)
        self._frames.append(found)
        try:
            self.statement(node, file, scope)
            value: Value = None
        except Returned as done:
            found.returned, value = True, done.value
        finally:
            self._frames.pop()
        values = [
            value,
            *(v for names in chain(scope) for n, v in names.items() if n in ERROR_NAMES),
        ]
        old = {id(v) for names in saved for v in names.values()}
        for one in values:
            if id(one) not in old:
                found.add(errors_of(one))
                if is_error(one) or (type(one) is tuple and any(map(is_error, one))):
                    found.refuse()
                    found.closed = False
        for names, before in zip(chain(scope), saved, strict=True):
            names.clear()
            names.update(before)
        return found

    def _run_for_statement(self, node: Node, file: File, scope: Scope) -> None:
        clause = next((n for n in children(node) if n.type == "range_clause"), None)
        if clause is not None and self._frames:
            whole = self.evaluate(clause.child_by_field_name("right"), file, scope)
            if isinstance(whole, Errors):
                # Each error found is reported in the loop.
                body = node.child_by_field_name("body")
                if "append(" in source_text(body) or "Errorf(" in source_text(body):
                    self._frames[-1].add(whole.rules)
                return
        super()._run_for_statement(node, file, scope)


_WRAPPERS = frozenset({"ToDiagFunc"})


def result_of(function: Func, frame: Frame, result: Value, scope: Scope) -> Value:
    """Return what a watched function gives back: its errors as rules, the rest not known."""
    node = function.node.child_by_field_name("result")
    if node is None:
        return UNKNOWN
    types: list[tuple[str, str]] = []
    for parameter in children(node) if node.type == "parameter_list" else [node]:
        named = node.type == "parameter_list" and parameter.type == "parameter_declaration"
        kind = (
            source_text(parameter.child_by_field_name("type")) if named else source_text(parameter)
        )
        names = [source_text(n) for n in parameter.children_by_field_name("name")] if named else []
        types += [(kind, name) for name in names] or [(kind, "")]
    if not {kind for kind, _ in types} & set(error_types(function)):
        # What is returned on one way alone says nothing of the others.
        plain = not frame.rules and not frame.accepted and not frame.closed
        return result if plain and len(types) == 1 else UNKNOWN
    values = result if type(result) is tuple and len(result) == len(types) else None
    given: list[Value] = []
    for place, (kind, name) in enumerate(types):
        if kind not in error_types(function):
            given.append(UNKNOWN)
            continue
        value = values[place] if values else (result if len(types) == 1 else UNKNOWN)
        if result == () and name:
            value = (scope.find(name) or {}).get(name)
        given.append(_frame_errors(frame, value))
    return given[0] if len(given) == 1 else tuple(given)


def error_types(function: Func) -> tuple[str, ...]:
    """Return the types of results that tell errors; Kubernetes gives them as texts."""
    texts = ("[]string",) if function.file.package.path.startswith("k8s.io/") else ()
    return ("[]error", "error", "diag.Diagnostics", *texts)


def _frame_errors(frame: Frame, value: Value) -> Errors:
    frame.add(errors_of(value))
    if is_error(value):
        frame.refuse()
    return Errors(list(frame.rules))
