"""Families of GitHub workflows: whole answers, right and nearly right, given files, dead copies."""

import dataclasses
import json

import pytest

from envs.cicd import CATEGORY as ALL
from iac_gym import verifier
from iac_gym.answer import Answer
from iac_gym.formats.yaml import YAML_12, load
from iac_gym.languages.github_actions.equivalents import equivalents
from iac_gym.reward import reward_of
from iac_gym.task import build_task
from iac_gym.verifier import verify

NAMES = sorted(name for name in ALL.families if name.startswith("github-"))
CATEGORY = dataclasses.replace(ALL, families={name: ALL.families[name] for name in NAMES})


@pytest.fixture(autouse=True)
def only_github(monkeypatch):
    """Judge without the registry, which may not know the environment yet."""
    monkeypatch.setattr(verifier, "category_of", lambda env_id: CATEGORY)


def plain(value):
    """Return a tree as plain data."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def changed(task, change):
    """Return the reference with each workflow changed."""
    files = {}
    for path, text in task.reference.items():
        tree = plain(load(text, YAML_12).value)
        if "jobs" in tree:
            change(tree)
        else:
            for step in tree["runs"]["steps"]:
                step["if"] = "false"
        files[path] = json.dumps(tree)
    return Answer(files)


def score(answer, task):
    """Return the total of an answer."""
    return reward_of(verify(answer, task)).total


@pytest.mark.parametrize("name", NAMES)
def test_references_and_their_rewritings_solve_the_task(name):
    for index in range(2):
        task = build_task(CATEGORY, name, "test", index)
        assert score(Answer(task.reference), task) == 1.0
        for change, files in equivalents(task.reference):
            assert score(Answer(files), task) == 1.0, (task.id, change)


def _never(tree):
    for job in tree["jobs"].values():
        job["if"] = "false"


def _other_event(tree):
    for job in tree["jobs"].values():
        job["if"] = "github.event_name == 'gollum'"


def _needs_a_dead_job(tree):
    for job in tree["jobs"].values():
        job["needs"] = ["dead"]
        if "always" in job.get("if", "") or "failure" in job.get("if", ""):
            job.pop("if")
    tree["jobs"]["dead"] = {
        "runs-on": "ubuntu-latest", "if": "${{ false }}", "steps": [{"run": "true"}],
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("change", [_never, _other_event, _needs_a_dead_job])
def test_jobs_that_never_run_meet_nothing(name, change):
    """Only what says when the workflow starts, or what it is called, may still hold."""
    task = build_task(CATEGORY, name, "test", 2)
    if change is _other_event and "workflow_call" in task.reference_text:
        return  # what event a caller has is not known
    verdict = verify(changed(task, change), task)
    met = [
        task.requirements[one.requirement].name
        for one in verdict.outcomes
        if one.requirement >= 0 and one.passed
    ]
    if change is not _needs_a_dead_job:
        assert met == [], verdict.diagnostics
    assert not [one for one in met if "job" in one or "runs" in one]


def _stuffed(tree):
    """Keep every word of the steps, but do nothing with them."""
    for job in tree["jobs"].values():
        for step in job.get("steps", ()):
            if "run" in step:
                step["run"] = "\n".join(f"echo '{line}'" for line in step["run"].splitlines())
            else:
                step["if"] = "${{ false }}"


@pytest.mark.parametrize("name", NAMES)
def test_words_that_do_nothing_meet_nothing(name):
    for index in (1, 5):
        task = build_task(CATEGORY, name, "test", index)
        verdict = verify(changed(task, _stuffed), task)
        met = {
            task.requirements[one.requirement].name
            for one in verdict.outcomes
            if one.requirement >= 0 and one.passed
        }
        doing = "runs keeps takes pushes helm terraform publish trivy uses".split()
        starts = tuple(f"workflow-{word}" for word in doing)
        assert not [name for name in met if name.startswith(starts)]
        assert not verdict.solved


def _forgiven(tree):
    for job in tree["jobs"].values():
        for step in job.get("steps", ()):
            step["continue-on-error"] = True


@pytest.mark.parametrize("name", NAMES)
def test_steps_whose_failure_is_forgiven_do_not_solve_the_task(name):
    task = build_task(CATEGORY, name, "test", 3)
    if not any(path.endswith("action.yml") for path, _ in task.files):
        assert not verify(changed(task, _forgiven), task).solved


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_of_nothing_earns_the_floor(name):
    task = build_task(CATEGORY, name, "test", 4)
    empty = {"on": "push", "jobs": {"a": {"runs-on": "ubuntu-latest", "steps": [{"run": "true"}]}}}
    assert score(Answer({path: json.dumps(empty) for path in task.reference}), task) <= 0.1


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("name", ["github-broken-workflow", "github-extended-workflow"])
def test_given_files_do_not_solve_the_task(name, split):
    for index in range(40):
        task = build_task(CATEGORY, name, split, index)
        assert task.mode in ("repair", "edit")
        assert task.given.keys() == task.reference.keys()
        assert score(Answer(task.given), task) < 1.0, task.input


def test_extended_workflows_are_valid_as_they_are_given():
    for index in range(10):
        task = build_task(CATEGORY, "github-extended-workflow", "train", index)
        assert verify(Answer(task.given), task).valid


def test_families_reach_every_level_and_some_are_held_out():
    families = CATEGORY.families.values()
    assert {level for family in families for level in family.levels} == {1, 2, 3, 4, 5}
    held_out = {family.name for family in families if family.held_out}
    assert held_out == {"github-aws-deployment", "github-code-analysis", "github-release-on-tag"}
    assert len(NAMES) >= 36
