"""Hostile configurations: a verdict in time, and nothing ever raises."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_gym.formats.yaml import dump
from iac_gym.languages.alertmanager.pack import structs
from iac_gym.verifier import check_files

HEAD, TAIL = "route:\n  receiver: a\n  routes:\n", "receivers: [{name: a}]\n"
HOSTILE = {
    "routes": HEAD + "    - {matchers: [a=b], receiver: a}\n" * 1500 + TAIL,
    "other routes": HEAD + "".join(f"    - matchers: [a{i}=b]\n" for i in range(2000)) + TAIL,
    "deep routes": "route: {routes: [" + "{routes: [" * 95 + "]}" * 95 + "]}\n" + TAIL,
    "shared routes": HEAD + "    - &x {matchers: [b=c]}\n" + "    - *x\n" * 3000 + TAIL,
    "long expression": HEAD + "    - match_re: {a: '" + "(a+)+" * 12000 + "'}\n" + TAIL,
    "matchers": HEAD + "    - matchers: ['" + 'a="b",' * 9000 + "']\n" + TAIL,
    "escapes": HEAD + "    - matchers: ['\"" + "\\" * 60000 + "']\n" + TAIL,
    "unknown fields": "".join(f"key{i}: 1\n" for i in range(5000)),
    "templates": TAIL.replace("}]", ", slack_configs: [{text: '" + "{{ .a }}" * 5000 + "'}]}]"),
    "digits": "route: {group_wait: " + "1" * 60000 + "s}\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_in_time(text):
    started = time.process_time()
    verdict = check_files({"a.yml": text}, {"a.yml": "alertmanager"})
    assert verdict.unscored == ""
    assert time.process_time() - started < 2


FIELDS = sorted({key for fields in structs().values() for key in fields} | {"zz", "0"})
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4)
    | st.sampled_from(["a=~(", "1m", "http://x", "{{ .a }}", "x:1", "monday:friday", "..."]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=25,
)  # fmt: skip


@given(st.fixed_dictionaries({"route": ANY, "receivers": st.lists(ANY, max_size=3)}), ANY)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_tree_gets_a_verdict_and_a_model(tree, more):
    text = dump([{**tree, "time_intervals": more, "inhibit_rules": more}])
    verdict = check_files({"a.yml": text}, {"a.yml": "alertmanager"})
    assert verdict.unscored == ""
