"""Variables of dashboards: how they are declared, and where texts use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from iac_gym.formats.yaml_tree import Mark, YamlList, YamlMap
from iac_gym.languages.grafana.values import Reference, read_reference, text_of

#: `$name`, `[[name:format]]`, `${name.field:format}`: as Grafana's own expression reads them.
USE = re.compile(
    r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}", re.ASCII
)
#: Variables that Grafana defines; and beginnings of names of further ones.
BUILT_IN = frozenset(
    """__interval __interval_ms __rate_interval __rate_interval_ms __range __range_s __range_ms
    __from __to __name __org __user __dashboard __timeFilter __timezone timeFilter __all
    __searchFilter __auto __series __field __value __cell __data __url __url_time_range
    __all_variables __cell_0 __time __unixEpochFilter __timeGroup __timeGroupAlias __timeFrom
    __timeTo __unixEpochFrom __unixEpochTo __unixEpochGroup __unixEpochGroupAlias __interval_s
    __timeInterval __conditionalAll __sql""".split()
)
_LABEL_VALUES = re.compile(
    r"\s*label_values\(\s*(?:(.*\S)\s*,)?\s*([a-zA-Z_$][\w$]*)\s*\)\s*", re.S
)


@dataclass(frozen=True, slots=True)
class Use:
    """A variable used in a text: its name, its format (`regex`, `csv`, ...) and where it stands."""

    name: str
    format: str
    start: int
    end: int


def uses(text: str) -> Iterator[Use]:
    """Yield the variables that a text uses; `$1` and `${1}` are groups of expressions."""
    if "$" not in text and "[[" not in text:
        return
    for found in USE.finditer(text):
        name = found[1] or found[2] or found[4]
        if not name.isdigit():
            yield Use(name, found[3] or found[6] or "", found.start(), found.end())


def is_built_in(name: str) -> bool:
    """Whether Grafana defines a variable itself."""
    return name in BUILT_IN or name.startswith("__")


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """One variable of a dashboard.

    `query` is the text of its query, whatever its spelling (`label_values(up, job)`), for `custom`
    and `interval` its choices, for `datasource` the type of data source, for `constant` and
    `textbox` its value. `options` are the choices of `custom` and `interval`.
    """

    name: str
    type: str
    label: str
    query: str
    options: tuple[str, ...]
    datasource: Reference
    multi: bool
    include_all: bool
    hidden: bool
    tree: YamlMap
    mark: Mark

    def at(self, key: str) -> Mark:
        """Return the place of a setting, or of the variable where it is not written."""
        return self.tree.marks.get(key, self.mark)

    @property
    def label_values(self) -> tuple[str, str] | None:
        """The selector ('' for every series) and the label of a query of values of a label."""
        found = _LABEL_VALUES.fullmatch(self.query)
        if found is None:
            return None
        return (found[1] or "").strip(), found[2]


def read_variable(tree: YamlMap, mark: Mark) -> Variable:
    """Return a variable; what is missing is ''."""
    kind = text_of(tree.get("type"))
    query = _query(tree)
    return Variable(
        name=text_of(tree.get("name")),
        type=kind,
        label=text_of(tree.get("label")),
        query=query,
        options=_options(tree, query) if kind in ("custom", "interval") else (),
        datasource=read_reference(tree.get("datasource")),
        multi=tree.get("multi") is True,
        include_all=tree.get("includeAll") is True,
        hidden=tree.get("hide") in (2, "hideVariable"),
        tree=tree,
        mark=mark,
    )


def _query(tree: YamlMap) -> str:
    query = tree.get("query")
    if query.__class__ is YamlMap:
        for key in ("query", "expr", "rawSql", "rawQuery"):
            if text := text_of(query.get(key)):
                return text
        return _structured(query)
    return text_of(query) or text_of(tree.get("definition"))


def _structured(query: YamlMap) -> str:
    """Return the text of a query that Prometheus' editor keeps in parts."""
    label, metric = text_of(query.get("label")), text_of(query.get("metric"))
    if query.get("qryType") == 1 and label:
        return f"label_values({metric}, {label})" if metric else f"label_values({label})"
    return ""


def _options(tree: YamlMap, query: str) -> tuple[str, ...]:
    """Return the choices: parts of the query between commas, `name : value` gives the value."""
    given = tree.get("options")
    if not query and given.__class__ is YamlList:
        found = (text_of(one.get("value")) for one in given if one.__class__ is YamlMap)
        return tuple(one for one in found if one and one != "$__all")
    parts = (part.strip().replace("\\,", ",") for part in re.split(r"(?<!\\),", query))
    return tuple(_value(part) for part in parts if part)


def _value(part: str) -> str:
    name, separator, value = part.partition(" : ")
    return value.strip() if separator and name.strip() else part


def declared(tree: Any) -> Iterator[tuple[YamlMap, Mark]]:
    """Yield the variables of a dashboard with their places."""
    templating = tree.get("templating") if tree.__class__ is YamlMap else None
    given = templating.get("list") if templating.__class__ is YamlMap else None
    if given.__class__ is YamlList:
        for one, mark in zip(given, given.marks, strict=True):
            if one.__class__ is YamlMap:
                yield one, mark
