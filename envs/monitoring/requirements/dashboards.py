"""Requirements about a dashboard as a whole: its name, time, rows, links and annotations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from envs.monitoring.requirements.dashboard_reading import LANGUAGE, dashboard_of, panel_of, wrong
from iac_gym.check import requirement
from iac_gym.formats import promql
from iac_gym.formats.promql.playing import Series, play
from iac_gym.languages.grafana.provisioning import duration
from iac_gym.languages.grafana.queries import read_promql
from iac_gym.languages.grafana.values import objects, section, text_of, texts
from iac_gym.verdict import Finding


@requirement(
    "the dashboard is called `{title}`", "its title is `{title}`", language=LANGUAGE
)  # fmt: skip
def dashboard_title(model: Any, title: str) -> Iterable[Finding]:
    """`title`, and at least one panel."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is not None:
        if board.title.strip() != title:
            yield model.finding(f"the dashboard is not called `{title}`", board)
        if not board.panels:
            yield model.finding("the dashboard has no panel that can be seen", board)


@requirement(
    "the dashboard has the uid `{uid}`", "its uid is `{uid}`", language=LANGUAGE
)  # fmt: skip
def dashboard_uid(model: Any, uid: str) -> Iterable[Finding]:
    """`uid`."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is not None and board.uid != uid:
        yield model.finding(f"the uid is not `{uid}`", board)


@requirement(
    "the dashboard has the tags {tags}", "it is tagged with {tags}", language=LANGUAGE
)  # fmt: skip
def dashboard_tags(model: Any, tags: Sequence[str]) -> Iterable[Finding]:
    """`tags`, and no others."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is not None and set(board.tags) != set(tags):
        yield model.finding("these are not the tags", board)


@requirement(
    "the dashboard refreshes itself every {time}", "its data are read again every {time}",
    language=LANGUAGE,
)  # fmt: skip
def dashboard_refresh(model: Any, time: str) -> Iterable[Finding]:
    """`refresh`, in whatever unit."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is not None and duration(board.refresh) != duration(time):
        yield model.finding(f"it is not refreshed every {time}", board)


@requirement(
    "at first the dashboard shows the last {time}", "when opened, it shows the last {time}",
    language=LANGUAGE,
)  # fmt: skip
def dashboard_range(model: Any, time: str) -> Iterable[Finding]:
    """`time`: from now minus that until now."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is not None:
        start, end = board.time
        given = duration(start.removeprefix("now-")) if start.startswith("now-") else None
        if given != duration(time) or end != "now":
            yield model.finding(f"it does not show the last {time}", board)


@requirement(
    "times are shown in the time zone `{zone}`", "the dashboard's time zone is `{zone}`",
    language=LANGUAGE,
)  # fmt: skip
def dashboard_zone(model: Any, zone: str) -> Iterable[Finding]:
    """`timezone`; case matters in names of places alone."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is not None and board.timezone.casefold() != zone.casefold():
        yield model.finding(f"times are not those of `{zone}`", board)


@requirement(
    "the crosshair is shared by all panels of the dashboard",
    "pointing at one panel shows the crosshair in all others of the dashboard",
    language=LANGUAGE,
)
def shared_crosshair(model: Any) -> Iterable[Finding]:
    """`graphTooltip`: 1, or 2 with the values."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is not None and board.tree.get("graphTooltip") not in (1, 2):
        yield model.finding("the crosshair is not shared", board)


@requirement(
    "nobody can edit the dashboard in the browser", "the dashboard is read-only",
    language=LANGUAGE,
)  # fmt: skip
def read_only_dashboard(model: Any) -> Iterable[Finding]:
    """`editable: false`."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is not None and board.tree.get("editable") is not False:
        yield model.finding("it can be edited", board)


@requirement(
    "the dashboard has a link `{title}` to `{url}`",
    "a link called `{title}` leads from the dashboard to `{url}`",
    language=LANGUAGE,
)
def dashboard_link(model: Any, title: str, url: str) -> Iterable[Finding]:
    """One of `links`, of the type `link`."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is None:
        return
    for one, _ in objects(board.tree, "links"):
        named = one.get("type") == "link" and text_of(one.get("title")).strip() == title
        if named and text_of(one.get("url")).rstrip("/") == url.rstrip("/"):
            return
    yield model.finding(f"there is no link `{title}` to `{url}`", board)


@requirement(
    "the dashboard links to all dashboards with the tag `{tag}`",
    "links lead from it to every dashboard that is tagged with `{tag}`",
    language=LANGUAGE,
)
def linked_dashboards(model: Any, tag: str) -> Iterable[Finding]:
    """One of `links`, of the type `dashboards`."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is not None and not any(
        one.get("type") == "dashboards" and texts(one, "tags") == (tag,)
        for one, _ in objects(board.tree, "links")
    ):
        yield model.finding(f"nothing links to the dashboards with the tag `{tag}`", board)


@requirement(
    "an annotation called `{name}` marks in all panels when alerts with the label "
    "`{label}={value}` "
    "fire (series of `ALERTS`)",
    "the firing alerts (`ALERTS`) with `{label}={value}` are marked by an annotation `{name}`",
    language=LANGUAGE,
)
def alerts_annotated(model: Any, name: str, label: str, value: str) -> Iterable[Finding]:
    """The query of the annotation, played: firing and pending alerts, and others."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is None:
        return
    known = [
        one
        for one, _ in objects(board.tree.get("annotations"), "list")
        if text_of(one.get("name")).strip() == name and one.get("enable") is not False
    ]
    if len(known) != 1:
        yield model.finding(f"there is not one annotation `{name}` that is enabled", board)
        return
    query = known[0].get("expr") or section(known[0], "target").get("expr")
    found = read_promql(text_of(query)).expression
    if found is None or not _marks(found, label, value):
        message = f"`{name}` does not mark firing alerts with `{label}={value}` alone"
        yield model.finding(message, board, known[0].mark)


def _marks(query: promql.Expression, label: str, value: str) -> bool:
    cases = (
        ({"alertstate": "firing", label: value}, True),
        ({"alertstate": "pending", label: value}, False),
        ({"alertstate": "firing", label: f"not-{value}"}, False),
    )
    for labels, wanted in cases:
        one = Series("ALERTS", {"alertname": "A", "instance": "a:1", **labels}, 1)
        found = play(query.root, [one])
        if found is None or bool(found) is not wanted:
            return False
    return True


@requirement(
    "the panel `{panel}` stands in the row `{row}`",
    "the row `{row}` holds the panel `{panel}`",
    language=LANGUAGE,
)
def panel_in_row(model: Any, panel: str, row: str) -> Iterable[Finding]:
    """A row's own panels, or the row above it."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None and found.row.strip().casefold() != row.strip().casefold():
        yield wrong(model, found, f"`{panel}` is not in the row `{row}`")


@requirement(
    "the row `{row}` is folded when the dashboard is opened",
    "the row `{row}` is collapsed at first",
    language=LANGUAGE,
)  # fmt: skip
def folded_row(model: Any, row: str) -> Iterable[Finding]:
    """`collapsed`, with panels in it."""
    board, findings = dashboard_of(model)
    yield from findings
    if board is None:
        return
    for key, flag in (("panels", "collapsed"), ("rows", "collapse")):
        for one, _ in objects(board.tree, key):
            named = text_of(one.get("title")).strip().casefold() == row.casefold()
            if named and one.get(flag) is True and one.get("panels"):
                return
    yield model.finding(f"the row `{row}` is not folded, or holds nothing", board)


@requirement(
    "the panels {panels} stand side by side, from left to right",
    "{panels} stand next to each other in this order, from the left",
    language=LANGUAGE,
)
def side_by_side(model: Any, panels: Sequence[str]) -> Iterable[Finding]:
    """The same `y`, and places that do not overlap."""
    edge = -1
    line = None
    for title in panels:
        found, findings = panel_of(model, title)
        yield from findings
        if found is None:
            return
        if found.grid is None or found.grid.x < edge or line not in (None, found.grid.y):
            yield wrong(model, found, f"`{title}` is not at the right of the others", "gridPos")
            return
        edge, line = found.grid.x + found.grid.w, found.grid.y


@requirement(
    "the panel `{panel}` is {width} columns wide and {height} rows high",
    "the size of `{panel}`: {width} of the 24 columns, {height} rows high",
    language=LANGUAGE,
)
def panel_size(model: Any, panel: str, width: int, height: int) -> Iterable[Finding]:
    """`gridPos`."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None and (
        found.grid is None or (found.grid.w, found.grid.h) != (width, height)
    ):
        yield wrong(model, found, f"`{panel}` is not of that size", "gridPos")
