"""How a task about `prometheus.yml` is put together: jobs, and what surrounds them."""

from __future__ import annotations

from functools import partial
from typing import Any

from envs.monitoring import choices
from envs.monitoring.requirements import scraping, server
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe
from iac_gym.formats.yaml import dump

__all__ = ["LANGUAGE", "PATH", "Extra", "Job", "Server", "around", "identified", "settings"]

LANGUAGE = "prometheus"
PATH = "prometheus.yml"
Job = dict[str, Any]
_ORDER = "global rule_files alerting scrape_configs remote_write".split()


class Server(Recipe):
    """The asks of a task, and the configuration that meets them."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.fields: dict[str, Any] = {"scrape_configs": []}

    def job(self, name: str, **fields: Any) -> Job:
        """Add a job."""
        job: Job = {"job_name": name, **fields}
        self.fields["scrape_configs"].append(job)
        return job

    def set(self, section: str, key: str, value: Any) -> None:
        """Set a value of a section such as `global`."""
        self.fields.setdefault(section, {})[key] = value

    def draft(self, *openings: str, **more: Any) -> Draft:
        """Make the draft of the task."""
        tree = {key: self.fields[key] for key in _ORDER if key in self.fields}
        return self.make_draft(openings, partial(dump, tree), ((PATH, LANGUAGE),), **more)


def settings(job: Job, *, path: bool = True) -> list[Extra]:
    """Return optional settings of a job."""
    name = job["job_name"]

    def interval(made: Server) -> None:
        job["scrape_interval"] = made.draw.choice("interval", choices.INTERVALS)
        made.ask(scraping.job_interval(job=name, time=job["scrape_interval"]))

    def timeout(made: Server) -> None:
        job["scrape_timeout"] = made.draw.choice("timeout", ("3s", "5s", "7s", "8s", "9s"))
        made.ask(scraping.job_timeout(job=name, time=job["scrape_timeout"]))

    def own_path(made: Server) -> None:
        job["metrics_path"] = made.draw.choice("path", (
            "/actuator/prometheus", "/internal/metrics", "/stats/prometheus", "/_metrics",
            "/q/metrics", "/admin/metrics", "/monitoring", "/api/metrics",
        ))  # fmt: skip
        made.ask(scraping.job_path(job=name, path=job["metrics_path"]))

    def https(made: Server) -> None:
        job["scheme"] = "https"
        made.ask(scraping.job_https(job=name))
        if made.draw.chance("own authority", 0.5):
            place = f"/etc/prometheus/certs/{made.draw.choice('authority', choices.TEAMS)}-ca.crt"
            job["tls_config"] = {"ca_file": place}
            made.ask(scraping.job_ca(job=name, path=place))

    def limit(made: Server) -> None:
        job["sample_limit"] = made.draw.choice("limit", (1000, 5000, 10000, 20000, 50000))
        made.ask(scraping.job_sample_limit(job=name, count=job["sample_limit"]))

    def honors(made: Server) -> None:
        job["honor_labels"] = True
        made.ask(scraping.job_honors_labels(job=name))

    def parameter(made: Server) -> None:
        key, values = made.draw.choice("parameter", (
            ("format", ("prometheus", "openmetrics")), ("collect[]", ("cpu", "disk", "netdev")),
            ("tenant", choices.TEAMS), ("type", ("internal", "external")),
        ))  # fmt: skip
        value = made.draw.choice("parameter value", values)
        job["params"] = {key: [value]}
        made.ask(scraping.job_parameter(job=name, name=key, value=value))

    extras = [
        Extra("interval", 1, interval), Extra("https", 1.5, https), Extra("timeout", 1, timeout),
        Extra("limit", 1, limit), Extra("honors", 1, honors), Extra("parameter", 1, parameter),
    ]  # fmt: skip
    return [Extra("path", 1, own_path), *extras] if path else extras


def identified(job: Job) -> Extra:
    """Log in, with a password or a token."""
    name = job["job_name"]

    def make(made: Server) -> None:
        draw = made.draw
        team = draw.choice("secret", choices.TEAMS)
        if draw.chance("by token", 0.5):
            path = f"/etc/prometheus/secrets/{team}-token"
            job["authorization"] = {"type": "Bearer", "credentials_file": path}
            made.ask(scraping.job_token(job=name, path=path))
        else:
            user = draw.choice("user", ("prometheus", "scraper", "monitor", "metrics"))
            path = f"/etc/prometheus/secrets/{team}-password"
            job["basic_auth"] = {"username": user, "password_file": path}
            made.ask(scraping.job_basic_auth(job=name, user=user, path=path))

    return Extra("login", 1, make)


def dropping(job: Job) -> Extra:
    """Drop metrics or a label."""
    name = job["job_name"]

    def make(made: Server) -> None:
        draw = made.draw
        if draw.chance("drops metrics", 0.6):
            prefix = draw.choice("dropped", choices.METRIC_PREFIXES)
            step = {"source_labels": ["__name__"], "regex": f"{prefix}.*", "action": "drop"}
            made.ask(scraping.job_drops_metrics(job=name, prefix=prefix))
        else:
            label = draw.choice("dropped label", ("pod_uid", "container_id", "id", "endpoint_ip",
                                                  "request_id", "revision"))  # fmt: skip
            step = {"regex": label, "action": "labeldrop"}
            made.ask(scraping.job_drops_label(job=name, label=label))
        job.setdefault("metric_relabel_configs", []).append(step)

    return Extra("dropping", 1, make)


def around() -> list[Extra]:
    """Return optional parts of a configuration beside its jobs."""

    def general(made: Server) -> None:
        time = made.draw.choice("general interval", choices.GENERAL_INTERVALS)
        made.set("global", "scrape_interval", time)
        made.ask(server.scrape_interval(time=time))

    def evaluation(made: Server) -> None:
        time = made.draw.choice("evaluation", choices.INTERVALS)
        made.set("global", "evaluation_interval", time)
        made.ask(server.evaluation_interval(time=time))

    def external(made: Server) -> None:
        label, values = made.draw.choice("external", (
            ("cluster", ("prod-eu", "prod-us", "staging", "edge-1")),
            ("region", ("eu-west-1", "us-east-1", "ap-south-1")),
            ("replica", ("a", "b", "0", "1")), ("env", ("prod", "dev", "qa")),
        ))  # fmt: skip
        value = made.draw.choice("external value", values)
        made.set("global", "external_labels", {label: value})
        made.ask(server.external_label(label=label, value=value))

    def rules(made: Server) -> None:
        pattern = made.draw.choice("rules", (
            "rules/*.yml", "alerts/*.yml", "/etc/prometheus/rules/*.yml", "recording.yml",
            "rules/*.rules.yml", "/etc/prometheus/alerts.yml",
        ))  # fmt: skip
        made.fields["rule_files"] = [pattern]
        made.ask(server.rule_files(pattern=pattern))

    def managers(made: Server) -> None:
        host = made.draw.choice("managers", choices.DOMAINS)
        count = made.draw.integer("manager count", 1, 3)
        targets = [f"am{number}.{host}:9093" for number in range(1, count + 1)]
        made.fields["alerting"] = {
            "alertmanagers": [{"static_configs": [{"targets": targets}]}],
        }  # fmt: skip
        made.ask(server.alertmanagers(targets=targets))

    return [
        Extra("general interval", 1, general), Extra("rules", 1, rules),
        Extra("managers", 1, managers), Extra("external", 1, external),
        Extra("evaluation", 1, evaluation),
    ]  # fmt: skip
