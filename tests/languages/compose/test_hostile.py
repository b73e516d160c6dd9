"""Hostile compose files: a verdict in time, and no rule ever raises."""

import time
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_gym.check import ParseError
from iac_gym.formats.yaml import dump
from iac_gym.languages.compose import LANGUAGE
from iac_gym.verifier import MOST_FINDINGS

N = 64_000


def _judge(text):
    """Run every rule; return whether the text parsed."""
    try:
        model = LANGUAGE.parse({"compose.yaml": text})
    except ParseError:
        return False
    for rule in LANGUAGE.rules:
        list(islice(rule.check(model), MOST_FINDINGS))
    return True


def _services(count, line):
    return "services:\n" + "".join(f"  s{i}:\n    {line(i)}\n" for i in range(count))


HOSTILE = {
    "many variables": "services:\n  a:\n    image: '" + "${A:-x}" * 8000 + "'\n",
    "variables never closed": "services:\n  a:\n    image: '" + "${A:-" * 10000 + "'\n",
    "nested variables": "services:\n  a:\n    image: '" + "${A:-" * 8000 + "}" * 8000 + "'\n",
    "braces": "services:\n  a:\n    image: '${A:-" + "{" * 60000 + "}'\n",
    "dollars": "services:\n  a:\n    image: '" + "$" * 60000 + "'\n",
    "port ranges": "services:\n  a:\n    image: x\n    ports:\n"
    + "      - 1-65535:1-65535\n" * 2000,
    "a chain of extends": _services(200, lambda i: f"extends: s{i + 1}"),
    "a cycle of extends": _services(200, lambda i: f"extends: s{(i + 1) % 200}"),
    "all extend one": "services:\n  base:\n    image: x\n    environment:\n"
    + "".join(f"      V{i}: {i}\n" for i in range(1500))
    + "".join(f"  s{i}: {{extends: base}}\n" for i in range(199)),
    "many services": _services(2000, lambda i: "image: x"),
    "a cycle of dependencies": _services(200, lambda i: f"depends_on: [s{(i + 1) % 200}]"),
    "a chain of dependencies": _services(200, lambda i: f"depends_on: [s{i + 1}]"),
    "unknown fields": "services:\n  a:\n" + "".join(f"    field{i}: 1\n" for i in range(4000)),
    "unknown services": _services(200, lambda i: f"depends_on: [db{i}]"),
    "one long name": "services:\n  " + "a" * 60000 + ":\n    imagee: x\n",
    "a long command": "services:\n  a:\n    image: x\n    command: " + "a\\ " * 20000 + "\n",
    "brackets": "services:\n  a:\n    image: x\n    command: $" + "$(" * 20000 + "\n",
    "digits": "services:\n  a:\n    image: x\n    scale: " + "9" * 4000 + "\n",
    "digits as text": "services:\n  a:\n    image: x\n    scale: '" + "9" * 60000 + "'\n",
    "a long size": "services:\n  a:\n    image: x\n    mem_limit: '" + "9" * 60000 + "m'\n",
    "a long duration": "services:\n  a:\n    image: x\n    stop_grace_period: '"
    + "1s" * 30000
    + "'\n",
    "colons": "services:\n  a:\n    image: x\n    volumes: ['" + "a:" * 30000 + "']\n",
    "deep": "services: " + "{a: " * 5000 + "1" + "}" * 5000,
    "aliases": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n"
        for a, b in zip("abcdefg", "bcdefgh", strict=True)
    ),
    "not text": "services:\n  a: {image: !!binary aGVsbG8=, ports: [!!float 80]}\n",
    "dates": "services:\n  a: {image: 2024-01-01, environment: {D: 2024-01-01T00:00:00Z}}\n",
    "infinity": "services:\n  a: {image: x, cpus: .inf, scale: .nan, mem_limit: 1e309}\n",
    "strange keys": "services:\n  1: {image: x}\n  null: {image: x}\n  true: {image: x}\n",
    "everything null": "services:\nnetworks:\nvolumes:\nsecrets:\nconfigs:\nname:\ninclude:\n",
    "everything a list": "services: []\nnetworks: []\nvolumes: []\nsecrets: []\nconfigs: []\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_judged_in_time(name):
    _judge("services: {a: {image: x}}")
    best = 1.0
    for _ in range(3):
        start = time.perf_counter()
        _judge(HOSTILE[name][:N])
        best = min(best, time.perf_counter() - start)
        if best < 0.1:
            break
    assert best < 0.1


FIELDS = """image build ports volumes environment env_file depends_on networks network_mode secrets
    configs healthcheck logging deploy scale restart profiles user read_only cap_add security_opt
    tmpfs command entrypoint labels extends links volumes_from ulimits extra_hosts develop gpus
    mem_limit cpus platform x-a test interval options limits resources replicas context target
    source type published host_ip service file condition external driver watch""".split()
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 70000), st.floats(allow_nan=False, width=16),
    st.sampled_from(["a", "b", "8080:80", "./x:/y:ro", "${A:-b}", "${", "1g", "5s", "service:a",
                     "", "A=1", "\n", "CMD", "bind", "x:y:z:w"]),
)  # fmt: skip
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5)
    ),
    max_leaves=12,
)
SERVICES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.dictionaries(st.sampled_from(FIELDS), TREES, max_size=6)
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.fixed_dictionaries(
        {"services": st.one_of(SERVICES, TREES)},
        optional=dict.fromkeys(("networks", "volumes", "secrets", "configs", "include"), TREES),
    )
)
def test_no_rule_raises_on_any_tree(tree):
    assert _judge(dump([tree])) in (True, False)
