"""GitHub's schema, as our interpreter reads it: keys, values, shapes, kinds, contexts."""

import pytest

JOB = "jobs: {a: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "on: push\n" + JOB,
        "---\non: push\n" + JOB,
        "# a\n\n---\non: push\n" + JOB,
        "%YAML 1.2\n---\non: push\n" + JOB + "...\n",
        "'on': push\n" + JOB,
        "name: 1\nrun-name: ${{ github.actor }}\non: push\n" + JOB,
        "on: push\nenv: {A: 1, B: true, C: null, D: 1.5, 2: x}\n" + JOB,
        "on: push\npermissions: {}\n" + JOB,
        "on: push\npermissions: {id-token: write, models: read}\n" + JOB,
        "on: {issues: {types: opened}, release: {types: [published]}}\n" + JOB,
        "on: {workflow_dispatch: {inputs: }}\n" + JOB,
        "on: {workflow_dispatch: {inputs: {a: }}}\n" + JOB,
        "on: {pull_request: {branches: main}}\n" + JOB,
        "x: &a [push]\non: *a\n".replace("x: &a [push]\non: *a\n", "on: &a [push]\n") + JOB,
    ],
)
def test_what_the_service_accepts(findings, text):
    assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("On: push\n" + JOB, "keys-are-known", 1),
        ("on: push\n<<: {name: x}\n" + JOB, "keys-are-known", 2),
        ("on: {pushes: }\n" + JOB, "keys-are-known", 1),
        ("on: {push: {branch: main}}\n" + JOB, "keys-are-known", 1),
        ("on: {issues: {branches: main}}\n" + JOB, "keys-are-known", 1),
        ("on: pushes\n" + JOB, "values-are-allowed", 1),
        ("on: [push, pushes]\n" + JOB, "values-are-allowed", 1),
        ("on: [[push]]\n" + JOB, "shapes-fit", 1),
        ("on: {schedule: }\n" + JOB, "values-are-allowed", 1),
        ("on: {issues: {types: [gone]}}\n" + JOB, "values-are-allowed", 1),
        ("on: push\npermissions: {contents: all}\n" + JOB, "values-are-allowed", 2),
        ("on: push\npermissions: {id-token: read}\n" + JOB, "values-are-allowed", 2),
        ("on: push\npermissions: read\n" + JOB, "values-are-allowed", 2),
        ("on: push\nenv:\n" + JOB, "values-are-allowed", 2),
        ("on: push\nenv: {A: [1]}\n" + JOB, "shapes-fit", 2),
        ("on: push\nenv: {A: 1, a: 2}\n" + JOB, "keys-are-unique", 2),
        ("on: push\nenv: {A: 1, A: 2}\n" + JOB, "syntax", 2),
        ("on: push\nname: [a]\n" + JOB, "shapes-fit", 2),
        ("on: push\n", "required-keys-are-there", 1),
        (JOB, "required-keys-are-there", 1),
        ("on: push\njobs:\n", "values-are-allowed", 2),
        ("on: push\nname: ${{ github.ref }}\n" + JOB, "contexts-are-available", 2),
        ("on: push\nname: ${{ 1 }}\n" + JOB, "expressions-are-allowed", 2),
        ("on: push\nrun-name: ${{ secrets.A }}\n" + JOB, "contexts-are-available", 2),
        ("on: push\nenv: {A: '${{ env.B }}'}\n" + JOB, "contexts-are-available", 2),
        ("- on: push\n", "syntax", 1),
        ("", "syntax", 1),
        ("prose\n", "syntax", 1),
        ("on: push\n" + JOB + "---\n", "syntax", 3),
        ("---\n---\non: push\n" + JOB, "syntax", 2),
        ("on: push\n" + JOB + "---\n" + "on: push\n", "syntax", 3),
    ],
)
def test_what_the_service_refuses(findings, text, rule, line):
    assert (rule, line) in findings(text)


@pytest.mark.parametrize(
    "text",
    [
        "runs-on: x\n",
        "runs-on: [x, '${{ matrix.a }}']\nsteps: []\n",
        "runs-on: {group: g, labels: [a]}\n",
        "runs-on: x\ntimeout-minutes: ${{ fromJSON(vars.T) }}\n",
        "runs-on: x\ncontinue-on-error: ${{ matrix.a }}\n",
        "runs-on: x\nstrategy: ${{ fromJSON(needs.a.outputs.b) }}\n",
        "runs-on: x\nstrategy: {matrix: {a: '${{ fromJSON(inputs.a) }}', b: [1, {c: 2}]}}\n",
        "runs-on: x\nstrategy: {matrix: {include: '${{ fromJSON(inputs.a) }}'}}\n",
        "runs-on: x\nenv: ${{ fromJSON(inputs.a) }}\n",
        "runs-on: x\nenv: {'${{ insert }}': '${{ fromJSON(inputs.a) }}'}\n",
        "runs-on: x\nif: ${{ always() }}\n",
        "runs-on: x\nif: false\n",
        "runs-on: x\nif: failure('b') && github.ref == 'x'\n",
        "runs-on: x\nsteps: [{uses: a/b@c, with: {a: 1, b: true, c: }, env: {A: 1}}]\n",
        "runs-on: x\nsteps: [{run: 1, shell: bash, working-directory: x, id: _a-1}]\n",
        "runs-on: x\nsteps: [{name: 1.5, run: \"echo ${{ '}}' }}\"}]\n",
        "runs-on: x\nsteps: [{run: ls, if: \"hashFiles('a') != ''\", timeout-minutes: 1}]\n",
        "runs-on: x\nenvironment: {name: a, url: '${{ steps.a.outputs.b }}'}\n",
        "runs-on: x\ncontainer: {image: a, credentials: {password: '${{ secrets.A }}'}}\n",
        "runs-on: x\nservices: {a: b, c: {image: d, ports: [1], options: e, command: f}}\n",
        "runs-on: ${{ 'x' }}\n",
        "uses: a/b/.github/workflows/c.yml@d\nwith: {a: '${{ matrix.x }}'}\nsecrets: {A: b}\n",
        "uses: ./.github/workflows/c.yml\nsecrets: inherit\n",
    ],
)
def test_jobs_that_the_service_accepts(of_job, text):
    assert of_job(text) == []


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("name: x\n", "kind-is-clear", 1),
        ("runs-on: x\nuses: ./.github/workflows/c.yml\n", "keys-are-known", 2),
        ("uses: ./.github/workflows/c.yml\nsteps: []\n", "keys-are-known", 2),
        ("uses: ./.github/workflows/c.yml\nsecrets: all\n", "values-are-allowed", 2),
        ("steps: []\n", "required-keys-are-there", 1),
        ("runs-on: x\nstep: []\n", "keys-are-known", 2),
        ("runs-on: ''\n", "values-are-allowed", 1),
        ("runs-on: {label: x}\n", "keys-are-known", 1),
        ("runs-on: ${{ env.A }}\n", "contexts-are-available", 1),
        ("runs-on: x\nsteps: {run: a}\n", "shapes-fit", 2),
        ("runs-on: x\nsteps: ${{ fromJSON('[]') }}\n", "expressions-are-allowed", 2),
        ("runs-on: x\nsteps: [{name: a}]\n", "kind-is-clear", 2),
        ("runs-on: x\nsteps: [{run: a, uses: b/c@d}]\n", "keys-are-known", 2),
        ("runs-on: x\nsteps: [{uses: b/c@d, shell: bash}]\n", "keys-are-known", 2),
        ("runs-on: x\nsteps: [{run: a, with: {b: c}}]\n", "keys-are-known", 2),
        ("runs-on: x\nsteps: [{run: a, background: true}]\n", "keys-are-known", 2),
        ("runs-on: x\nsteps: [{run: [a]}]\n", "shapes-fit", 2),
        ("runs-on: x\nsteps: [{run: a, timeout-minutes: soon}]\n", "values-are-allowed", 2),
        ("runs-on: x\nsteps: [{run: a, if: secrets.A}]\n", "contexts-are-available", 2),
        ("runs-on: x\nsteps: [{run: a, if: 'a ='}]\n", "expressions-are-well-formed", 2),
        ("runs-on: x\nsteps: [{run: a, if: alway()}]\n", "functions-are-available", 2),
        ("runs-on: x\nsteps: [{run: a, if: contains('a')}]\n", "functions-have-their-arguments", 2),
        ("runs-on: x\nsteps: [{run: '${{ github.sha'}]\n", "expressions-are-well-formed", 2),
        ("runs-on: x\nsteps: [{run: '${{ }}'}]\n", "expressions-are-well-formed", 2),
        ("runs-on: x\nsteps: [{run: '${{ insert }} a'}]\n", "expressions-are-well-formed", 2),
        ("runs-on: x\nsteps: [{run: '${{ insert }}'}]\n", "values-are-allowed", 2),
        ("runs-on: x\nif: runner.os == 'a'\n", "contexts-are-available", 2),
        ("runs-on: x\ntimeout-minutes: '10'\n", "values-are-allowed", 2),
        ("runs-on: x\nstrategy: {matrix: {a: b}}\n", "values-are-allowed", 2),
        ("runs-on: x\nstrategy: {matrix: {include: {a: b}}}\n", "shapes-fit", 2),
        ("runs-on: x\nstrategy: {fail-fast: maybe}\n", "values-are-allowed", 2),
        ("runs-on: x\nservices: [a]\n", "shapes-fit", 2),
        ("runs-on: x\nservices: {a: {images: b}}\n", "keys-are-known", 2),
        ("runs-on: x\ncontainer: {image: a, command: b}\n", "keys-are-known", 2),
        ("runs-on: x\noutputs: [a]\n", "shapes-fit", 2),
        ("runs-on: x\nconcurrency: {cancel-in-progress: true}\n", "required-keys-are-there", 2),
        ("runs-on: x\nneeds: ${{ github.job }}\n", "contexts-are-available", 2),
        ("runs-on: x\nsteps: [{uses: a/b@c, with: [a]}]\n", "shapes-fit", 2),
        (
            f"runs-on: x\nsteps: [{{run: '${{{{ github.sha }}}}{'a' * 21000}'}}]\n",
            "values-are-allowed",
            2,
        ),
    ],
)
def test_jobs_that_the_service_refuses(of_job, text, rule, line):
    assert (rule, line) in of_job(text)


def test_a_fault_in_an_expression_stands_where_it_is(parse):
    found = parse("on: push\nenv:\n  A: x ${{ github.ref }} ${{ sercets.B }}\n" + JOB)
    (finding,) = found.found("contexts-are-available")
    assert (finding.line, finding.column) == (3, 30)
    assert "secrets" in finding.hint


def test_a_misspelled_key_is_told_the_right_one(parse):
    (finding,) = parse("on: push\njobs: {a: {run-on: x, runs-on: y}}\n").found("keys-are-known")
    assert finding.hint == "did you mean `runs-on`?"


def test_findings_do_not_flood(parse):
    text = "on: push\n" + JOB + "".join(f"k{i}: 1\n" for i in range(500))
    assert 10 < len(parse(text).found("keys-are-known")) <= 60


ACTION = "name: a\ndescription: b\n"
STEPS = "runs: {using: composite, steps: [{run: a, shell: bash}]}\n"


@pytest.mark.parametrize(
    "text",
    [
        ACTION + STEPS,
        ACTION + "runs: {using: node20, main: a.js, post: b.js, post-if: always()}\n",
        ACTION
        + "runs: {using: docker, image: Dockerfile, args: ['${{ inputs.a }}'], env: {A: b}}\n",
        ACTION
        + "branding: {icon: zap, color: red}\ninputs: {a: {default: '${{ github.token }}'}}\n"
        + STEPS,
        ACTION + "outputs: {a: {value: '${{ steps.a.outputs.b }}', description: c}}\n" + STEPS,
        ACTION + "runs: {using: composite, steps: [{uses: a/b@c, with: {a: b}, if: 'inputs.x'}]}\n",
    ],
)
def test_actions_that_the_service_accepts(findings, text):
    assert findings(text, path="action.yml") == []


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("description: b\n" + STEPS, "required-keys-are-there", 1),
        (ACTION, "required-keys-are-there", 1),
        (ACTION + "runs: {using: composite, steps: [{run: a}]}\n", "required-keys-are-there", 3),
        (ACTION + "runs: {using: node18, main: a.js}\n", "values-are-allowed", 3),
        (ACTION + "runs: {using: node20}\n", "kind-is-clear", 3),
        (ACTION + "runs: {using: node20, main: a, steps: []}\n", "keys-are-known", 3),
        (ACTION + "runs: {using: node20, image: a}\n", "runs-fits-its-kind", 3),
        (ACTION + "runs: {using: composite, main: a}\n", "runs-fits-its-kind", 3),
        (
            ACTION + "runs: {using: node20, main: a, post-if: '${{ always() }}'}\n",
            "values-are-allowed",
            3,
        ),
        (
            ACTION + "runs: {using: composite, steps: [{run: '${{ secrets.A }}', shell: bash}]}\n",
            "contexts-are-available",
            3,
        ),
        (ACTION + "branding: {icon: smile}\n" + STEPS, "values-are-allowed", 3),
        (ACTION + "input: {}\n" + STEPS, "keys-are-known", 3),
        (
            ACTION + "runs: {using: composite, steps: [{run: a, shell: b, id: 1a}]}\n",
            "step-ids-are-valid",
            3,
        ),
    ],
)
def test_actions_that_the_service_refuses(findings, text, rule, line):
    assert (rule, line) in findings(text, path="action.yml")
