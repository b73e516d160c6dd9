"""Charts as one installation uses them: subcharts enabled, renamed, with values imported."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from iac_gym.languages.helm.chart import Chart
from iac_gym.languages.helm.metadata import Dependency


@dataclass
class Instance:
    """A chart in one installation. `name` is its alias where it has one; `values` its defaults."""

    chart: Chart
    name: str
    values: dict[str, Any]
    dependencies: list[Dependency]
    children: list[Instance] = field(default_factory=list)
    parent: Instance | None = None

    @property
    def full_path(self) -> str:
        """`shop/charts/db`: the folder under which Helm names its templates."""
        return f"{self.parent.full_path}/charts/{self.name}" if self.parent else self.name


def instance_of(chart: Chart, name: str = "", parent: Instance | None = None) -> Instance:
    """Make an installation's view of a chart; the chart itself is never changed."""
    dependencies = [replace(one) for one in chart.meta.dependencies]
    made = Instance(chart, name or chart.name, chart.plain, dependencies, [], parent)
    made.children = [instance_of(child, parent=made) for child in chart.children]
    return made
