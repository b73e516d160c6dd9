"""How requirements find panels of a dashboard, and what their queries show in a play."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from envs.monitoring.requirements.reading import seconds
from iac_gym.formats import promql
from iac_gym.formats.promql.playing import Sample, Series, play
from iac_gym.languages.grafana.model import Dashboard
from iac_gym.languages.grafana.panels import WITHOUT_DATA, Panel, Query
from iac_gym.languages.grafana.queries import DURATIONS, read_promql
from iac_gym.languages.grafana.variables import Variable, uses
from iac_gym.verdict import Finding

LANGUAGE = "grafana"
#: The labels that a sample must have, and its value.
Wanted = Sequence[tuple[Mapping[str, str], float]]
#: Variables whose value is written down, and those whose value somebody chooses.
_FIXED = ("constant", "textbox")
_MATCHER = re.compile(r"(=~|!~|!=|=)\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`)", re.DOTALL)
#: How long a window lasts that a variable of the dashboard gives.
CHOSEN_WINDOW = 301.0


def dashboard_of(model: Any) -> tuple[Dashboard | None, list[Finding]]:
    """Return the only dashboard, and the findings where there is none."""
    if len(model.dashboards) == 1:
        return model.dashboards[0], []
    many = "more than one dashboard" if model.dashboards else "no dashboard"
    return None, [Finding(f"there is {many}")]


def panel_of(model: Any, title: str) -> tuple[Panel | None, list[Finding]]:
    """Return the visible panel of a title, and the findings where there is none."""
    board, findings = dashboard_of(model)
    if board is None:
        return None, findings
    wanted = title.strip().casefold()
    found = [one for one in board.panels if one.title.strip().casefold() == wanted]
    if len(found) == 1:
        return found[0], []
    many = f"{len(found)} panels are" if found else "no panel that can be seen is"
    return None, [model.finding(f"{many} called `{title}`", board)]


def wrong(model: Any, panel: Panel, message: str, key: str = "title") -> Finding:
    """Make a finding at a setting of a panel."""
    found: Finding = model.finding(message, model.dashboard, panel.at(key))
    return found


def queries_of(model: Any, panel: str) -> tuple[Panel | None, list[Query], list[Finding]]:
    """Return the queries of a panel that are sent to Prometheus, and findings without any."""
    found, findings = panel_of(model, panel)
    if found is None:
        return None, [], findings
    asked = [one for one in found.queries if one.kind == "promql"]
    if found.type in WITHOUT_DATA or not asked or len(asked) != len(found.queries):
        return None, [], [wrong(model, found, f"`{panel}` does not show PromQL alone", "targets")]
    return found, asked, []


def settled(board: Dashboard, query: Query, chosen: Mapping[str, str] | None = None) -> str:
    """Return a query with `chosen` values of variables; where none is chosen, all series fit."""
    text = query.text
    fixed = {one.name: one.query for one in board.variables.values() if one.type in _FIXED}
    fixed |= {one.name: one.options[0] for one in board.variables.values() if len(one.options) == 1}
    for use in reversed(list(uses(text))):
        if use.name in fixed:
            text = text[: use.start] + fixed[use.name] + text[use.end :]
    found = read_promql(text)
    return _MATCHER.sub(lambda match: _matcher(match, board, chosen or {}), found.text)


def _matcher(match: re.Match[str], board: Dashboard, chosen: Mapping[str, str]) -> str:
    op, quoted = match[1], match[2]
    for use in reversed(list(uses(quoted))):
        if use.name in chosen:
            quoted = quoted[: use.start] + chosen[use.name] + quoted[use.end :]
        elif use.name in board.variables:
            return '=~".*"'
    return f"{op}{quoted}"


def shown(
    board: Dashboard,
    query: Query,
    series: Iterable[Series],
    chosen: Mapping[str, str] | None = None,
) -> list[Sample] | None:
    """Play a query of a panel; None where that cannot be done."""
    try:
        found = promql.parse(settled(board, query, chosen))
    except promql.PromqlError:
        return None
    return play(found.root, series)


def same(found: Sequence[Sample] | None, wanted: Wanted) -> bool:
    """Whether a play gives exactly these values, each with (at least) these labels."""
    if found is None or len(found) != len(wanted):
        return False
    for labels, value in wanted:
        if not any(
            labels.items() <= dict(one.labels).items()
            and math.isclose(one.value, value, rel_tol=1e-6)
            for one in found
        ):
            return False
    return True


def shows(
    model: Any, panel: str, series: Iterable[Series], wanted: Wanted, said: str
) -> Iterable[Finding]:
    """Yield a finding unless the only query of a panel gives exactly these values."""
    found, asked, findings = queries_of(model, panel)
    yield from findings
    if found is None:
        return
    if len(asked) > 1:
        yield wrong(model, found, f"`{panel}` has {len(asked)} queries", "targets")
        return
    samples = shown(model.dashboard, asked[0], series)
    if samples is None:
        yield wrong(model, found, f"the query of `{panel}` cannot be played through", "targets")
    elif not same(samples, wanted):
        given = ", ".join(f"{one.value:g}" for one in samples[:6]) or "nothing"
        right = ", ".join(f"{value:g}" for _, value in wanted)
        message = f"`{panel}` does not show {said}: {given} where {right} is right"
        yield wrong(model, found, message, "targets")


def looks_back(model: Any, panel: str, metric: str, window: str) -> Iterable[Finding]:
    """Yield a finding where a query of a panel reads a metric over another window."""
    found, asked, _ = queries_of(model, panel)
    if found is None:
        return
    for one in asked:
        if read_windows(one, metric) != {_seconds(window)} or not _uses(one, window):
            yield wrong(model, found, f"`{panel}` does not read `{metric}` over {window}",
                        "targets")  # fmt: skip
            return


def read_windows(query: Query, metric: str) -> set[float]:
    """Return the windows, in seconds, over which a query reads a metric."""
    found = query.promql
    if found is None:
        return set()
    every = promql.uses(found.root)
    return {one.window for one in every if one.metric == metric and one.window is not None}


def _seconds(window: str) -> float:
    if not window.startswith("$"):
        return seconds(window)
    known = DURATIONS.get(window[1:])
    return seconds(known) if known else CHOSEN_WINDOW


def _uses(query: Query, window: str) -> bool:
    return not window.startswith("$") or window[1:] in {one.name for one in uses(query.text)}


def variable_of(model: Any, name: str) -> tuple[Variable | None, list[Finding]]:
    """Return a variable that can be chosen in the dashboard, and the findings without it."""
    board, findings = dashboard_of(model)
    if board is None:
        return None, findings
    found = board.variables.get(name)
    if found is None:
        return None, [model.finding(f"there is no variable `{name}`", board)]
    if found.hidden:
        message = f"the variable `{name}` is hidden: nobody can choose"
        return None, [model.finding(message, board, found.mark)]
    return found, []
