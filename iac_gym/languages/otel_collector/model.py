"""A collector's configuration as requirements read it.

- `model.pipelines`: the pipelines, each with `.signal` ("traces", "metrics", "logs"), `.receivers`,
  `.processors` (in their order) and `.exporters`: lists of `Component`.
- `model.components(kind, type)`: the components of a kind ("receivers", "processors", "exporters",
  "connectors", "extensions") that are in use: those that no pipeline uses, and extensions that
  `service.extensions` does not start, are left out. `model.defined` has them all.
- `component.get("protocols", "grpc", "endpoint")`: a setting, with defaults of variables filled in;
  `.text(...)`, `.duration(...)` (milliseconds), `.has(...)`, `.at(...)` (place) likewise.
- `model.flows(signal)`: every way of data: (receiver, processors, exporter), through connectors.

Types have one name whatever the spelling (`otlp_http` is `otlphttp`). Everything knows its place;
`model.finding(message, mark)` makes a finding. What cannot be read is reported in `faults` and left
out here: nothing raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.otel_collector.values import (
    milliseconds,
    names,
    resolved,
    section,
    split_id,
)
from iac_gym.verdict import Finding

Faults = dict[str, list[Finding]]
KINDS = ("receivers", "processors", "exporters", "connectors", "extensions")
SIGNALS = ("traces", "metrics", "logs", "profiles")
#: Most ways of data that are followed.
MOST_FLOWS = 2_000

#: Settings that a component has where it does not write them: (kind, type) -> {path: value}.
DEFAULTS: dict[tuple[str, str], dict[tuple[str, ...], Any]] = {
    ("receivers", "otlp"): {
        ("protocols", "grpc", "endpoint"): "localhost:4317",
        ("protocols", "http", "endpoint"): "localhost:4318",
    },
    ("receivers", "jaeger"): {
        ("protocols", "grpc", "endpoint"): "localhost:14250",
        ("protocols", "thrift_http", "endpoint"): "localhost:14268",
        ("protocols", "thrift_compact", "endpoint"): "localhost:6831",
        ("protocols", "thrift_binary", "endpoint"): "localhost:6832",
    },
    ("receivers", "zipkin"): {("endpoint",): "localhost:9411"},
    ("receivers", "hostmetrics"): {("collection_interval",): "1m"},
    ("receivers", "kubeletstats"): {("collection_interval",): "10s"},
    ("receivers", "k8s_cluster"): {("collection_interval",): "10s"},
    ("processors", "batch"): {("timeout",): "200ms", ("send_batch_size",): 8192},
    ("exporters", "otlp"): {("compression",): "gzip", ("timeout",): "5s"},
    ("exporters", "otlphttp"): {("compression",): "gzip", ("timeout",): "30s"},
    ("exporters", "debug"): {("verbosity",): "basic"},
    ("extensions", "health_check"): {("endpoint",): "localhost:13133", ("path",): "/"},
    ("extensions", "pprof"): {("endpoint",): "localhost:1777"},
    ("extensions", "zpages"): {("endpoint",): "localhost:55679"},
}


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """One component: `id` as it is written, `tree` its settings (empty where it has none)."""

    kind: str
    id: str
    type: str
    name: str
    tree: YamlMap
    mark: Mark

    def get(self, *path: str) -> Any:
        """Return a setting, or its default; None where there is none.

        A mapping that is only opened (`grpc:`) is an empty one. Below a protocol of a receiver
        that is not opened there are no defaults.
        """
        found: Any = self.tree
        for at, key in enumerate(path):
            if found.__class__ is not YamlMap or key not in found:
                opened = at == len(path) - 1 and (found is None or found.__class__ is YamlMap)
                return self._default(path) if opened else None
            found = found[key]
            if found is None and at < len(path) - 1:
                found = YamlMap()
        return self._default(path) if found is None else resolved(found)

    def _default(self, path: tuple[str, ...]) -> Any:
        return DEFAULTS.get((self.kind, self.type), {}).get(path)

    def has(self, *path: str) -> bool:
        """Whether a setting is written, even if it is only opened (`grpc:`)."""
        found: Any = self.tree
        for key in path:
            if found.__class__ is not YamlMap or key not in found:
                return False
            found = found[key]
        return True

    def text(self, *path: str) -> str:
        """Return a setting as text, '' where it is none."""
        value = self.get(*path)
        if value.__class__ is bool:
            return "true" if value else "false"
        return str(value) if isinstance(value, (str, int, float)) else ""

    def duration(self, *path: str) -> int | None:
        """Return a setting in milliseconds, None where it is no duration."""
        return milliseconds(self.get(*path))

    def at(self, *path: str) -> Mark:
        """Return the place of a setting, or of what is deepest on the way to it."""
        found: Any = self.tree
        mark = self.mark
        for key in path:
            if found.__class__ is not YamlMap or key not in found:
                break
            mark, found = found.marks[key], found[key]
        return mark


@dataclass(frozen=True, slots=True, eq=False)
class Pipeline:
    """One pipeline; references that are not defined are left out."""

    id: str
    signal: str
    name: str
    receivers: tuple[Component, ...]
    processors: tuple[Component, ...]
    exporters: tuple[Component, ...]
    tree: YamlMap
    mark: Mark

    def processor(self, kind: str) -> Component | None:
        """Return the first processor of a type."""
        return next((one for one in self.processors if one.type == kind), None)

    def position(self, kind: str) -> int:
        """Return the position of the first processor of a type, -1 if there is none."""
        return next((at for at, one in enumerate(self.processors) if one.type == kind), -1)


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """One way of data from a receiver to an exporter; `pipelines` are those it runs through."""

    receiver: Component
    processors: tuple[Component, ...]
    exporter: Component
    pipelines: tuple[Pipeline, ...]


@dataclass(eq=False)
class Collector:
    """One configuration; `faults` is what is wrong with it, by rule."""

    tree: YamlMap
    path: str
    faults: Faults = field(default_factory=dict)

    def finding(self, message: str, mark: Mark = (0, 0), hint: str = "") -> Finding:
        """Make a finding at a place of the file."""
        return Finding(message, self.path, mark[0], mark[1], hint)

    @cached_property
    def defined(self) -> dict[str, dict[str, Component]]:
        """All components that are defined: kind -> id -> component."""
        return {kind: dict(self._defined(kind)) for kind in KINDS}

    def _defined(self, kind: str) -> Iterator[tuple[str, Component]]:
        given = section(self.tree, kind)
        for key, value in given.items():
            if key.__class__ is str and (value is None or value.__class__ is YamlMap):
                of, name = split_id(key)
                tree = YamlMap(given.key_marks[key]) if value is None else value
                yield key.strip(), Component(kind, key, of, name, tree, given.key_marks[key])

    @property
    def service(self) -> YamlMap:
        """The section `service` as it is written."""
        return section(self.tree, "service")

    @cached_property
    def pipelines(self) -> tuple[Pipeline, ...]:
        """The pipelines of a known signal."""
        given = section(self.service, "pipelines")
        return tuple(
            self._pipeline(key, value, given.key_marks[key])
            for key, value in given.items()
            if value.__class__ is YamlMap and key.__class__ is str
        )

    def _pipeline(self, key: str, tree: YamlMap, mark: Mark) -> Pipeline:
        signal, _, name = key.partition("/")
        return Pipeline(
            key,
            signal.strip(),
            name.strip(),
            self._named(tree, "receivers", "connectors"),
            self._named(tree, "processors"),
            self._named(tree, "exporters", "connectors"),
            tree,
            mark,
        )

    def _named(self, tree: YamlMap, field: str, *more: str) -> tuple[Component, ...]:
        made = []
        for name, _ in names(tree, field):
            for kind in (field, *more):
                if name in self.defined[kind]:
                    made.append(self.defined[kind][name])
                    break
        return tuple(made)

    @cached_property
    def extensions(self) -> tuple[Component, ...]:
        """The extensions that are started."""
        known = self.defined["extensions"]
        return tuple(known[name] for name, _ in names(self.service, "extensions") if name in known)

    @cached_property
    def _used(self) -> frozenset[int]:
        used = list(self.extensions)
        for one in self.pipelines:
            used += [*one.receivers, *one.processors, *one.exporters]
        return frozenset(id(one) for one in used)

    def components(self, kind: str, of: str = "") -> list[Component]:
        """Return the components of a kind (and a type) that are in use."""
        return [
            one
            for one in self.defined[kind].values()
            if (not of or one.type == of) and id(one) in self._used
        ]

    def unused(self) -> list[Component]:
        """Return the components that are defined and not in use."""
        every = (one for kind in KINDS for one in self.defined[kind].values())
        return [one for one in every if id(one) not in self._used]

    def of_signal(self, signal: str) -> list[Pipeline]:
        """Return the pipelines of a signal."""
        return [one for one in self.pipelines if one.signal == signal]

    @cached_property
    def starts(self) -> dict[str, list[Pipeline]]:
        """The pipelines that each connector starts, by its id."""
        found: dict[str, list[Pipeline]] = {}
        for pipeline in self.pipelines:
            for one in dict.fromkeys(pipeline.receivers):
                if one.kind == "connectors":
                    found.setdefault(one.id, []).append(pipeline)
        return found

    def flows(self, signal: str = "") -> list[Flow]:
        """Return the ways of data that start in a pipeline of a signal (of any if '')."""
        made: list[Flow] = []
        for pipeline in self.pipelines:
            if signal in ("", pipeline.signal):
                for receiver in pipeline.receivers:
                    if receiver.kind == "receivers":
                        self._follow(receiver, (), (pipeline,), made)
        return made

    def _follow(
        self,
        receiver: Component,
        passed: tuple[Component, ...],
        way: tuple[Pipeline, ...],
        made: list[Flow],
    ) -> None:
        pipeline = way[-1]
        passed = (*passed, *pipeline.processors)
        for exporter in pipeline.exporters:
            if len(made) >= MOST_FLOWS or len(way) > 10:
                return
            if exporter.kind == "exporters":
                made.append(Flow(receiver, passed, exporter, way))
                continue
            for other in self.starts.get(exporter.id, ()):
                if other not in way:
                    self._follow(receiver, passed, (*way, other), made)

    @property
    def telemetry(self) -> YamlMap:
        """The collector's own telemetry as it is written."""
        return section(self.service, "telemetry")
