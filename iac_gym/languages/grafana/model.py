"""Grafana's files as requirements read them: dashboards, and what is provisioned beside them.

- `model.dashboards`: the dashboards, in the order of the files; `model.dashboard` is the first.
  `.title`, `.uid`, `.tags`, `.refresh`, `.time` (from, to), `.timezone`, `.variables` (name ->
  `Variable`), `.panels` (flat: rows are opened, invisible ones left out), `.rows`, `.panel(title)`.
- A `Panel` has `.type .title .queries .unit .thresholds .least .most .decimals .datasource .grid
  .row .settings .tree`; a `Query` `.text .promql .kind .legend .datasource`. Hidden queries are
  left out. `query.promql.root` is its tree; variables are replaced as `queries.py` says.
- `model.datasources`, `.providers`, `.alert_rules`, `.contact_points`, `.policies`: what
  provisioning files say (see `provisioning.py`).

Everything knows its place; `model.finding(message, part, mark)` makes a finding. What cannot be
read is reported in `faults` and left out here: nothing raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from iac_gym.formats.yaml_tree import Mark, YamlMap
from iac_gym.languages.grafana.panels import Panel, Written, is_visible, read_panel, written
from iac_gym.languages.grafana.provisioning import (
    AlertRule,
    ContactPoint,
    Datasource,
    Policy,
    Provider,
    read_alert_rules,
    read_contact_points,
    read_datasources,
    read_policies,
    read_providers,
)
from iac_gym.languages.grafana.values import Reference, objects, section, text_of, texts
from iac_gym.languages.grafana.variables import Variable, declared, read_variable
from iac_gym.verdict import Finding

Faults = dict[str, list[Finding]]


@dataclass(eq=False)
class Dashboard:
    """One dashboard; `tree` is its object, `path` the file it stands in."""

    tree: YamlMap
    path: str

    @property
    def title(self) -> str:
        """Its title."""
        return text_of(self.tree.get("title"))

    @property
    def uid(self) -> str:
        """Its unique id, '' where Grafana makes one."""
        return text_of(self.tree.get("uid"))

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags."""
        return texts(self.tree, "tags")

    @property
    def refresh(self) -> str:
        """How often it is refreshed (`30s`), '' for never."""
        return text_of(self.tree.get("refresh"))

    @property
    def time(self) -> tuple[str, str]:
        """The range of time it shows at first (`now-6h`, `now`)."""
        given = section(self.tree, "time")
        return text_of(given.get("from")) or "now-6h", text_of(given.get("to")) or "now"

    @property
    def timezone(self) -> str:
        """Its time zone: "browser" (or ''), "utc", or the name of one."""
        return text_of(self.tree.get("timezone"))

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """All panels as they are written, also invisible ones."""
        return tuple(written(self.tree))

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """Its variables by name; of equal names the first counts."""
        found: dict[str, Variable] = {}
        for tree, mark in declared(self.tree):
            one = read_variable(tree, mark)
            found.setdefault(one.name, one)
        return found

    @cached_property
    def inputs(self) -> dict[str, str]:
        """The data sources that are asked for when it is imported: name -> type."""
        return {
            text_of(one.get("name")): text_of(one.get("pluginId"))
            for one, _ in objects(self.tree, "__inputs")
            if one.get("type") == "datasource"
        }

    @cached_property
    def panels(self) -> tuple[Panel, ...]:
        """The panels that can be seen, those of collapsed rows too."""
        return tuple(read_panel(one, self.type_of) for one in self.written if is_visible(one[0]))

    @property
    def rows(self) -> tuple[str, ...]:
        """The titles of its rows."""
        new = [one for one, _ in objects(self.tree, "panels") if one.get("type") == "row"]
        old = [one for one, _ in objects(self.tree, "rows")]
        return tuple(text_of(one.get("title")) for one in (*new, *old))

    def panel(self, title: str) -> Panel | None:
        """Return the first panel with a title, whatever its case and spaces around it."""
        wanted = title.strip().casefold()
        return next((one for one in self.panels if one.title.strip().casefold() == wanted), None)

    def queries(self) -> Iterator[tuple[Panel, Any]]:
        """Yield every query with its panel."""
        for panel in self.panels:
            for query in panel.queries:
                yield panel, query

    def type_of(self, reference: Reference) -> str:
        """Return the type of a data source as far as the dashboard tells it, '' otherwise."""
        if reference.type and not reference.type.startswith("$"):
            return reference.type
        name = reference.uid.strip("${}[]").partition(":")[0]
        if name in self.inputs:
            return self.inputs[name]
        variable = self.variables.get(name) if reference.uid.startswith(("$", "[[")) else None
        if variable is not None and variable.type == "datasource":
            return variable.query
        plain = reference.uid.lower()
        return next((one for one in ("prometheus", "loki") if plain.startswith(one)), "")


@dataclass(eq=False)
class Part:
    """One file that is no dashboard: a provisioning file."""

    tree: YamlMap
    path: str


@dataclass(eq=False)
class Grafana:
    """All files of an answer; `faults` is what is wrong with them, by rule."""

    dashboards: tuple[Dashboard, ...]
    parts: tuple[Part, ...]
    faults: Faults = field(default_factory=dict)

    @property
    def dashboard(self) -> Dashboard | None:
        """The first dashboard."""
        return self.dashboards[0] if self.dashboards else None

    def finding(
        self,
        message: str,
        part: Dashboard | Part | None = None,
        mark: Mark = (0, 0),
        hint: str = "",
    ) -> Finding:
        """Make a finding in a dashboard or a provisioning file (the first file if not given)."""
        every: tuple[Dashboard | Part, ...] = (*self.dashboards, *self.parts)
        where = part or next(iter(every), None)
        return Finding(message, where.path if where else "", mark[0], mark[1], hint)

    @cached_property
    def datasources(self) -> tuple[Datasource, ...]:
        """The data sources that are provisioned."""
        return tuple(one for part in self.parts for one in read_datasources(part.tree))

    @cached_property
    def providers(self) -> tuple[Provider, ...]:
        """Where dashboards are loaded from."""
        return tuple(one for part in self.parts for one in read_providers(part.tree))

    @cached_property
    def alert_rules(self) -> tuple[AlertRule, ...]:
        """The rules of alerting that are provisioned and not paused."""
        found = (one for part in self.parts for one in read_alert_rules(part.tree))
        return tuple(one for one in found if not one.paused)

    @cached_property
    def contact_points(self) -> tuple[ContactPoint, ...]:
        """The contact points."""
        return tuple(one for part in self.parts for one in read_contact_points(part.tree))

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """The roots of the trees of notification policies."""
        return tuple(one for part in self.parts for one in read_policies(part.tree))
