"""What holds beyond the schema: graph, ids, schedules, filters, matrices, calls."""

import pytest

from iac_gym.languages.github_actions.cron import cron_fault, shortest_interval
from iac_gym.verdict import Stage

JOB = "jobs: {a: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n"


def _jobs(**needs):
    return "on: push\njobs:\n" + "".join(
        f"  {name}: {{runs-on: x, needs: [{', '.join(of)}]}}\n" for name, of in needs.items()
    )


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        ({"a": [], "b": ["a"], "c": ["a", "b"]}, []),
        ({"a": [], "b": ["x"]}, [("needs-are-jobs", 4)]),
        ({"a": [], "b": ["A"]}, [("needs-are-jobs", 4)]),
        (
            {"a": [], "b": ["c"], "c": ["b"]},
            [("needs-have-no-cycle", 4), ("needs-have-no-cycle", 5)],
        ),
        ({"a": [], "b": ["b"]}, [("needs-have-no-cycle", 4)]),
        ({"a": ["b"], "b": ["a"]}, [("a-job-comes-first", 3)]),
        ({"a": ["a"]}, [("a-job-comes-first", 3)]),
    ],
)
def test_the_graph_of_jobs(findings, needs, found):
    assert findings(_jobs(**needs)) == found


@pytest.mark.parametrize("name", ["a", "_a", "A-1", "a_b-c", "_", "a" * 99])
def test_ids(findings, name):
    assert (
        findings(f"on: push\njobs:\n  {name}: {{runs-on: x, steps: [{{run: a, id: {name}}}]}}\n")
        == []
    )


@pytest.mark.parametrize("name", ["1a", "-a", "a b", "a.b", "ä", "__a", "a" * 100, "a/b"])
def test_ids_that_are_none(findings, name):
    text = f'on: push\njobs:\n  "{name}": {{runs-on: x, steps: [{{run: a, id: "{name}"}}]}}\n'
    assert findings(text) == [("job-ids-are-valid", 3), ("step-ids-are-valid", 3)]


def test_step_ids_are_given_once_in_a_job(of_job, findings):
    assert of_job("runs-on: x\nsteps:\n- {id: a, run: b}\n- {id: A, run: c}\n") == [
        ("step-ids-are-unique", 4)
    ]
    step = "{runs-on: x, steps: [{run: a, id: s}]}"
    assert findings(f"on: push\njobs: {{a: {step}, b: {step}}}\n") == []


@pytest.mark.parametrize(
    "cron",
    ["* * * * *", "*/15 0-6 1,15 * 1-5", "0 5 * jan-MAR mon,FRI", "5/10 2 * * 0", "0  0 1 1 6"],
)
def test_crons(cron):
    assert cron_fault(cron) == ""


@pytest.mark.parametrize(
    "cron",
    [
        "* * * *",
        "0 0 0 * * *",
        "60 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 * 13 *",
        "0 0 * * 7",
        "@daily",
        "*/0 * * * *",
        "5-1 * * * *",
        "a * * * *",
        "1,,2 * * * *",
        " 0 0 * * *",
        "1- * * * *",
        "*/ * * * *",
        "/5 * * * *",
        "1-2-3 * * * *",
        "0 0 * foo *",
        "1.5 * * * *",
        "",
        "¹ * * * *",
    ],
)
def test_crons_that_are_none(cron):
    assert cron_fault(cron)


@pytest.mark.parametrize(
    ("cron", "minutes"),
    [
        ("* * * * *", 1),
        ("*/3 * * * *", 3),
        ("0,58 * * * *", 2),
        ("0 * * * *", 60),
        ("7-9 1 * * *", 1),
        ("*/30 * * * *", 30),
        ("10,40 * * * *", 30),
        ("nonsense", 60),
    ],
)
def test_the_shortest_interval(cron, minutes):
    assert shortest_interval(cron) == minutes


def test_dense_schedules_are_valid_and_noted(findings):
    text = "on: {schedule: [{cron: '*/2 * * * *'}]}\n" + JOB
    assert findings(text) == []
    assert ("schedules-are-not-too-dense", 1) in findings(text, stages=Stage.NOTICE)


@pytest.mark.parametrize(
    ("on", "rule"),
    [
        ("[]", "an-event-starts-it"),
        ("{}", "an-event-starts-it"),
        ("{push: {tags: [a], tags-ignore: [b]}}", "filters-exclude-each-other"),
        ("{pull_request: {branches: a, branches-ignore: b}}", "filters-exclude-each-other"),
        ("{schedule: [{cron: '0 0 * *'}]}", "schedules-are-cron"),
        ("{workflow_dispatch: {inputs: {a: {type: choice}}}}", "choices-have-options"),
        ("{workflow_dispatch: {inputs: {a: {type: choice, options: []}}}}", "choices-have-options"),
        ("{workflow_dispatch: {inputs: {a: {options: [b]}}}}", "choices-have-options"),
        (
            "{workflow_dispatch: {inputs: {a: {type: number, default: b}}}}",
            "defaults-have-their-type",
        ),
        ("{workflow_call: {inputs: {a: {type: boolean, default: 1}}}}", "defaults-have-their-type"),
        (
            "{workflow_dispatch: {inputs: {" + ", ".join(f"i{n}: {{}}" for n in range(26)) + "}}}",
            "inputs-are-few",
        ),
    ],
)
def test_events_that_are_refused(findings, on, rule):
    assert findings(f"on: {on}\n{JOB}") == [(rule, 1)]


@pytest.mark.parametrize(
    "on",
    [
        "{push: {branches: [a], paths-ignore: [b]}}",
        "{push: {branches: [a], tags: [b]}}",
        "{workflow_dispatch: {inputs: {a: {type: boolean, default: 'true'}, b: {default: 3}}}}",
        "{workflow_dispatch: {inputs: {a: {type: number, default: '3'}, b: {type: environment}}}}",
        "{workflow_call: {inputs: {a: {type: boolean, default: '${{ github.ref }}'}}}}",
        "{workflow_dispatch: {inputs: {" + ", ".join(f"i{n}: {{}}" for n in range(25)) + "}}}",
    ],
)
def test_events_that_are_accepted(findings, on):
    assert findings(f"on: {on}\n{JOB}") == []


_BIG = "[" + ", ".join(str(n) for n in range(17)) + "]"


@pytest.mark.parametrize(
    ("matrix", "rules"),
    [
        ("{a: [1]}", []),
        ("{include: [{a: 1}]}", []),
        ("{a: []}", ["matrices-have-values"]),
        ("{}", ["matrices-have-values"]),
        ("{a: [1, 2], exclude: [{a: 1}]}", []),
        ("{a: [1], exclude: [{b: 1}]}", ["excluded-keys-are-in-the-matrix"]),
        ("{a: '${{ fromJSON(inputs.x) }}', exclude: [{b: 1}]}", []),
        (f"{{a: {_BIG}, b: {_BIG}}}", ["matrices-are-small"]),
        (f"{{a: {_BIG}, b: {_BIG}, exclude: [{{a: 1}}, {{a: 2}}]}}", []),
    ],
)
def test_matrices(of_job, matrix, rules):
    found = of_job(f"runs-on: x\nstrategy: {{matrix: {matrix}}}\n")
    assert found == [(rule, 2) for rule in rules]


@pytest.mark.parametrize(
    "uses",
    ["a/b@v1", "a/b/c/d@v1", "./x", "./", "$/x", "docker://alpine", ".\\x", "a\\b@v1"],
)
def test_actions_to_use(of_job, uses):
    assert of_job(f"runs-on: x\nsteps: [{{uses: '{uses}'}}]\n") == []


@pytest.mark.parametrize(
    "uses",
    [
        "a",
        "a@v1",
        "a/b",
        "a/b@",
        "/b@v1",
        "a/@v1",
        "a/b@c@d",
        "docker://",
        "$$docker://a",
        "a/b/.github/workflows/c.yml@v1",
    ],
)
def test_actions_that_cannot_be_used(of_job, uses):
    assert of_job(f"runs-on: x\nsteps: [{{uses: '{uses}'}}]\n") == [("uses-names-an-action", 2)]


@pytest.mark.parametrize(
    "uses",
    [
        "./.github/workflows/a.yml",
        "$/.github/workflows/a.yaml",
        "a/b/.github/workflows/c.yml@main",
        "a-1/b.c/.github/workflows-lab/c.yml@releases/v1",
    ],
)
def test_workflows_to_call(of_job, uses):
    assert of_job(f"uses: {uses}\n") == []


@pytest.mark.parametrize(
    "uses",
    [
        "a/b@v1",
        "./a.yml",
        "./.github/workflows/a.yml@v1",
        "./.github/workflows/x/a.yml",
        "a/b/.github/workflows/c.yml",
        "a/b/.github/workflows/c.txt@v1",
        "a/b/.github/workflows/.yml@v1",
        "a!/b/.github/workflows/c.yml@v1",
        "a/b/.github/workflows/c.yml@v1..2",
        "a/b/.github/workflows/c.yml@/v1",
        "a/b/.github/workflows/c.yml@v1?",
        "a.yml",
    ],
)
def test_workflows_that_cannot_be_called(of_job, uses):
    assert of_job(f"uses: {uses}\n") == [("calls-name-a-workflow", 1)]


CALLED = """
on:
  workflow_call:
    inputs: {target: {type: string, required: true}, count: {type: number}}
    secrets: {token: {required: true}}
jobs: {a: {runs-on: x}}
"""


@pytest.mark.parametrize(
    ("call", "faults"),
    [
        ("{with: {Target: x, count: 3}, secrets: {TOKEN: x}}", 0),
        ("{with: {target: x}, secrets: inherit}", 0),
        ("{with: {target: x, count: '${{ github.run_number }}'}, secrets: inherit}", 0),
        ("{secrets: inherit}", 1),
        ("{with: {target: x, more: y}, secrets: inherit}", 1),
        ("{with: {target: x, count: many}, secrets: inherit}", 1),
        ("{with: {target: x}}", 1),
        ("{with: {target: x}, secrets: {token: x, other: y}}", 1),
    ],
)
def test_calls_of_workflows_that_are_here(findings, call, faults):
    text = f"on: push\njobs: {{a: {{uses: ./.github/workflows/b.yml, {call[1:]}}}\n"
    found = findings(text, **{".github/workflows/b.yml": CALLED})
    assert found == [("calls-fit-the-workflow", 2)] * faults


def test_a_workflow_that_cannot_be_called_is_not_called(findings):
    text = "on: push\njobs: {a: {uses: ./.github/workflows/b.yml}}\n"
    found = findings(text, **{".github/workflows/b.yml": "on: push\n" + JOB})
    assert found == [("calls-fit-the-workflow", 2)]
    assert findings(text) == [], "a file that is not here is not judged"


@pytest.mark.parametrize(
    ("shell", "known"),
    [
        ("bash", True),
        ("pwsh", True),
        ("PowerShell", True),
        ("/bin/bash", True),
        ("perl {0}", True),
        ("fish", False),
        ("bash -x", False),
    ],
)
def test_shells(of_job, shell, known):
    for text in (
        f"steps: [{{run: a, shell: '{shell}'}}]",
        f"defaults: {{run: {{shell: '{shell}'}}}}",
    ):
        assert (of_job(f"runs-on: x\n{text}\n") == []) is known


@pytest.mark.parametrize(
    ("group", "valid"),
    [
        ("a", True),
        ("org/a", True),
        ("enterprise/a", True),
        ("${{ vars.a }}/b", True),
        ("x/a", False),
        ("org/", False),
        ("org/a/b", False),
    ],
)
def test_groups_of_runners(of_job, group, valid):
    assert (of_job(f"runs-on: {{group: '{group}'}}\n") == []) is valid


@pytest.mark.parametrize(
    ("container", "valid"),
    [
        ("{image: a}", True),
        ("a", True),
        ("{env: {A: b}}", False),
        ("{env: {A: '${{ github.ref }}'}}", True),
        ("{}", False),
    ],
)
def test_containers_need_an_image(of_job, container, valid):
    assert (of_job(f"runs-on: x\nservices: {{a: {container}}}\n") == []) is valid


@pytest.mark.parametrize(
    ("top", "job", "rules"),
    [
        ("a", "b", []),
        ("a", "a", ["groups-do-not-block"]),
        ("{group: a}", "{group: a}", ["groups-do-not-block"]),
        ("a-${{ github.ref }}", "a-${{ github.ref }}", []),
        (
            "{group: a, queue: max}",
            "{group: b, queue: max, cancel-in-progress: true}",
            ["queues-are-not-cancelled"],
        ),
        ("{group: a, queue: some}", "b", ["values-are-allowed"]),
    ],
)
def test_concurrency(findings, top, job, rules):
    text = f"on: push\nconcurrency: {top}\njobs: {{a: {{runs-on: x, concurrency: '{job}'}}}}\n"
    text = text.replace("'{", "{").replace("}'", "}") if job[0] == "{" else text
    assert [rule for rule, _ in findings(text)] == rules


def test_outputs_without_a_value_are_noted(findings):
    text = "name: a\ndescription: b\noutputs: {x: {description: y}}\n"
    text += "runs: {using: composite, steps: []}\n"
    assert findings(text, path="action.yml") == []
    assert ("outputs-have-a-value", 3) in findings(text, path="action.yml", stages=Stage.NOTICE)


@pytest.mark.parametrize("path", ["action.yml", "x/action.yaml", ".github/actions/a/Action.yml"])
def test_actions_are_known_by_their_name(parse, path):
    assert list(parse("name: a\n", path=path).actions) == [path]


def test_several_files_are_read_together(parse):
    found = parse("on: push\n" + JOB, **{"action.yml": "name: a\nruns: {using: node20, main: a}\n"})
    assert (len(found.workflows), len(found.actions)) == (1, 1)
    assert found.action.main == "a"
    assert [step.run for step in found.steps] == ["make"]
