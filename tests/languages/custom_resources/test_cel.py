"""Rules in CEL: what holds, what does not, and what cannot be judged."""

from __future__ import annotations

import pytest

from iac_gym.languages.custom_resources.cel import compile_rule
from iac_gym.languages.custom_resources.cel_parser import CelError, parse
from iac_gym.languages.custom_resources.pack import custom_pack

VALUE = {
    "type": "Exact",
    "port": 80,
    "names": ["a", "b"],
    "filters": [{"type": "X", "x": {"y": 1}}, {"type": "Z"}],
    "map": {"k": "v"},
    "namespace": "n",
    "text": "http://h:80/p",
}

HOLDS = (
    "self.type == 'Exact'",
    "has(self.port) && self.port < 100",
    "!has(self.absent) || self.absent.x == 1",
    "self.names.size() == 2 && size(self.names) == 2",
    "self.filters.exists(f, f.type == 'Z')",
    "self.filters.exists_one(f, has(f.x))",
    "self.filters.filter(f, f.type == 'X').all(f, f.x.y == 1)",
    "self.names.map(n, n + 'c') == ['ac', 'bc']",
    "self.names.all(a, self.names.exists_one(b, a == b))",
    "'a' in self.names && 'k' in self.map && !('z' in self.names)",
    "self.map.all(k, k.startsWith('k'))",
    "self.port == 80 ? true : self.absent",
    "self.__namespace__ == 'n'",
    "(1 + 2) * 3 == 9 && 7 / 2 == 3 && -7 % 3 == -1",
    "self.type.matches('^Ex.*t$') && !self.type.matches(r'^a')",
    'self.type.matches(r"""^[A-Z]""")',
    "isURL(self.text) && url(self.text).getScheme() == 'http' && !isURL('x')",
    "duration('1h') > duration('30m')",
    "self.names[0] == 'a' && self.map['k'] == 'v'",
    "self.absent.x == 1 || true",  # an error counts only where the other side does not decide
    "self.filters.exists(f, f.x.y == 1)",
    "true || self.type == 3",
)
FAILS = (
    "self.type == 'Prefix'",
    "self.absent == 1",
    "self.names.all(n, n == 'a')",
    "self.names[5] == 'a'",
    "self.port < 'text'",
    "1 / 0 == 1",
    "duration('x') > duration('1m')",
    "has(self.type.inner)",
    "!self.port",
)
UNKNOWN = ("unheard(self)", "self.port +", "self.matches(", "self.port", "self @ 1", "other == 1")


@pytest.mark.parametrize("rule", HOLDS)
def test_rule_holds(rule: str) -> None:
    assert compile_rule(rule)(VALUE) is True


@pytest.mark.parametrize("rule", FAILS)
def test_rule_fails(rule: str) -> None:
    assert compile_rule(rule)(VALUE) is False


@pytest.mark.parametrize("rule", UNKNOWN)
def test_rule_is_left_open(rule: str) -> None:
    assert compile_rule(rule)(VALUE) is None


def test_loops_have_an_end() -> None:
    rule = compile_rule("self.all(a, self.all(b, self.all(c, a <= 999)))")
    assert rule(list(range(200))) is None


def test_deep_expressions_are_left_open() -> None:
    assert compile_rule("(" * 3000 + "1" + ")" * 3000)(1) is None


def test_every_rule_of_the_pack_can_be_read() -> None:
    pack = custom_pack()
    rules: set[str] = set()
    stack = [pack.record(number) for number in range(len(pack))]
    while stack:
        value = stack.pop()
        found = value.get("x") if isinstance(value, dict) else None
        if isinstance(found, list) and found and isinstance(found[0], list):
            rules.update(rule for rule, _ in found)
        if isinstance(value, (dict, list)):
            stack += value.values() if isinstance(value, dict) else value
    assert len(rules) > 200
    for rule in rules:
        try:
            parse(rule)
        except CelError as error:
            pytest.fail(f"{rule}: {error}")
