"""What is known of the value that a validator gets: conditions on it, and how they combine."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

from iac_gym.languages.terraform.go_source.patterns import literal, python_pattern
from iac_gym.languages.terraform.go_source.simplify import NEVER, Rules
from iac_gym.languages.terraform.go_source.values import (
    UNKNOWN,
    Func,
    Native,
    Regex,
    Struct,
    Value,
)


class Subject(NamedTuple):
    """The value that is validated ("value"), its length ("len"), or it in lower case ("lower")."""

    form: str


class Condition(NamedTuple):
    """A condition on the value: rules that hold where it is true, and where it is false."""

    true: Rules
    false: Rules


class Count(NamedTuple):
    """A number of conditions on the value that hold, more than a base."""

    base: int
    conditions: tuple[Condition, ...]


class Errors(NamedTuple):
    """The errors that a validator gives: rules that hold where there are none."""

    rules: Rules


class NotNil(NamedTuple):
    """A result that is nil unless rules hold."""

    rules: Rules


class Bound(NamedTuple):
    """A method of a value that is no struct."""

    owner: Value
    name: str


class LegacyId(NamedTuple):
    """An identifier of Azure, parsed without knowing its type."""


class Frame:
    """What is known of a validator that is being run."""

    def __init__(self) -> None:
        self.rules: Rules = []
        self.accepted: list[Rules] = []
        self.closed = False
        self.returned = False

    def add(self, rules: Rules) -> None:
        """Note rules that every accepted value keeps from here on."""
        if self.closed or not rules:
            return
        self.rules += either([*self.accepted, rules]) if self.accepted else rules

    def refuse(self) -> None:
        """Note that from here on no value is accepted."""
        if not self.closed:
            self.rules += either(self.accepted) if self.accepted else [NEVER]
            self.closed = True

    def accept(self, rules: Rules) -> None:
        """Note that values with these properties may be accepted here, whatever follows."""
        if rules:
            self.accepted.append(rules)
        else:
            self.closed = True


def either(options: list[Rules]) -> Rules:
    """Make the rules of "one of these lists of rules holds"; no rules where one is empty."""
    options = [option for option in options if NEVER not in option]
    options = [option for i, option in enumerate(options) if option not in options[:i]]
    if not options:
        return [NEVER]
    if any(not option for option in options):
        return []
    if len(options) == 1:
        return options[0]
    enums = [option[0][1] for option in options if len(option) == 1 and option[0][0] == "enum"]
    rest = [option for option in options if not (len(option) == 1 and option[0][0] == "enum")]
    joined = list(dict.fromkeys(value for values in enums for value in values))
    if not rest:
        return [["enum", joined]]
    flat = [option[0] if len(option) == 1 else ["all", *option] for option in rest]
    return [["any", *([["enum", joined]] if enums else []), *flat]]


def errors_of(result: Value) -> Rules:
    """Return the rules of a validator's result: the errors among its values."""
    if isinstance(result, Errors):
        return result.rules
    if type(result) is tuple:
        return [rule for part in result for rule in errors_of(part)]
    if isinstance(result, list):
        return [rule for part in result for rule in errors_of(part)]
    return []


def gathered(args: list[Value]) -> Value:
    """Append errors to a list of errors."""
    return Errors([rule for arg in args for rule in errors_of(arg)])


def is_error(value: Value) -> bool:
    """Tell whether a value surely is an error, or a list with one (or with the text of one)."""
    if isinstance(value, list):
        return any(isinstance(item, str) or is_error(item) for item in value)
    return isinstance(value, Native) and value.name in ("Errorf", "New") and value.args is not None


def holds_unknown(value: Value) -> bool:
    """Tell whether a value, or an item of it, is no constant."""
    if isinstance(value, list):
        return any(holds_unknown(item) for item in value)
    return value is UNKNOWN or isinstance(value, (Native, Func, Struct))


def joined(sign: str, left: Value, right: Value) -> Value:
    """Join two conditions with `&&` or `||`."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, bool):
            return one if one is (sign == "||") else other
    a = left if isinstance(left, Condition) else Condition([], [])
    b = right if isinstance(right, Condition) else Condition([], [])
    if sign == "&&":
        return Condition(a.true + b.true, either([a.false, b.false]))
    return Condition(either([a.true, b.true]), a.false + b.false)


TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def compared_errors(sign: str, left: Value, right: Value) -> Value:
    """Compare errors with nil, or their number with none."""
    errors = left if isinstance(left, Errors) else right
    if sign in ("!=", ">") and right in (None, 0):
        return Condition([], errors.rules)
    if sign == "==" and right in (None, 0):
        return Condition(errors.rules, [])
    return Condition([], [])


def compared_count(sign: str, count: Count, other: Value) -> Condition:
    """Compare the number of conditions that hold with a constant."""
    if sign not in ("<", "<=") or not isinstance(other, int):
        return Condition([], [])
    least = other + (sign == "<=") - count.base
    if least <= 0 or len(count.conditions) > 6:
        return Condition([], [])
    chosen = combinations(count.conditions, least)
    options = [[rule for one in some for rule in one.true] for some in chosen]
    known = all(one.true for one in count.conditions)
    return Condition([], either(options) if known else [])


def compared(sign: str, subject: Subject, other: Value, kind: str) -> Value:
    """Compare the value under test, or its length, with a constant."""
    if isinstance(other, str) and sign in ("==", "!=") and subject.form in ("value", "lower"):
        same = Condition(
            [["enum" if subject.form == "value" else "enum_nocase", [other]]],
            not_equal(other, subject.form),
        )
        return same if sign == "==" else Condition(same.false, same.true)
    if subject.form == "trimmed" and other == "" and sign in ("==", "!="):
        blank = Condition([], [["pattern", r"\S"]])
        return blank if sign == "==" else Condition(blank.false, blank.true)
    if other is None and sign in ("==", "!="):
        return sign == "!="
    if isinstance(other, bool) or not isinstance(other, (int, float)):
        return Condition([], [])
    if subject.form == "len":
        return _limits(sign, other, "length", True)
    if subject.form == "value" and kind in ("int", "float"):
        return _limits(sign, other, "range", kind == "int")
    return Condition([], [])


def not_equal(text: str, form: str) -> Rules:
    """Return the rules of a text that is not the given one."""
    if form == "lower":
        return [["no_pattern", rf"(?i)^{literal(text)}\Z"]]
    return [["none_of", [text]]] if text else [["length", 1, None]]


def _limits(sign: str, figure: float, name: str, whole: bool) -> Condition:
    """Return the rules of `subject sign figure`; for fractions `<` is taken as `<=`."""
    step = 1 if whole else 0
    below, above = [[name, None, figure - step]], [[name, figure + step, None]]
    most, least = [[name, None, figure]], [[name, figure, None]]
    if sign in ("==", "!="):
        equal: Rules = [[name, figure, figure]]
        different: Rules = [["none_of", [figure]]] if name == "range" else either([below, above])
        return Condition(equal, different) if sign == "==" else Condition(different, equal)
    table: dict[str, tuple[Rules, Rules]] = {
        "<": (below, least),
        "<=": (most, above),
        ">": (above, most),
        ">=": (least, below),
    }
    holds, fails = table.get(sign, ([], []))
    return Condition(holds, fails)


def matched(regex: Regex, subject: Subject) -> Condition:
    """Return the condition that a pattern is found in the value."""
    found = python_pattern(regex.pattern)
    if found is None or subject.form not in ("value", "lower"):
        return Condition([], [])
    if subject.form == "lower":
        found = f"(?i){found}"
        return Condition([["pattern", found]], [])
    return Condition([["pattern", found]], [["no_pattern", found]])
