"""How a task about a collector is put together: components, and the pipelines that use them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from envs.monitoring import choices
from envs.monitoring.requirements import collectors, collectors_data
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe
from iac_gym.formats.yaml import dump

__all__ = ["LANGUAGE", "PATH", "Collector", "Extra", "around", "exporter", "sending"]

LANGUAGE, PATH = "otel_collector", "otel-collector.yaml"
_ORDER = "receivers processors exporters connectors extensions service".split()
#: Where processors stand in a pipeline; the others stand between.
_PLACES = {
    "memory_limiter": 0, "k8sattributes": 1, "resourcedetection": 2, "resource": 3, "filter": 4,
    "attributes": 5, "tail_sampling": 6, "probabilistic_sampler": 7, "batch": 9,
}  # fmt: skip
Settings = dict[str, Any]


class Collector(Recipe):
    """The asks of a task, and the configuration that meets them."""

    def __init__(self, draw: Draw, *signals: str) -> None:
        super().__init__(draw)
        self.fields: dict[str, Settings] = {}
        self.pipelines: dict[str, dict[str, list[str]]] = {
            signal: {"receivers": [], "processors": [], "exporters": []} for signal in signals
        }
        self.telemetry: Settings = {}

    def add(self, kind: str, name: str, settings: Settings, *signals: str) -> Settings:
        """Define a component and use it in the pipelines of some signals (of all if none)."""
        found = self.fields.setdefault(kind, {}).setdefault(name, settings)
        for signal in signals or tuple(self.pipelines):
            used = self.pipelines[signal].get(kind, [])
            if kind in self.pipelines[signal] and name not in used:
                used.append(name)
        made: Settings = found
        return made

    def tree(self) -> Settings:
        """The configuration as plain data."""
        pipelines = {}
        for signal, pipeline in self.pipelines.items():
            pipeline["processors"].sort(key=lambda name: _PLACES.get(name.partition("/")[0], 8))
            pipelines[signal] = {key: used for key, used in pipeline.items() if used}
        service: Settings = {}
        if "extensions" in self.fields:
            service["extensions"] = list(self.fields["extensions"])
        if self.telemetry:
            service["telemetry"] = self.telemetry
        self.fields["service"] = {**service, "pipelines": pipelines}
        return {key: self.fields[key] for key in _ORDER if key in self.fields}

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        return self.make_draft(openings, partial(dump, self.tree()), ((PATH, LANGUAGE),))


def otlp(made: Collector, signals: Sequence[str], name: str = "") -> None:
    """Ask for a receiver of OTLP for some signals."""
    draw = made.draw
    protocol = draw.choice(f"protocol{name}", ("gRPC", "HTTP"))
    port = draw.choice(f"port{name}", (4317, 4318, 14317, 24318, 9317))
    host = draw.choice(f"bound{name}", ("0.0.0.0", "127.0.0.1", "localhost"))
    endpoint = f"{host}:{port}"
    opened = {protocol.lower(): {"endpoint": endpoint}}
    made.add("receivers", "otlp", {"protocols": opened}, *signals)
    for signal in signals:
        made.ask(collectors.otlp_received(signal=signal, protocol=protocol, endpoint=endpoint))


def exporter(
    made: Collector, signals: Sequence[str], kinds: Sequence[str], name: str = ""
) -> tuple[Settings, str]:
    """Ask for an exporter of some signals; returns its settings and its address."""
    draw = made.draw
    kind = draw.choice(f"exporter{name}", kinds)
    host = draw.choice(f"backend{name}", choices.DOMAINS)
    host = f"{name.strip()}.{host}" if name else host
    ending = {
        "otlp": ":4317", "otlphttp": "/otlp", "prometheusremotewrite": "/api/v1/write",
        "zipkin": "/api/v2/spans",
    }[kind]  # fmt: skip
    endpoint = f"{host}{ending}" if kind == "otlp" else f"https://{host}{ending}"
    settings = made.add("exporters", kind + ("/" + name.strip() if name else ""),
                        {"endpoint": endpoint}, *signals)  # fmt: skip
    for signal in signals:
        made.ask(collectors.exported(signal=signal, kind=kind, endpoint=endpoint))
    return settings, endpoint


def sending(settings: Settings, endpoint: str, name: str = "") -> list[Extra]:
    """Return optional settings of an exporter."""

    def header(made: Collector) -> None:
        key = made.draw.choice(f"header{name}", ("X-Scope-OrgID", "api-key", "Authorization",
                                                 "x-tenant"))  # fmt: skip
        variable = f"{made.draw.choice(f'header value{name}', choices.TEAMS).upper()}_TOKEN"
        settings["headers"] = {key: f"${{env:{variable}}}"}
        made.ask(collectors.export_header(endpoint=endpoint, header=key, variable=variable))

    def tls(made: Collector) -> None:
        if not endpoint.startswith("https") and made.draw.chance(f"plain{name}", 0.4):
            settings["tls"] = {"insecure": True}
            made.ask(collectors.export_plain(endpoint=endpoint))
            return
        path = f"/etc/otel/certs/{made.draw.choice(f'authority{name}', choices.TEAMS)}-ca.pem"
        settings["tls"] = {"ca_file": path}
        made.ask(collectors.export_authority(endpoint=endpoint, path=path))

    def retries(made: Collector) -> None:
        time = made.draw.choice(f"retries{name}", ("1m", "2m", "3m", "10m", "15m"))
        settings["retry_on_failure"] = {"enabled": True, "max_elapsed_time": time}
        made.ask(collectors.export_retries(endpoint=endpoint, time=time))

    def queue(made: Collector) -> None:
        count = made.draw.choice(f"queue{name}", (200, 500, 2000, 5000, 10000))
        settings["sending_queue"] = {"enabled": True, "queue_size": count}
        made.ask(collectors.export_queue(endpoint=endpoint, count=count))

    def compression(made: Collector) -> None:
        method = made.draw.choice(f"compression{name}", ("zstd", "snappy", "none"))
        settings["compression"] = method
        made.ask(collectors.export_compression(endpoint=endpoint, method=method))

    found = [
        Extra(f"header{name}", 1, header), Extra(f"tls{name}", 1, tls),
        Extra(f"retries{name}", 1, retries), Extra(f"compression{name}", 1, compression),
    ]  # fmt: skip
    return found if "write" in endpoint else [*found, Extra(f"queue{name}", 1, queue)]


def around() -> list[Extra]:
    """Return optional parts of every collector: memory, batches, health, its own logs."""

    def memory(made: Collector) -> None:
        interval = made.draw.choice("check interval", ("1s", "2s", "5s"))
        if made.draw.chance("share of memory", 0.4):
            percent = made.draw.choice("memory share", (70, 75, 80, 85))
            spike = made.draw.choice("spike", (10, 15, 20, 25))
            given = {"limit_percentage": percent, "spike_limit_percentage": spike}
            made.ask(collectors.memory_share(percent=percent, spike=spike, interval=interval))
        else:
            limit = made.draw.choice("memory", (256, 400, 512, 800, 1500, 2000))
            given = {"limit_mib": limit}
            made.ask(collectors.memory_limited(limit=limit, interval=interval))
        made.add("processors", "memory_limiter", {"check_interval": interval, **given})

    def batch(made: Collector) -> None:
        timeout = made.draw.choice("batch timeout", ("1s", "2s", "5s", "10s", "500ms"))
        size = made.draw.choice("batch size", (512, 1000, 1024, 2048, 4096, 10000))
        made.add("processors", "batch", {"timeout": timeout, "send_batch_size": size})
        made.ask(collectors.batched(timeout=timeout, size=size))

    def health(made: Collector) -> None:
        endpoint = f"{made.draw.choice('health host', ('0.0.0.0', 'localhost'))}:13133"
        made.add("extensions", "health_check", {"endpoint": endpoint})
        made.ask(collectors.health_checked(endpoint=endpoint))

    def debugging(made: Collector) -> None:
        name, port = made.draw.choice("extension", (("pprof", 1777), ("zpages", 55679)))
        endpoint = f"localhost:{port + made.draw.integer('port step', 1, 5)}"
        made.add("extensions", name, {"endpoint": endpoint})
        made.ask(collectors.extension_started(extension=name, endpoint=endpoint))

    def logs(made: Collector) -> None:
        level = made.draw.choice("own level", ("debug", "warn", "error"))
        made.telemetry["logs"] = {"level": level}
        made.ask(collectors.own_log_level(level=level))

    return [
        Extra("batch", 1, batch), Extra("memory", 1, memory), Extra("health", 1, health),
        Extra("own logs", 1, logs), Extra("debugging", 1, debugging),
    ]  # fmt: skip


def resources(signal: str) -> Extra:
    """Ask for a resource attribute."""

    def make(made: Collector) -> None:
        draw = made.draw
        key, values = draw.choice("resource key", (
            ("deployment.environment", ("production", "staging", "qa")),
            ("k8s.cluster.name", ("prod-eu", "prod-us", "edge-1")),
            ("cloud.region", ("eu-west-1", "us-east-1", "ap-south-1")),
            ("service.namespace", choices.TEAMS), ("team", choices.TEAMS),
        ))  # fmt: skip
        value = draw.choice("resource value", values)
        action = draw.choice("resource action", ("upsert", "insert"))
        asked = collectors_data.resource_set if action == "upsert" else (
            collectors_data.resource_default)  # fmt: skip
        made.add("processors", "resource", {
            "attributes": [{"key": key, "value": value, "action": action}],
        }, signal)  # fmt: skip
        made.ask(asked(signal=signal, key=key, value=value))

    return Extra("resource", 1, make)


def secrets(signal: str) -> Extra:
    """Ask for an attribute to be removed or hashed."""

    def make(made: Collector) -> None:
        draw = made.draw
        key = draw.choice("secret", (
            "http.request.header.authorization", "user.email", "client.address", "enduser.id",
            "db.statement", "credit_card", "http.request.header.cookie",
        ))  # fmt: skip
        action = draw.choice("what becomes of it", ("delete", "hash"))
        asked = {"delete": collectors_data.attribute_removed,
                 "hash": collectors_data.attribute_hashed}[action]  # fmt: skip
        made.add("processors", "attributes", {"actions": [{"key": key, "action": action}]}, signal)
        made.ask(asked(signal=signal, key=key))

    return Extra("secrets", 1, make)


def on_kubernetes(signal: str) -> Extra:
    """Ask for attributes of pods, or what detectors find out."""

    def make(made: Collector) -> None:
        draw = made.draw
        if draw.chance("pods", 0.5):
            names = list(draw.sample("pod attributes", (
                "k8s.pod.name", "k8s.namespace.name", "k8s.deployment.name", "k8s.node.name",
                "k8s.pod.uid", "k8s.container.name",
            ), 3))  # fmt: skip
            made.add("processors", "k8sattributes", {"extract": {"metadata": names}}, signal)
            made.ask(collectors_data.pod_attributes(signal=signal, names=names))
        else:
            names = list(draw.sample("detectors", ("env", "system", "ec2", "gcp", "azure", "eks"),
                                     draw.integer("detector count", 1, 2)))  # fmt: skip
            made.add("processors", "resourcedetection", {"detectors": names}, signal)
            made.ask(collectors_data.resource_detected(signal=signal, names=names))

    return Extra("on kubernetes", 1, make)
