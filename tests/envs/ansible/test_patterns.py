"""Regular expressions of answers: what they find, and that none of them takes long."""

from __future__ import annotations

import time

import pytest

from envs.ansible.requirements.patterns import finds

LINE = "DefaultLimitNOFILE=other"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("^DefaultLimit", True), ("^#?\\s*DefaultLimitNOFILE\\s*=", True), ("NOFILE$", False),
        ("^(#\\s*)?DefaultLimitNOFILE=.*$", True), ("^(?!#)DefaultLimitNOFILE", True),
        ("^(?=#)DefaultLimitNOFILE", False), ("(?i)^defaultlimit", True), ("[", False),
        ("(", False), ("a)(b", False), ("^[[:alpha:]]", False), ("\\bother\\Z", True), ("", True),
    ],
)  # fmt: skip
def test_patterns_find_what_python_finds(pattern: str, found: bool) -> None:
    assert finds(pattern, LINE) is found


@pytest.mark.parametrize(
    "pattern",
    ["(a*)*b", "(.*)*#", "([\\w=]{0,1001}){0,1001}#", ".*" * 90 + "#", "(?=.*.*.*.*)#", "(" * 190,
     "(x{1000}){1000}", "((a|a)*)*#(?!b)"],
)  # fmt: skip
def test_no_pattern_takes_long(pattern: str) -> None:
    start = time.process_time()
    assert not finds(pattern, LINE * 4)
    assert time.process_time() - start < 0.2
