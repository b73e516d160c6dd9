"""Expressions of `rules:if`: what GitLab's grammar takes, and whether they can hold."""

import pytest

from iac_gym.languages.gitlab_ci.conditions import possible, read, variables_of
from iac_gym.languages.gitlab_ci.regexps import regexp_error

GOOD = [
    "$CI_COMMIT_TAG",
    '$CI_COMMIT_BRANCH == "main"',
    "$CI_COMMIT_BRANCH == 'main' && $CI_PIPELINE_SOURCE != \"schedule\"",
    "$A =~ /^release-.*$/",
    "$A !~ /^v\\d+/i || $B == null",
    "($A || $B) && !$C",
    "$A == $CI_DEFAULT_BRANCH",
    '"a" == "b"',
    "null == null",
    "!($A == null)",
    "$A $B ==",  # reverse Polish notation slips through
]
BAD = [
    "",
    " ",
    '$A = "b"',
    '$A == "b" &&',
    '&& $A == "b"',
    "$A $B",
    "($A",
    "$A)",
    "${A} == 'b'",
    "$A == main",
    "$A =~ /a/",  # GitLab's lexer wants two characters at least
    "$A =~ /(?=look)ahead/",
    "$A =~ /[unclosed/",
    "$A and $B",
    "$A == 1",
    '$A == "b',
]


@pytest.mark.parametrize("text", GOOD)
def test_is_accepted(text):
    assert read(text).error == ""


@pytest.mark.parametrize("text", BAD)
def test_is_refused(text):
    assert read(text).error != ""


def test_there_are_fewer_than_a_hundred_words():
    assert read(" || ".join(["$A"] * 50)).error == ""
    assert read(" || ".join(["$A"] * 51)).error != ""


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("$A", "maybe"),
        ('"a" == "b"', "never"),
        ('"a" == "a"', "always"),
        ('"a" != "a" || "x" == "y"', "never"),
        ("null", "never"),
        ('"text"', "always"),
        ('"false" == "true" && $A', "never"),
        ('$A && "a" == "b"', "never"),
        ('$A || "a" == "a"', "always"),
        ('!("a" == "a")', "never"),
        ('$A == "x" && $A == "y"', "never"),
        ('$A == "x" && $A != "x"', "never"),
        ('$A == "x" || $A == "y"', "maybe"),
        ('$A == "x" && $B == "y"', "maybe"),
        ('"release" =~ /^main$/', "never"),
        ('"main" =~ /^main$/', "always"),
        ("not valid", "maybe"),
    ],
)
def test_possible(text, holds):
    assert possible(text) == holds


def test_variables():
    assert variables_of('$A == "$B" && $CI_COMMIT_TAG') == {"A", "CI_COMMIT_TAG"}


@pytest.mark.parametrize(
    "pattern",
    [r"^v\d+\.\d+$", r"(?i)main|dev", r"[[:alpha:]]+", r"\p{L}+", r"a{2,3}?", r"(?P<n>x)",
     r"\Qa.b\E", r"[]a]", r"[^\]]*", r"x{,3}", r"(100(?:\.0+)?%|[1-9]?\d(?:\.\d+)?%)$"],
)  # fmt: skip
def test_re2_takes(pattern):
    assert regexp_error(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    ["(?=a)", "(?<!a)b", r"(a)\1", "[a", "(a", "a)", "*a", "a**", "a{3,2}", "a{1001}", "(?>a)",
     r"\h", "[z-a]", "a++"],
)  # fmt: skip
def test_re2_refuses(pattern):
    assert regexp_error(pattern) != ""
