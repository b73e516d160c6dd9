"""What expressions are worth: coercion, operators, functions, and conditions that never hold."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.languages.github_actions.expressions import (
    FALSY,
    UNKNOWN,
    constant,
    parse_expression,
    possible,
    truth,
)
from iac_gym.languages.github_actions.expressions.fold import evaluate
from iac_gym.languages.github_actions.expressions.values import EvaluationError


def value(text: str) -> Any:
    return constant(parse_expression(text))


@pytest.mark.parametrize(
    "text",
    [
        "'Main' == 'MAIN'",
        "1 == '1'",
        "'0x10' == 16",
        "'' == 0",
        "null == 0",
        "null == ''",
        "true == 1",
        "true == '1'",
        "'a' < 'B'",
        "'10' < 9 == false",
        "'2' > 1",
        "!(NaN == NaN)",
        "NaN != NaN",
        "!('a' < 1)",
        "null <= null",
        "!''",
        "!0",
        "!NaN",
        "!!'false'",
        "!!fromJSON('[]')",
        "!!fromJSON('{}')",
        "!(fromJSON('[]') == fromJSON('[]'))",
        "'é' == 'É'",
        "!('ß' == 'SS')",
        "contains('Hello', 'ELL')",
        "contains(fromJSON('[\"A\", 2]'), 'a')",
        "contains(fromJSON('[\"A\", 2]'), '2')",
        "!contains(fromJSON('{\"a\": 1}'), 'a')",
        "contains(12, 2)",
        "startsWith('refs/tags/v1', 'REFS/')",
        "endsWith('a.TXT', '.txt')",
        "!startsWith(fromJSON('[]'), '')",
        "always()",
    ],
)
def test_holds(text: str) -> None:
    assert value(text) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a' && 'b'", "b"),
        ("'' || 'b'", "b"),
        ("0 || false", False),
        ("'' && 'b'", ""),
        ("'a' || fromJSON('{')", "a"),
        ("format('{0}-{1}', 'a', 1.50)", "a-1.5"),
        ("format('{{{0}}}', true)", "{true}"),
        ("format('{0}', null)", ""),
        ("format('{0} {0}', fromJSON('[]'))", "Array Array"),
        ("join(fromJSON('[1, \"a\", null]'))", "1,a,"),
        ("join(fromJSON('[1, 2]'), ' - ')", "1 - 2"),
        ("join('a', 'b')", "a"),
        ('fromJSON(\'{"A": {"b": 3}}\').a.B', 3.0),
        ("fromJSON('[1, 2]')[1]", 2.0),
        ("fromJSON('[1, 2]')[1.9]", 2.0),
        ("fromJSON('[1, 2]')['1']", 2.0),
        ("fromJSON('[1, 2]')[2]", None),
        ("fromJSON('[1, 2]')[-1]", None),
        ('join(fromJSON(\'[{"n": "x"}, {"m": 1}, {"n": "y"}]\').*.n)', "x,y"),
        ('join(fromJSON(\'{"a": [1, 2], "b": [3]}\').*.*)', "1,2,3"),
        ('toJSON(fromJSON(\'{"a":[1,"x"]}\'))', '{\n  "a": [\n    1,\n    "x"\n  ]\n}'),
        ("toJSON('a')", '"a"'),
        ("case(false, 'a', true, 'b', 'c')", "b"),
        ("case(false, 'a', 'c')", "c"),
        ("format('{0}', 1e21)", "1E+21"),
        ("format('{0}', 0.1)", "0.1"),
        ("format('{0}', -0)", "0"),
        ("format('{0}', 123456789)", "123456789"),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "format('{1}', 'a')",
        "format('{', 'a')",
        "format('{x}', 'a')",
        "format('}', 'a')",
        "fromJSON('{')",
        "fromJSON('')",
        "fromJSON('NaN')",
        "case('x', 1, 2)",
    ],
)
def test_fails_when_it_is_evaluated(text: str) -> None:
    tree = parse_expression(text)
    with pytest.raises(EvaluationError):
        evaluate(tree)
    assert constant(tree) is UNKNOWN
    assert truth(tree) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("github.ref == 'a'", None),
        ("false && github.x", False),
        ("github.x && false", False),
        ("github.x || true", True),
        ("github.x && ''", False),
        ("!(github.x && false)", True),
        ("github.ref == 'a' && github.ref == 'b'", False),
        ("github.ref == 'a' && github.ref == 'A'", None),
        ("github.ref == 'a' && github.ref != 'a'", False),
        ("'a' == github.ref && !(github.ref == 'a')", False),
        ("github.ref == 'refs/heads/main' && startsWith(github.ref, 'refs/tags/')", False),
        ("github.ref == 'refs/tags/v1' && startsWith(github.ref, 'refs/tags/')", None),
        ("github.ref == 'refs/heads/main' && github.ref_name == 'dev'", False),
        ("github.ref == 'refs/heads/main' && github.ref_type == 'tag'", False),
        ("!inputs.x && inputs.x", False),
        ("failure()", None),
        ("failure() || always()", True),
        ("success() && false", False),
        ("contains(github.x, 'a')", None),
        ("hashFiles('x') == ''", None),
        ("matrix[inputs.x] == 'a' && matrix[inputs.x] == 'b'", None),
    ],
)
def test_truth(text: str, expected: bool | None) -> None:
    assert truth(parse_expression(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("github.event_name == 'push'", None),
        ("github.event_name == 'schedule'", False),
        ("github.event_name != 'schedule'", True),
        ("github.event_name == 'push' || github.event_name == 'pull_request'", None),
        ("contains(github.event_name, 'pu')", True),
        ("startsWith(github.event_name, 'x')", False),
        ("failure()", False),
    ],
)
def test_truth_under_facts(text: str, expected: bool | None) -> None:
    facts = {
        ("github", "event_name"): ["push", "pull_request"],
        ("failure()",): [False],
    }
    assert truth(parse_expression(text), facts) is expected


def test_possible_values() -> None:
    chosen = parse_expression("github.ref == 'refs/heads/main' && 'prod' || 'dev'")
    assert possible(chosen) == ("prod", "dev")
    assert possible(parse_expression("github.x && 'prod'")) == (FALSY, "prod")
    assert possible(parse_expression("github.x")) is None
    joined = parse_expression("format('{0}!', github.x && 'a' || 'b')")
    assert possible(joined) == ("a!", "b!")


def _seconds(text: str) -> float:
    tree = parse_expression(text)
    start = time.process_time()
    truth(tree)
    possible(tree)
    return time.process_time() - start


@pytest.mark.parametrize(
    "text",
    [
        " && ".join(f"github.a{i} == 'x'" for i in range(900)),
        "github.a == 'x' && (" * 24 + "true" + ")" * 24,
        "format('{0}{0}{0}'," * 40 + "'aaaaaaaa'" + ")" * 40,
        "toJSON(" * 45 + "'\\\\'" + ")" * 45,
        "fromJSON('" + "[" * 20_000 + "')",
        "contains(" * 16 + "github.a && 'a' || 'b'" + ", github.b && 'c' || 'd')" * 16,
        "join(fromJSON('[" + ",".join("1" * 2000) + "]'), '" + "x" * 9000 + "')",
        " && ".join(["1" + " == 1" * 40] * 80),
    ],
)
def test_hostile_expressions_are_folded_fast(text: str) -> None:
    assert _seconds(text) < 0.05


_ATOMS = st.sampled_from(
    ["true", "false", "null", "0", "1", "''", "'a'", "github.x", "github.y", "failure()", "NaN"]
)
_TREES = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||", "==", "<"]), inner),
        st.builds("!{}".format, inner),
        st.builds("contains({}, {})".format, inner, inner),
    ),
    max_leaves=8,
)


@given(_TREES, st.sampled_from([None, "a", 1.0, ""]), st.sampled_from([False, "b", math.nan]))
@settings(max_examples=300, deadline=None)
def test_truth_holds_for_every_value(text: str, x: Any, y: Any) -> None:
    tree = parse_expression(text)
    known = {("github", "x"): [x], ("github", "y"): [y], ("failure()",): [True]}
    claimed, real = truth(tree), truth(tree, known)
    assert real is not None
    assert claimed in (None, real)
