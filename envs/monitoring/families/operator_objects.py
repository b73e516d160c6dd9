"""Families of the Prometheus operator: monitors, probes, scrape configurations, routes."""

from __future__ import annotations

from functools import partial
from typing import Any

from envs.monitoring import choices
from envs.monitoring.requirements import operators_monitors as monitors
from envs.monitoring.requirements import operators_routes as routes
from envs.monitoring.requirements import operators_targets as targets_of
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe
from iac_gym.formats.yaml import dump

_PORTS = ("metrics", "http-metrics", "web", "prometheus", "monitoring", "telemetry")
Tree = dict[str, Any]


class Object(Recipe):
    """The asks of a task, and the object that meets them."""

    def __init__(self, draw: Draw, kind: str, version: str = "v1") -> None:
        super().__init__(draw)
        self.kind = kind
        self.name = draw.choice("name", choices.JOBS)
        space = draw.choice("namespace", ("monitoring", "observability", "prometheus", "metrics"))
        self.metadata: Tree = {"name": self.name, "namespace": space}
        self.spec: Tree = {}
        self.version = version
        self.ask(monitors.operator_object(kind=kind, name=self.name, namespace=space))

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        tree = {
            "apiVersion": f"monitoring.coreos.com/{self.version}", "kind": self.kind,
            "metadata": self.metadata, "spec": self.spec,
        }  # fmt: skip
        return self.make_draft(openings, partial(dump, tree), (("manifest.yaml", _LANGUAGE),))


_LANGUAGE = "custom_resources"


def _labelled() -> Extra:
    """Ask for the label by which the operator selects the object."""

    def make(made: Object) -> None:
        label, values = made.draw.choice("own label", (
            ("release", ("kube-prometheus-stack", "prometheus", "monitoring")),
            ("prometheus", ("main", "k8s", "platform")), ("team", choices.TEAMS),
        ))  # fmt: skip
        value = made.draw.choice("own value", values)
        made.metadata["labels"] = {label: value}
        made.ask(monitors.operator_object_label(
            kind=made.kind, name=made.name, label=label, value=value))  # fmt: skip

    return Extra("own label", 1, make)


def _selected(made: Object) -> None:
    draw = made.draw
    label = draw.choice("label", ("app", "app.kubernetes.io/name", "component", "k8s-app"))
    value = draw.choice("value", choices.JOBS)
    made.spec["selector"] = {"matchLabels": {label: value}}
    made.ask(monitors.monitor_selects(kind=made.kind, name=made.name, label=label, value=value))


def _endpoint(made: Object, key: str) -> Tree:
    port = made.draw.choice("port", _PORTS)
    made.ask(monitors.monitor_port(kind=made.kind, name=made.name, port=port))
    found: Tree = {"port": port}
    made.spec[key] = [found]
    return found


def _spaces() -> Extra:
    def make(made: Object) -> None:
        if made.draw.chance("everywhere", 0.35):
            made.spec["namespaceSelector"] = {"any": True}
            made.ask(monitors.monitor_everywhere(kind=made.kind, name=made.name))
            return
        names = list(made.draw.sample("namespaces", choices.TEAMS, made.draw.integer("many", 1, 2)))
        made.spec["namespaceSelector"] = {"matchNames": names}
        made.ask(monitors.monitor_namespaces(kind=made.kind, name=made.name, namespaces=names))

    return Extra("namespaces", 1, make)


def _settings(made: Object, endpoint: Tree) -> list[Extra]:
    """Return optional settings of an endpoint."""
    known = {"kind": made.kind, "name": made.name, "port": endpoint["port"]}

    def interval(made: Object) -> None:
        endpoint["interval"] = made.draw.choice("interval", choices.INTERVALS)
        made.ask(monitors.monitor_interval(**known, time=endpoint["interval"]))

    def timeout(made: Object) -> None:
        endpoint["scrapeTimeout"] = made.draw.choice("timeout", ("3s", "5s", "7s", "8s", "9s"))
        made.ask(monitors.monitor_timeout(**known, time=endpoint["scrapeTimeout"]))

    def path(made: Object) -> None:
        endpoint["path"] = made.draw.choice("path", (
            "/actuator/prometheus", "/internal/metrics", "/stats/prometheus", "/_metrics",
            "/q/metrics", "/admin/metrics", "/federate", "/api/metrics",
        ))  # fmt: skip
        made.ask(monitors.monitor_path(**known, path=endpoint["path"]))

    def https(made: Object) -> None:
        endpoint["scheme"] = "https"
        made.ask(monitors.monitor_https(**known))

    def login(made: Object) -> None:
        secret = f"{made.draw.choice('secret', choices.TEAMS)}-scrape"
        if made.draw.chance("by token", 0.5):
            key = made.draw.choice("token key", ("token", "bearer", "access-token"))
            endpoint["authorization"] = {"credentials": {"name": secret, "key": key}}
            made.ask(monitors.monitor_token(**known, key=key, secret=secret))
            return
        user, password = made.draw.choice(
            "keys", (("username", "password"), ("user", "pass"), ("login", "secret"))
        )
        endpoint["basicAuth"] = {
            "username": {"name": secret, "key": user},
            "password": {"name": secret, "key": password},
        }
        made.ask(monitors.monitor_basic_auth(
            **known, secret=secret, user=user, password=password))  # fmt: skip

    def drops(made: Object) -> None:
        prefix = made.draw.choice("dropped", choices.METRIC_PREFIXES)
        endpoint["metricRelabelings"] = [
            {"sourceLabels": ["__name__"], "regex": f"{prefix}.*", "action": "drop"}
        ]
        made.ask(monitors.monitor_drops(**known, prefix=prefix))

    def named(made: Object) -> None:
        thing = made.draw.choice("thing", tuple(monitors.META))
        label = made.draw.choice("written", (f"k8s_{thing}", f"source_{thing}", f"my_{thing}"))
        endpoint["relabelings"] = [
            {"sourceLabels": [monitors.META[thing]], "targetLabel": label, "action": "replace"}
        ]
        made.ask(monitors.monitor_label_from(**known, label=label, thing=thing))

    def honors(made: Object) -> None:
        endpoint["honorLabels"] = True
        made.ask(monitors.monitor_honors(**known))

    return [
        Extra("interval", 1, interval), Extra("path", 1, path), Extra("login", 1, login),
        Extra("drops", 1, drops), Extra("named", 1, named), Extra("https", 1, https),
        Extra("timeout", 1, timeout), Extra("honors", 1, honors),
    ]  # fmt: skip


def _limits() -> list[Extra]:
    def job(made: Object) -> None:
        label = made.draw.choice("job label", ("app", "service", "app.kubernetes.io/instance"))
        made.spec["jobLabel"] = label
        made.ask(monitors.monitor_job_label(kind=made.kind, name=made.name, label=label))

    def samples(made: Object) -> None:
        count = made.draw.choice("samples", (1000, 5000, 10000, 20000, 50000))
        made.spec["sampleLimit"] = count
        made.ask(monitors.monitor_sample_limit(kind=made.kind, name=made.name, count=count))

    return [Extra("job", 1, job), Extra("samples", 1, samples)]


@family("custom_resources", levels=(1, 2, 3, 4, 5))
def service_monitor(draw: Draw) -> Draft:
    """Services that Prometheus scrapes."""
    made = Object(draw, "ServiceMonitor")
    _selected(made)
    endpoint = _endpoint(made, "endpoints")
    first, *more = _settings(made, endpoint)
    made.grow([first, _labelled(), _spaces(), *more, *_limits()])
    return made.draft(
        "Write the manifest of a ServiceMonitor for the Prometheus operator",
        "The Prometheus operator runs in our cluster; write the ServiceMonitor for a service",
    )


@family("custom_resources", levels=(1, 2, 3, 4, 5))
def pod_monitor(draw: Draw) -> Draft:
    """Pods that Prometheus scrapes without a Service."""
    made = Object(draw, "PodMonitor")
    _selected(made)
    endpoint = _endpoint(made, "podMetricsEndpoints")
    first, *more = _settings(made, endpoint)
    made.grow([_spaces(), first, *more, _labelled(), *_limits()])
    return made.draft(
        "Write the manifest of a PodMonitor for the Prometheus operator",
        "Our pods have no Service; write the PodMonitor by which Prometheus scrapes them",
    )


def _job(made: Object) -> None:
    ending = made.draw.phrase("job end", ("external", "job"))
    name = f"{made.draw.choice('job', choices.TEAMS)}-{ending}"
    made.spec["jobName"] = name
    made.ask(targets_of.object_job(kind=made.kind, name=made.name, job=name))


@family("custom_resources", levels=(1, 2, 3))
def probe(draw: Draw) -> Draft:
    """Sites that the blackbox exporter probes for the operator."""
    made = Object(draw, "Probe")
    host = draw.choice("prober", ("blackbox", "prober", "bb-exporter"))
    prober = f"{host}.{draw.choice('prober namespace', choices.TEAMS)}.svc:9115"
    module = draw.choice("module", ("http_2xx", "http_post_2xx", "tcp_connect", "tls_connect"))
    hosts = draw.sample("hosts", choices.DOMAINS, draw.integer("count", 1, 3))
    targets = [f"https://{host}" for host in hosts]
    static: Tree = {"static": targets}
    made.spec.update({
        "prober": {"url": prober}, "module": module, "targets": {"staticConfig": static},
    })  # fmt: skip
    made.ask(
        targets_of.probe_module(name=made.name, prober=prober, module=module),
        targets_of.probe_targets(name=made.name, targets=targets),
    )

    def interval(made: Object) -> None:
        made.spec["interval"] = draw.choice("interval", choices.INTERVALS)
        made.ask(targets_of.object_interval(
            kind="Probe", name=made.name, time=made.spec["interval"]))  # fmt: skip

    def label(made: Object) -> None:
        key, values = draw.choice("label", (
            ("env", ("prod", "staging", "dev", "qa")), ("team", choices.TEAMS),
            ("region", ("eu-west-1", "us-east-1")), ("tier", ("gold", "silver", "frontend")),
        ))  # fmt: skip
        value = draw.choice("value", values)
        static["labels"] = {key: value}
        made.ask(targets_of.probe_label(name=made.name, label=key, value=value))

    made.grow([
        Extra("interval", 1, interval), Extra("label", 1, label), Extra("job", 1, _job),
        _labelled(),
    ])  # fmt: skip
    return made.draft(
        "Write the manifest of a Probe for the Prometheus operator",
        "The Prometheus operator shall have our sites probed: write the Probe",
    )


@family("custom_resources", levels=(1, 2, 3))
def scrape_config(draw: Draw) -> Draft:
    """Targets outside of the cluster."""
    made = Object(draw, "ScrapeConfig", "v1alpha1")
    host = draw.choice("host", choices.DOMAINS)
    port = draw.choice("port", (8080, 9100, 9104, 9113, 9121, 9187))
    count = draw.integer("count", 1, 4)
    targets = [f"vm{number}.{host}:{port}" for number in range(1, count + 1)]
    made.spec["staticConfigs"] = [{"targets": targets}]
    made.ask(targets_of.scrape_config_targets(name=made.name, targets=targets))

    def interval(made: Object) -> None:
        made.spec["scrapeInterval"] = draw.choice("interval", choices.INTERVALS)
        made.ask(targets_of.object_interval(
            kind="ScrapeConfig", name=made.name, time=made.spec["scrapeInterval"]))  # fmt: skip

    def path(made: Object) -> None:
        path = draw.choice("path", ("/probe", "/stats/prometheus", "/_metrics", "/api/metrics"))
        made.spec["metricsPath"] = path
        made.ask(targets_of.scrape_config_path(name=made.name, path=path))

    made.grow([
        Extra("interval", 1, interval), _labelled(), Extra("path", 1, path), Extra("job", 1, _job),
        _limits()[1],
    ])  # fmt: skip
    return made.draft(
        "Write the manifest of a ScrapeConfig for the Prometheus operator",
        "Some machines outside of the cluster shall be scraped: write the operator's ScrapeConfig",
    )


@family("custom_resources", levels=(2, 3, 4), held_out=True)
def alertmanager_config(draw: Draw) -> Draft:
    """Routes and receivers of a namespace, for the operator's Alertmanager."""
    made = Object(draw, "AlertmanagerConfig", "v1alpha1")
    first = f"{draw.choice('default', choices.TEAMS)}-{draw.phrase('end', ('inbox', 'default'))}"
    second = (
        f"{draw.choice('urgent', choices.TEAMS)}-{draw.phrase('urgent end', ('oncall', 'page'))}"
    )
    severity = draw.choice("severity", choices.SEVERITIES)
    route: Tree = {"receiver": first, "routes": [{
        "receiver": second,
        "matchers": [{"name": "severity", "matchType": "=", "value": severity}],
    }]}  # fmt: skip
    receivers: list[Tree] = [{"name": first}, {"name": second}]
    made.spec.update({"route": route, "receivers": receivers})
    made.ask(
        routes.config_default(name=made.name, receiver=first),
        routes.config_goes_only_to(name=made.name, label="severity", value=severity,
                                   receiver=second),
    )  # fmt: skip

    def pagerduty(made: Object) -> None:
        secret = f"{draw.choice('pager secret', choices.TEAMS)}-pagerduty"
        key = draw.choice("pager key", ("routing-key", "routingKey", "token"))
        receivers[1]["pagerdutyConfigs"] = [{"routingKey": {"name": secret, "key": key}}]
        made.ask(routes.config_pagerduty(
            name=made.name, receiver=second, key=key, secret=secret))  # fmt: skip

    def groups(made: Object) -> None:
        pool = ("alertname", "job", "severity", "instance", "pod", "cluster")
        labels = list(draw.sample("groups", pool, draw.integer("group count", 1, 3)))
        route["groupBy"] = labels
        made.ask(routes.config_groups(name=made.name, labels=labels))

    def repeats(made: Object) -> None:
        route["repeatInterval"] = draw.choice("repeat", ("1h", "2h", "6h", "12h", "24h"))
        made.ask(routes.config_repeats(name=made.name, time=route["repeatInterval"]))

    def slack(made: Object) -> None:
        if draw.chance("webhook", 0.3):
            url = f"https://{draw.choice('hook', choices.DOMAINS)}/hooks/alerts"
            receivers[0]["webhookConfigs"] = [{"url": url}]
            made.ask(routes.config_webhook(name=made.name, receiver=first, url=url))
            return
        secret = f"{draw.choice('slack secret', choices.TEAMS)}-slack"
        key = draw.choice("slack key", ("url", "webhook-url", "address"))
        channel = f"#{draw.choice('channel', choices.TEAMS)}-alerts"
        receivers[0]["slackConfigs"] = [
            {"channel": channel, "apiURL": {"name": secret, "key": key}}
        ]
        made.ask(routes.config_slack(
            name=made.name, receiver=first, channel=channel, key=key, secret=secret))  # fmt: skip

    made.grow([
        Extra("slack", 1, slack), Extra("pagerduty", 1, pagerduty), Extra("groups", 1, groups),
        Extra("repeats", 1, repeats), _labelled(),
    ])  # fmt: skip
    return made.draft(
        "Write the manifest of an AlertmanagerConfig for the Prometheus operator",
        "A team wants its alerts routed by the operator: write its AlertmanagerConfig",
    )
