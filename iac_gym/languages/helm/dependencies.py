"""Which subcharts an installation has: versions, aliases, tags, conditions, imported values."""

from __future__ import annotations

from typing import Any

from iac_gym.languages.helm.instance import Instance, instance_of
from iac_gym.languages.helm.metadata import Dependency
from iac_gym.languages.helm.reading import copied
from iac_gym.languages.helm.values import Values, Warn, coalesce, merge_tables, table, value_at
from iac_gym.languages.helm.versions import fits


def process(chart: Instance, given: Values, warn: Warn) -> None:
    """Enable, rename and drop the subcharts of a chart, then import values from them.

    Raises `ValuesError`.
    """
    _enable(chart, given, "", warn)
    _import_all(chart, warn)


def _matching(chart: Instance, wanted: Dependency) -> Instance | None:
    """Return the subchart that a dependency means, under its alias."""
    for child in chart.children:
        known = child.chart.meta
        if known.name == wanted.name and fits(wanted.version, known.version):
            return instance_of(child.chart, wanted.key, chart.full_path)
    return None


def _is_listed(child: Instance, chart: Instance) -> bool:
    known = child.chart.meta
    return any(
        known.name == one.name and fits(one.version, known.version) for one in chart.dependencies
    )


def _enable(chart: Instance, given: Values, path: str, warn: Warn) -> None:
    if not chart.dependencies:
        return
    children = [child for child in chart.children if not _is_listed(child, chart)]
    for wanted in chart.dependencies:
        found = _matching(chart, wanted)
        if found:
            children.append(found)
        wanted.name = wanted.key
        wanted.enabled = True
    chart.children = children
    values = coalesce(chart, given, warn)
    _by_tags(chart.dependencies, values, warn)
    _by_conditions(chart.dependencies, values, path, warn)
    dropped = {one.name for one in chart.dependencies if not one.enabled}
    chart.children = [child for child in chart.children if child.name not in dropped]
    chart.dependencies = [one for one in chart.dependencies if one.enabled]
    for child in chart.children:
        _enable(child, values, f"{path}{child.name}.", warn)


def _by_tags(dependencies: list[Dependency], values: Values, warn: Warn) -> None:
    tags = table(values, "tags")
    if tags is None:
        return
    for one in dependencies:
        said = [tags[tag] for tag in one.tags if tag in tags]
        for tag in one.tags:
            if tag in tags and not isinstance(tags[tag], bool):
                warn(f"the tag {tag} is neither true nor false")
        one.enabled = True in [item for item in said if isinstance(item, bool)] or not any(
            item is False for item in said
        )


def _by_conditions(dependencies: list[Dependency], values: Values, path: str, warn: Warn) -> None:
    for one in dependencies:
        for condition in one.condition.strip().split(","):
            if not condition:
                continue
            try:
                found = value_at(values, path + condition)
            except KeyError:
                continue
            if isinstance(found, bool):
                one.enabled = found
                break
            warn(f"the condition {condition} of {one.name} is neither true nor false")


def _import_all(chart: Instance, warn: Warn) -> None:
    for child in chart.children:
        _import_all(child, warn)
    if not chart.dependencies:
        return
    values = coalesce(chart, {}, warn, merge=True)
    gathered: Values = {}
    for one in chart.dependencies:
        for wish in one.imports:
            found = _imported(values, one, wish, warn)
            if found is not None:
                merge_tables(gathered, found, warn=warn, merge=True)
    chart.values = merge_tables(copied(values), gathered, warn=warn, merge=True)


def _imported(values: Values, one: Dependency, wish: Any, warn: Warn) -> Values | None:
    """Return what one entry of `import-values` brings, as the parent sees it."""
    if isinstance(wish, dict):
        child, parent = str(wish.get("child")), str(wish.get("parent"))
    elif isinstance(wish, str):
        child, parent = f"exports.{wish}", "."
    else:
        return None
    found = table(values, f"{one.name}.{child}")
    if found is None:
        warn(f"import-values: the chart {one.name} has no table {child}")
        return None
    made: Values = copied(found)
    if parent != ".":
        for step in reversed(parent.split(".")):
            made = {step: made}
    return made
