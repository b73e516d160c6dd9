"""Durations, addresses and regular expressions as Go reads them; JSON with positions."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iac_gym.formats.go_durations import go_duration, prometheus_duration
from iac_gym.formats.go_regexp import GoRegexpError, go_regexp, regexp_error
from iac_gym.formats.go_urls import split_host_port, url_error, web_url_error
from iac_gym.formats.json_text import JsonError, load

DURATIONS = [
    ("5m", 300_000, 300_000_000_000),
    ("1h30m", 5_400_000, 5_400_000_000_000),
    ("1m100ms", 60_100, 60_100_000_000),
    ("2d", 172_800_000, None),
    ("1.5h", None, 5_400_000_000_000),
    ("0", 0, 0),
    ("30s1m", None, 90_000_000_000),
    ("-5m", None, -300_000_000_000),
    ("", None, None),
    ("5", None, None),
    ("5 m", None, None),
    ("999999999y", None, None),
]


@pytest.mark.parametrize(("text", "prometheus", "go"), DURATIONS)
def test_durations(text, prometheus, go):
    assert prometheus_duration(text) == prometheus
    assert go_duration(text) == go


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("a|b", ["a", "b"], ["ab", "", "A"]),
        ("prod-.*", ["prod-", "prod-1"], ["xprod-1", "prod"]),
        ("(?i)Crit", ["CRIT", "crit"], ["cri"]),
        ("[^0-9]+", ["abc"], ["a1", ""]),
        ("x{2,3}", ["xx", "xxx"], ["x", "xxxx"]),
        ("(a+)+b", ["aab"], ["a" * 60]),
        ("[[:alpha:]_]\\d?", ["a1", "_"], ["1"]),
        ("\\Qa.b\\E", ["a.b"], ["axb"]),
        ("^a$", ["a"], ["aa"]),
        ("", [""], ["a"]),
        ("a\\b.*", ["a", "a b"], ["ab"]),
        ("\\p{L}+", ["äö"], ["1"]),
    ],
)
def test_regular_expressions_match_whole_texts(pattern, fits, does_not):
    assert all(go_regexp(pattern).fullmatch(text) for text in fits)
    assert not any(go_regexp(pattern).fullmatch(text) for text in does_not)


@pytest.mark.parametrize(
    "pattern",
    ["(", "a)", "*a", "a**", "[a", "(?=a)", "(?<=a)b", "a{1001}", "\\1", "\\Z",
     "[z-a]", "(?P<a>x)(?P<a>y)", "a\\", "(?z)", "[[:word1:]]", "\\p{x}", "(a{100}){100}",
     "(" * 300 + ")" * 300],
)  # fmt: skip
def test_regular_expressions_that_go_refuses(pattern):
    assert regexp_error(pattern)
    with pytest.raises(GoRegexpError):
        go_regexp(pattern)


def test_a_pattern_that_would_backtrack_is_played_in_linear_time():
    started = time.process_time()
    assert not go_regexp("(a|a)*(a|aa)+(.*.*)*c").fullmatch("a" * 200)
    assert time.process_time() - started < 1


@given(st.text("ab.*+?|()[]{}^$\\:-0", max_size=12), st.text("ab", max_size=6))
def test_any_pattern_gets_an_answer(pattern, text):
    if not regexp_error(pattern):
        go_regexp(pattern).fullmatch(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("https://hooks.example.org/a?b=c#d", False),
        ("http://user:pw@host:9093/x", False),
        ("http://[::1]:80/", False),
        ("https://a/{{ .x }}", False),
        ("ftp://a", True),
        ("hooks.example.org/a", True),
        ("https://", True),
        ("https//a", True),
        ("http://a:b/", True),
        ("http://a b/", True),
        ("http://a/%zz", True),
        ("http://a\n", True),
        (":", True),
    ],
)
def test_web_addresses(text, problem):
    assert bool(web_url_error(text)) == problem


def test_other_addresses():
    assert url_error("localhost/x") == ""
    assert url_error("a:b:c") == ""
    assert url_error("1a:b")
    assert split_host_port("mail:587") == ("mail", "587")
    assert split_host_port("[::1]:25") == ("::1", "25")
    assert isinstance(split_host_port("mail"), str)
    assert isinstance(split_host_port("::1:25"), str)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


@given(VALUES, st.sampled_from([None, 1, "\t"]))
def test_json_reads_what_json_writes(value, indent):
    text = json.dumps(value, indent=indent)
    assert load(text).value == json.loads(text)


def test_json_knows_where_everything_stands():
    read = load('{\n  "a": [1,\n    {"b": null}],\n  "a": 2\n}')
    assert read.value == {"a": 2}
    assert read.value.key_marks["a"] == (4, 3)
    assert read.repeated == [("a", (4, 3))]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"a": 1,}', 1, 9), ("[1 2]", 1, 4), ("{'a': 1}", 1, 2), ('{"a": 01}', 1, 7), ("", 1, 1),
        ("[1,]", 1, 4), ('{"a" 1}', 1, 6), ("nul", 1, 1), ("[1]\n]", 2, 1), ('{"a": "x\ny"}', 1, 7),
        ("// a\n{}", 1, 1), ("[NaN]", 1, 2), ("[" * 200, 1, 101),
    ],
)  # fmt: skip
def test_json_says_where_it_is_wrong(text, line, column):
    with pytest.raises(JsonError) as caught:
        load(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@given(st.text('{}[],:"0a-. \n\\', max_size=40))
def test_json_agrees_with_python_on_what_is_json(text):
    def refuse(_):
        raise ValueError

    try:
        expected = json.loads(text, parse_constant=refuse)
    except ValueError:
        with pytest.raises(JsonError):
            load(text)
    else:
        assert load(text).value == expected
