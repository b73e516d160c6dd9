"""Families of `prometheus.yml`: whom to scrape, and where samples and alerts go."""

from __future__ import annotations

from typing import Any

from envs.monitoring import choices
from envs.monitoring.families.server_recipe import (
    Extra,
    Job,
    Server,
    around,
    dropping,
    identified,
    settings,
)
from envs.monitoring.requirements import scraping, server
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

Entry = dict[str, Any]


@family("prometheus", levels=(1, 2, 3, 4, 5))
def static_targets(draw: Draw) -> Draft:
    """A job with a list of addresses."""
    made = Server(draw)
    name = draw.choice("job", choices.JOBS)
    host = draw.choice("host", choices.DOMAINS)
    port = draw.choice("port", (8080, 9100, 9104, 9113, 9121, 9187, 9216, 9419, 8443))
    count = draw.integer("count", 1, 4)
    targets = [f"{name.partition('-')[0]}{number}.{host}:{port}" for number in range(1, count + 1)]
    entry: dict[str, Any] = {"targets": targets}
    job = made.job(name, static_configs=[entry])
    made.ask(scraping.job_targets(job=name, targets=targets))

    def label(made: Server) -> None:
        key, values = draw.choice("label", (
            ("env", ("prod", "staging", "dev", "qa")), ("team", choices.TEAMS),
            ("datacenter", ("fra1", "ams2", "iad1")), ("tier", ("gold", "silver", "frontend")),
        ))  # fmt: skip
        value = draw.choice("value", values)
        entry["labels"] = {key: value}
        made.ask(scraping.job_label(job=name, label=key, value=value))

    made.grow([Extra("label", 1, label), *settings(job), identified(job), dropping(job), *around()])
    return made.draft(
        f"Write the prometheus.yml that scrapes the job {name}",
        f"Prometheus shall scrape {name}: write its configuration",
    )


@family("prometheus", levels=(1, 2, 3, 4, 5))
def kubernetes_pods(draw: Draw) -> Draft:
    """Pods that say by their annotations how they are scraped."""
    made = Server(draw)
    name = draw.choice("job", choices.JOBS)
    prefix = draw.choice("prefix", ("prometheus.io", "metrics.example.com", "monitoring.acme.dev"))
    steps: list[dict[str, Any]] = []
    discovery: dict[str, Any] = {"role": "pod"}
    job = made.job(name, kubernetes_sd_configs=[discovery], relabel_configs=steps)
    meta = "__meta_kubernetes_pod_annotation_" + "".join(
        char if char.isalnum() else "_" for char in prefix
    )
    steps.append({"source_labels": [f"{meta}_scrape"], "regex": "true", "action": "keep"})
    made.ask(scraping.job_kubernetes(job=name, role="pod"),
             scraping.job_keeps_annotated(job=name, annotation=f"{prefix}/scrape"))  # fmt: skip

    def path(made: Server) -> None:
        steps.append({"source_labels": [f"{meta}_path"], "regex": "(.+)", "action": "replace",
                      "target_label": "__metrics_path__"})  # fmt: skip
        made.ask(scraping.job_path_from_annotation(job=name, annotation=f"{prefix}/path"))

    def port(made: Server) -> None:
        steps.append({
            "source_labels": ["__address__", f"{meta}_port"], "action": "replace",
            "regex": r"([^:]+)(?::\d+)?;(\d+)", "replacement": "$1:$2",
            "target_label": "__address__",
        })  # fmt: skip
        made.ask(scraping.job_port_from_annotation(job=name, annotation=f"{prefix}/port"))

    def named(made: Server) -> None:
        for thing in draw.sample(
            "things", ("namespace", "pod", "node"), draw.integer("things count", 1, 2)
        ):
            steps.append({
                "source_labels": [scraping.META[thing]], "target_label": thing, "action": "replace",
            })  # fmt: skip
            made.ask(scraping.job_label_from_kubernetes(job=name, label=thing, thing=thing))

    def inside(made: Server) -> None:
        space = draw.choice("namespace", choices.TEAMS)
        discovery["namespaces"] = {"names": [space]}
        made.ask(scraping.job_namespace(job=name, namespace=space))

    made.grow([
        Extra("port", 1, port), Extra("path", 1, path), Extra("named", 1.5, named),
        Extra("inside", 1, inside), *settings(job, path=False), dropping(job), *around(),
    ])  # fmt: skip
    return made.draft(
        "Write the prometheus.yml of a server in a Kubernetes cluster",
        "Prometheus in our Kubernetes cluster shall scrape annotated pods: write its configuration",
    )


def _consul(made: Server, job: Job, entry: Entry) -> list[Extra]:
    name, draw = job["job_name"], made.draw
    entry["server"] = f"consul.{draw.choice('server', choices.DOMAINS)}:8500"
    made.ask(scraping.job_consul(job=name, server=entry["server"]))

    def service(made: Server) -> None:
        entry["services"] = [draw.choice("service", choices.JOBS)]
        made.ask(scraping.job_consul_service(job=name, service=entry["services"][0]))

    return [Extra("service", 1, service)]


def _ec2(made: Server, job: Job, entry: Entry) -> list[Extra]:
    name, draw = job["job_name"], made.draw
    entry["region"] = draw.choice(
        "region", ("eu-west-1", "us-east-1", "ap-south-1", "ca-central-1")
    )
    entry["port"] = draw.choice("port", (9100, 9182, 8080, 9256))
    made.ask(scraping.job_ec2(job=name, region=entry["region"], port=entry["port"]))

    def tagged(made: Server) -> None:
        tag = draw.choice("tag", ("Monitoring", "Environment", "Scrape", "Lifecycle"))
        value = draw.choice("tag value", ("off", "disabled", "sandbox", "none"))
        job["relabel_configs"] = [
            {"source_labels": [f"__meta_ec2_tag_{tag}"], "regex": value, "action": "drop"}
        ]
        made.ask(scraping.job_drops_tagged(job=name, tag=tag, value=value))

    return [Extra("tagged", 1, tagged)]


def _dns(made: Server, job: Job, entry: Entry) -> list[Extra]:
    draw = made.draw
    record, service = draw.choice("record", (("SRV", "_metrics._tcp"), ("A", "metrics")))
    entry["names"] = [f"{service}.{draw.choice('domain', choices.DOMAINS)}"]
    entry["type"] = record
    if record == "A":
        entry["port"] = 9100
    made.ask(scraping.job_dns(job=job["job_name"], name=entry["names"][0], kind=record))
    return []


def _file(made: Server, job: Job, entry: Entry) -> list[Extra]:
    entry["files"] = [f"targets/{made.draw.choice('file', choices.TEAMS)}/*.json"]
    made.ask(scraping.job_files(job=job["job_name"], pattern=entry["files"][0]))
    return []


def _http(made: Server, job: Job, entry: Entry) -> list[Extra]:
    host = made.draw.choice("inventory", choices.DOMAINS)
    entry["url"] = f"https://{host}/prometheus/targets"
    made.ask(scraping.job_http(job=job["job_name"], url=entry["url"]))
    return []


_DISCOVERIES = {"consul": _consul, "ec2": _ec2, "dns": _dns, "file": _file, "http": _http}


@family("prometheus", levels=(1, 2, 3, 4))
def discovered_targets(draw: Draw) -> Draft:
    """Targets from Consul, EC2, DNS, files or an address."""
    made = Server(draw)
    name = draw.choice("job", choices.JOBS)
    kind = draw.choice("kind", tuple(_DISCOVERIES))
    entry: Entry = {}
    job = made.job(name, **{f"{kind}_sd_configs": [entry]})
    extras = _DISCOVERIES[kind](made, job, entry)

    def refresh(made: Server) -> None:
        entry["refresh_interval"] = draw.choice("refresh", ("20s", "45s", "2m", "3m", "10m"))
        made.ask(scraping.job_refresh(job=name, time=entry["refresh_interval"]))

    made.grow([
        *extras, Extra("refresh", 1, refresh), *settings(job), identified(job), dropping(job),
        *around(),
    ])  # fmt: skip
    return made.draft(
        f"Write the prometheus.yml with the job {name}, whose targets are discovered",
        f"The targets of {name} change all the time: write a prometheus.yml that discovers them",
    )


@family("prometheus", levels=(2, 3, 4))
def blackbox_probes(draw: Draw) -> Draft:
    """Web sites that the blackbox exporter probes."""
    made = Server(draw)
    name = draw.choice("job", choices.JOBS)
    exporter = f"{draw.choice('exporter', ('blackbox', 'prober', 'bb-exporter'))}:9115"
    module = draw.choice(
        "module", ("http_2xx", "http_post_2xx", "tcp_connect", "tls_connect", "icmp")
    )
    hosts = draw.sample("hosts", choices.DOMAINS, draw.integer("count", 1, 3))
    targets = [f"https://{host}" for host in hosts]
    job = made.job(
        name, metrics_path="/probe", params={"module": [module]},
        static_configs=[{"targets": targets}],
        relabel_configs=[
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": exporter},
        ],
    )  # fmt: skip
    made.ask(
        scraping.job_targets(job=name, targets=targets),
        scraping.job_probes(job=name, exporter=exporter),
        scraping.job_path(job=name, path="/probe"),
        scraping.job_parameter(job=name, name="module", value=module),
    )
    some = [one for one in settings(job, path=False) if one.name in ("interval", "timeout")]
    made.grow([*some, *around()])
    return made.draft(
        f"Write the prometheus.yml with the job {name}, which probes web sites",
        "Our sites shall be probed from outside: write the prometheus.yml",
    )


@family("prometheus", levels=(1, 2, 3, 4))
def remote_storage(draw: Draw) -> Draft:
    """Samples that also go to a remote storage."""
    made = Server(draw)
    end = draw.choice("end", ("push", "write", "receive"))
    url = f"https://{draw.choice('storage', choices.DOMAINS)}/api/v1/{end}"
    remote: dict[str, Any] = {"url": url}
    made.fields["remote_write"] = [remote]
    made.job("prometheus", static_configs=[{"targets": ["localhost:9090"]}])
    made.ask(server.remote_write(url=url),
             scraping.job_targets(job="prometheus", targets=["localhost:9090"]))  # fmt: skip

    def login(made: Server) -> None:
        user = draw.choice("user", ("tenant-1", "writer", "prometheus", "metrics"))
        path = f"/etc/prometheus/secrets/{draw.choice('secret', choices.TEAMS)}-remote"
        remote["basic_auth"] = {"username": user, "password_file": path}
        made.ask(server.remote_write_auth(url=url, user=user, path=path))

    def keeps(made: Server) -> None:
        prefix = draw.choice("prefix", choices.KEPT_PREFIXES)
        remote["write_relabel_configs"] = [
            {"source_labels": ["__name__"], "regex": f"{prefix}.*", "action": "keep"}
        ]
        made.ask(server.remote_write_keeps(url=url, prefix=prefix))

    def batch(made: Server) -> None:
        count = draw.choice("batch", (500, 1000, 3000, 5000, 10000))
        remote["queue_config"] = {"max_samples_per_send": count}
        made.ask(server.remote_write_batch(url=url, count=count))

    made.grow([
        Extra("keeps", 1, keeps), Extra("login", 1, login), Extra("batch", 1, batch), *around(),
    ])  # fmt: skip
    return made.draft(
        "Write the prometheus.yml of a server that scrapes itself and writes to a remote storage",
        "Our samples are kept in a central storage: write the prometheus.yml",
    )


@family("prometheus", levels=(3, 4, 5), held_out=True)
def whole_server(draw: Draw) -> Draft:
    """A server with several jobs, rules and Alertmanagers."""
    made = Server(draw)
    names = draw.sample("jobs", choices.JOBS, draw.integer("count", 3, 4))
    for place, name in enumerate(names):
        port = draw.choice(f"port {place}", (8080, 9100, 9104, 9121, 9187))
        targets = [f"{name}.{draw.choice(f'host {place}', choices.DOMAINS)}:{port}"]
        made.job(name, static_configs=[{"targets": targets}])
        made.ask(scraping.job_targets(job=name, targets=targets))
    first = made.fields["scrape_configs"][0]
    made.grow([*around(), *settings(first), dropping(first)])
    return made.draft(
        "Write the prometheus.yml of a server with several jobs",
        "A Prometheus server watches a few programs: write its whole configuration",
    )
