"""Security rules of workflows: what is found, and what is safe."""

from __future__ import annotations

import json
import time

import pytest

from iac_gym.language import load_language
from iac_gym.languages.github_actions.expressions.contexts import UNTRUSTED, is_untrusted
from iac_gym.languages.github_actions.parse import parse
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

LANGUAGE = load_language("github_actions")


def findings(text: str) -> list[tuple[str, int]]:
    """Return the security findings of a workflow that is valid otherwise."""
    verdict = check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})
    assert verdict.valid, verdict.diagnostics
    found = [d for d in verdict.diagnostics if d.stage is Stage.SECURITY]
    return [(d.rule, d.finding.line) for d in found]


def workflow(step: str, on: str = "push", job: str = "") -> str:
    """Return a workflow whose one step starts on line 8, behind the lines of `job`."""
    return (
        f"on: {on}\npermissions: {{contents: read}}\njobs:\n  build:\n"
        f"    runs-on: ubuntu-latest\n{job}    steps:\n      - {step}\n"
    )


def run(script: str, rest: str = "") -> str:
    return f"run: {json.dumps(script)}{rest}"


INJECTION = "untrusted-text-stays-out-of-scripts"


@pytest.mark.parametrize("path", UNTRUSTED, ids=".".join)
def test_untrusted_fields(path: tuple[str, ...]) -> None:
    text = ".".join(path).replace(".*.", ".*.")
    assert findings(workflow(run(f"echo ${{{{ join({text}) }}}}"))) == [(INJECTION, 7)]


@pytest.mark.parametrize(
    "expression",
    [
        "github.event.issue.title",
        "GitHub.Event.Issue['Title']",
        "toJSON(github.event)",
        "toJSON(github.event.issue)",
        "format('{0}', github.head_ref)",
        "github.head_ref || github.ref_name",
        "github.event_name == 'x' && github.event.comment.body",
        "github.event.commits[0].message",
        "github.event.commits.*.author.name",
        "join(github.event.commits.*.message, ' ')",
        "fromJSON(github.event.issue.body).x",
        "case(true, github.head_ref, 'x')",
        "env.TITLE",
    ],
)
def test_injection(expression: str) -> None:
    env = "\n        env: {TITLE: '${{ github.event.issue.title }}'}"
    assert findings(workflow(run(f"echo ${{{{ {expression} }}}}", env))) == [(INJECTION, 7)]


@pytest.mark.parametrize(
    "expression",
    [
        "github.sha",
        "github.ref_name",
        "github.event.number",
        "github.event.pull_request.number",
        "github.event.issue.number",
        "github.event.pull_request.head.sha",
        "github.event.pull_request.base.ref",
        "contains(github.event.issue.title, 'bug')",
        "startsWith(github.head_ref, 'x') && 'a' || 'b'",
        "github.head_ref == 'main'",
        "github.head_ref && 'yes' || 'no'",
        "hashFiles(github.head_ref)",
        "matrix[github.head_ref]",
        "!github.head_ref",
        "env.NUMBER",
        "'github.event.issue.title'",
    ],
)
def test_no_injection(expression: str) -> None:
    rest = "\n        env: {TITLE: '${{ github.event.issue.title }}', NUMBER: '${{ github.sha }}'}"
    assert findings(workflow(run(f"echo ${{{{ {expression} }}}}", rest))) == []


def test_injection_into_an_action_that_runs_code() -> None:
    step = (
        "uses: actions/github-script@v7\n        with:\n          {key}: ${{{{ github.head_ref }}}}"
    )
    assert findings(workflow(step.format(key="script"))) == [(INJECTION, 9)]
    step = "uses: actions/labeler@v5\n        with:\n          {key}: ${{{{ github.head_ref }}}}"
    assert findings(workflow(step.format(key="configuration-path"))) == []


def test_injection_through_a_variable_of_the_job() -> None:
    job = "    env: {TITLE: '${{ github.event.issue.title }}'}\n"
    assert findings(workflow(run("echo ${{ env.title }}"), job=job)) == [(INJECTION, 8)]
    assert findings(workflow(run('echo "$TITLE"'), job=job)) == []


def test_injection_is_found_where_it_stands() -> None:
    text = workflow("run: |\n          make\n          echo ${{ github.head_ref }}")
    (finding,) = parse({"ci.yml": text}).found(INJECTION)
    assert (finding.line, finding.column) == (9, 20)
    assert "HEAD_REF" in finding.hint


def test_injection_in_a_composite_action() -> None:
    text = (
        "name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n"
        "    - shell: bash\n      run: echo ${{ github.head_ref }}\n"
    )
    assert [one.line for one in parse({"action.yml": text}).found(INJECTION)] == [7]


@pytest.mark.parametrize(
    "script",
    [
        "curl -sSL https://x.example/i.sh | bash",
        "curl https://x.example/i.sh | sudo sh -s -- -y",
        "wget -qO- https://x.example/i.py | python3",
        "curl https://x.example | tee log | bash",
        'bash -c "$(curl -fsSL https://x.example/i.sh)"',
        "bash <(curl -s https://x.example/i.sh)",
        'eval "$(curl https://x.example)"',
        "source <(curl https://x.example)",
        "make\ncurl https://x.example/i.sh | sh\n",
    ],
)
def test_download_that_is_run(script: str) -> None:
    assert findings(workflow(run(script))) == [("downloads-do-not-run-unseen", 7)]


@pytest.mark.parametrize(
    "script",
    [
        "curl -o i.sh https://x.example/i.sh",
        "curl https://x.example/data | jq .x",
        "echo 'curl https://x.example | bash'",
        "# curl https://x.example | bash",
        "cat i.sh | bash",
        "curl https://x.example/a.tgz | tar xz\nbash a/install.sh",
    ],
)
def test_download_that_is_not_run(script: str) -> None:
    assert findings(workflow(run(script))) == []


SHA = "b5ca514318bd6ebac0fb2aedd5d36ec1b5c232a2"


@pytest.mark.parametrize(
    ("uses", "found"),
    [
        ("docker/setup-buildx-action@v3", True),
        ("docker/setup-buildx-action@master", True),
        (f"docker/setup-buildx-action@{SHA[:12]}", True),
        ("docker://alpine:3.20", True),
        (f"docker/setup-buildx-action@{SHA}", False),
        ("actions/setup-python@v5", False),
        ("github/codeql-action/init@v3", False),
        ("./.github/actions/x", False),
        ("docker://alpine@sha256:" + "a" * 64, False),
    ],
)
def test_pins(uses: str, found: bool) -> None:
    assert findings(workflow(f"uses: {uses}")) == ([("actions-are-pinned", 7)] if found else [])


CHECKOUT = "uses: actions/checkout@v4\n        with: {{persist-credentials: false, {}}}"
HEAD = "ref: '${{ github.event.pull_request.head.sha }}'"
FOREIGN = "foreign-code-gets-no-secrets"


@pytest.mark.parametrize(
    ("step", "on"),
    [
        (CHECKOUT.format(HEAD), "pull_request_target"),
        (CHECKOUT.format(HEAD), "[push, pull_request_target]"),
        (CHECKOUT.format(HEAD), "{pull_request_target: {types: [opened]}}"),
        (CHECKOUT.format("ref: '${{ github.head_ref }}'"), "pull_request_target"),
        (CHECKOUT.format("ref: 'refs/pull/${{ github.event.number }}/merge'"), "issue_comment"),
        (
            CHECKOUT.format("repository: '${{ github.event.pull_request.head.repo.full_name }}'"),
            "pull_request_target",
        ),
        (
            CHECKOUT.format("ref: '${{ github.event.workflow_run.head_sha }}'"),
            "{workflow_run: {workflows: [a]}}",
        ),
        (run("gh pr checkout 1"), "issue_comment"),
        (run("git fetch origin pull/12/head"), "pull_request_target"),
    ],
)
def test_foreign_code(step: str, on: str) -> None:
    assert findings(workflow(step, on)) == [(FOREIGN, 7)]


@pytest.mark.parametrize(
    ("step", "on", "job"),
    [
        (CHECKOUT.format(HEAD), "pull_request", ""),
        (CHECKOUT.format("fetch-depth: 0"), "pull_request_target", ""),
        (CHECKOUT.format("ref: main"), "pull_request_target", ""),
        (
            CHECKOUT.format(HEAD),
            "pull_request_target",
            "    if: github.event.pull_request.head.repo.full_name == github.repository\n",
        ),
        (run("git fetch origin main"), "pull_request_target", ""),
    ],
)
def test_no_foreign_code(step: str, on: str, job: str) -> None:
    assert findings(workflow(step, on, job)) == []


def test_permissions() -> None:
    text = workflow(run("make"))
    stated = "permissions: {contents: read}\n"
    assert findings(text.replace(stated, "")) == [("permissions-are-stated", 3)]
    wide = text.replace(stated, "permissions: write-all\n")
    assert findings(wide) == [("permissions-are-narrow", 2)]
    assert findings(text.replace(stated, "permissions: {}\n")) == []
    assert findings(text.replace(stated, "permissions: read-all\n")) == []
    own = workflow(run("make"), job="    permissions: {contents: write}\n")
    assert findings(own.replace(stated, "")) == []


def test_secrets_in_commands() -> None:
    script = run("curl --user ${{ secrets.TOKEN }} https://x.example")
    assert findings(workflow(script)) == [("secrets-stay-out-of-commands", 7)]
    env = "\n        env: {TOKEN: '${{ secrets.TOKEN }}'}"
    assert findings(workflow(run('curl --user "$TOKEN" https://x.example', env))) == []
    asked = run("make X=${{ secrets.TOKEN != '' }}")
    assert findings(workflow(asked)) == []


@pytest.mark.parametrize("expression", ["toJSON(secrets)", "secrets[matrix.name]", "secrets.*"])
def test_all_secrets(expression: str) -> None:
    env = f'\n        env: {{ALL: "${{{{ join({expression}) }}}}"}}'
    assert findings(workflow(run("make", env))) == [("secrets-are-taken-one-by-one", 8)]


def test_inherited_secrets() -> None:
    text = (
        "on: push\npermissions: {contents: read}\njobs:\n  a:\n"
        "    uses: ./.github/workflows/b.yml\n    secrets: inherit\n"
    )
    called = (
        "on: workflow_call\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps: [run: a]\n"
    )
    files = {".github/workflows/a.yml": text, ".github/workflows/b.yml": called}
    found = parse(files).found("secrets-are-not-inherited")
    assert [one.line for one in found] == [6]


@pytest.mark.parametrize(
    ("step", "job", "line"),
    [
        (
            run("make"),
            "    container: {image: 'a:1', credentials: {username: a, password: b}}\n",
            6,
        ),
        (run("make"), "    env: {API_TOKEN: abcdef123}\n", 6),
        (run("make", "\n        env: {DB_PASSWORD: hunter22}"), "", 8),
        (
            f"uses: docker/login-action@{SHA}\n        with: {{username: a, password: hunter22}}",
            "",
            8,
        ),
        (
            "uses: actions/github-script@v7\n        with: {script: a, github-token: abcdef123}",
            "",
            8,
        ),
    ],
)
def test_written_credentials(step: str, job: str, line: int) -> None:
    assert findings(workflow(step, job=job)) == [("credentials-are-secrets", line)]


@pytest.mark.parametrize(
    ("step", "job"),
    [
        (
            run("make"),
            "    container: {image: 'a:1', credentials: "
            "{username: a, password: '${{ secrets.P }}'}}\n",
        ),
        (run("make"), "    env: {API_TOKEN: '${{ secrets.T }}', TOKEN_FILE: /run/t}\n"),
        (run("make", "\n        env: {USE_TOKEN: true, PASSWORD: ''}"), ""),
        (
            run("make", "\n        env: {DB_PASSWORD: postgres}"),
            "    services: {db: {image: 'postgres:16', env: {POSTGRES_PASSWORD: postgres}}}\n",
        ),
    ],
)
def test_credentials_from_elsewhere(step: str, job: str) -> None:
    assert findings(workflow(step, job=job)) == []


@pytest.mark.parametrize(
    "token",
    [
        "AKIA" + "A1B2" * 4,
        "ghp_" + "a1B2" * 9,
        "github_pat_" + "a1" * 30,
        "glpat-" + "a1B2" * 5,
        "xoxb-" + "1234567890",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_tokens(token: str) -> None:
    assert findings(workflow(run(f"echo {token}"))) == [("tokens-are-not-in-the-text", 7)]


@pytest.mark.parametrize("text", ["AKIA", "ghp_short", "a PRIVATE KEY", "glpat-x", "xoxb-1"])
def test_no_tokens(text: str) -> None:
    assert findings(workflow(run(f"echo {text}"))) == []


def test_own_runners() -> None:
    text = workflow(run("make"), "pull_request")
    own = text.replace("ubuntu-latest", "[self-hosted, linux]")
    assert findings(own) == [("own-runners-see-no-foreign-code", 5)]
    assert findings(own.replace("pull_request", "push")) == []
    assert findings(text) == []
    matrix = "    strategy: {matrix: {on: [self-hosted, ubuntu-latest]}}\n"
    drawn = workflow(run("make"), "pull_request", matrix)
    drawn = drawn.replace("runs-on: ubuntu-latest", "runs-on: ${{ matrix.on }}")
    assert findings(drawn) == [("own-runners-see-no-foreign-code", 5)]


def test_checkout_credentials() -> None:
    rule = "checkout-keeps-no-credentials"
    assert findings(workflow("uses: actions/checkout@v4")) == [(rule, 7)]
    assert findings(workflow(CHECKOUT.format("lfs: true"))) == []
    pushed = workflow("uses: actions/checkout@v4\n      - run: git push")
    assert findings(pushed) == []


def test_unsecure_commands() -> None:
    rule = "unsecure-commands-stay-off"
    on = "{ACTIONS_ALLOW_UNSECURE_COMMANDS: true}"
    assert findings(workflow(run("make"), job=f"    env: {on}\n")) == [(rule, 6)]
    assert findings(workflow(run("make", f"\n        env: {on}"))) == [(rule, 8)]
    assert findings(workflow(run("make")).replace("jobs:", f"env: {on}\njobs:")) == [(rule, 3)]
    off = on.replace("true", "false")
    assert findings(workflow(run("make"), job=f"    env: {off}\n")) == []


@pytest.mark.parametrize(
    ("image", "found"),
    [
        ("redis", True),
        ("redis:latest", True),
        ("localhost:5000/redis", True),
        ("redis:7.4", False),
        ("redis@sha256:" + "a" * 64, False),
        ("${{ vars.IMAGE }}", False),
    ],
)
def test_images(image: str, found: bool) -> None:
    job = f"    services: {{cache: {{image: {json.dumps(image)}}}}}\n"
    expected = [("images-have-a-version", 6)] if found else []
    assert findings(workflow(run("make"), job=job)) == expected


def test_bots() -> None:
    rule = "bots-are-not-trusted-by-name"
    job = "    if: github.actor == 'dependabot[bot]'\n"
    assert findings(workflow(run("make"), "pull_request_target", job)) == [(rule, 6)]
    assert findings(workflow(run("make"), "pull_request", job)) == []
    assert findings(workflow(run("make"), "pull_request_target", job.replace("==", "!="))) == []


@pytest.mark.parametrize(
    ("path", "untrusted"),
    [
        (("github",), True),
        (("github", "event"), True),
        (("github", "event", "pull_request"), True),
        (("github", "event", "issue", "title"), True),
        (("github", "event", "*", "title"), True),
        (("github", "event", "inputs", "x"), False),
        (("github", "sha"), False),
        (("github", "event", "action"), False),
        (("matrix", "event"), False),
    ],
)
def test_untrusted_paths(path: tuple[str, ...], untrusted: bool) -> None:
    assert is_untrusted(path) is untrusted


@pytest.mark.parametrize(
    "script",
    [
        "curl" + "\n" * 60_000,
        "curl " + "sh -sh " * 9_000,
        "curl " + ". " * 30_000,
        "ghp_" * 16_000,
        "secrets " * 8_000,
        "curl x | " * 7_000 + "bash",
    ],
)
def test_hostile_scripts_are_fast(script: str) -> None:
    model = parse({"ci.yml": workflow(run(script), "pull_request_target")})
    start = time.process_time()
    for one in LANGUAGE.rules:
        if one.stage is Stage.SECURITY:
            list(one.check(model))
    assert time.process_time() - start < 0.3


@pytest.mark.parametrize(
    "text",
    [
        "on: pull_request_target\njobs: 3\n",
        "on: [3, {a: b}]\njobs: {a: {steps: {b: c}}}\n",
        "on: pull_request\njobs: {a: {runs-on: {labels: [self-hosted]}, steps: [3, [], {}]}}\n",
        "on: push\njobs: {a: {steps: [{uses: [a]}, {uses: 3}, {uses: a, with: [b]}, {run: [c]}]}}",
        "on: push\nenv: [a]\njobs: {a: {env: 3, container: [b], services: {c: [d]}, secrets: [e]}}",
        "on: push\njobs: {a: {uses: x, steps: [{uses: 'actions/checkout@v4', with: {3: [a]}}]}}\n",
        "on: push\njobs: {a: {steps: [{env: {TOKEN: [a], 3: b}, if: [], run: '${{ env.a[0] }}'}]}}",
    ],
)
def test_odd_trees_break_nothing(text: str) -> None:
    verdict = check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})
    assert verdict.unscored == ""
