"""Requirements about ServiceMonitors and PodMonitors of the operator, and objects in general."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from envs.monitoring.requirements.operators import object_of
from iac_gym.check import requirement
from iac_gym.formats.go_durations import prometheus_duration
from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.kubernetes.model import KubeObject, as_list, as_map, as_text
from iac_gym.languages.prometheus.relabeling import Relabel, relabeled
from iac_gym.verdict import Finding

LANGUAGE = "custom_resources"
#: Kind -> where its endpoints stand.
_ENDPOINTS = {"ServiceMonitor": "endpoints", "PodMonitor": "podMetricsEndpoints"}
#: What an endpoint in Kubernetes is known by.
META = {
    "pod": "__meta_kubernetes_pod_name",
    "node": "__meta_kubernetes_pod_node_name",
    "namespace": "__meta_kubernetes_namespace",
    "container": "__meta_kubernetes_pod_container_name",
}
#: The labels of a target before relabeling.
TARGET = {
    "__address__": "10.0.0.7:80", "__scheme__": "http", "__metrics_path__": "/metrics",
    "__meta_kubernetes_namespace": "the-namespace", "__meta_kubernetes_pod_name": "the-pod",
    "__meta_kubernetes_pod_node_name": "the-node", "job": "the-job",
    "__meta_kubernetes_pod_container_name": "the-container", "instance": "10.0.0.7:80",
}  # fmt: skip


def steps_of(tree: Any, key: str) -> tuple[Relabel, ...]:
    """Return steps of relabeling that are written as the operator's objects write them."""
    return tuple(
        Relabel(
            (as_text(one.get("action")) or "replace").lower(),
            tuple(as_text(name) for name in as_list(one.get("sourceLabels"))),
            as_text(one.get("regex")) or "(.*)",
            as_text(one.get("targetLabel")),
            as_text(one["replacement"]) if one.get("replacement") is not None else "$1",
            as_text(one["separator"]) if one.get("separator") is not None else ";",
            one["modulus"] if one.get("modulus").__class__ is int else 0,
            (0, 0),
            YamlMap(),
        )
        for one in as_list(as_map(tree).get(key))
        if isinstance(one, dict)
    )


def selects(selector: Any, labels: Mapping[str, str]) -> bool:
    """Whether a label selector takes something with these labels; an empty one takes all."""
    given = as_map(selector)
    if any(labels.get(key) != value for key, value in as_map(given.get("matchLabels")).items()):
        return False
    for one in as_list(given.get("matchExpressions")):
        entry = as_map(one)
        value = labels.get(as_text(entry.get("key")))
        right = {
            "In": value in as_list(entry.get("values")),
            "NotIn": value not in as_list(entry.get("values")),
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }.get(as_text(entry.get("operator")), False)
        if not right:
            return False
    return True


@requirement(
    "the {kind} is called `{name}` and lies in the namespace `{namespace}`",
    "the name of the {kind} is `{name}`, its namespace `{namespace}`",
    language=LANGUAGE,
)
def operator_object(model: Any, kind: str, name: str, namespace: str) -> Iterable[Finding]:
    """The only object of its kind."""
    found, findings = object_of(model, kind, name)
    yield from findings
    if found is not None and found.get("metadata", "namespace") != namespace:
        yield found.finding(f"it is not in `{namespace}`", "metadata", "namespace")
    if len(model.of_kind(kind)) > 1:
        yield Finding(f"there is more than one {kind}")


@requirement(
    "the {kind} `{name}` has the label `{label}: {value}`, by which the operator selects it",
    "the operator finds the {kind} `{name}` by its label `{label}: {value}`",
    language=LANGUAGE,
)
def operator_object_label(
    model: Any, kind: str, name: str, label: str, value: str
) -> Iterable[Finding]:
    """A label of the object."""
    found, findings = object_of(model, kind, name)
    yield from findings
    if found is not None and found.labels.get(label) != value:
        yield found.finding(f"it does not have the label `{label}: {value}`", "metadata", "labels")


@requirement(
    "the {kind} `{name}` takes exactly what has the label `{label}: {value}`, whatever other "
    "labels it has",
    "everything with the label `{label}: {value}`, and nothing without it, is taken by the {kind} "
    "`{name}`",
    language=LANGUAGE,
)
def monitor_selects(model: Any, kind: str, name: str, label: str, value: str) -> Iterable[Finding]:
    """`selector`, played on labels."""
    found, findings = object_of(model, kind, name)
    yield from findings
    if found is None:
        return
    selector = found.get("spec", "selector")
    taken = selects(selector, {label: value}) and selects(selector, {label: value, "other": "x"})
    foreign: tuple[dict[str, str], ...] = ({}, {label: f"not-{value}"}, {"other": "x"})
    if not taken or any(selects(selector, one) for one in foreign):
        yield found.finding(f"it does not take just `{label}: {value}`", "spec", "selector")


@requirement(
    "the {kind} `{name}` looks into these namespaces and no others: {namespaces}",
    "the namespaces that the {kind} `{name}` searches are {namespaces} alone",
    language=LANGUAGE,
)
def monitor_namespaces(
    model: Any, kind: str, name: str, namespaces: Sequence[str]
) -> Iterable[Finding]:
    """`namespaceSelector.matchNames`; without it, its own namespace."""
    found, findings = object_of(model, kind, name)
    yield from findings
    if found is None:
        return
    given = as_map(found.get("spec", "namespaceSelector"))
    named = {as_text(one) for one in as_list(given.get("matchNames"))}
    searched = named or {as_text(found.get("metadata", "namespace"))}
    if given.get("any") is True or searched != set(namespaces):
        yield found.finding("it looks into other namespaces", "spec", "namespaceSelector")


@requirement(
    "the {kind} `{name}` looks into all namespaces",
    "in whatever namespace, the {kind} `{name}` finds what it selects",
    language=LANGUAGE,
)
def monitor_everywhere(model: Any, kind: str, name: str) -> Iterable[Finding]:
    """`namespaceSelector.any`."""
    found, findings = object_of(model, kind, name)
    yield from findings
    if found is not None and found.get("spec", "namespaceSelector", "any") is not True:
        yield found.finding("it does not look into all namespaces", "spec", "namespaceSelector")


# --- endpoints ------------------------------------------------------------------------------------


def _endpoint(
    model: Any, kind: str, name: str, port: str
) -> tuple[KubeObject | None, dict[Any, Any], list[Finding]]:
    """Return the endpoint of a port whose targets are scraped, and findings without one."""
    found, findings = object_of(model, kind, name)
    if found is None:
        return None, {}, findings
    every = as_list(found.get("spec", _ENDPOINTS[kind]))
    named = [one for one in every if isinstance(one, dict) and one.get("port") == port]
    if len(named) != 1:
        many = "more than one endpoint" if named else "no endpoint"
        return None, {}, [found.finding(f"`{name}` has {many} of the port `{port}`", "spec")]
    if relabeled(TARGET, steps_of(named[0], "relabelings")) is None:
        return None, {}, [found.finding("relabeling drops every target", "spec")]
    return found, named[0], []


def _bad(found: KubeObject, message: str) -> Finding:
    return found.finding(message, "spec", _ENDPOINTS.get(found.kind, "targets"))


@requirement(
    "the {kind} `{name}` has the port called `{port}` scraped",
    "the port called `{port}` is an endpoint of the {kind} `{name}`",
    language=LANGUAGE,
)
def monitor_port(model: Any, kind: str, name: str, port: str) -> Iterable[Finding]:
    """An endpoint of that port, by its name; relabeling keeps its targets."""
    yield from _endpoint(model, kind, name, port)[2]


@requirement(
    "the port `{port}` of the {kind} `{name}` is scraped every {time}",
    "{time} is the scrape interval of the port `{port}` in the {kind} `{name}`",
    language=LANGUAGE,
)
def monitor_interval(model: Any, kind: str, name: str, port: str, time: str) -> Iterable[Finding]:
    """`interval`."""
    found, tree, findings = _endpoint(model, kind, name, port)
    yield from findings
    if found is not None and milliseconds(tree.get("interval")) != prometheus_duration(time):
        yield _bad(found, f"the port `{port}` is not scraped every {time}")


def milliseconds(value: Any) -> int | None:
    """Return the milliseconds of a duration, None if it is none."""
    return prometheus_duration(as_text(value))


@requirement(
    "a scrape of the port `{port}` of the {kind} `{name}` may take {time}",
    "scrapes of the port `{port}` in the {kind} `{name}` time out after {time}",
    language=LANGUAGE,
)
def monitor_timeout(model: Any, kind: str, name: str, port: str, time: str) -> Iterable[Finding]:
    """`scrapeTimeout`."""
    found, tree, findings = _endpoint(model, kind, name, port)
    yield from findings
    if found is not None and milliseconds(tree.get("scrapeTimeout")) != prometheus_duration(time):
        yield _bad(found, f"scrapes of `{port}` do not time out after {time}")


@requirement(
    "the {kind} `{name}` reads the metrics of the port `{port}` from the path `{path}`",
    "`{path}` is the path of the metrics at the port `{port}` in the {kind} `{name}`",
    language=LANGUAGE,
)
def monitor_path(model: Any, kind: str, name: str, port: str, path: str) -> Iterable[Finding]:
    """`path`, which relabeling does not change."""
    found, tree, findings = _endpoint(model, kind, name, port)
    yield from findings
    if found is None:
        return
    given = as_text(tree.get("path")) or "/metrics"
    kept = relabeled({**TARGET, "__metrics_path__": given}, steps_of(tree, "relabelings")) or {}
    if kept.get("__metrics_path__") != path:
        yield _bad(found, f"`{path}` is not the path of `{port}`")


@requirement(
    "the {kind} `{name}` has the port `{port}` scraped over HTTPS, with certificates verified",
    "HTTPS is the scheme of the port `{port}` in the {kind} `{name}`, and certificates are "
    "verified",
    language=LANGUAGE,
)
def monitor_https(model: Any, kind: str, name: str, port: str) -> Iterable[Finding]:
    """`scheme`, with certificates that are checked."""
    found, tree, findings = _endpoint(model, kind, name, port)
    yield from findings
    if found is None:
        return
    if as_text(tree.get("scheme")).lower() != "https":
        yield _bad(found, f"`{port}` is not scraped over HTTPS")
    elif as_map(tree.get("tlsConfig")).get("insecureSkipVerify") is True:
        yield _bad(found, "certificates are not checked")


def _key_of(tree: Any) -> tuple[str, str]:
    given = as_map(tree)
    return as_text(given.get("name")), as_text(given.get("key"))


@requirement(
    "the {kind} `{name}` logs in at the port `{port}` by basic authentication, with the keys "
    "`{user}` and "
    "`{password}` of the Secret `{secret}`",
    "basic authentication for the port `{port}` in the {kind} `{name}`: user and password are "
    "the keys "
    "`{user}` and `{password}` of the Secret `{secret}`",
    language=LANGUAGE,
)
def monitor_basic_auth(
    model: Any, kind: str, name: str, port: str, secret: str, user: str, password: str
) -> Iterable[Finding]:
    """`basicAuth`."""
    found, tree, findings = _endpoint(model, kind, name, port)
    yield from findings
    if found is not None:
        given = as_map(tree.get("basicAuth"))
        pair = (_key_of(given.get("username")), _key_of(given.get("password")))
        if pair != ((secret, user), (secret, password)):
            yield _bad(found, f"`{port}` is not scraped with that user")


@requirement(
    "the {kind} `{name}` sends to the port `{port}` the bearer token in the key `{key}` of the "
    "Secret `{secret}`",
    "the bearer token for the port `{port}` in the {kind} `{name}` is the key `{key}` of the "
    "Secret "
    "`{secret}`",
    language=LANGUAGE,
)
def monitor_token(
    model: Any, kind: str, name: str, port: str, key: str, secret: str
) -> Iterable[Finding]:
    """`authorization.credentials`, or the older `bearerTokenSecret`."""
    found, tree, findings = _endpoint(model, kind, name, port)
    yield from findings
    if found is not None:
        given = as_map(tree.get("authorization"))
        bearer = (as_text(given.get("type")) or "Bearer").strip().lower() == "bearer"
        sent = [_key_of(given.get("credentials"))] if bearer else []
        if (secret, key) not in [*sent, _key_of(tree.get("bearerTokenSecret"))]:
            yield _bad(found, f"`{port}` does not get that token")


@requirement(
    "labels of the metrics themselves win in scrapes of the port `{port}` of the {kind} `{name}`",
    "the {kind} `{name}` honours the labels that the port `{port}` sends",
    language=LANGUAGE,
)
def monitor_honors(model: Any, kind: str, name: str, port: str) -> Iterable[Finding]:
    """`honorLabels`."""
    found, tree, findings = _endpoint(model, kind, name, port)
    yield from findings
    if found is not None and tree.get("honorLabels") is not True:
        yield _bad(found, f"labels of `{port}` are overwritten")


@requirement(
    "metrics of the port `{port}` whose name begins with `{prefix}` are dropped by the {kind} "
    "`{name}`",
    "the {kind} `{name}` drops the metrics of the port `{port}` with names that begin with "
    "`{prefix}`",
    language=LANGUAGE,
)
def monitor_drops(model: Any, kind: str, name: str, port: str, prefix: str) -> Iterable[Finding]:
    """`metricRelabelings`, played."""
    found, tree, findings = _endpoint(model, kind, name, port)
    yield from findings
    if found is None:
        return
    steps = steps_of(tree, "metricRelabelings")

    def stays(metric: str) -> bool:
        return relabeled({"__name__": metric, "job": "x"}, steps) is not None

    gone = not stays(f"{prefix}x_total") and not stays(f"{prefix}seconds")
    others = ("up", f"my_{prefix}x", "http_requests_total", f"{prefix[:-1]}x")
    if not gone or not all(stays(one) for one in others):
        yield _bad(found, f"not just `{prefix}*` is dropped")


@requirement(
    "series of the port `{port}` in the {kind} `{name}` get the label `{label}` with the name of "
    "their {thing}",
    "the {kind} `{name}` writes the name of the {thing} into the label `{label}` for the port "
    "`{port}`",
    language=LANGUAGE,
)
def monitor_label_from(
    model: Any, kind: str, name: str, port: str, label: str, thing: str
) -> Iterable[Finding]:
    """`relabelings`, played on two targets."""
    found, tree, findings = _endpoint(model, kind, name, port)
    yield from findings
    if found is None:
        return
    for value in ("one", "other-2"):
        labels = {**TARGET, META[thing]: value}
        kept = relabeled(labels, steps_of(tree, "relabelings"))
        if kept is None or kept.get(label) != value:
            yield _bad(found, f"`{label}` is not the name of the {thing}")
            return


@requirement(
    "the label `{label}` of what the {kind} `{name}` selects becomes the name of the job",
    "the {kind} `{name}` takes the name of the job from the label `{label}`",
    language=LANGUAGE,
)
def monitor_job_label(model: Any, kind: str, name: str, label: str) -> Iterable[Finding]:
    """`jobLabel`."""
    found, findings = object_of(model, kind, name)
    yield from findings
    if found is not None and found.get("spec", "jobLabel") != label:
        yield found.finding(f"the job is not named by `{label}`", "spec", "jobLabel")


@requirement(
    "a scrape of the {kind} `{name}` with more than {count} samples is refused",
    "the {kind} `{name}` has a limit of {count} samples for a scrape",
    language=LANGUAGE,
)
def monitor_sample_limit(model: Any, kind: str, name: str, count: int) -> Iterable[Finding]:
    """`sampleLimit`."""
    found, findings = object_of(model, kind, name)
    yield from findings
    if found is not None and found.get("spec", "sampleLimit") != count:
        yield found.finding(f"there is no limit of {count} samples", "spec", "sampleLimit")
