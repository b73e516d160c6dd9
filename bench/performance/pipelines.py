"""`grade` of workflows, GitLab files and Jenkinsfiles of about 50 lines on one core."""

from __future__ import annotations

from collections.abc import Iterator

from bench.performance.selection import rate, tasks_of_about
from bench.performance.timing import Measurement
from iac_gym import Task

ENV = "IaC-CICD-v0"
LINES = 50
#: Language, what its files are called, and the grades a second that are wanted.
LANGUAGES = (
    ("github_actions", "GitHub Actions", "workflows", 2000),
    ("gitlab_ci", "GitLab CI", "files", 2000),
    ("jenkins", "Jenkins", "Jenkinsfiles", 1000),
)


def measure() -> Iterator[Measurement]:
    """Time the references that are nearest to the length, one of each family."""
    for language, name, what, wanted in LANGUAGES:

        def fits(task: Task, language: str = language) -> bool:
            return [found for _, found in task.files] == [language]

        yield rate(name, what, tasks_of_about(ENV, LINES, 8, fits), wanted)
