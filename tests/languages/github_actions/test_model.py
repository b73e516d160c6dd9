"""The model that requirements read: one form for all spellings, and what does not happen."""

import pytest


@pytest.mark.parametrize(
    "on", ["push", "[push]", "{push: }", "{push: null}", '"push"', "{push: {}}"]
)
def test_triggers_are_the_same_however_they_are_written(workflow, on):
    found = workflow(f"on: {on}\njobs: {{}}\n").triggers
    assert list(found) == ["push"]
    assert not found["push"].filters
    assert found["push"].on_branch("any")
    assert found["push"].mark[0] == 1


def test_filters_choose_branches_tags_and_paths(workflow):
    push = workflow("""
        on:
          push:
            branches: [main, "releases/**", "!releases/old/*"]
            paths-ignore: ["docs/**", "*.md"]
        """).triggers["push"]
    assert push.on_branch("main")
    assert push.on_branch("releases/1/x")
    assert not push.on_branch("releases/old/x")
    assert not push.on_branch("dev")
    assert not push.on_tag("v1"), "branches alone leave tags out"
    assert push.on_path("src/a.py")
    assert not push.on_path("docs/a/b.txt")
    assert push.filters["branches"] == ("main", "releases/**", "!releases/old/*")


def test_a_single_filter_is_a_list_of_one(workflow):
    tags = workflow("on: {push: {tags: 'v*.*'}}\n").triggers["push"]
    assert tags.filters["tags"] == ("v*.*",)
    assert tags.on_tag("v1.2")
    assert not tags.on_branch("main")


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*", "main", True),
        ("*", "a/b", False),
        ("**", "a/b", True),
        ("feature/*", "feature/a", True),
        ("feature/*", "feature/a/b", False),
        ("**/migrate-*.sql", "migrate-1.sql", True),
        ("**/migrate-*.sql", "db/x/migrate-1.sql", True),
        ("v[12].[0-9]+.[0-9]+", "v1.10.1", True),
        ("v[12].[0-9]+.[0-9]+", "v3.10.1", False),
        ("*.jsx?", "a.js", True),
        ("a.b", "axb", False),
        ("[", "[", True),
        ("a[", "b", False),
    ],
)
def test_patterns(pattern, name, fits):
    from iac_gym.languages.github_actions.filters import matches

    assert matches([pattern], name) is fits


def test_types_have_their_defaults(workflow):
    found = workflow("on: {pull_request: , release: {types: [published]}, issues: }\n").triggers
    assert found["pull_request"].on_type("opened")
    assert not found["pull_request"].on_type("closed")
    assert found["release"].types == ("published",)
    assert found["issues"].on_type("deleted")


def test_schedules_inputs_secrets_and_outputs(workflow):
    found = workflow("""
        on:
          schedule:
            - cron: "0  5 * * 1-5"
            - {cron: '0 6 * * *', timezone: Europe/Berlin}
          workflow_dispatch:
            inputs:
              target: {type: choice, options: [a, b], required: true, default: a}
              other:
          workflow_call:
            inputs: {count: {type: number, default: 3}}
            secrets: {token: {required: true}, more: }
            outputs: {url: {value: "${{ jobs.a.outputs.url }}"}}
        """).triggers
    assert found["schedule"].crons == ("0 5 * * 1-5", "0 6 * * *")
    assert found["schedule"].schedules[1].timezone == "Europe/Berlin"
    target = found["workflow_dispatch"].inputs["target"]
    assert (target.type, target.options, target.required, target.default) == (
        "choice", ("a", "b"), True, "a",
    )  # fmt: skip
    assert found["workflow_dispatch"].inputs["other"].type == "string"
    assert found["workflow_call"].inputs["count"].default == "3"
    assert found["workflow_call"].secrets == {"token": True, "more": False}
    assert found["workflow_call"].outputs == {"url": "${{ jobs.a.outputs.url }}"}


@pytest.mark.parametrize("needs", ["b", "[b]"])
def test_needs_is_a_tuple(workflow, needs):
    found = workflow(f"on: push\njobs: {{a: {{needs: {needs}}}, b: {{}}}}\n").jobs["a"]
    assert found.needs == ("b",)
    assert found.ancestors == ("b",)


@pytest.mark.parametrize(
    ("runs_on", "labels", "group"),
    [
        ("ubuntu-latest", ("ubuntu-latest",), ""),
        ("[self-hosted, linux]", ("self-hosted", "linux"), ""),
        ("{labels: x}", ("x",), ""),
        ("{group: big, labels: [x, y]}", ("x", "y"), "big"),
    ],
)
def test_runners(job, runs_on, labels, group):
    found = job(f"runs-on: {runs_on}\n")
    assert (found.labels, found.group) == (labels, group)


def test_permissions_are_those_in_force(workflow):
    found = workflow("""
        on: push
        permissions: {contents: read, packages: write}
        jobs:
          a: {}
          b: {permissions: read-all}
          c: {permissions: {}}
          d: {permissions: write-all}
        """).jobs
    assert found["a"].permissions.level("contents") == "read"
    assert found["a"].permissions.level("issues") == "none"
    assert found["a"].permissions.allows("packages", "read")
    assert found["a"].permissions.writes == {"packages"}
    assert found["b"].permissions.allows("issues", "read")
    assert not found["b"].permissions.allows("issues", "write")
    assert found["c"].permissions.level("contents") == "none"
    assert found["d"].permissions.writes == {"*"}
    assert workflow("on: push\njobs: {a: {}}\n").jobs["a"].permissions is None


def test_variables_shell_and_directory_are_handed_down(workflow):
    found = (
        workflow("""
        on: push
        env: {A: 1, B: x}
        defaults: {run: {shell: bash, working-directory: app}}
        jobs:
          a:
            env: {B: y}
            defaults: {run: {working-directory: web}}
            steps:
              - run: ls
                env: {C: true}
              - {run: ls, shell: sh, working-directory: api}
        """)
        .jobs["a"]
        .steps
    )
    assert found[0].env == {"A": "1", "B": "y", "C": "true"}
    assert (found[0].shell, found[0].directory) == ("bash", "web")
    assert (found[1].shell, found[1].directory) == ("sh", "api")


def test_a_matrix_is_what_runs(job):
    found = job("""
        strategy:
          fail-fast: false
          max-parallel: 2
          matrix:
            os: [linux, mac]
            python: ["3.11", 3.12]
            exclude: [{os: mac, python: "3.11"}]
            include:
              - {os: linux, python: 3.12, experimental: true}
              - {os: windows, python: 3.13}
              - {color: green}
        """)
    combinations = [dict(one) for one in found.matrix.combinations]
    assert combinations == [
        {"os": "linux", "python": "3.11", "color": "green"},
        {"os": "linux", "python": 3.12, "experimental": True, "color": "green"},
        {"os": "mac", "python": 3.12, "color": "green"},
        {"os": "windows", "python": 3.13},
    ]
    assert found.matrix.values("os") == {"linux", "mac", "windows"}
    assert found.values("py-${{ matrix.python }}") == {"py-3.11", "py-3.12", "py-3.13"}
    assert (found.fail_fast, found.max_parallel) == (False, "2")


def test_a_matrix_of_include_alone(job):
    found = job("strategy: {matrix: {include: [{a: {b: 1}}, {a: {b: 2}}]}}\n")
    assert found.values("${{ matrix.a.b }}") == {"1", "2"}


def test_a_matrix_that_is_computed_is_not_known(job):
    found = job(
        "strategy: {matrix: '${{ fromJSON(needs.a.outputs.m) }}'}\nruns-on: ${{ matrix.os }}\n"
    )
    assert not found.matrix.known
    assert found.matrix.combinations == ()
    assert found.runners == {"${{ matrix.os }}"}


def test_texts_are_filled_in_from_variables(job):
    found = job("env: {V: '3.12', W: '${{ github.sha }}'}\n")
    assert found.values("${{ env.V }}-${{ env.W }}") == {"3.12-${{ github.sha }}"}
    assert found.values("plain") == {"plain"}


@pytest.mark.parametrize(
    ("text", "kind", "name", "ref"),
    [
        ("actions/checkout@v4", "repository", "actions/checkout", "v4"),
        ("Actions/Cache/save@v4.1.0", "repository", "actions/cache/save", "v4.1.0"),
        ("./.github/actions/x", "local", "./.github/actions/x", ""),
        ("docker://alpine:3.20", "docker", "alpine:3.20", ""),
        ("checkout@v4", "unknown", "checkout@v4", ""),
    ],
)
def test_uses_is_split(job, text, kind, name, ref):
    uses = job(f"steps: [{{uses: '{text}'}}]\n").steps[0].uses
    assert (uses.kind, uses.name, uses.ref) == (kind, name, ref)


def test_pinned_and_major(job):
    first, second = job(f"steps: [{{uses: a/b@{'0' * 40}}}, {{uses: a/b@v12.3}}]\n").steps
    assert first.uses.pinned
    assert first.uses.major is None
    assert not second.uses.pinned
    assert second.uses.major == 12


def test_inputs_of_actions_are_named_in_lower_case(job):
    step = job("steps: [{uses: a/b@v1, with: {Python-Version: 3.10, cache: true}}]\n").steps[0]
    assert step.inputs == {"python-version": "3.1", "cache": "true"}


def test_commands_keep_expressions(job):
    step = job("""
        env: {DIR: build}
        steps:
          - run: |
              npm ci
              docker build -t "app:${{ github.sha }}" $DIR
              npm audit || true
        """).steps[0]
    assert [command.words for command in step.commands] == [
        ("npm", "ci"),
        ("docker", "build", "-t", "app:${{ github.sha }}", "build"),
    ]


def test_commands_that_may_fail_unseen_are_not_certain(job):
    steps = job("""
        steps:
          - run: "set +e\\nmake test\\necho done"
          - {run: "make test\\nmake lint", shell: "bash {0}"}
          - {run: "print(1)", shell: python}
          - {run: "make test", shell: "bash -x -e {0}"}
        """).steps
    assert ("make", "test") not in [command.words for command in steps[0].commands]
    assert [command.words for command in steps[1].commands] == [("make", "lint")]
    assert steps[1].may_fail_silently
    assert steps[2].commands == []
    assert [command.words for command in steps[3].commands] == [("make", "test")]


@pytest.mark.parametrize(
    ("condition", "possible", "ordinary"),
    [
        ("false", False, False),
        ("${{ false }}", False, False),
        ("'false'", True, True),  # a text that is not empty
        ("0", False, False),
        ("true && false", False, False),
        ("github.event_name == 'schedule'", False, False),
        ("github.event_name == 'push'", True, True),
        ("always()", True, True),
        ("success()", True, True),
        ("failure()", True, False),
        ("cancelled()", True, False),
        ("github.ref == 'refs/heads/main'", True, False),
        ("${{ false }} text", True, True),
        ("''", False, False),
        ("", True, True),
    ],
)
def test_conditions(job, condition, possible, ordinary):
    step = job(f'steps: [{{if: "{condition}", run: make}}]\n').steps[0]
    assert (step.runs, step.ordinary) == (possible, ordinary)


def test_jobs_that_need_a_job_that_never_runs_do_not_run(workflow):
    found = workflow("""
        on: push
        jobs:
          off: {if: false, steps: [{run: a}]}
          after: {needs: off, steps: [{run: b}]}
          later: {needs: [after], steps: [{run: c}]}
          anyway: {needs: off, if: always(), steps: [{run: d}]}
          on: {steps: [{run: e}]}
          lost: {needs: gone, steps: [{run: f}]}
        """)
    assert [job.id for job in found.running] == ["anyway", "on"]
    assert [step.run for step in found.steps] == ["d", "e"]
    assert found.jobs["off"].active == ()


def test_runs_for_puts_filters_and_conditions_together(workflow):
    found = workflow("""
        on:
          push: {branches: [main, dev], tags: ["v*"]}
          pull_request:
        jobs:
          test: {}
          deploy:
            needs: test
            if: github.ref == 'refs/heads/main' && github.event_name != 'pull_request'
            steps: [{run: a}, {run: b, if: failure()}]
          release: {if: "startsWith(github.ref, 'refs/tags/')"}
          maybe: {if: vars.ON == 'yes'}
        """).jobs
    assert found["test"].runs_for("push", branch="dev") is True
    assert found["test"].runs_for("push", branch="other") is False
    assert found["test"].runs_for("schedule") is False
    assert found["deploy"].runs_for("push", branch="main") is True
    assert found["deploy"].runs_for("push", branch="dev") is False
    assert found["deploy"].runs_for("pull_request", branch="main") is False
    assert found["deploy"].steps[0].runs_for("push", branch="main") is True
    assert found["deploy"].steps[1].runs_for("push", branch="main") is False
    assert found["release"].runs_for("push", tag="v1") is True
    assert found["release"].runs_for("push", branch="main") is False
    assert found["maybe"].runs_for("push", branch="main") is None


@pytest.mark.parametrize(
    ("value", "forgiven"),
    [
        ("true", True),
        ("false", False),
        ("${{ true }}", True),
        ("${{ matrix.risky }}", False),
        ("${{ matrix.broken }}", True),
        ("${{ github.ref != '' }}", True),
        ("${{ 1 == 2 }}", False),
    ],
)
def test_continue_on_error(job, value, forgiven):
    found = job(f"""
        strategy: {{matrix: {{risky: [true, false], broken: [true]}}}}
        continue-on-error: {value}
        steps: [{{run: make, continue-on-error: "{value}"}}]
        """)
    assert found.may_fail_silently is forgiven


@pytest.mark.parametrize(
    ("text", "image", "ports"),
    [
        ("redis:7", "redis:7", ()),
        ("{image: redis:7, ports: [6379:6379]}", "redis:7", ("6379:6379",)),
    ],
)
def test_containers(job, text, image, ports):
    found = job(f"container: {text}\nservices: {{cache: {text}}}\n")
    assert (found.container.image, found.services["cache"].ports) == (image, ports)


@pytest.mark.parametrize("text", ["prod", "{name: prod}"])
def test_environment_and_concurrency(job, text):
    group = text.replace("name", "group")
    found = job(f"environment: {text}\nconcurrency: {group}\ntimeout-minutes: 10\n")
    assert found.environment.name == "prod"
    assert found.concurrency.group == "prod"
    assert found.timeout == "10"


def test_calls_of_reusable_workflows(job):
    call = job("""
        uses: acme/ci/.github/workflows/build.yml@v2
        with: {Target: prod}
        secrets: inherit
        """).call
    assert call.uses.name == "acme/ci/.github/workflows/build.yml"
    assert call.inputs == {"target": "prod"}
    assert call.inherits


def test_actions(parse):
    found = parse(
        """
        name: Build
        inputs: {path: {required: true, default: .}}
        outputs: {out: {value: "${{ steps.a.outputs.b }}"}}
        runs:
          using: composite
          steps:
            - {run: make, shell: bash}
            - {if: false, run: x, shell: bash}
            - uses: actions/cache@v4
        """,
        path="action.yml",
    ).action
    assert found.kind == "composite"
    assert found.inputs["path"].required
    assert found.outputs == {"out": "${{ steps.a.outputs.b }}"}
    assert [step.run for step in found.active] == ["make", ""]
    assert found.steps[2].uses.name == "actions/cache"


def test_javascript_and_docker_actions(parse):
    script = parse("name: a\nruns: {using: node20, main: dist/i.js}\n", path="x/action.yaml").action
    assert (script.kind, script.main) == ("javascript", "dist/i.js")
    image = parse("name: a\nruns: {using: docker, image: Dockerfile, args: [a, 1]}\n").action
    assert (image.kind, image.image, image.args) == ("docker", "Dockerfile", ("a", "1"))


def test_places(workflow):
    found = workflow("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ls\n")
    assert found.jobs["a"].mark == (3, 3)
    assert found.jobs["a"].at("runs-on") == (4, 5)
    assert found.jobs["a"].steps[0].mark == (6, 9)
    finding = found.jobs["a"].finding("no", "missing", "steps")
    assert (finding.line, finding.column) == (5, 5)


def test_steps_of_a_parallel_block_are_steps(job):
    found = job("steps: [{run: a}, {parallel: [{run: b}, {run: c}]}]\n")
    assert [step.run for step in found.active] == ["a", "b", "c"]


def test_merge_keys_are_not_merged(workflow):
    found = workflow("""
        on: push
        env: &e {A: 1}
        jobs: {a: {env: *e, steps: &s [{run: x}]}, b: {steps: *s}}
        """)
    assert found.jobs["a"].env == {"A": "1"}
    assert found.jobs["b"].steps[0].run == "x"


def test_jobs_that_wait_for_each_other_do_not_run(workflow):
    found = workflow("""
        on: push
        jobs:
          a: {}
          b: {needs: [a, c]}
          c: {needs: b}
          d: {needs: a, if: "github.ref == 'refs/heads/main'"}
          e: {needs: d}
        """)
    assert [job.id for job in found.running] == ["a", "d", "e"]
    assert [job.id for job in found.in_order] == ["a", "d", "e"]
    assert found.jobs["a"].ordinary
    assert not found.jobs["e"].ordinary
    assert found.jobs["e"].runs_for("push", branch="main") is True
    assert found.jobs["e"].runs_for("push", branch="dev") is False
    assert found.jobs["c"].runs_for("push") is False
