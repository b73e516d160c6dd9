"""Checks dashboards and provisioning files once, and keeps what it finds."""

from __future__ import annotations

from iac_gym.languages.grafana.check_dashboard import dashboard
from iac_gym.languages.grafana.check_panels import panel
from iac_gym.languages.grafana.check_provisioning import provisioning
from iac_gym.languages.grafana.check_use import use
from iac_gym.languages.grafana.checker import Checker
from iac_gym.languages.grafana.model import Dashboard, Grafana
from iac_gym.languages.grafana.values import objects, text_of

#: Most cells of the grid that are looked at.
MOST_CELLS = 50_000


def examine(model: Grafana) -> None:
    """Check everything."""
    check = Checker(model)
    for one in model.dashboards:
        check.part = one
        dashboard(check, one)
        for tree, mark, _ in one.written:
            panel(check, tree, mark)
        _rows(check, one)
        _together(check, one)
        use(check, one)
    for part in model.parts:
        check.part = part
        provisioning(check, part.tree)
    _uids(check, model)


def _rows(check: Checker, one: Dashboard) -> None:
    for tree, mark in objects(one.tree, "panels"):
        if tree.get("type") == "row" and tree.get("panels") and tree.get("collapsed") is not True:
            message = "the panels of a row that is open stand beside it, not in it: they get lost"
            check.bad("panels-are-shown", message, mark)


def _together(check: Checker, one: Dashboard) -> None:
    """Notice panels that share an id or a place."""
    ids: set[int] = set()
    taken: dict[tuple[int, int], str] = {}
    left = MOST_CELLS
    for panel_ in one.panels:
        if panel_.id is not None and panel_.id in ids:
            message = f"the id {panel_.id} is used twice: Grafana gives another one"
            check.bad("panels-have-ids-of-their-own", message, panel_.at("id"))
        if panel_.id is not None:
            ids.add(panel_.id)
        grid = panel_.grid
        if grid is None or not panel_.tree.get("gridPos") or left < 0:
            continue
        cells = [
            (x, y)
            for x in range(grid.x, grid.x + min(grid.w, 24))
            for y in range(grid.y, grid.y + min(grid.h, 60))
        ]
        left -= len(cells)
        hit = next((taken[cell] for cell in cells if cell in taken), None)
        if hit is not None and not panel_.row:
            message = f"it lies over panel `{hit[:40]}`: Grafana moves it"
            check.bad("panels-do-not-overlap", message, panel_.at("gridPos"))
        if not panel_.row:
            taken.update(dict.fromkeys(cells, panel_.title))


def _uids(check: Checker, model: Grafana) -> None:
    seen: set[str] = set()
    for one in model.dashboards:
        check.part = one
        uid = text_of(one.tree.get("uid"))
        if uid and uid in seen:
            message = f"another dashboard has the uid `{uid[:40]}`"
            check.bad("settings-are-right", message, one.tree.marks["uid"])
        seen.add(uid)
