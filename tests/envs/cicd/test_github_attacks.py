"""Attacks on the requirements about GitHub workflows, and answers that must not be refused.

The key of each case says what the workflow does, or why it does not do what was asked.
"""

import json

import pytest

from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_matrix as matrices
from envs.cicd.requirements import github_order as order
from envs.cicd.requirements import github_setup as tools
from envs.cicd.requirements import github_steps as steps
from envs.cicd.requirements import github_triggers as triggers
from iac_gym.check import RequirementType
from iac_gym.languages.github_actions import LANGUAGE
from iac_gym.verifier import check_files

PATH = ".github/workflows/ci.yml"
TYPES = {
    one.name: one
    for module in (jobs, matrices, order, steps, triggers, tools)
    for one in vars(module).values()
    if isinstance(one, RequirementType)
}


def wf(*own, on="push", top=None, **job):
    """Write a workflow of one job `t` with these steps; a text is a command."""
    made = [{"run": one} if isinstance(one, str) else one for one in own]
    given = {name.rstrip("_").replace("_", "-"): value for name, value in job.items()}
    return many(t={"runs-on": "ubuntu-latest", "steps": made, **given}, on=on, top=top)


def many(on="push", top=None, **made):
    """Write a workflow of several jobs."""
    return json.dumps({"on": on, **(top or {}), "jobs": made}, indent=1)


def job(*own, **more):
    """Return a job with these steps; a text is a command."""
    made = [{"run": one} if isinstance(one, str) else one for one in own] or [{"run": "make"}]
    given = {name.rstrip("_").replace("_", "-"): value for name, value in more.items()}
    return {"runs-on": "ubuntu-latest", "steps": made, **given}


def run(text, **more):
    """Return a step that runs a command."""
    return {"run": text, **{name.rstrip("_").replace("_", "-"): v for name, v in more.items()}}


def use(action, condition=None, **inputs):
    """Return a step that uses an action."""
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    step = {"uses": action, **({"with": given} if given else {})}
    return {**step, "if": condition} if condition else step


def findings(asked, text):
    """Return what a requirement finds in a workflow."""
    model = LANGUAGE.parse({PATH: text})
    return list(TYPES[asked.name].check(model, **asked.args))


PYTEST = steps.workflow_runs(job="t", command="pytest -q tests")
SECRET = steps.workflow_command_secret(job="t", command="make", variable="K", secret="TOKEN")
ONE = steps.workflow_command_variable(job="t", command="make", variable="K", value="1")
IN_A = steps.workflow_runs_in(job="t", command="make", folder="services/a")
CO = "actions/checkout@v4"
HISTORY = steps.workflow_full_history(job="t")
BEFORE = steps.workflow_checkout_before(job="t", command="make")
PUSH = triggers.workflow_push_branch(branch="main")
MAIN = {"push": {"branches": ["main"]}}
REQUESTS = {"pull_request": None}
NEWEST = jobs.workflow_newest_run_wins()
LIMITED = jobs.workflow_token_limited(permissions=["contents: read"])
PY = tools.workflow_tool(job="t", tool="Python", version="3.12")
SETUP = "actions/setup-python@v5"
OUT = order.workflow_job_output(job="t", output="rev")
TAGS = order.workflow_job_only_for_tags(job="t")
READS = order.workflow_job_reads(job="t", other="a", output="rev")
SETS = {"id": "s", "run": 'echo "rev=1" >> "$GITHUB_OUTPUT"'}
REV = {"rev": "${{ steps.s.outputs.rev }}"}
OUTPUT = order.workflow_job_if_output(job="t", other="a", output="rev", value="true")
NPM = tools.workflow_npm_registry(job="t", url="https://npm.example.com")


def newest(group, cancel=True, on="push", **more):
    """Write a workflow with a concurrency group at the top."""
    return wf("make", on=on, top={"concurrency": {"group": group, "cancel-in-progress": cancel}})


REFUSED = {
    "command -v only looks for the program": (PYTEST, wf("command -v pytest -q tests")),
    "a background command fails unseen": (PYTEST, wf("pytest -q tests &\nmake")),
    "a turned status fails unseen": (PYTEST, wf("! pytest -q tests\nmake")),
    "exit 0 forgives the failure": (PYTEST, wf("pytest -q tests || exit 0")),
    "pipefail is switched off again": (
        PYTEST, wf(run("set +o pipefail\npytest -q tests | tee log", shell="bash"))),
    "set +o pipefail is no pipefail": (PYTEST, wf("set +o pipefail\npytest -q tests | tee log")),
    "pipefail comes too late": (PYTEST, wf("pytest -q tests | tee log\nset -o pipefail")),
    "the loop runs over nothing": (PYTEST, wf("for x in; do pytest -q tests; done")),
    "exec replaces the shell before": (PYTEST, wf("exec true\npytest -q tests")),
    "a function takes the place of the command": (
        PYTEST, wf("pytest() { true; }\npytest -q tests")),
    "an alias takes the place of the command": (PYTEST, wf("alias pytest=true\npytest -q tests")),
    "a trap makes the failure a success": (PYTEST, wf("trap 'exit 0' EXIT\npytest -q tests")),
    "the shell only reads the commands": (PYTEST, wf("set -n\npytest -q tests")),
    "the shell is told to only read": (PYTEST, wf(run("pytest -q tests", shell="bash -n {0}"))),
    "the shell is no shell": (PYTEST, wf(run("pytest -q tests", shell="echo {0}"))),
    "a step for another matrix value": (
        PYTEST, wf(run("pytest -q tests", if_="matrix.v == 3"),
                   strategy={"matrix": {"v": [1, 2]}})),
    "the condition asks for a branch that starts nothing": (
        PYTEST, wf("pytest -q tests", on=MAIN, if_="github.ref == 'refs/heads/dev'")),
    "the condition asks for a base that starts nothing": (
        PYTEST, wf("pytest -q tests", on={"pull_request": {"branches": ["main"]}},
                   if_="github.base_ref == 'dev'")),
    "the condition asks for an activity that starts nothing": (
        PYTEST, wf("pytest -q tests", on={"pull_request": {"types": ["opened"]}},
                   if_="github.event.action == 'closed'")),
    "the condition asks for tags, but branches start it": (
        PYTEST, wf("pytest -q tests", on=MAIN, if_="github.ref_type == 'tag'")),
    "the matrix is empty": (
        PYTEST, wf("pytest -q tests",
                   strategy={"matrix": {"v": [1], "exclude": [{"v": 1}]}})),
    "the subshell keeps its folder to itself": (IN_A, wf("(cd services/a)\nmake")),
    "the command sets the variable to something else": (
        SECRET, wf("K=x make", env={"K": "${{ secrets.TOKEN }}"})),
    "the script exports something else": (ONE, wf("export K=2\nmake", env={"K": "1"})),
    "only a cloned other repository has its history": (
        HISTORY, wf(use(CO), use(CO, repository="a/b", path="b", fetch_depth=0))),
    "the checkout lies in another folder": (BEFORE, wf(use(CO, path="elsewhere"), "make")),
    "another repository has the submodules": (
        steps.workflow_submodules(job="t"),
        wf(use(CO), use(CO, repository="a/b", path="b", submodules="recursive"))),
    "another repository has the large files": (
        steps.workflow_large_files(job="t"),
        wf(use(CO), use(CO, repository="a/b", path="b", lfs=True))),
    "another repository is at the ref": (
        steps.workflow_checkout_ref(job="t", ref="dev"),
        wf(use(CO), use(CO, repository="a/b", path="b", ref="dev"))),
    "a caret allows newer versions": (PY, wf(use(SETUP, python_version="^3.12"), "make")),
    "a tilde allows newer patches": (
        tools.workflow_tool(job="t", tool="Terraform", version="1.9.8"),
        wf({"uses": "hashicorp/setup-terraform@v3", "with": {"terraform_version": "~1.9.8"}})),
    "the tool comes after all commands": (PY, wf("make", use(SETUP, python_version="3.12"))),
    "no job follows the event": (
        PUSH, wf("make", on={**MAIN, "workflow_dispatch": None},
                 if_="github.event_name == 'workflow_dispatch'")),
    "runs of one branch alone are followed": (
        triggers.workflow_after_workflow(workflow="CI"),
        wf("make", on={"workflow_run": {"workflows": ["CI"], "types": ["completed"],
                                        "branches": ["x"]}})),
    "the activity counts for one branch alone": (
        triggers.workflow_on_activity(event="pull_request_target", types=["opened"]),
        wf("make", on={"pull_request_target": {"types": ["opened"], "branches": ["x"]}})),
    "the group is a plain text": (NEWEST, newest("github.ref")),
    "the group is a quoted text": (NEWEST, newest("${{ 'github.ref' }}")),
    "every run has its own group": (NEWEST, newest("${{ github.ref }}-${{ github.run_id }}")),
    "pushes have their own group each": (
        NEWEST, newest("${{ github.head_ref || github.run_id }}", on=["push", "pull_request"])),
    "the jobs of one run cancel each other": (
        NEWEST, many(t=job(concurrency={"group": "${{ github.ref }}", "cancel-in-progress": True}),
                     a=job(concurrency={"group": "${{ github.ref }}",
                                        "cancel-in-progress": True}))),
    "the jobs of the matrix cancel each other": (
        NEWEST, wf("make", strategy={"matrix": {"v": [1, 2]}},
                   concurrency={"group": "${{ github.ref }}", "cancel-in-progress": True})),
    "a job takes all permissions": (
        LIMITED, wf("make", top={"permissions": {"contents": "read"}}, permissions="write-all")),
    "the top grants all to the other job": (
        LIMITED, many(t=job(permissions={"contents": "read"}), a=job(),
                      top={"permissions": "write-all"})),
    "a runner of one's own with that label": (
        jobs.workflow_job_runner(job="t", runner="ubuntu-22.04"),
        wf("make", runs_on=["self-hosted", "ubuntu-22.04"])),
    "the output is a constant": (OUT, wf("make", outputs={"rev": "1"})),
    "the output is written nowhere": (
        OUT, wf({"id": "s", "run": 'echo rev=1\necho "x=1" >> $GITHUB_OUTPUT'}, outputs=REV)),
    "the output goes to the environment": (
        OUT, wf({"id": "s", "run": 'echo rev=1 >> $GITHUB_ENV'}, outputs=REV)),
    "the output of another name is read": (
        READS, many(a=job(SETS, {"id": "r", "run": 'echo "revision=1" >> "$GITHUB_OUTPUT"'},
                          outputs={**REV, "revision": "${{ steps.r.outputs.revision }}"}),
                    t=job("./x.sh ${{ needs.a.outputs.revision }}", needs="a"))),
    "one tag alone gets through": (
        TAGS, wf("make", on={"push": {"tags": ["v*"]}}, if_="github.ref == 'refs/tags/v1'")),
    "the failure of another job starts it too": (
        order.workflow_job_on_failure(job="t", other="a"),
        many(a=job(), b=job(), t=job(needs=["a", "b"], if_="failure()"))),
    "anything but an empty output is enough": (
        OUTPUT, many(a=job(SETS, outputs=REV), t=job(needs="a", if_="needs.a.outputs.rev"))),
    "a dead step sets npm up": (
        NPM, wf({**use("actions/setup-node@v4", "false", registry_url="https://npm.example.com")})),
    "the job may fail unseen": (
        steps.workflow_command_always(job="t", command="make logs"),
        wf(run("make logs", if_="always()"), continue_on_error=True)),
}  # fmt: skip

OSES = {"matrix": {"c": [{"os": "ubuntu-22.04", "py": "3.11"}, {"os": "macos-14", "py": "3.12"}]}}
NESTED = {"runs_on": "${{ matrix.c.os }}", "strategy": OSES}
LISTED = {"matrix": {"v": '${{ fromJSON(\'["3.11","3.12"]\') }}'}}
BOTH_PY = matrices.workflow_job_versions(job="t", tool="Python", versions=["3.11", "3.12"])

ACCEPTED = {
    "strict mode in the script": (PYTEST, wf("set -euo pipefail\npytest -q tests | tee log")),
    "a failure leads to a message and to the end": (
        PYTEST, wf("pytest -q tests || { echo broken; exit 1; }")),
    "uv runs it as locked": (PYTEST, wf("uv run --frozen pytest -q tests")),
    "the time is taken": (PYTEST, wf("time pytest -q tests")),
    "a subshell": (PYTEST, wf("(pytest -q tests)")),
    "a step that all runs take": (
        PYTEST, wf(run("pytest -q tests", if_="github.ref == 'refs/heads/main'"), on=MAIN)),
    "a step for tags where only tags start it": (
        PYTEST, wf(run("pytest -q tests", if_="startsWith(github.ref, 'refs/tags/')"),
                   on={"push": {"tags": ["v*"]}})),
    "a job for one repository": (PYTEST, wf("pytest -q tests", if_="github.repository == 'a/b'")),
    "a job without drafts": (
        PYTEST, wf("pytest -q tests", on="pull_request",
                   if_="!github.event.pull_request.draft")),
    "a job of a followed run that went well": (
        PYTEST, wf("pytest -q tests", on={"workflow_run": {"workflows": ["CI"],
                                                           "types": ["completed"]}},
                   if_="github.event.workflow_run.conclusion == 'success'")),
    "a login shell that stops at failures": (
        PYTEST, wf(run("conda list\npytest -q tests", shell="bash -el {0}"))),
    "make goes to the folder": (IN_A, wf("make -C services/a")),
    "npm goes to the folder": (
        steps.workflow_runs_in(job="t", command="npm test", folder="web"),
        wf("npm --prefix web test")),
    "cd from the workspace": (IN_A, wf('cd "$GITHUB_WORKSPACE/services/a"\nmake')),
    "cd from the workspace, from elsewhere": (
        IN_A, wf(run('cd "${{ github.workspace }}/services/a"\nmake', working_directory="x"))),
    "a subshell in the folder": (IN_A, wf("(cd services/a && make)")),
    "an input of the event": (
        steps.workflow_runs(job="t", command="./x.sh ${{ inputs.env }}"),
        wf("./x.sh ${{ github.event.inputs.env }}",
           on={"workflow_dispatch": {"inputs": {"env": {"type": "string"}}}})),
    "an input in a variable": (
        steps.workflow_runs(job="t", command="./x.sh ${{ inputs.env }}"),
        wf(run('./x.sh "$WHERE"', env={"WHERE": "${{ inputs.env }}"}),
           on={"workflow_dispatch": {"inputs": {"env": {"type": "string"}}}})),
    "a secret by index": (SECRET, wf("make", env={"K": "${{ secrets['TOKEN'] }}"})),
    "a variable before the command": (ONE, wf("K=1 make")),
    "an exported variable": (ONE, wf("export K=1\nmake")),
    "a secret before the command": (SECRET, wf("K=${{ secrets.TOKEN }} make")),
    "a quoted secret before the command": (SECRET, wf('K="${{ secrets.TOKEN }}" make')),
    "the checkout names its own repository": (
        BEFORE, wf(use(CO, repository="${{ github.repository }}"), "make")),
    "the command runs in the folder of the checkout": (
        BEFORE, wf(use(CO, path="src"), run("make", working_directory="src"))),
    "the history is fetched by git": (HISTORY, wf(use(CO), "git fetch --unshallow --tags")),
    "the history of the fork of a pull request": (
        HISTORY, wf(use(CO, fetch_depth=0, ref="${{ github.event.pull_request.head.sha }}",
                        repository="${{ github.event.pull_request.head.repo.full_name }}"),
                    on="pull_request")),
    "submodules by git": (
        steps.workflow_submodules(job="t"),
        wf(use(CO), "git submodule update --init --recursive")),
    "Git LFS by git": (steps.workflow_large_files(job="t"), wf(use(CO), "git lfs pull")),
    "an action at a commit": (
        HISTORY, wf(use("actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683",
                        fetch_depth=0))),
    "Python from the container": (PY, wf("make", container="python:3.12-slim")),
    "Python from the image of a container": (PY, wf("make", container={"image": "python:3.12"})),
    "Pythons from containers": (
        BOTH_PY, wf("make", container="python:${{ matrix.v }}-slim",
                    strategy={"matrix": {"v": ["3.11", "3.12"]}})),
    "Pythons in a matrix of maps": (
        BOTH_PY, wf(use(SETUP, python_version="${{ matrix.c.py }}"), "make", **NESTED)),
    "Pythons in a list as JSON": (
        BOTH_PY, wf(use(SETUP, python_version="${{ matrix.v }}"), "make", strategy=LISTED)),
    "pairs in a matrix of maps": (
        matrices.workflow_job_leaves_out(
            job="t", tool="Python", version="3.12", runner="ubuntu-22.04"),
        wf(use(SETUP, python_version="${{ matrix.c.py }}"), "make", **NESTED)),
    "an extra pair in a matrix of maps": (
        matrices.workflow_job_extra_pair(
            job="t", tool="Python", version="3.12", runner="macos-14"),
        wf(use(SETUP, python_version="${{ matrix.c.py }}"), "make", **NESTED)),
    "a command for one system in a matrix of maps": (
        steps.workflow_command_only_on(job="t", command="make cov", runner="macos-14"),
        wf(run("make cov", if_="matrix.c.os == 'macos-14'"), **NESTED)),
    "a command for one version in a matrix of maps": (
        steps.workflow_command_only_with(
            job="t", command="make cov", tool="Python", version="3.12"),
        wf(use(SETUP, python_version="${{ matrix.c.py }}"),
           run("make cov", if_="matrix.c.py == '3.12'"), **NESTED)),
    "a pair from a condition": (
        matrices.workflow_job_extra_pair(
            job="t", tool="Python", version="3.11", runner="ubuntu-22.04"),
        wf(use(SETUP, python_version="${{ matrix.v }}"),
           runs_on="${{ matrix.v == '3.11' && 'ubuntu-22.04' || 'ubuntu-24.04' }}",
           strategy={"matrix": {"v": ["3.11", "3.12"]}})),
    "the newest run of pull requests": (
        NEWEST, newest("x-${{ github.head_ref || github.run_id }}", on="pull_request")),
    "the newest run by number or ref": (
        NEWEST, newest("${{ github.event.pull_request.number || github.ref }}",
                       on=["push", "pull_request"])),
    "the newest run of each job of the matrix": (
        NEWEST, wf("make", strategy={"matrix": {"v": [1, 2]}},
                   concurrency={"group": "${{ github.ref }}-${{ matrix.v }}",
                                "cancel-in-progress": True})),
    "the newest run of the branch that was followed": (
        NEWEST, newest("${{ github.event.workflow_run.head_branch }}",
                       on={"workflow_run": {"workflows": ["CI"], "types": ["completed"]}})),
    "runs wait, said by an expression": (
        jobs.workflow_queue(group="g"), newest("g", "${{ false }}")),
    "runs wait, the group as text": (
        jobs.workflow_queue(group="g"), wf("make", top={"concurrency": "g"})),
    "runs wait in their only job": (jobs.workflow_queue(group="g"), wf("make", concurrency="g")),
    "the runner from a variable of the matrix": (
        jobs.workflow_job_runner(job="t", runner="ubuntu-22.04"),
        wf("make", runs_on={"labels": "ubuntu-22.04"})),
    "a runner of one's own": (
        jobs.workflow_job_runner(job="t", runner="gpu"),
        wf("make", runs_on=["self-hosted", "gpu"])),
    "all jobs say what they may": (
        LIMITED, many(t=job(permissions={"contents": "read"}),
                      a=job(permissions={"contents": "read", "packages": "write"}))),
    "a job may do more": (
        LIMITED, wf("make", top={"permissions": {"contents": "read"}},
                    permissions={"contents": "write"})),
    "the output with a fallback": (
        OUT, wf(SETS, outputs={"rev": "${{ steps.s.outputs.rev || 'none' }}"})),
    "the output by tee": (
        OUT, wf({"id": "s", "run": 'echo "rev=$(git describe)" | tee -a "$GITHUB_OUTPUT"'},
                outputs=REV)),
    "the output from a group of commands": (
        OUT, wf({"id": "s", "run": '{\n echo "x=1"\n echo "rev=1"\n} >> "$GITHUB_OUTPUT"'},
                outputs=REV)),
    "the output from a here document": (
        OUT, wf({"id": "s", "run": "cat <<EOF >> $GITHUB_OUTPUT\nrev=1\nEOF"}, outputs=REV)),
    "the output in many lines": (
        OUT, wf({"id": "s", "run": '{ echo "rev<<EOF"; cat f; echo EOF; } >> $GITHUB_OUTPUT'},
                outputs=REV)),
    "the output by printf": (
        OUT, wf({"id": "s", "run": "printf 'rev=%s\\n' \"$(cat VERSION)\" >> \"$GITHUB_OUTPUT\""},
                outputs=REV)),
    "the output by Python": (
        OUT, wf({"id": "s", "shell": "python", "run":
                 'import os\nwith open(os.environ["GITHUB_OUTPUT"], "a") as f:\n'
                 '    print("rev=1", file=f)'}, outputs=REV)),
    "the output by index": (OUT, wf(SETS, outputs={"rev": "${{ steps['s'].outputs['rev'] }}"})),
    "the output in a variable of the step": (
        READS, many(a=job(SETS, outputs=REV),
                    t=job(run("./deploy.sh", env={"V": "${{ needs.a.outputs.rev }}"}), needs="a"))),
    "the output in an expression": (
        READS, many(a=job(SETS, outputs=REV),
                    t=job("./deploy.sh ${{ needs.a.outputs.rev || 'x' }}", needs="a"))),
    "the output as JSON": (
        OUTPUT, many(a=job(SETS, outputs=REV),
                     t=job(needs="a", if_="fromJSON(needs.a.outputs.rev)"))),
    "the output in a condition with the success": (
        OUTPUT, many(a=job(SETS, outputs=REV),
                     t=job(needs="a", if_="success() && needs.a.outputs.rev == 'true'"))),
    "after a failure, of one of several": (
        order.workflow_job_on_failure(job="t", other="a"),
        many(a=job(needs="b"), b=job(),
             t=job(needs=["a", "b"], if_="always() && needs.a.result == 'failure'"))),
    "after any failure of what is needed": (
        order.workflow_job_on_failure(job="t", other="a"),
        many(a=job(), t=job(needs=["a"], if_="always() && contains(needs.*.result, 'failure')"))),
    "in any case but a cancellation": (
        order.workflow_job_always(job="t", other="a"),
        many(a=job(), t=job(needs=["a"], if_="${{ !cancelled() }}"))),
    "only on main, by the name of the ref": (
        order.workflow_job_only_on(job="t", branch="main"),
        wf("make", on=["push", "pull_request"],
           if_="github.event_name == 'push' && github.ref_name == 'main'")),
    "only on main, by the default branch": (
        order.workflow_job_only_on(job="t", branch="main"),
        wf("make", on={**MAIN, **REQUESTS}, if_="github.ref == 'refs/heads/main'")),
    "only on main, by contains": (
        order.workflow_job_only_on(job="t", branch="main"),
        wf("make", on={**MAIN, **REQUESTS},
           if_="contains(fromJSON('[\"refs/heads/main\"]'), github.ref)")),
    "only for tags, by contains": (
        TAGS, wf("make", on={"push": {"branches": ["main"], "tags": ["v*"]}},
                 if_="contains(github.ref, 'refs/tags/')")),
    "only for tags, by the type": (
        TAGS, wf("make", on={"push": {"branches": ["main"], "tags": ["v[0-9]*"]}},
                 if_="github.ref_type == 'tag'")),
    "npm is told of its registry by a variable": (
        NPM, wf("npm ci", env={"NPM_CONFIG_REGISTRY": "https://npm.example.com"})),
    "npm is told of its registry by a command": (
        NPM, wf("npm config set registry https://npm.example.com/", "npm ci")),
    "an environment as a map with a matrix": (
        jobs.workflow_job_environment(job="t", environment="prod"),
        wf("make", environment={"name": "${{ matrix.e }}"}, strategy={"matrix": {"e": ["prod"]}})),
    "cleaning up may fail": (
        steps.workflow_command_always(job="t", command="make logs"),
        wf("make", run("make logs", if_="${{ success() || failure() }}"))),
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSED)
def test_what_does_not_happen_is_refused(reason):
    """A workflow that looks right and does something else has a finding."""
    asked, text = REFUSED[reason]
    assert findings(asked, text), text


@pytest.mark.parametrize("reason", ACCEPTED)
def test_what_happens_in_other_words_is_accepted(reason):
    """A workflow that does what was asked has no finding, and the service accepts it."""
    asked, text = ACCEPTED[reason]
    assert not findings(asked, text), text
    verdict = check_files({PATH: text}, {PATH: LANGUAGE.name})
    assert verdict.valid, verdict.diagnostics
