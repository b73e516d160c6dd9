"""What provisioning files say: data sources, providers of dashboards, alerting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.go_durations import go_duration, prometheus_duration
from iac_gym.formats.yaml_tree import Mark, YamlMap
from iac_gym.languages.grafana.queries import Promql, read_promql
from iac_gym.languages.grafana.values import objects, section, text_of, texts


@dataclass(frozen=True, slots=True, eq=False)
class Datasource:
    """A data source with its settings `json` and `secure`; `access` is "proxy" by default."""

    name: str
    type: str
    uid: str
    url: str
    access: str
    is_default: bool
    editable: bool
    json: Mapping[str, Any]
    secure: Mapping[str, Any]
    tree: YamlMap
    mark: Mark


def read_datasources(tree: YamlMap) -> Iterator[Datasource]:
    """Yield the data sources of a file."""
    for one, mark in objects(tree, "datasources"):
        yield Datasource(
            name=text_of(one.get("name")),
            type=text_of(one.get("type")),
            uid=text_of(one.get("uid")),
            url=text_of(one.get("url")),
            access=text_of(one.get("access")) or "proxy",
            is_default=one.get("isDefault") is True,
            editable=one.get("editable") is True,
            json=section(one, "jsonData"),
            secure=section(one, "secureJsonData"),
            tree=one,
            mark=mark,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Provider:
    """Where dashboards are loaded from: `dashboards` is the folder on disk."""

    name: str
    type: str
    folder: str
    dashboards: str
    interval: int
    tree: YamlMap
    mark: Mark

    @property
    def from_structure(self) -> bool:
        """Whether folders on disk become folders of Grafana."""
        return section(self.tree, "options").get("foldersFromFilesStructure") is True


def read_providers(tree: YamlMap) -> Iterator[Provider]:
    """Yield the providers of dashboards of a file."""
    for one, mark in objects(tree, "providers"):
        every = one.get("updateIntervalSeconds")
        yield Provider(
            name=text_of(one.get("name")),
            type=text_of(one.get("type")) or "file",
            folder=text_of(one.get("folder")),
            dashboards=text_of(section(one, "options").get("path")),
            interval=every if every.__class__ is int else 10,
            tree=one,
            mark=mark,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One query or expression of a rule: `kind` is the type of an expression, '' for a query."""

    ref: str
    datasource: str
    kind: str
    expression: str
    model: YamlMap
    mark: Mark

    @property
    def promql(self) -> Promql | None:
        """What reading a query as PromQL gives; None for an expression."""
        text = text_of(self.model.get("expr"))
        return read_promql(text) if text and not self.kind else None


@dataclass(frozen=True, slots=True, eq=False)
class AlertRule:
    """One rule of alerting; durations are in milliseconds.

    `steps` are its queries and expressions, `condition` the one that decides.
    """

    uid: str
    title: str
    group: str
    folder: str
    interval: int | None
    condition: str
    pending: int
    no_data: str
    on_error: str
    labels: Mapping[str, Any]
    annotations: Mapping[str, Any]
    steps: tuple[Step, ...]
    paused: bool
    tree: YamlMap
    mark: Mark

    def step(self, ref: str) -> Step | None:
        """Return a query or expression by its name."""
        return next((one for one in self.steps if one.ref == ref), None)


def duration(value: Any) -> int | None:
    """Return the milliseconds of a duration (`5m`), None if it is none."""
    text = str(value) if value.__class__ in (str, int) else ""
    found = prometheus_duration(text)
    if found is None and (nanoseconds := go_duration(text)) is not None:
        found = nanoseconds // 1_000_000
    return found


def read_alert_rules(tree: YamlMap) -> Iterator[AlertRule]:
    """Yield the rules of alerting of a file."""
    for group, _ in objects(tree, "groups"):
        for one, mark in objects(group, "rules"):
            yield AlertRule(
                uid=text_of(one.get("uid")),
                title=text_of(one.get("title")),
                group=text_of(group.get("name")),
                folder=text_of(group.get("folder")),
                interval=duration(group.get("interval")),
                condition=text_of(one.get("condition")),
                pending=duration(one.get("for")) or 0,
                no_data=text_of(one.get("noDataState")) or "NoData",
                on_error=text_of(one.get("execErrState")) or "Alerting",
                labels=section(one, "labels"),
                annotations=section(one, "annotations"),
                steps=tuple(_step(step, place) for step, place in objects(one, "data")),
                paused=one.get("isPaused") is True,
                tree=one,
                mark=mark,
            )


def _step(tree: YamlMap, mark: Mark) -> Step:
    model = section(tree, "model")
    source = text_of(tree.get("datasourceUid"))
    own = source in ("__expr__", "-100")
    return Step(
        ref=text_of(tree.get("refId")),
        datasource=source,
        kind=text_of(model.get("type")) if own else "",
        expression=text_of(model.get("expression")),
        model=model,
        mark=mark,
    )


@dataclass(frozen=True, slots=True, eq=False)
class ContactPoint:
    """A contact point with its receivers: (type, settings)."""

    name: str
    receivers: tuple[tuple[str, YamlMap], ...]
    tree: YamlMap
    mark: Mark


def read_contact_points(tree: YamlMap) -> Iterator[ContactPoint]:
    """Yield the contact points of a file."""
    for one, mark in objects(tree, "contactPoints"):
        made = tuple(
            (text_of(receiver.get("type")), section(receiver, "settings"))
            for receiver, _ in objects(one, "receivers")
        )
        yield ContactPoint(text_of(one.get("name")), made, one, mark)


@dataclass(slots=True, eq=False)
class Policy:
    """A notification policy: `receiver` and `group_by` are inherited where it does not say them.

    `matchers` are (label, operator, value), from all fields that may hold them.
    """

    receiver: str
    matchers: tuple[tuple[str, str, str], ...]
    group_by: tuple[str, ...]
    continues: bool
    tree: YamlMap
    mark: Mark
    routes: list[Policy] = field(default_factory=list)


def read_policies(tree: YamlMap) -> Iterator[Policy]:
    """Yield the roots of the trees of policies of a file."""
    for one, mark in objects(tree, "policies"):
        yield _policy(one, mark, None)


def _policy(tree: YamlMap, mark: Mark, parent: Policy | None) -> Policy:
    made = Policy(
        receiver=text_of(tree.get("receiver")) or (parent.receiver if parent else ""),
        matchers=tuple(_matchers(tree)),
        group_by=texts(tree, "group_by") or (parent.group_by if parent else ()),
        continues=tree.get("continue") is True,
        tree=tree,
        mark=mark,
    )
    made.routes = [_policy(one, place, made) for one, place in objects(tree, "routes")]
    return made


def _matchers(tree: YamlMap) -> Iterator[tuple[str, str, str]]:
    for one in tree.get("object_matchers") or ():
        if isinstance(one, list) and len(one) == 3 and all(isinstance(p, str) for p in one):
            yield one[0], one[1], one[2]
    for text in texts(tree, "matchers"):
        for op in ("=~", "!~", "!=", "="):
            name, found, value = text.partition(op)
            if found:
                yield name.strip(), op, value.strip().strip('"')
                break
