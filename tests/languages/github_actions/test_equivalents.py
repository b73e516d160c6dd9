"""Rewritings with the same meaning give the same model, and stay valid."""

import pytest

from iac_gym.languages.github_actions import LANGUAGE
from iac_gym.languages.github_actions.equivalents import equivalents

PATH = ".github/workflows/ci.yml"
TEXT = """\
name: CI
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
env:
  LEVEL: 3
  STRICT: true
defaults:
  run:
    shell: bash
concurrency: ci-${{ github.ref }}
jobs:
  test:
    runs-on: ubuntu-latest
    container: node:20
    services:
      db: postgres:16
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - name: Test
        if: github.event_name == 'push'
        run: |
          npm ci
          npm test
  deploy:
    needs: [test]
    if: ${{ github.ref == 'refs/heads/main' }}
    runs-on: [ubuntu-latest]
    environment: prod
    steps:
      - run: ./deploy.sh
"""
SHORT = "on: push\njobs: {a: {runs-on: x, needs: [], steps: [{run: ls}]}}\n"


def _facts(text):
    """Return everything that a requirement may ask for, without places."""
    workflow = LANGUAGE.parse({PATH: text}).workflow
    triggers = {name: one.filters for name, one in workflow.triggers.items()}
    jobs = {}
    for name, job in workflow.jobs.items():
        steps = [
            (step.uses and step.uses.text, step.inputs, [one.words for one in step.commands],
             step.env, step.shell, step.runs, step.ordinary)
            for step in job.steps
        ]  # fmt: skip
        jobs[name] = (
            set(job.needs), job.labels, job.runs, job.permissions and job.permissions.scopes,
            job.env, job.shell, job.container and job.container.image,
            {key: one.image for key, one in job.services.items()},
            job.environment and job.environment.name, job.runs_for("push", branch="main"),
            job.runs_for("pull_request"), steps,
        )  # fmt: skip
    return triggers, jobs, workflow.concurrency and workflow.concurrency.group


CASES = [
    (change, text, files[PATH])
    for text in (TEXT, SHORT)
    for change, files in equivalents({PATH: text})
]


@pytest.mark.parametrize(("change", "text", "rewritten"), CASES, ids=[case[0] for case in CASES])
def test_a_rewriting_means_the_same(change, text, rewritten):
    assert _facts(rewritten) == _facts(text)
    model = LANGUAGE.parse({PATH: rewritten})
    model.examine()
    assert not model.faults


def test_each_rewriting_changes_something():
    rewritten = {change: files[PATH] for change, files in equivalents({PATH: TEXT})}
    assert len(rewritten) > 15
    assert TEXT not in rewritten.values()
    shortened = dict(equivalents({PATH: SHORT}))
    assert "push:" in shortened["events as a mapping"][PATH]
    again = TEXT + "  again:\n    runs-on: [ubuntu-latest]\n    steps:\n      - run: ./deploy.sh\n"
    assert "*id001" in dict(equivalents({PATH: again}))["anchors"][PATH]
