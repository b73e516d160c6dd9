"""Charts as one installation uses them: subcharts enabled, renamed, with values imported."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from iac_gym.languages.helm.chart import Chart
from iac_gym.languages.helm.metadata import Dependency


@dataclass
class Instance:
    """A chart in one installation. `name` is its alias where it has one; `values` its defaults.

    `full_path` is the folder under which Helm names its templates: `shop/charts/db`. There is no
    way up from a subchart, so that no cycle keeps a chart alive that nobody asks about any more.
    """

    chart: Chart
    name: str
    full_path: str
    values: dict[str, Any]
    dependencies: list[Dependency]
    is_root: bool
    children: list[Instance] = field(default_factory=list)


def instance_of(chart: Chart, name: str = "", above: str = "") -> Instance:
    """Make an installation's view of a chart; the chart itself is never changed.

    `above` is the full path of the chart that it is a subchart of.
    """
    name = name or chart.name
    path = f"{above}/charts/{name}" if above else name
    dependencies = [replace(one) for one in chart.meta.dependencies]
    children = [instance_of(child, above=path) for child in chart.children]
    return Instance(chart, name, path, chart.plain, dependencies, not above, children)
