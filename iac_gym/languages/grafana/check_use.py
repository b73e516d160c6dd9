"""Checks of what panels use: variables that are defined, PromQL that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from iac_gym.formats.yaml_tree import Mark, YamlMap
from iac_gym.languages.grafana.checker import Checker
from iac_gym.languages.grafana.model import Dashboard
from iac_gym.languages.grafana.panels import Query
from iac_gym.languages.grafana.queries import MOST_USES
from iac_gym.languages.grafana.values import objects, section, text_of
from iac_gym.languages.grafana.variables import is_built_in, uses

DEFINED = "variables-are-defined"
_QUOTED_LABELS = "label_replace"


def use(check: Checker, one: Dashboard) -> None:
    """Check the queries of all panels that can be seen, and the texts that use variables."""
    known = one.variables.keys() | one.inputs.keys()
    constants = {text_of(i.get("name")) for i, _ in objects(one.tree, "__inputs")}
    known = known | constants
    for panel in one.panels:
        scoped = known | _own(panel.tree)
        for query in panel.queries:
            if query.kind in ("promql", "logql"):
                _uses(check, query.text, query.at("expr"), scoped, f"panel `{panel.title[:40]}`")
            _query(check, query, panel.title)
        for text, mark, where in _titles(panel.tree):
            _uses(check, text, mark, scoped, where)


def _own(tree: YamlMap) -> set[str]:
    """Return the names of variables that exist in a panel alone."""
    return set(section(tree, "scopedVars"))


def _titles(tree: YamlMap) -> Iterator[tuple[str, Mark, str]]:
    title = text_of(tree.get("title"))
    if "$" in title or "[[" in title:
        yield title, tree.marks["title"], "a title"
    repeat = text_of(tree.get("repeat"))
    if repeat:
        yield "${" + repeat + "}", tree.marks["repeat"], "`repeat`"
    for holder in (tree, *(one for one, _ in objects(tree, "targets"))):
        given = holder.get("datasource")
        uid = given if isinstance(given, str) else text_of(section(holder, "datasource").get("uid"))
        if uid.startswith(("$", "[[")):
            yield uid, holder.marks["datasource"], "`datasource`"


def _uses(check: Checker, text: str, mark: Mark, known: set[str], where: str) -> None:
    if "$" not in text and "[[" not in text:
        return
    for one in islice(uses(text), MOST_USES):
        if one.name not in known and not is_built_in(one.name):
            if _QUOTED_LABELS in text:
                continue
            message = f"{where}: the variable `{one.name[:40]}` is not defined"
            check.bad(DEFINED, message, mark, check.near(one.name, known))


def _query(check: Checker, query: Query, title: str) -> None:
    where = f"panel `{title[:40]}`"
    if query.kind == "promql":
        if not query.text.strip():
            check.bad("queries-are-not-empty", f"{where}: a query is empty", query.at("expr"))
            return
        read = query.read
        if read.problem:
            message = f"{where}: the query cannot be read: {read.problem}"
            check.bad("queries-can-be-read", message, query.at("expr"))
        elif not read.judged:
            message = f"{where}: what variables stand for is not known"
            check.bad("queries-are-not-judged", message, query.at("expr"))
    elif query.text and query.kind != "promql":
        check.bad("queries-are-not-judged", f"{where}: its language is not read here", query.mark)
