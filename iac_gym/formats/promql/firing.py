"""Whether an alert's expression can give any series, as far as that can be proved."""

from __future__ import annotations

import math
from enum import Enum

from iac_gym.formats.promql.bounds import (
    ANY,
    AVERAGING,
    BETWEEN,
    EMPTY,
    INF,
    KEEPING,
    PARTS,
    Bounds,
    arithmetic,
    compare,
    of_selector,
)
from iac_gym.formats.promql.conditions import Condition, conditions
from iac_gym.formats.promql.folding import constant
from iac_gym.formats.promql.nodes import (
    RANGE,
    SCALAR,
    STRING,
    Aggregation,
    Binary,
    Call,
    Node,
    Selector,
    Subquery,
    Unary,
    bare,
    walk,
)
from iac_gym.formats.promql.normal import normal
from iac_gym.formats.promql.uses import keeps_label, output_labels

_COMPARISONS = frozenset(("==", "!=", ">", "<", ">=", "<="))
_FLIPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}
#: Most tokens of an expression that is examined.
_MOST_TOKENS = 1_500


class Fires(Enum):
    """What is known of an expression.

    NEVER: it gives no series whatever the data. ALWAYS: it gives some whatever the values are
    (`vector(1)`, `count(x) >= 1`); a bare selector, without any comparison, depends.
    """

    NEVER = "never"
    SOMETIMES = "sometimes"
    ALWAYS = "always"


def fires(node: Node) -> Fires:
    """Tell whether an expression can give a series; ranges and texts are no result of a rule."""
    if node.type is RANGE or node.type is STRING:
        return Fires.NEVER
    if node.end - node.start > _MOST_TOKENS:
        return Fires.SOMETIMES
    found = _bounds(node)
    if found.exists == "never" or _contradict(node):
        return Fires.NEVER
    return Fires.ALWAYS if found.exists == "always" or found.vacuous else Fires.SOMETIMES


def _bounds(node: Node) -> Bounds:
    """Return the bounds of an expression."""
    node = bare(node)
    if node.type is SCALAR:
        value = constant(node)
        if value is not None:
            return (
                Bounds(-INF, INF, "always") if math.isnan(value) else Bounds(value, value, "always")
            )
    if isinstance(node, Selector):
        return of_selector(node)
    if isinstance(node, Binary):
        return _binary(node)
    if isinstance(node, Aggregation):
        return _aggregation(node)
    if isinstance(node, Call):
        return _call(node)
    if isinstance(node, Subquery):
        return _bounds(node.expr)
    if isinstance(node, Unary):
        inner = _bounds(node.expr)
        return inner._replace(low=-inner.high, high=-inner.low) if node.op == "-" else inner
    return ANY


# --- aggregations and functions ------------------------------------------------------------------


def _aggregation(node: Aggregation) -> Bounds:
    inner = _bounds(node.expr)
    if inner.exists == "never":
        return EMPTY
    share = _share_of_time(node)
    if share is not None:
        return share
    low, high = _aggregated(node, inner)
    return Bounds(low, high, inner.exists, inner.vacuous)


def _aggregated(node: Aggregation, inner: Bounds) -> tuple[float, float]:
    op = node.op
    if op in AVERAGING:
        return inner.low, inner.high
    if op in ("count", "count_values"):
        return (1.0, INF) if op == "count" else (-INF, INF)
    if op == "group":
        return 1.0, 1.0
    if op in ("stddev", "stdvar"):
        return 0.0, INF
    if op == "sum":
        return (inner.low if inner.low >= 0 else -INF), (inner.high if inner.high <= 0 else INF)
    return _quantile(node.param, inner) if op == "quantile" else (-INF, INF)


def _quantile(param: Node | None, inner: Bounds) -> tuple[float, float]:
    """Return the bounds of a quantile: one beyond 0 to 1 is infinite."""
    value = constant(param) if param is not None else None
    if value is None or math.isnan(value):
        return -INF, INF
    if value > 1:
        return INF, INF
    return (-INF, -INF) if value < 0 else (inner.low, inner.high)


#: How many seconds a processor may seem to be busy in one second, as samples are not exact.
_SLACK = 1.1


def _share_of_time(node: Aggregation) -> Bounds | None:
    """Know a share of a processor's time: `avg(rate(node_cpu_seconds_total{mode="idle"}[5m]))`."""
    inner = bare(node.expr)
    if (
        node.op not in AVERAGING
        or not isinstance(inner, Call)
        or inner.name not in ("rate", "irate")
    ):
        return None
    series = bare(inner.args[0])
    if not isinstance(series, Selector) or series.metric != "node_cpu_seconds_total":
        return None
    found = of_selector(series)
    return found if found.exists == "never" else Bounds(0.0, _SLACK)


def _call(node: Call) -> Bounds:
    name = node.name
    if name == "vector":
        return _bounds(node.args[0])._replace(exists="always")
    if name in ("absent", "absent_over_time"):
        return _absent(node.args[0])
    if name == "scalar":
        return ANY  # NaN, where there is not exactly one series
    inner = [_bounds(arg) for arg in node.args if arg.type not in ("string", SCALAR)]
    if any(one.exists == "never" for one in inner):
        return EMPTY
    if not inner:
        return BETWEEN.get(name, ANY)._replace(exists="always")
    found = inner[0]
    if name in BETWEEN:
        return found._replace(low=BETWEEN[name].low, high=BETWEEN[name].high)
    low, high = _values(node, found)
    return found._replace(low=low, high=high)


def _values(node: Call, found: Bounds) -> tuple[float, float]:
    name = node.name
    if name in KEEPING:
        return found.low, found.high
    if name in ("histogram_quantile", "quantile_over_time"):
        inner = ANY if name == "histogram_quantile" else found
        return _quantile(node.args[0], inner)
    if name == "abs":
        if found.low >= 0:
            return found.low, found.high
        return max(0.0, -found.high), max(-found.low, found.high)
    if name == "sum_over_time":
        return (found.low if found.low >= 0 else -INF), (found.high if found.high <= 0 else INF)
    if name in ("ceil", "floor", "round"):
        return found.low - 1 if name != "ceil" else found.low, found.high + (name != "floor")
    return _clamped(node, found) if name.startswith("clamp") else (-INF, INF)


def _clamped(node: Call, found: Bounds) -> tuple[float, float]:
    limits = [constant(arg) for arg in node.args[1:]]
    if any(one is None or math.isnan(one) for one in limits):
        return -INF, INF
    least = limits[0] if node.name != "clamp_max" else None
    most = limits[-1] if node.name != "clamp_min" else None
    low, high = found.low, found.high
    if least is not None:
        low, high = max(low, least), max(high, least)
    if most is not None:
        low, high = min(low, most), min(high, most)
    return low, high


def _absent(argument: Node) -> Bounds:
    inner = _bounds(argument)
    if inner.exists == "always":
        return EMPTY
    exists = "always" if inner.exists == "never" else "maybe"
    return Bounds(1.0, 1.0, exists, False)  # that it is there says enough


# --- operations ----------------------------------------------------------------------------------


def _binary(node: Binary) -> Bounds:
    left, right = _bounds(node.left), _bounds(node.right)
    if node.op == "or":
        return _either(left, right)
    if left.exists == "never":
        return EMPTY
    if node.op == "unless":
        gone = right.exists != "never" and node.matching is None and _covers(node)
        return EMPTY if gone else left._replace(exists="maybe", vacuous=False)
    if right.exists == "never" or _never_matches(node):
        return EMPTY
    if node.op == "and":
        vacuous = bool(left.vacuous and right.vacuous)
        return left._replace(exists=_least(left.exists, right.exists), vacuous=vacuous)
    if node.op in _COMPARISONS:
        return _comparison(node, left, right)
    low, high = _share(node) or arithmetic(node.op, left, right)
    exists = _least(left.exists, right.exists)
    return Bounds(low, high, exists, _both(left.vacuous, right.vacuous))


def _least(left: str, right: str) -> str:
    return "always" if left == right == "always" else "maybe"


def _both(left: bool | None, right: bool | None) -> bool | None:
    if left is None or right is None:
        return right if left is None else left
    return left and right


def _either(left: Bounds, right: Bounds) -> Bounds:
    if left.exists == "never" or right.exists == "never":
        return right if left.exists == "never" else left
    exists = "always" if "always" in (left.exists, right.exists) else "maybe"
    vacuous = None if left.vacuous is None and right.vacuous is None else (
        bool(left.vacuous) or bool(right.vacuous)
    )  # fmt: skip
    return Bounds(min(left.low, right.low), max(left.high, right.high), exists, vacuous)


def _comparison(node: Binary, left: Bounds, right: Bounds) -> Bounds:
    op, of_number = node.op, right.low == right.high
    if node.left.type is SCALAR and node.right.type is not SCALAR:
        op, of_number = _FLIPPED[op], left.low == left.high
        left, right = right, left
    exists = _least(left.exists, right.exists)
    if any(math.isnan(constant(side) or 0.0) for side in (node.left, node.right)):
        passes, low, high = "always" if op == "!=" else "never", left.low, left.high
    elif of_number:
        passes, low, high = compare(op, left, right.low)
    else:
        passes, low, high = _compare_ranges(node, op, left, right), left.low, left.high
    vacuous = _both(left.vacuous, passes == "always")
    if node.bool:
        value = {"never": (0.0, 0.0), "always": (1.0, 1.0), "maybe": (0.0, 1.0)}[passes]
        return Bounds(*value, exists, left.vacuous)
    if passes == "never":
        return EMPTY
    return Bounds(low, high, exists if passes == "always" else "maybe", vacuous)


def _compare_ranges(node: Binary, op: str, left: Bounds, right: Bounds) -> str:
    if op in (">", "<") and node.matching is None and normal(node.left) == normal(node.right):
        return "never"
    if op in (">", ">="):
        return "never" if left.high < right.low else "maybe"
    if op in ("<", "<="):
        return "never" if left.low > right.high else "maybe"
    apart = left.high < right.low or left.low > right.high
    return "never" if apart and op == "==" else "maybe"


# --- quotients of a part and its whole -----------------------------------------------------------


def _share(node: Binary) -> tuple[float, float] | None:
    """Return the bounds of a quotient whose left side is a part of its right side."""
    if node.op != "/":
        return None
    part, whole = bare(node.left), bare(node.right)
    while isinstance(part, Aggregation) and isinstance(whole, Aggregation):
        if part.op != whole.op or part.op not in ("sum", "count", "avg", "max", "min"):
            return None
        if part.op != "sum" and not _plain_part(part.expr, whole.expr):
            return None
        if (part.without, set(part.labels)) != (whole.without, set(whole.labels)):
            return None
        part, whole = bare(part.expr), bare(whole.expr)
    if isinstance(part, Call) and isinstance(whole, Call):
        if part.name != whole.name or part.name not in ("rate", "increase"):
            return None
        part, whole = bare(part.args[0]), bare(whole.args[0])
        return (0.0, _SLACK) if _part_of(part, whole) else None
    return (0.0, 1.0) if _named_part(part, whole) else None


def _plain_part(part: Node, whole: Node) -> bool:
    return _named_part(bare(part), bare(whole))


def _part_of(part: Node, whole: Node) -> bool:
    """Tell whether one selector gives some of the series of another, over the same time."""
    if not isinstance(part, Selector) or not isinstance(whole, Selector):
        return False
    alike = part.metric and part.metric == whole.metric
    times = (part.window, part.offset, part.at) == (whole.window, whole.offset, whole.at)
    return bool(alike and times and set(whole.matchers) <= set(part.matchers))


def _named_part(part: Node, whole: Node) -> bool:
    """Tell whether two metrics are known as a part and its whole."""
    if not isinstance(part, Selector) or not isinstance(whole, Selector):
        return False
    known = (part.metric, whole.metric) in PARTS
    return known and (part.offset, part.at) == (whole.offset, whole.at)


# --- sides that cannot match ---------------------------------------------------------------------


def _never_matches(node: Binary) -> bool:
    """Tell whether no series of one side can meet one of the other: their labels differ.

    `sum by (job) (a) / sum(b)` gives nothing. Only labels are counted that every series of the one
    side certainly has: those that scraping sets, and those that a selector asks for.
    """
    if node.left.type is SCALAR or node.right.type is SCALAR:
        return False
    left, right, matching = output_labels(node.left), output_labels(node.right), node.matching
    names: set[str] = set()
    if left is not None:
        names |= {one for one in _certain(node.right) if one not in left}
    if right is not None:
        names |= {one for one in _certain(node.left) if one not in right}
    if matching is not None and matching.on:
        names &= set(matching.labels)
    elif matching is not None:
        names -= set(matching.labels)
    return bool(names)


def _certain(node: Node) -> set[str]:
    """Return labels that every series of an expression has for certain."""
    inner = bare(node)
    found: set[str] = set()
    for one in walk(inner):
        if isinstance(one, Selector):
            asked = {m.label for m in one.matchers if m.op == "=" and m.value}
            scraped = {"job", "instance"} if one.metric and ":" not in one.metric else set()
            found |= (asked | scraped) - {"__name__"}
        elif _mixes(one):
            return set()
    return {one for one in found if keeps_label(inner, one)}


def _mixes(node: Node) -> bool:
    """Tell whether the labels behind a node may be others than those of the selectors below."""
    if isinstance(node, Binary):
        return node.left.type is not SCALAR and node.right.type is not SCALAR
    return isinstance(node, Call) and node.name in _RENAMING


#: Functions after which labels are not what the selectors say, and metrics without `instance`.
_RENAMING = frozenset(("absent", "absent_over_time", "label_join", "label_replace", "vector"))


# --- conditions that exclude each other ----------------------------------------------------------


def _contradict(node: Node) -> bool:
    """Tell whether in every alternative two conditions on the same series exclude each other."""
    inner = bare(node)
    if not isinstance(inner, Binary) or inner.op not in ("and", "or") or not _plainly(inner):
        return False
    return all(_row_contradicts(row) for row in conditions(inner))


def _plainly(node: Node) -> bool:
    """Tell whether `and` matches on all labels everywhere."""
    node = bare(node)
    if isinstance(node, Binary) and node.op in ("and", "or", "unless"):
        plain = node.op != "and" or node.matching is None
        return plain and _plainly(node.left) and _plainly(node.right)
    return True


def _row_contradicts(row: tuple[Condition, ...]) -> bool:
    seen: dict[str, Bounds] = {}
    for one in row:
        if one.threshold is None or one.negated or one.returns_bool or not one.op:
            continue
        key = normal(one.left)
        passes, low, high = compare(one.op, seen.get(key, ANY), one.threshold)
        if passes == "never":
            return True
        if one.op != "!=":
            seen[key] = _strict(one, low, high)
    return False


def _strict(one: Condition, low: float, high: float) -> Bounds:
    """Leave the threshold itself out of `x > 5`."""
    bound = one.threshold or 0.0
    if one.op == ">" and low == bound:
        low = math.nextafter(bound, INF)
    if one.op == "<" and high == bound:
        high = math.nextafter(bound, -INF)
    return Bounds(low, high)


def _covers(node: Binary) -> bool:
    """Tell whether the right side of `unless` takes everything away that the left side gives."""
    if normal(node.left) == normal(node.right):
        return True
    left, right = conditions(node.left), conditions(node.right)
    if len(left) != 1 or len(left[0]) != 1 or len(right) != 1 or len(right[0]) != 1:
        return False
    one, other = left[0][0], right[0][0]
    if one.threshold is None or one.returns_bool or normal(one.left) != normal(other.left):
        return False
    if not other.op:
        return True
    if other.threshold is None or other.returns_bool:
        return False
    _, low, high = compare(one.op, ANY, one.threshold)
    return (
        one.op != "!="
        and compare(other.op, _strict(one, low, high), other.threshold)[0] == "always"
    )
