"""Requirements about GitHub workflows: what runs, when, in which order. Right and nearly right."""

import json

import pytest

from envs.cicd.requirements import github_inputs as fields
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
MODULES = (fields, jobs, matrices, order, steps, triggers)
TYPES = {
    one.name: one
    for module in (*MODULES, tools)
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
    named = {name.replace("_", "-"): one for name, one in made.items()}
    return json.dumps({"on": on, **(top or {}), "jobs": named}, indent=1)


def simple(**more):
    """Return a job with one command."""
    given = {name.rstrip("_").replace("_", "-"): value for name, value in more.items()}
    return {"runs-on": "ubuntu-latest", "steps": [{"run": "make"}], **given}


def findings(asked, text):
    """Return what a requirement finds in a workflow."""
    model = LANGUAGE.parse({PATH: text})
    return list(TYPES[asked.name].check(model, **asked.args))


def run(text, **more):
    """Return a step that runs a command."""
    return {"run": text, **{name.rstrip("_").replace("_", "-"): v for name, v in more.items()}}


def use(action, condition=None, **inputs):
    """Return a step that uses an action."""
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    step = {"uses": action, **({"with": given} if given else {})}
    return {**step, "if": condition} if condition else step


PYTEST = steps.workflow_runs(job="t", command="pytest -q tests")
MAIN_PUSH = triggers.workflow_push_branch(branch="main")
BOTH = {"push": {"branches": ["main"]}, "pull_request": {"branches": ["main"]}}
MAKES_V = simple(outputs={"v": "${{ steps.s.outputs.v }}"}, steps=[{**use("x/y@v1"), "id": "s"}])
OSES = {"matrix": {"os": ["ubuntu-22.04", "windows-2022"], "v": ["3.11", "3.12"]}}
PY = use("actions/setup-python@v5", python_version="${{ matrix.v }}")

#: (requirement, texts that meet it, texts that do not)
CASES = [
    (PYTEST,
     [wf("pytest -q tests"), wf("python -m pytest -q tests"), wf("pip install x\npytest -q tests"),
      wf(run("pytest -q $WHERE", env={"WHERE": "tests"})), wf("set -e; pytest -q tests"),
      wf("pytest -q ${WHERE}", env={"WHERE": "tests"}), wf("sudo pytest -q tests"),
      wf("pip install x && pytest -q tests"), wf(run("pytest -q tests", if_="success()")),
      wf(run("pytest -q tests", if_="always()")), wf("cd app\npytest -q tests"),
      wf(run("pytest -q tests", if_="github.event_name == 'push'")),
      wf(run("pytest -q tests | tee log", shell="bash")), wf("poetry run pytest -q tests"),
      wf("set -o pipefail\npytest -q tests | tee log"), wf("pytest \\\n  -q tests"),
      wf(run("pytest -q tests", continue_on_error=False)), wf("pytest -q tests || exit 1")],
     [wf("echo pytest -q tests"), wf("# pytest -q tests\nmake"), wf("pytest -q tests || true"),
      wf(run("make", env={"C": "pytest -q tests"})), wf(run("pytest -q tests", if_="false")),
      wf(run("pytest -q tests", if_="${{ false }}")), wf("echo 'pytest -q tests'"),
      wf(run("pytest -q tests", continue_on_error=True)), wf("make", name="pytest -q tests"),
      wf("pytest -q tests", if_="false"), wf("if [ -d x ]; then pytest -q tests; fi"),
      wf("pytest -q tests", continue_on_error=True), wf("pytest -q tests | tee log"),
      wf(run("pytest -q tests", if_="github.event_name == 'schedule'")), wf("pytest -q test"),
      wf("pytest -q tests", if_="github.event_name == 'schedule'"), wf("pytest tests"),
      wf(run("pytest -q tests", if_="failure()")), wf("exit 0\npytest -q tests"),
      wf("set +e\npytest -q tests\ntrue"), wf(run("pytest -q tests", shell="python")),
      wf(run("make", name="pytest -q tests")), wf("false && pytest -q tests"),
      wf("cat <<EOF\npytest -q tests\nEOF"), wf("f() {\n  pytest -q tests\n}"),
      many(other=simple(steps=[{"run": "pytest -q tests"}])),
      many(t=simple(steps=[run("pytest -q tests")], needs="a"), a=simple(if_="false")),
      many(t=simple(steps=[run("pytest -q tests")], needs="a",
                    if_="github.event_name == 'push'"),
           a=simple(if_="github.event_name == 'pull_request'"), on=BOTH)]),
    (steps.workflow_runs(job="t", command="./x.sh ${{ github.sha }}"),
     [wf("./x.sh ${{github.sha}}"), wf("./x.sh $GITHUB_SHA"), wf('./x.sh "${{ github.sha }}"'),
      wf(run('./x.sh "$S"', env={"S": "${{ github.sha }}"})), wf("bash x.sh ${{ github.sha }}"),
      wf("./x.sh ${{ env.S }}", env={"S": "${{ github.sha }}"})],
     [wf("./x.sh ${{ github.ref }}"), wf("./x.sh '$GITHUB_SHA'x"), wf("./x.sh github.sha"),
      wf("./x.sh")]),
    (steps.workflow_runs_in(job="t", command="make", folder="services/a"),
     [wf(run("make", working_directory="services/a")), wf("cd services/a\nmake"),
      wf("cd services/a && make"),
      wf("make", defaults={"run": {"working-directory": "services/a"}}),
      wf("make", top={"defaults": {"run": {"working-directory": "./services/a/"}}}),
      wf(run("cd a; make", working_directory="services"))],
     [wf("make"), wf(run("make", working_directory="services/b")), wf("make\ncd services/a"),
      wf(run("ls", working_directory="services/a"), "make"), wf("cd services/a", "make")]),
    (steps.workflow_runs_after(job="t", command="make b", earlier="make a"),
     [wf("make a", "make b"), wf("make a\nmake b"), wf("make a && make b"), wf("make a; make b")],
     [wf("make b", "make a"), wf("make b\nmake a"), wf("make b"), wf("echo make a", "make b")]),
    (steps.workflow_command_secret(job="t", command="make", variable="K", secret="TOKEN"),
     [wf(run("make", env={"K": "${{ secrets.TOKEN }}"})),
      wf("make", env={"K": "${{secrets.TOKEN}}"}),
      wf("make", top={"env": {"K": "${{ secrets.token }}"}})],
     [wf(run("make", env={"K": "TOKEN"})), wf("make", env={"K": "${{ vars.TOKEN }}"}), wf("make"),
      wf(run("make", env={"K": "x"}), env={"K": "${{ secrets.TOKEN }}"}),
      wf(run("ls", env={"K": "${{ secrets.TOKEN }}"}), "make")]),
    (steps.workflow_command_variable(job="t", command="make", variable="K", value="1"),
     [wf(run("make", env={"K": "1"})), wf("make", env={"K": 1}), wf("make", top={"env": {"K": 1}})],
     [wf("make"), wf("make", env={"K": 2}), wf(run("ls", env={"K": 1}), "make")]),
    (steps.workflow_command_always(job="t", command="make logs"),
     [wf("make", run("make logs", if_="always()")), wf(run("make logs", if_="${{ always() }}")),
      wf(run("make logs", if_="success() || failure()")), wf(run("make logs", if_="!cancelled()"))],
     [wf("make logs"), wf(run("make logs", if_="failure()")), wf(run("make logs", if_="success()")),
      wf(run("echo make logs", if_="always()")), wf(run("make logs || true", if_="always()"))]),
    (steps.workflow_command_on_failure(job="t", command="make logs"),
     [wf(run("make logs", if_="failure()")), wf(run("make logs", if_="${{ failure() }}")),
      wf(run("make logs", if_="always() && failure()"))],
     [wf(run("make logs", if_="always()")), wf("make logs"), wf(run("make logs", if_="false")),
      wf(run("make logs", if_="cancelled()")), wf(run("make logs", if_="!failure()"))]),
    (steps.workflow_command_only_with(job="t", command="make cov", tool="Python", version="3.12"),
     [wf(PY, run("make cov", if_="matrix.v == '3.12'"), strategy=OSES),
      wf(PY, run("make cov", if_="${{ matrix.v == 3.12 }}"), strategy=OSES),
      wf(PY, run("make cov", if_="matrix.c"),
         strategy={"matrix": {"v": ["3.11", "3.12"], "include": [{"v": "3.12", "c": True}]}})],
     [wf(PY, "make cov", strategy=OSES),
      wf(PY, run("make cov", if_="matrix.v == '3.11'"), strategy=OSES),
      wf(PY, run("make cov", if_="matrix.v != '3.13'"), strategy=OSES),
      wf(PY, run("make cov", if_="false"), strategy=OSES)]),
    (steps.workflow_command_only_on(job="t", command="make cov", runner="windows-2022"),
     [wf(run("make cov", if_="matrix.os == 'windows-2022'"), strategy=OSES,
         runs_on="${{ matrix.os }}"),
      wf(run("make cov", if_="runner.os == 'Windows'"), strategy=OSES, runs_on="${{ matrix.os }}"),
      wf(run("make cov", if_="startsWith(matrix.os, 'windows')"), strategy=OSES,
         runs_on="${{ matrix.os }}")],
     [wf("make cov", strategy=OSES, runs_on="${{ matrix.os }}"),
      wf(run("make cov", if_="runner.os == 'Linux'"), strategy=OSES, runs_on="${{ matrix.os }}"),
      wf(run("make cov", if_="runner.os != 'macOS'"), strategy=OSES, runs_on="${{ matrix.os }}")]),
    (steps.workflow_command_timeout(job="t", command="make", minutes=5),
     [wf(run("make", timeout_minutes=5))],
     [wf("make", timeout_minutes=5), wf(run("make", timeout_minutes=50)),
      wf(run("ls", timeout_minutes=5), "make")]),
    (steps.workflow_command_shell(job="t", command="make", shell="bash"),
     [wf(run("make", shell="bash")), wf("make", defaults={"run": {"shell": "bash"}})],
     [wf("make"), wf(run("make", shell="sh")), wf(run("ls", shell="bash"), "make")]),
    (steps.workflow_checkout_before(job="t", command="make"),
     [wf(use("actions/checkout@v4"), "make"), wf(use("actions/checkout@v6"), "ls", "make"),
      wf(use("actions/checkout@" + "a" * 40), "make")],
     [wf("make", use("actions/checkout@v4")), wf("make"), wf("echo actions/checkout@v4", "make"),
      wf(use("actions/checkout@v4", "false"), "make"),
      wf(use("actions/checkout@v4", repository="a/b"), "make")]),
    (steps.workflow_full_history(job="t"),
     [wf(use("actions/checkout@v4", fetch_depth=0)),
      wf(use("actions/checkout@v4", fetch_depth="0"))],
     [wf(use("actions/checkout@v4")), wf(use("actions/checkout@v4", fetch_depth=1)),
      wf(use("acme/checkout@v4", fetch_depth=0))]),
    (steps.workflow_submodules(job="t"),
     [wf(use("actions/checkout@v4", submodules="recursive"))],
     [wf(use("actions/checkout@v4", submodules=True)), wf(use("actions/checkout@v4"))]),
    (steps.workflow_large_files(job="t"),
     [wf(use("actions/checkout@v4", lfs=True)), wf(use("actions/checkout@v4", lfs="true"))],
     [wf(use("actions/checkout@v4", lfs=False)), wf(use("actions/checkout@v4"))]),
    (steps.workflow_no_credentials(job="t"),
     [wf(use("actions/checkout@v4", persist_credentials=False))],
     [wf(use("actions/checkout@v4")), wf(use("actions/checkout@v4", persist_credentials=True)),
      wf(use("actions/checkout@v4", persist_credentials=False), use("actions/checkout@v4"))]),
    (steps.workflow_checkout_ref(job="t", ref="dev"),
     [wf(use("actions/checkout@v4", ref="dev"))],
     [wf(use("actions/checkout@v4", ref="main")), wf(use("actions/checkout@v4"))]),
    (steps.workflow_checkout_other(job="t", repository="a/b", path="c"),
     [wf(use("actions/checkout@v4"), use("actions/checkout@v4", repository="a/b", path="c")),
      wf(use("actions/checkout@v4", repository="A/B", path="./c/"))],
     [wf(use("actions/checkout@v4", repository="a/b")), wf(use("actions/checkout@v4", path="c"))]),
    (steps.workflow_uses(job="t", action="codecov/codecov-action"),
     [wf(use("codecov/codecov-action@v5")), wf(use("Codecov/codecov-action@v4"))],
     [wf("echo codecov/codecov-action@v5"), wf(use("codecov/codecov-action@v5", "false"))]),
    (steps.workflow_action_input(job="t", action="a/b", input="x", value="1"),
     [wf(use("a/b@v1", x=1)), wf(use("a/b@v1", X="1")),
      wf(use("a/b@v1", x="${{ env.Y }}"), env={"Y": 1})],
     [wf(use("a/b@v1", x=2)), wf(use("a/b@v1")), wf(use("a/c@v1", x=1))]),
    # --- triggers
    (MAIN_PUSH,
     [wf("make", on={"push": {"branches": ["main"]}}),
      wf("make", on={"push": {"branches": "main"}}),
      wf("make", on={"push": {"branches": ["main"], "tags": ["v*"]}}), wf("make", on=BOTH)],
     [wf("make"), wf("make", on=["push"]), wf("make", on={"push": {"branches": ["main", "dev"]}}),
      wf("make", on={"pull_request": {"branches": ["main"]}}), wf("make", on={"push": None}),
      wf("make", on={"push": {"branches": ["main"], "paths": ["src/**"]}}),
      wf("make", on={"push": {"branches-ignore": ["main"]}}), wf("make", on="workflow_dispatch"),
      wf("make", on={"push": {"branches": ["main"]}}, if_="false")]),
    (triggers.workflow_pull_request_branch(branch="main"),
     [wf("make", on={"pull_request": {"branches": ["main"]}}), wf("make", on=BOTH),
      wf("make", on={"pull_request": {"branches": "main", "types": ["opened", "synchronize"]}})],
     [wf("make", on="pull_request"), wf("make", on={"push": {"branches": ["main"]}}),
      wf("make", on={"pull_request": {"branches": ["main"], "types": ["closed"]}}),
      wf("make", on={"pull_request_target": {"branches": ["main"]}})]),
    (triggers.workflow_every_pull_request(),
     [wf("make", on="pull_request"), wf("make", on=["push", "pull_request"]),
      wf("make", on={"pull_request": {}}), wf("make", on={"pull_request": {"branches": ["**"]}})],
     [wf("make"), wf("make", on={"pull_request": {"branches": ["main"]}}),
      wf("make", on={"pull_request": {"types": ["labeled"]}}),
      wf("make", on={"pull_request": {"paths": ["a/**"]}})]),
    (triggers.workflow_push_tags(pattern="v*"),
     [wf("make", on={"push": {"tags": ["v*"]}}), wf("make", on={"push": {"tags": "v*"}})],
     [wf("make"), wf("make", on={"push": {"branches": ["v*"]}}),
      wf("make", on={"push": {"tags": ["v*.*"]}}), wf("make", on="release")]),
    (triggers.workflow_push_paths(branch="main", paths=["a/**", "b/**"]),
     [wf("make", on={"push": {"branches": ["main"], "paths": ["b/**", "a/**"]}})],
     [wf("make", on={"push": {"branches": ["main"], "paths": ["a/**"]}}),
      wf("make", on={"push": {"branches": ["main"]}}), wf("make", on={"push": {"paths": ["a/**"]}}),
      wf("make", on={"push": {"branches": ["main"], "paths-ignore": ["a/**", "b/**"]}})]),
    (triggers.workflow_pull_request_paths(branch="main", paths=["a/**"]),
     [wf("make", on={"pull_request": {"branches": ["main"], "paths": "a/**"}})],
     [wf("make", on={"push": {"branches": ["main"], "paths": ["a/**"]}}), wf("make", on=BOTH)]),
    (triggers.workflow_push_ignoring(branch="main", paths=["docs/**"]),
     [wf("make", on={"push": {"branches": ["main"], "paths-ignore": ["docs/**"]}}),
      wf("make", on={"push": {"branches": ["main"], "paths": ["**", "!docs/**"]}})],
     [wf("make", on={"push": {"branches": ["main"], "paths": ["docs/**"]}}), wf("make", on=BOTH)]),
    (triggers.workflow_schedule(cron="30 */6 * * 1-5"),
     [wf("make", on={"schedule": [{"cron": "30 */6 * * 1-5"}]}),
      wf("make", on={"schedule": [{"cron": "30 0,6,12,18 * * MON-FRI"}]}),
      wf("make", on={"schedule": [{"cron": "0 0 * * *"}, {"cron": "30  0-23/6 * * 1-5"}]})],
     [wf("make", on={"schedule": [{"cron": "30 */6 * * *"}]}), wf("make", on="workflow_dispatch"),
      wf("make", on={"schedule": [{"cron": "*/6 30 * * 1-5"}]})]),
    (triggers.workflow_every_day(time="04:07"),
     [wf("make", on={"schedule": [{"cron": "7 4 * * *"}]}),
      wf("make", on={"schedule": [{"cron": "7 4 * * 0-6"}]})],
     [wf("make", on={"schedule": [{"cron": "4 7 * * *"}]}),
      wf("make", on={"schedule": [{"cron": "7 4 * * 1"}]})]),
    (triggers.workflow_every_week(day="Sunday", time="04:07"),
     [wf("make", on={"schedule": [{"cron": "7 4 * * 0"}]}),
      wf("make", on={"schedule": [{"cron": "7 4 * * SUN"}]}),
      wf("make", on={"schedule": [{"cron": "07 04 * * 0"}]})],
     [wf("make", on={"schedule": [{"cron": "7 4 * * 1"}]}),
      wf("make", on={"schedule": [{"cron": "7 4 0 * *"}]})]),
    (triggers.workflow_by_hand(),
     [wf("make", on="workflow_dispatch"), wf("make", on=["push", "workflow_dispatch"]),
      wf("make", on={"workflow_dispatch": {"inputs": {"a": {"type": "string"}}}})],
     [wf("make"), wf("make", on="workflow_call"), wf("make", on="workflow_dispatch", if_="false")]),
    (triggers.workflow_on_release(),
     [wf("make", on={"release": {"types": ["published"]}}),
      wf("make", on={"release": {"types": "published"}})],
     [wf("make", on="release"), wf("make", on={"release": {"types": ["created"]}}), wf("make")]),
    (triggers.workflow_on_activity(event="issues", types=["opened", "labeled"]),
     [wf("make", on={"issues": {"types": ["labeled", "opened"]}})],
     [wf("make", on={"issues": {"types": ["opened"]}}), wf("make", on="issues")]),
    (triggers.workflow_after_workflow(workflow="CI"),
     [wf("make", on={"workflow_run": {"workflows": ["CI"], "types": ["completed"]}})],
     [wf("make", on={"workflow_run": {"workflows": ["CI"], "types": ["requested"]}}),
      wf("make", on={"workflow_run": {"workflows": ["CD"], "types": ["completed"]}})]),
    # --- inputs
    (fields.workflow_manual_input(name="a", type="boolean"),
     [wf("make", on={"workflow_dispatch": {"inputs": {"a": {"type": "boolean"}}}})],
     [wf("make", on={"workflow_dispatch": {"inputs": {"a": {"type": "string"}}}}),
      wf("make", on={"workflow_call": {"inputs": {"a": {"type": "boolean"}}}})]),
    (fields.workflow_manual_input_required(name="a"),
     [wf("make", on={"workflow_dispatch": {"inputs": {"a": {"required": True}}}})],
     [wf("make", on={"workflow_dispatch": {"inputs": {"a": {"required": False}}}}),
      wf("make", on={"workflow_dispatch": {"inputs": {"a": {"type": "string"}}}})]),
    (fields.workflow_manual_input_default(name="a", value="1"),
     [wf("make", on={"workflow_dispatch": {"inputs": {"a": {"default": "1"}}}})],
     [wf("make", on={"workflow_dispatch": {"inputs": {"a": {"default": "2"}}}}),
      wf("make", on={"workflow_dispatch": {"inputs": {"b": {"default": "1"}}}})]),
    (fields.workflow_manual_input_options(name="a", options=["x", "y"]),
     [wf("make", on={"workflow_dispatch": {"inputs": {
         "a": {"type": "choice", "options": ["y", "x"]}}}})],
     [wf("make", on={"workflow_dispatch": {"inputs": {
         "a": {"type": "choice", "options": ["x", "y", "z"]}}}}),
      wf("make", on={"workflow_dispatch": {"inputs": {"a": {"type": "string"}}}})]),
    (fields.workflow_manual_input_description(name="a", text="Why"),
     [wf("make", on={"workflow_dispatch": {"inputs": {"a": {"description": "Why."}}}})],
     [wf("make", on={"workflow_dispatch": {"inputs": {"a": {"description": "What"}}}})]),
    (fields.workflow_call_input(name="a", type="string"),
     [wf("make", on={"workflow_call": {"inputs": {"a": {"type": "string"}}}})],
     [wf("make", on={"workflow_call": {"inputs": {"a": {"type": "number"}}}}),
      wf("make", on={"workflow_dispatch": {"inputs": {"a": {"type": "string"}}}})]),
    (fields.workflow_call_input_required(name="a"),
     [wf("make", on={"workflow_call": {"inputs": {"a": {"type": "string", "required": True}}}})],
     [wf("make", on={"workflow_call": {"inputs": {"a": {"type": "string"}}}})]),
    (fields.workflow_call_input_default(name="a", value="1"),
     [wf("make", on={"workflow_call": {"inputs": {"a": {"type": "string", "default": "1"}}}})],
     [wf("make", on={"workflow_call": {"inputs": {"a": {"type": "string"}}}})]),
    (fields.workflow_call_secret(name="S"),
     [wf("make", on={"workflow_call": {"secrets": {"S": {"required": True}}}})],
     [wf("make", on={"workflow_call": {"secrets": {"S": {"required": False}}}}),
      wf("make", on={"workflow_call": {"secrets": {"S": None}}}), wf("make", on="workflow_call")]),
    # --- jobs
    (jobs.workflow_job_runner(job="t", runner="ubuntu-22.04"),
     [wf("make", runs_on="ubuntu-22.04"), wf("make", runs_on=["ubuntu-22.04"]),
      wf("make", runs_on="${{ matrix.o }}", strategy={"matrix": {"o": ["ubuntu-22.04"]}})],
     [wf("make"), wf("make", runs_on="ubuntu-24.04"), many(u=simple(runs_on="ubuntu-22.04")),
      wf("make", runs_on="${{ matrix.o }}",
         strategy={"matrix": {"o": ["ubuntu-22.04", "macos-14"]}})]),
    (jobs.workflow_job_timeout(job="t", minutes=9),
     [wf("make", timeout_minutes=9),
      wf("make", timeout_minutes="${{ matrix.m }}", strategy={"matrix": {"m": [9]}})],
     [wf("make"), wf("make", timeout_minutes=90), wf(run("make", timeout_minutes=9))]),
    (jobs.workflow_job_title(job="t", title="All tests"),
     [wf("make", name="All tests")], [wf("make", name="Tests"), wf("make")]),
    (jobs.workflow_called(name="CI"),
     [wf("make", top={"name": "CI"})], [wf("make"), wf("make", top={"name": "CI 2"}),
                                        wf("make", name="CI")]),
    (jobs.workflow_token_limited(permissions=["contents: read"]),
     [wf("make", top={"permissions": {"contents": "read"}}),
      wf("make", permissions={"contents": "read"}),
      wf("make", top={"permissions": {"contents": "read", "issues": "none"}})],
     [wf("make"), wf("make", top={"permissions": {"contents": "write"}}),
      wf("make", top={"permissions": "read-all"}), wf("make", top={"permissions": {}}),
      wf("make", top={"permissions": {"contents": "read", "issues": "write"}}),
      many(t=simple(permissions={"contents": "read"}), u=simple())]),
    (jobs.workflow_job_permission(job="t", permission="packages: write"),
     [wf("make", permissions={"packages": "write"}),
      wf("make", top={"permissions": {"packages": "write"}}), wf("make", permissions="write-all")],
     [wf("make"), wf("make", permissions={"packages": "read"}), wf("make", permissions="read-all"),
      wf("make", permissions={"contents": "read"}, top={"permissions": {"packages": "write"}})]),
    (jobs.workflow_newest_run_wins(),
     [wf("make", top={"concurrency": {"group": "${{ github.workflow }}-${{ github.ref }}",
                                      "cancel-in-progress": True}}),
      wf("make", on="pull_request", top={"concurrency": {
          "group": "ci-${{ github.head_ref || github.run_id }}", "cancel-in-progress": True}}),
      wf("make", on="pull_request", top={"concurrency": {
          "group": "ci-${{ github.ref }}",
          "cancel-in-progress": "${{ github.event_name == 'pull_request' }}"}}),
      wf("make", concurrency={"group": "a-${{ github.ref_name }}", "cancel-in-progress": True})],
     [wf("make"), wf("make", top={"concurrency": "${{ github.ref }}"}),
      wf("make", top={"concurrency": {"group": "ci", "cancel-in-progress": True}}),
      wf("make", top={"concurrency": {"group": "${{ github.sha }}", "cancel-in-progress": True}}),
      wf("make", top={"concurrency": {"group": "${{ github.repository }}",
                                      "cancel-in-progress": True}}),
      wf("make", top={"concurrency": {"group": "${{ github.head_ref || github.run_id }}",
                                      "cancel-in-progress": True}}),
      wf("make",
         top={"concurrency": {"group": "${{ github.ref }}", "cancel-in-progress": False}})]),
    (jobs.workflow_queue(group="g"),
     [wf("make", top={"concurrency": "g"}), wf("make", top={"concurrency": {"group": "g"}})],
     [wf("make"), wf("make", top={"concurrency": {"group": "g", "cancel-in-progress": True}}),
      wf("make", top={"concurrency": "h"})]),
    (jobs.workflow_job_queue(job="t", group="g"),
     [wf("make", concurrency="g"), wf("make", top={"concurrency": "g"}),
      wf("make", concurrency={"group": "g", "cancel-in-progress": False})],
     [wf("make"), wf("make", concurrency="g2"), many(t=simple(), u=simple(concurrency="g")),
      wf("make", concurrency={"group": "g", "cancel-in-progress": True})]),
    (jobs.workflow_job_environment(job="t", environment="prod"),
     [wf("make", environment="prod"), wf("make", environment={"name": "prod", "url": "https://a"}),
      wf("make", environment="${{ matrix.e }}", strategy={"matrix": {"e": ["prod"]}})],
     [wf("make"), wf("make", environment="production"), wf("make", env={"environment": "prod"})]),
    (jobs.workflow_job_url(job="t", url="https://a.example.com"),
     [wf("make", environment={"name": "p", "url": "https://a.example.com"}),
      wf("make", environment={"name": "p", "url": "https://a.example.com/"})],
     [wf("make", environment="https://a.example.com"),
      wf("make", environment={"name": "p", "url": "https://b.example.com"})]),
    (jobs.workflow_job_variable(job="t", name="A", value="1"),
     [wf("make", env={"A": 1}), wf("make", top={"env": {"A": "1"}}), wf(run("make", env={"A": 1}))],
     [wf("make"), wf("make", env={"A": "2"}), wf(run("make", env={"A": 1}), "ls"),
      wf(run("make", env={"A": 3}), env={"A": 1})]),
    (jobs.workflow_job_folder(job="t", folder="a"),
     [wf("make", defaults={"run": {"working-directory": "a"}}),
      wf(use("actions/checkout@v4"), run("make", working_directory="./a")), wf("cd a\nmake")],
     [wf("make"), wf(run("make", working_directory="a"), "ls"), wf(use("actions/checkout@v4"))]),
    (jobs.workflow_job_shell(job="t", shell="bash"),
     [wf("make", defaults={"run": {"shell": "bash"}}), wf(run("make", shell="bash"))],
     [wf("make"), wf(run("make", shell="bash"), "ls"), wf(use("actions/checkout@v4"))]),
    (jobs.workflow_job_container(job="t", image="node:22"),
     [wf("make", container="node:22"),
      wf("make", container={"image": "docker.io/library/node:22"})],
     [wf("make"), wf("make", container="node:20"),
      wf("make", services={"a": {"image": "node:22"}})]),
    # --- order
    (order.workflow_job_after(job="b", other="a"),
     [many(a=simple(), b=simple(needs="a")), many(a=simple(), b=simple(needs=["a"])),
      many(a=simple(), c=simple(needs="a"), b=simple(needs="c")),
      many(a=simple(), b=simple(needs="a", if_="github.event_name == 'push'"))],
     [many(a=simple(), b=simple()), many(a=simple(needs="b"), b=simple()),
      many(a=simple(), b=simple(needs="a", if_="always()")),
      many(a=simple(continue_on_error=True), b=simple(needs="a")),
      many(a=simple(if_="false"), b=simple(needs="a")), many(b=simple())]),
    (order.workflow_job_always(job="b", other="a"),
     [many(a=simple(), b=simple(needs="a", if_="always()")),
      many(a=simple(), b=simple(needs=["a"], if_="${{ !cancelled() }}")),
      many(a=simple(), b=simple(needs="a", if_="success() || failure()"))],
     [many(a=simple(), b=simple(needs="a")), many(a=simple(), b=simple(if_="always()")),
      many(a=simple(), b=simple(needs="a", if_="failure()")),
      many(a=simple(), b=simple(needs="a", if_="always() && needs.a.result == 'success'"))]),
    (order.workflow_job_on_failure(job="b", other="a"),
     [many(a=simple(), b=simple(needs="a", if_="failure()")),
      many(a=simple(), b=simple(needs="a", if_="always() && needs.a.result == 'failure'")),
      many(a=simple(), b=simple(needs=["a"], if_="${{ failure() && true }}"))],
     [many(a=simple(), b=simple(needs="a", if_="always()")), many(a=simple(), b=simple(needs="a")),
      many(a=simple(), b=simple(if_="failure()")),
      many(a=simple(), b=simple(needs="a", if_="needs.a.result == 'failure'"))]),
    (order.workflow_job_only_on(job="t", branch="main"),
     [wf("make", on=BOTH, if_="github.ref == 'refs/heads/main'"),
      wf("make", on=BOTH, if_="github.event_name == 'push'"),
      wf("make", on=["push", "pull_request"], if_="github.ref_name == 'main'"),
      wf("make", on={"push": {"branches": ["main"]}}),
      wf("make", on=BOTH, if_="${{ github.event_name != 'pull_request' }}"),
      wf("make", on=["push", "workflow_dispatch"], if_="github.ref == 'refs/heads/main'"),
      wf("make", on=BOTH, if_="github.ref == format('refs/heads/{0}', 'main')")],
     [wf("make", on=BOTH), wf("make", on="push"), wf("make", on=BOTH, if_="true"),
      wf("make", on=BOTH, if_="github.event_name == 'pull_request'"),
      wf("make", on="push", if_="contains(github.ref, 'main')"),
      wf("make", on=BOTH, if_="github.ref == 'refs/heads/dev'"),
      wf("make", on=BOTH, if_="github.base_ref == 'main'"),
      wf("make", on="pull_request", if_="github.ref == 'refs/heads/main'")]),
    (order.workflow_job_only_for_pull_requests(job="t"),
     [wf("make", on=BOTH, if_="github.event_name == 'pull_request'"),
      wf("make", on="pull_request"), wf("make", on=BOTH, if_="github.event_name != 'push'"),
      wf("make", on=BOTH, if_="github.base_ref != ''"), wf("make", on=BOTH, if_="github.head_ref")],
     [wf("make", on=BOTH), wf("make", on=BOTH, if_="github.event_name == 'push'"), wf("make")]),
    (order.workflow_job_only_for_tags(job="t"),
     [wf("make", on={"push": {"branches": ["main"], "tags": ["v*"]}},
         if_="startsWith(github.ref, 'refs/tags/')"),
      wf("make", on={"push": {"branches": ["main"], "tags": ["v*"]}},
         if_="github.ref_type == 'tag'"),
      wf("make", on={"push": {"tags": ["v*"]}})],
     [wf("make", on={"push": {"branches": ["main"], "tags": ["v*"]}}), wf("make"),
      wf("make", on={"push": {"branches": ["main"]}}, if_="github.ref_type == 'tag'"),
      wf("make", on={"push": {"branches": ["main"], "tags": ["v*"]}},
         if_="startsWith(github.ref, 'refs/heads/')")]),
    (order.workflow_job_if_output(job="b", other="a", output="o", value="yes"),
     [many(a=simple(outputs={"o": "${{ steps.s.outputs.o }}"}),
           b=simple(needs="a", if_="needs.a.outputs.o == 'yes'")),
      many(a=simple(outputs={"o": "x"}), b=simple(needs=["a"],
                                                  if_="${{ 'yes' == needs.a.outputs.o }}"))],
     [many(a=simple(outputs={"o": "x"}), b=simple(needs="a")),
      many(a=simple(outputs={"o": "x"}), b=simple(needs="a", if_="needs.a.outputs.o != 'yes'")),
      many(a=simple(), b=simple(needs="a", if_="needs.a.outputs.o == 'yes'")),
      many(a=simple(outputs={"o": "x"}), b=simple(needs="a", if_="needs.a.outputs.p == 'yes'")),
      many(a=simple(outputs={"o": "x"}), b=simple(needs="a", if_="needs.a.outputs.o != ''"))]),
    (order.workflow_job_output(job="t", output="v"),
     [wf(run('echo "v=1" >> "$GITHUB_OUTPUT"', id="s"), outputs={"v": "${{ steps.s.outputs.v }}"}),
      wf(run('echo "n=1" >> $GITHUB_OUTPUT', id="s"), outputs={"v": "${{steps.s.outputs.n}}"}),
      wf({**use("a/b@v1"), "id": "s"}, outputs={"v": "${{ steps.s.outputs.v }}"})],
     [wf("make", outputs={"v": "${{ steps.s.outputs.v }}"}), wf("make"),
      wf(run("echo v=1", id="s"), outputs={"v": "${{ steps.s.outputs.v }}"}),
      wf(run('echo "v=1" >> "$GITHUB_OUTPUT"', id="s"), outputs={"w": "${{ steps.s.outputs.v }}"}),
      wf(run('# v=1 GITHUB_OUTPUT\nmake', id="s"), outputs={"v": "${{ steps.s.outputs.v }}"}),
      wf(run('echo "v=1" >> "$GITHUB_OUTPUT"', id="s", if_="false"),
         outputs={"v": "${{ steps.s.outputs.v }}"})]),
    (order.workflow_job_reads(job="b", other="a", output="v"),
     [many(a=MAKES_V,
           b=simple(needs="a", steps=[run("./x ${{ needs.a.outputs.v }}")])),
      many(a=MAKES_V,
           b=simple(needs="a", steps=[run("./x $V", env={"V": "${{ needs.a.outputs.v }}"})])),
      many(a=MAKES_V,
           b=simple(needs="a", steps=[use("x/z@v1", i="${{ needs.a.outputs.v }}")]))],
     [many(a=MAKES_V,
           b=simple(needs="a")),
      many(a=simple(outputs={"v": "${{ steps.s.outputs.v }}"}),
           b=simple(needs="a", steps=[run("./x ${{ needs.a.outputs.v }}")])),
      many(a=MAKES_V,
           b=simple(steps=[run("./x ${{ needs.a.outputs.v }}")]))]),
    # --- matrices
    (matrices.workflow_job_versions(job="t", tool="Python", versions=["3.11", "3.12"]),
     [wf(PY, strategy={"matrix": {"v": ["3.11", "3.12"]}}),
      wf(PY, strategy={"matrix": {"include": [{"v": "3.11"}, {"v": "3.12"}]}}),
      wf(PY, strategy={"matrix": {"v": ["3.11", "3.12", "3.9"], "exclude": [{"v": "3.9"}]}}),
      wf(use("actions/setup-python@v5", python_version="${{ env.P }}"),
         env={"P": "${{ matrix.v }}"},
         strategy={"matrix": {"v": [3.11, 3.12]}})],
     [wf(PY, strategy={"matrix": {"v": ["3.11", "3.12", "3.13"]}}),
      wf(use("actions/setup-python@v5", python_version="3.11"),
         strategy={"matrix": {"v": ["3.11", "3.12"]}}),
      wf("make", strategy={"matrix": {"v": ["3.11", "3.12"]}}),
      wf(use("actions/setup-python@v5", python_version="3.11"))]),
    (matrices.workflow_job_runners(job="t", runners=["ubuntu-22.04", "windows-2022"]),
     [wf("make", runs_on="${{ matrix.os }}", strategy=OSES),
      wf("make", runs_on="${{ matrix.x }}",
         strategy={"matrix": {"include": [{"x": "ubuntu-22.04"}, {"x": "windows-2022"}]}})],
     [wf("make", strategy=OSES), wf("make", runs_on=["ubuntu-22.04", "windows-2022"])]),
    (matrices.workflow_job_leaves_out(job="t", tool="Python", version="3.11",
        runner="windows-2022"),
     [wf(PY, runs_on="${{ matrix.os }}", strategy={"matrix": {
         **OSES["matrix"], "exclude": [{"os": "windows-2022", "v": "3.11"}]}})],
     [wf(PY, runs_on="${{ matrix.os }}", strategy=OSES),
      wf(PY, runs_on="${{ matrix.os }}", strategy={"matrix": {
          **OSES["matrix"], "exclude": [{"os": "windows-2022"}]}}),
      wf(PY, runs_on="${{ matrix.os }}", strategy={"matrix": {
          **OSES["matrix"], "exclude": [{"v": "3.11"}]}})]),
    (matrices.workflow_job_extra_pair(job="t", tool="Python", version="3.13",
        runner="ubuntu-22.04"),
     [wf(PY, runs_on="${{ matrix.os }}", strategy={"matrix": {
         **OSES["matrix"], "include": [{"os": "ubuntu-22.04", "v": "3.13"}]}})],
     [wf(PY, runs_on="${{ matrix.os }}", strategy=OSES),
      wf(PY, runs_on="${{ matrix.os }}", strategy={"matrix": {
          "os": ["ubuntu-22.04", "windows-2022"], "v": ["3.13"]}})]),
    (matrices.workflow_job_each(job="t", values=["a", "b"]),
     [wf("make ${{ matrix.x }}", strategy={"matrix": {"x": ["b", "a"]}}),
      wf("make $X", env={"X": "${{ matrix.x }}"}, strategy={"matrix": {"include": [
          {"x": "a"}, {"x": "b"}]}})],
     [wf("make", strategy={"matrix": {"x": ["a", "b"]}}),
      wf("make ${{ matrix.x }}", strategy={"matrix": {"x": ["a", "b", "c"]}}), wf("make a b")]),
    (matrices.workflow_job_combination(job="t", value="arm", runner="ubuntu-24.04-arm"),
     [wf("make ${{ matrix.a }}", runs_on="${{ matrix.r }}", strategy={"matrix": {"include": [
         {"a": "arm", "r": "ubuntu-24.04-arm"}, {"a": "x86", "r": "ubuntu-24.04"}]}})],
     [wf("make ${{ matrix.a }}", runs_on="${{ matrix.r }}", strategy={"matrix": {"include": [
         {"a": "arm", "r": "ubuntu-24.04"}]}}),
      wf("make", runs_on="${{ matrix.r }}", strategy={"matrix": {"include": [
          {"a": "arm", "r": "ubuntu-24.04-arm"}]}})]),
    (matrices.workflow_job_goes_on(job="t"),
     [wf("make", strategy={**OSES, "fail-fast": False})],
     [wf("make", strategy=OSES), wf("make", strategy={**OSES, "fail-fast": True}), wf("make")]),
    (matrices.workflow_job_parallel(job="t", count=2),
     [wf("make", strategy={**OSES, "max-parallel": 2})],
     [wf("make", strategy=OSES), wf("make", strategy={**OSES, "max-parallel": 3})]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "good", "bad"), CASES, ids=[asked.name for asked, _, _ in CASES])
def test_requirement(asked, good, bad):
    for text in good:
        assert findings(asked, text) == [], text
        verdict = check_files({PATH: text}, {PATH: LANGUAGE.name})
        assert verdict.valid, (text, verdict.diagnostics)
    for text in bad:
        assert findings(asked, text), text


def test_every_requirement_type_has_cases():
    named = {
        one.name
        for module in MODULES
        for one in vars(module).values()
        if isinstance(one, RequirementType)
    }
    assert named == {asked.name for asked, _, _ in CASES}


def test_findings_have_places():
    text = (
        "on: push\njobs:\n  t:\n    runs-on: x\n    timeout-minutes: 5\n    steps:\n    - run: a\n"
    )
    (found,) = findings(jobs.workflow_job_timeout(job="t", minutes=9), text)
    assert (found.file, found.line) == (PATH, 5)
    assert found.message == "the job `t` may take 5 minutes"


ODD = (
    "a: 1", "on: 3\njobs: [1]", "on: [push]\njobs: {t: {steps: 4}}",
    "on: push\njobs: {t: {steps: [{run: [1]}, {uses: 5}, 7]}}",
    "on: {push: 7}\njobs: {t: {runs-on: {a: b}, needs: {c: d}}}",
)  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_trees_raise_nothing(text):
    for asked, _, _ in CASES:
        findings(asked, text)
