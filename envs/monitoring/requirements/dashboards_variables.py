"""Requirements about variables of a dashboard: what they offer, and what choosing changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from envs.monitoring.requirements.dashboard_reading import (
    LANGUAGE,
    panel_of,
    variable_of,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.formats import promql
from iac_gym.languages.grafana.queries import read_promql
from iac_gym.languages.grafana.variables import Variable, uses
from iac_gym.verdict import Finding


def _bad(model: Any, variable: Variable, message: str, key: str = "name") -> Finding:
    found: Finding = model.finding(message, model.dashboard, variable.at(key))
    return found


def _selector(variable: Variable) -> promql.Selector | None:
    """Return the selector of a query of values of a label."""
    if variable.type != "query" or variable.label_values is None:
        return None
    found = read_promql(variable.label_values[0] or '{__name__=~".+"}').expression
    root = found.root if found is not None else None
    return root if isinstance(root, promql.Selector) else None


@requirement(
    "the variable `{variable}` offers the values of the label `{label}` of the metric `{metric}`",
    "for the variable `{variable}` one chooses among the values that the label `{label}` has on "
    "`{metric}`",
    language=LANGUAGE,
)
def variable_values(model: Any, variable: str, label: str, metric: str) -> Iterable[Finding]:
    """A query `label_values(metric, label)`; other variables may narrow it down."""
    found, findings = variable_of(model, variable)
    yield from findings
    if found is None:
        return
    selector = _selector(found)
    named = found.label_values[1] if found.label_values else ""
    narrowed = selector is not None and any(
        "$" not in one.value and one.label != "__name__" for one in selector.matchers
    )
    if selector is None or selector.metric != metric or named != label or narrowed:
        yield _bad(
            model, found, f"`{variable}` does not offer the `{label}` of `{metric}`", "query"
        )
    elif found.tree.get("regex"):
        yield _bad(model, found, f"`{variable}` leaves values out", "regex")


@requirement(
    "the variable `{variable}` offers only values of series whose `{label}` is chosen in the "
    "variable `{parent}`",
    "what is chosen in `{parent}` (the label `{label}`) narrows the values of `{variable}` down",
    language=LANGUAGE,
)
def variable_depends(model: Any, variable: str, parent: str, label: str) -> Iterable[Finding]:
    """A matcher of its query."""
    found, findings = variable_of(model, variable)
    yield from findings
    if found is None:
        return
    selector = _selector(found)
    if selector is None or not _restricted(model, selector, parent, label):
        yield _bad(model, found, f"`{variable}` does not depend on `{parent}`", "query")


def _restricted(model: Any, selector: promql.Selector, variable: str, label: str) -> bool:
    """Whether a selector takes the series whose label is what a variable says."""
    known = model.dashboard.variables.get(variable)
    several = known is not None and (known.multi or known.include_all)
    for one in selector.matchers:
        chosen = one.value in (f"${variable}", f"(${variable})", f"^${variable}$")
        exact = one.op == "=" and one.value[:1] == "$" and not several
        if one.label == label and chosen and (one.op == "=~" or exact):
            return True
    return False


@requirement(
    "all panels show only series whose label `{label}` has the value that is chosen in the "
    "variable "
    "`{variable}`",
    "what is chosen in the variable `{variable}` decides, by the label `{label}`, which series all "
    "panels show",
    language=LANGUAGE,
)
def panels_filtered(model: Any, variable: str, label: str) -> Iterable[Finding]:
    """Every series that every visible query reads; several values need `=~`."""
    found, findings = variable_of(model, variable)
    yield from findings
    if found is None:
        return
    seen = False
    for panel, query in model.dashboard.queries():
        if query.promql is None:
            continue
        seen = True
        for use in promql.uses(query.promql.root):
            if not _restricted(model, use.selector, variable, label):
                message = f"`{panel.title}` shows other series than those of `${variable}`"
                yield wrong(model, panel, message, "targets")
                return
    if not seen:
        yield _bad(model, found, "there is no panel with a query")


@requirement(
    "several values of the variable `{variable}` can be chosen at once",
    "the variable `{variable}` takes more than one value at a time",
    language=LANGUAGE,
)
def variable_several(model: Any, variable: str) -> Iterable[Finding]:
    """`multi`."""
    found, findings = variable_of(model, variable)
    yield from findings
    if found is not None and not found.multi:
        yield _bad(model, found, f"`{variable}` takes one value alone")


@requirement(
    "the variable `{variable}` has the choice All",
    "All can be chosen for the variable `{variable}`",
    language=LANGUAGE,
)  # fmt: skip
def variable_all(model: Any, variable: str) -> Iterable[Finding]:
    """`includeAll`."""
    found, findings = variable_of(model, variable)
    yield from findings
    if found is not None and not found.include_all:
        yield _bad(model, found, f"`{variable}` does not offer All")


@requirement(
    "the variable `{variable}` is shown as `{text}`",
    "the dashboard calls the variable `{variable}` "
    "`{text}`",
    language=LANGUAGE,
)  # fmt: skip
def variable_label(model: Any, variable: str, text: str) -> Iterable[Finding]:
    """`label`."""
    found, findings = variable_of(model, variable)
    yield from findings
    if found is not None and found.label.strip() != text:
        yield _bad(model, found, f"`{variable}` is not shown as `{text}`", "label")


@requirement(
    "the values of the variable `{variable}` are read again whenever the time range changes",
    "a change of the time range makes Grafana read the values of `{variable}` anew",
    language=LANGUAGE,
)
def variable_rereads(model: Any, variable: str) -> Iterable[Finding]:
    """`refresh: 2`."""
    found, findings = variable_of(model, variable)
    yield from findings
    if found is not None and found.tree.get("refresh") not in (2, "onTimeRangeChanged"):
        yield _bad(model, found, f"`{variable}` is not read again", "refresh")


@requirement(
    "the variable `{variable}`, of the type {kind}, offers {values}",
    "{values} are the choices of the variable `{variable}`, which is of the type {kind}",
    language=LANGUAGE,
)
def variable_choices(
    model: Any, variable: str, kind: str, values: Sequence[str]
) -> Iterable[Finding]:
    """The choices of a custom or interval variable, whatever their order."""
    found, findings = variable_of(model, variable)
    yield from findings
    if found is not None and (found.type != kind or set(found.options) != set(values)):
        yield _bad(model, found, f"`{variable}` does not offer these values", "query")


@requirement(
    "with the variable `{variable}` one chooses among the data sources of the type `{kind}`, and "
    "all "
    "panels use the one that is chosen",
    "all panels take their data from the data source that is chosen in the variable `{variable}` "
    "(type `{kind}`)",
    language=LANGUAGE,
)
def variable_source(model: Any, variable: str, kind: str) -> Iterable[Finding]:
    """A variable of the type `datasource`, and the data source of every visible query."""
    found, findings = variable_of(model, variable)
    yield from findings
    if found is None:
        return
    if found.type != "datasource" or found.query != kind:
        yield _bad(model, found, f"`{variable}` does not offer data sources of `{kind}`", "query")
        return
    every = list(model.dashboard.queries())
    for panel, query in every:
        if [one.name for one in uses(query.datasource.uid)] != [variable]:
            yield wrong(model, panel, f"`{panel.title}` does not use `${variable}`", "datasource")
            return
    if not every:
        yield _bad(model, found, "there is no panel with a query")


@requirement(
    "the panel `{panel}` is repeated for each value of the variable `{variable}`",
    "there is one panel like `{panel}` for every value that is chosen in `{variable}`",
    language=LANGUAGE,
)
def panel_repeated(model: Any, panel: str, variable: str) -> Iterable[Finding]:
    """`repeat`."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None and found.repeat != variable:
        yield wrong(model, found, f"`{panel}` is not repeated by `{variable}`", "repeat")
    yield from variable_of(model, variable)[1]
