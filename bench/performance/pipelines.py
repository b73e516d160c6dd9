"""`grade` of pipelines, playbooks, charts, monitoring and MLOps files on one core."""

from __future__ import annotations

from collections.abc import Iterator

from bench.performance.selection import rate, tasks_of_about
from bench.performance.timing import Measurement
from iac_gym import Task, iter_ids, load_task

LINES = 50
#: Environment, language, its name, what its files are called, and the grades a second that are
#: wanted.
LANGUAGES = (
    ("IaC-CICD-v0", "github_actions", "GitHub Actions", "workflows", 2000),
    ("IaC-CICD-v0", "gitlab_ci", "GitLab CI", "files", 2000),
    ("IaC-CICD-v0", "jenkins", "Jenkins", "Jenkinsfiles", 1000),
    ("IaC-Ansible-v0", "ansible", "Ansible", "playbooks", 1500),
    ("IaC-Monitoring-v0", "prometheus", "Prometheus", "files", 1500),
    ("IaC-Monitoring-v0", "alertmanager", "Alertmanager", "files", 1500),
    ("IaC-Monitoring-v0", "grafana", "Grafana", "dashboards", 1500),
    ("IaC-Monitoring-v0", "otel_collector", "OpenTelemetry Collector", "files", 1500),
    ("IaC-MLOps-v0", "custom_resources", "MLOps", "manifests", 1500),
)
#: So many files a chart has when it is timed, and so many charts are timed.
CHART_FILES = 8
CHARTS = 5
CHART_RATE = 100


def measure() -> Iterator[Measurement]:
    """Time the references that are nearest to the length, one of each family."""
    for env, language, name, what, wanted in LANGUAGES:

        def fits(task: Task, language: str = language) -> bool:
            return [found for _, found in task.files] == [language]

        yield rate(name, what, tasks_of_about(env, LINES, 8, fits), wanted)
    yield _charts()


def _charts() -> Measurement:
    """Time the charts with the most files."""
    ids = iter_ids("IaC-Helm-v0", "train", seed=0, levels=(4, 5))
    drawn = [load_task(next(ids)) for _ in range(200)]
    drawn.sort(key=lambda task: (abs(len(task.reference) - CHART_FILES), task.id))
    largest: dict[str, Task] = {}
    for task in drawn:
        largest.setdefault(task.family, task)
    tasks = list(largest.values())[:CHARTS]
    return rate("Helm", f"charts of {min(len(t.reference) for t in tasks)} to "
                f"{max(len(t.reference) for t in tasks)} files", tasks, CHART_RATE)  # fmt: skip
