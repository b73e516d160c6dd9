"""Hostile workflows: a verdict in time, and nothing raises whatever the tree looks like."""

import time
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_gym.check import ParseError
from iac_gym.formats.yaml import dump
from iac_gym.languages.github_actions import LANGUAGE
from iac_gym.verifier import MOST_FINDINGS

PATH = ".github/workflows/ci.yml"
JOB = "{runs-on: x, steps: [{run: x}]}"


def _judge(files):
    """Run every rule, and read all of the model; return whether the text parsed."""
    try:
        model = LANGUAGE.parse(files)
    except ParseError:
        return None
    for rule in LANGUAGE.rules:
        list(islice(rule.check(model), MOST_FINDINGS))
    return model


def _read(model):
    """Ask the model for everything that a requirement may ask for."""
    for workflow in model.workflows.values():
        _properties(workflow)
        for trigger in workflow.triggers.values():
            _properties(trigger)
            trigger.starts("main", "v1")
        for job in workflow.jobs.values():
            _properties(job)
            job.runs_for("push", branch="main")
            job.values("${{ matrix.a }}-${{ env.B }}")
            for step in job.steps:
                _properties(step)
    for action in model.actions.values():
        _properties(action)
        for step in action.steps:
            _properties(step)
    list(model.jobs), list(model.steps), model.workflow, model.action


def _properties(part):
    for name in dir(type(part)):
        if isinstance(vars(type(part)).get(name), property) or name[0] != "_":
            getattr(part, name)


def _jobs(count, line):
    return "on: push\njobs:\n" + "".join(
        f"  j{i}: {{runs-on: x, steps: [{{run: x}}], {line(i)}}}\n" for i in range(count)
    )


def _step(line):
    return f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - {line}\n"


HOSTILE = {
    "expressions": _step("run: '" + "${{ github.sha }}" * 3500 + "'"),
    "expressions that are not closed": _step("run: '" + "${{ " * 15000 + "'"),
    "parentheses": _step("if: " + "(" * 30000 + "true" + ")" * 30000),
    "negations": _step("if: '" + "!" * 60000 + "true'"),
    "a long condition": _step("if: " + "a.b || " * 8000 + "true"),
    "a long string": _step("if: \"'" + "a" * 60000 + "'\""),
    "quotes": _step('run: "${{ ' + "''" * 30000 + '"'),
    "a chain of jobs": _jobs(900, lambda i: f"needs: j{i + 1}"),
    "a chain of jobs that never run": _jobs(
        900, lambda i: f"needs: j{i + 1}" if i < 899 else "if: false"
    ),
    "a cycle of jobs": _jobs(900, lambda i: f"needs: j{(i + 1) % 900}"),
    "jobs that need all before": _jobs(
        140, lambda i: "needs: [" + ",".join(f"j{k}" for k in range(i)) + "]"
    ),
    "unknown jobs": _jobs(900, lambda i: f"needs: x{i}"),
    "unknown keys": "on: push\njobs: {}\n" + "".join(f"k{i}: 1\n" for i in range(6000)),
    "unknown events": "on:\n" + "".join(f"  e{i}:\n" for i in range(6000)) + "jobs: {}\n",
    "many steps": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
    + "      - {id: a, uses: b}\n" * 2400,
    "a large matrix": _jobs(
        1,
        lambda i: "strategy: {matrix: {" + ", ".join(f"a{k}: [1, 2, 3]" for k in range(400)) + "}}",
    ),
    "a long matrix": _jobs(1, lambda i: "strategy: {matrix: {a: [" + "1, " * 20000 + "1]}}"),
    "includes": _jobs(
        1,
        lambda i: "strategy: {matrix: {a: [1, 2, 3], include: [" + "{a: 1, b: 2}, " * 3000 + "]}}",
    ),
    "excludes": _jobs(
        1,
        lambda i: (
            "strategy: {matrix: {a: ["
            + ", ".join(str(k) for k in range(200))
            + "], exclude: ["
            + "{a: x}, " * 4000
            + "]}}"
        ),
    ),
    "crons": "on:\n  schedule:\n" + "    - cron: '*/1,*/1 * * * *'\n" * 1800 + "jobs: {}\n",
    "a long cron": "on: {schedule: [{cron: '" + "1," * 30000 + "1 * * * *'}]}\njobs: {}\n",
    "digits": _jobs(1, lambda i: "timeout-minutes: " + "9" * 60000),
    "digits in a cron": "on: {schedule: [{cron: '" + "9" * 60000 + " * * * *'}]}\njobs: {}\n",
    "inputs": "on: {workflow_dispatch: {inputs: {"
    + ", ".join(f"i{k}: {{type: choice}}" for k in range(2500))
    + "}}}\njobs: {}\n",
    "a long id": f"on: push\njobs:\n  {'a' * 60000}: {JOB}\n",
    "deep": "on: push\njobs: " + "{a: " * 5000 + "1" + "}" * 5000,
    "deep but allowed": "on: push\njobs: {a: {strategy: {matrix: {a: ["
    + "{a: [" * 90
    + "]}" * 90
    + "]}}}}\n",
    "aliases": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n"
        for a, b in zip("abcdefg", "bcdefgh", strict=True)
    ),
    "an alias in itself": "on: push\njobs: &a {b: *a}\n",
    "a long script": _step("run: '" + "echo a && " * 3200 + "echo b'"),
    "a script that is no shell": _step("run: '" + "$(( " * 5000 + "'"),
    "many scripts": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
    + "".join(f"      - run: if [ {i} ]; then a; fi\n" for i in range(1300)),
    "patterns": "on: {push: {branches: ['" + "*a" * 30000 + "']}}\njobs: {}\n",
    "strange keys": "on: push\n1: a\ntrue: b\nnull: c\njobs: {1: {}, null: {}, true: 2}\n",
    "everything null": "on:\nname:\nenv:\npermissions:\njobs:\ndefaults:\nconcurrency:\n",
    "everything a list": "on: []\nname: []\nenv: []\npermissions: []\njobs: []\ndefaults: []\n",
    "infinity": _jobs(1, lambda i: "timeout-minutes: .inf, continue-on-error: .nan"),
    "keys in two cases": "on: push\nenv: {"
    + ", ".join(f"a{i}: 1, A{i}: 2" for i in range(2500))
    + "}\njobs: {}\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_judged_in_time(name):
    _judge({PATH: f"on: push\njobs:\n  a: {JOB}\n"})
    best = 1.0
    for _ in range(3):
        start = time.process_time()
        _judge({PATH: HOSTILE[name][:65536]})
        best = min(best, time.process_time() - start)
    assert best < 0.1, f"{name}: {best * 1e3:.0f} ms"


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_raises_when_all_of_the_model_is_read(name):
    model = _judge({PATH: HOSTILE[name][:65536]})
    if model is not None:
        _read(model)


_KEYS = st.sampled_from(
    "on name run-name permissions env defaults concurrency jobs a b needs if strategy matrix"
    " include exclude runs-on container services environment outputs steps uses with run id shell"
    " push branches"
    " types schedule cron workflow_call workflow_dispatch inputs type default options secrets"
    " group labels image credentials ports contents timeout-minutes continue-on-error parallel runs"
    " using main value".split()
)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 300),
    st.floats(),
    st.sampled_from(
        [
            "",
            "push",
            "a",
            "${{ github.ref }}",
            "${{",
            "x ${{ matrix.a }} y",
            "${{ insert }}",
            "inherit",
            "* * * * *",
            "read-all",
            "a/b@c",
            "./a",
            "true",
            "composite",
            "choice",
            "ls || true",
        ]
    ),
)
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=5)),
    max_leaves=40,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(_KEYS, _TREES, min_size=1, max_size=6), st.sampled_from([PATH, "action.yml"])
)
def test_no_tree_makes_anything_raise(tree, path):
    model = _judge({path: dump([tree])})
    if model is not None:
        _read(model)
