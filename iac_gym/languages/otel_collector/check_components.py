"""Checks of single components: what each type itself demands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from iac_gym.formats.go_urls import split_host_port, web_url_error
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.otel_collector.checker import VALUES, Checker
from iac_gym.languages.otel_collector.components import NEEDED
from iac_gym.languages.otel_collector.model import Component
from iac_gym.languages.otel_collector.values import expands, milliseconds, resolved, section

Check = Callable[[Checker, Component, str], None]
CHECKS: dict[tuple[str, str], Check] = {}
COMPLETE = "components-are-complete"
ADDRESSES = "addresses-are-right"
SCRAPERS = frozenset(
    "cpu disk filesystem load memory network nfs paging process processes system".split()
)
POLICIES = frozenset(
    """always_sample latency numeric_attribute probabilistic status_code string_attribute
    rate_limiting bytes_limiting and drop not span_count trace_state boolean_attribute composite
    ottl_condition trace_flags""".split()
)
DETECTORS = frozenset(
    """akamai alibaba_ecs aks azure consul digitalocean docker dynatrace ec2 ecs eks
    elastic_beanstalk elasticbeanstalk env gcp gce gke heroku hetzner ibmcloud_classic ibmcloud_vpc
    k8s_api k8snode kubeadm lambda nova openshift openstack openstack_nova oraclecloud scaleway
    system tencent_cvm upcloud vultr""".split()
)
ACTIONS = frozenset("insert update upsert delete hash extract convert".split())
KUBERNETES_AUTH = ("none", "tls", "serviceAccount", "kubeConfig")
ERROR_MODES = ("ignore", "silent", "propagate")
#: Where components listen (in `host:port`) and where they send to (in URLs).
LISTENS: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("receivers", "otlp"): (("protocols", "grpc"), ("protocols", "http")),
    ("receivers", "jaeger"): tuple(
        ("protocols", name) for name in ("grpc", "thrift_http", "thrift_compact", "thrift_binary")
    ),
    ("receivers", "zipkin"): ((),),
    ("exporters", "prometheus"): ((),),
    ("extensions", "health_check"): ((),),
    ("extensions", "pprof"): ((),),
    ("extensions", "zpages"): ((),),
}
SENDS = {
    ("exporters", "otlphttp"): ("endpoint", "traces_endpoint", "metrics_endpoint", "logs_endpoint"),
    ("exporters", "prometheusremotewrite"): ("endpoint",),
    ("exporters", "loki"): ("endpoint",),
    ("exporters", "zipkin"): ("endpoint",),
    ("exporters", "elasticsearch"): ("endpoint",),
}


def component(check: Checker, one: Component, where: str) -> None:
    """Check one component."""
    about = (one.kind, one.type)
    for group in NEEDED.get(about, ()):
        if all(one.tree.get(key) in (None, "", [], {}) for key in group):
            names = " or ".join(f"`{key}`" for key in group)
            check.bad(COMPLETE, f"{where} needs {names}", one.mark)
    for path in LISTENS.get(about, ()):
        _listens(check, one, path, where)
    for key in SENDS.get(about, ()):
        value = resolved(one.tree.get(key))
        known = value.__class__ is str and value and not expands(value)
        if known and (problem := web_url_error(value)):
            check.bad(ADDRESSES, f"{where}: `{key}` is no URL: {problem}", one.tree.marks[key])
    if (own := CHECKS.get(about)) is not None:
        own(check, one, where)
    _security(check, one.tree, where)


def _register(kind: str, *types: str) -> Callable[[Check], Check]:
    def register(function: Check) -> Check:
        for of in types:
            CHECKS[kind, of] = function
        return function

    return register


def _listens(check: Checker, one: Component, path: tuple[str, ...], where: str) -> None:
    tree: Any = one.tree
    for key in path:
        tree = section(tree, key)
    value = resolved(tree.get("endpoint"))
    if value.__class__ is not str or not value or expands(value):
        return
    if tree.get("transport") in ("unix", "unixgram") or value.startswith("/"):
        return
    found = split_host_port(value)
    mark = tree.marks["endpoint"]
    if isinstance(found, str) or not _port(found[1]):
        problem = found if isinstance(found, str) else f"`{found[1][:20]}` is no port"
        check.bad(ADDRESSES, f"{where}: `endpoint` is no `host:port`: {problem}", mark)
    elif found[0] in ("0.0.0.0", "", "::") and one.kind in ("receivers", "extensions"):
        message = f"{where} listens on every interface"
        check.bad("addresses-are-bound", message, mark, "bind `localhost` or the pod's own address")


def _port(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 6 and int(text) < 65_536


def _items(tree: Any, key: str) -> Iterator[tuple[YamlMap, Mark]]:
    found = tree.get(key) if tree.__class__ is YamlMap else None
    if found.__class__ is YamlList:
        for one, mark in zip(found, found.marks, strict=True):
            if one.__class__ is YamlMap:
                yield one, mark


# --- security ------------------------------------------------------------------------------------

_SECRET = re.compile(
    r"(?i)password|client_secret|api_?key|token|secret(?:_?key)?|authorization|api-key"
)
_NO_SECRET = re.compile(
    r"(?i)_(?:url|file|header|attributes?|key_attribute)\Z|tokens?_file|token_url"
)


def _security(check: Checker, tree: YamlMap, where: str) -> None:
    queue: list[Any] = [tree]
    while queue:
        one = queue.pop()
        if one.__class__ is YamlList:
            queue.extend(one)
        elif one.__class__ is YamlMap:
            for key, value in one.items():
                if value.__class__ in (YamlMap, YamlList):
                    queue.append(value)
                else:
                    _setting(check, one, key, value, where)


def _setting(check: Checker, tree: YamlMap, key: Any, value: Any, where: str) -> None:
    if key in ("insecure_skip_verify", "no_verify_ssl") and value is True:
        message = f"{where}: the certificate of the other side is not verified"
        check.bad("certificates-are-verified", message, tree.marks[key])
    elif key == "insecure" and value is True:
        message = f"{where}: data are sent without TLS"
        check.bad("data-are-sent-encrypted", message, tree.marks[key])
    elif (
        value.__class__ is str
        and value.strip()
        and not expands(value)
        and isinstance(key, str)
        and _SECRET.search(key)
        and not _NO_SECRET.search(key)
    ):
        hint = "take it from the environment: `${env:NAME}`"
        check.bad("secrets-are-not-written-out", f"{where}: `{key}` holds a secret",
                  tree.marks[key], hint)  # fmt: skip


# --- receivers -----------------------------------------------------------------------------------


@_register("receivers", "otlp", "jaeger")
def _protocols(check: Checker, one: Component, where: str) -> None:
    protocols = one.tree.get("protocols")
    known = {
        "otlp": ("grpc", "http"),
        "jaeger": ("grpc", "thrift_http", "thrift_compact", "thrift_binary"),
    }[one.type]
    named = protocols if isinstance(protocols, YamlMap) else YamlMap()
    if not any(name in named for name in known):
        message = f"{where} needs at least one of its protocols: {', '.join(known)}"
        check.bad(COMPLETE, message, one.at("protocols"))
    for name in named:
        if name not in known and one.type == "jaeger":
            message = f"{where}: `{str(name)[:40]}` is no protocol of it"
            check.bad("fields-are-known", message, named.key_marks[name])


@_register("receivers", "hostmetrics")
def _hostmetrics(check: Checker, one: Component, where: str) -> None:
    scrapers: Any = one.tree.get("scrapers")
    for name in scrapers if isinstance(scrapers, YamlMap) else ():
        if name not in SCRAPERS:
            message = f"{where}: `{str(name)[:40]}` is no scraper"
            mark = scrapers.key_marks[name]
            check.bad("fields-are-known", message, mark, check.near(name, SCRAPERS))


@_register("receivers", "filelog")
def _filelog(check: Checker, one: Component, where: str) -> None:
    check.word(one.tree, "start_at", ("beginning", "end"), where)
    for operator, mark in _items(one.tree, "operators"):
        if operator.get("type") in (None, ""):
            check.bad(COMPLETE, f"{where}: an operator has no `type`", mark)


@_register("receivers", "kubeletstats", "k8s_cluster", "k8s_events", "k8sobjects")
def _kubernetes(check: Checker, one: Component, where: str) -> None:
    check.word(one.tree, "auth_type", KUBERNETES_AUTH, where)
    groups: Any = one.tree.get("metric_groups")
    for at, name in enumerate(groups if isinstance(groups, YamlList) else ()):
        if name not in ("container", "pod", "node", "volume"):
            message = f"{where}: `{str(name)[:40]}` is no group of metrics"
            check.bad(VALUES, message, groups.marks[at])


# --- processors ----------------------------------------------------------------------------------


@_register("processors", "memory_limiter")
def _memory(check: Checker, one: Component, where: str) -> None:
    tree = one.tree
    every = tree.get("check_interval")
    if every is None or (not expands(every) and milliseconds(every) in (0, None)):
        mark = one.at("check_interval")
        check.bad(COMPLETE, f"{where} needs a `check_interval` above zero", mark)
    limit, percentage = tree.get("limit_mib"), tree.get("limit_percentage")
    if limit in (None, 0) and percentage in (None, 0):
        check.bad(COMPLETE, f"{where} needs `limit_mib` or `limit_percentage`", one.mark)
    for key, spike in (("limit_mib", "spike_limit_mib"),
                       ("limit_percentage", "spike_limit_percentage")):  # fmt: skip
        most, less = tree.get(key), tree.get(spike)
        if most.__class__ is int and less.__class__ is int and 0 < most <= less:
            check.bad(VALUES, f"{where}: `{spike}` must be below `{key}`", tree.marks[spike])
    for key in ("limit_percentage", "spike_limit_percentage"):
        if tree.get(key).__class__ is int and tree[key] > 100:
            check.bad(VALUES, f"{where}: `{key}` is above 100", tree.marks[key])


@_register("processors", "batch")
def _batch(check: Checker, one: Component, where: str) -> None:
    most, size = one.tree.get("send_batch_max_size"), one.get("send_batch_size")
    if most.__class__ is int and size.__class__ is int and 0 < most < size:
        message = f"{where}: `send_batch_max_size` is below `send_batch_size` ({size})"
        check.bad(VALUES, message, one.tree.marks["send_batch_max_size"])


@_register("processors", "attributes", "resource")
def _actions(check: Checker, one: Component, where: str) -> None:
    field = "actions" if one.type == "attributes" else "attributes"
    for action, mark in _items(one.tree, field):
        said = action.get("action")
        if said.__class__ is str and not expands(said) and said.lower() not in ACTIONS:
            message = f"{where}: `{said[:40]}` is no action"
            check.bad(VALUES, message, action.marks["action"], check.near(said, ACTIONS))
        elif said is None:
            check.bad(COMPLETE, f"{where}: an action has no `action`", mark)
        else:
            _action(check, action, str(said).lower(), mark, where)


def _action(check: Checker, tree: YamlMap, said: str, mark: Mark, where: str) -> None:
    if tree.get("key") in (None, "") and not (said in ("delete", "hash") and tree.get("pattern")):
        check.bad(COMPLETE, f"{where}: an action has no `key`", mark)
    given = [key for key in ("value", "from_attribute", "from_context") if key in tree]
    if said in ("insert", "update", "upsert") and len(given) != 1:
        message = f"{where}: `{said}` needs one of `value`, `from_attribute` and `from_context`"
        check.bad(COMPLETE, message, mark)
    if said == "extract" and not tree.get("pattern"):
        check.bad(COMPLETE, f"{where}: `extract` needs a `pattern`", mark)
    if said == "convert" and tree.get("converted_type") not in ("int", "double", "string"):
        message = f"{where}: `convert` needs a `converted_type`: int, double or string"
        check.bad(COMPLETE, message, mark)


@_register("processors", "filter", "transform")
def _ottl(check: Checker, one: Component, where: str) -> None:
    check.word(one.tree, "error_mode", ERROR_MODES, where)


@_register("processors", "tail_sampling")
def _tail(check: Checker, one: Component, where: str) -> None:
    names: set[str] = set()
    for policy, mark in _items(one.tree, "policies"):
        name = policy.get("name")
        if not name:
            check.bad(COMPLETE, f"{where}: a policy has no `name`", mark)
        elif str(name) in names:
            message = f"{where}: two policies are called `{str(name)[:40]}`"
            check.bad(VALUES, message, policy.marks["name"])
        names.add(str(name))
        if policy.get("type") in (None, ""):
            check.bad(COMPLETE, f"{where}: a policy has no `type`", mark)
        check.word(policy, "type", POLICIES, where)


@_register("processors", "probabilistic_sampler")
def _probabilistic(check: Checker, one: Component, where: str) -> None:
    value = one.tree.get("sampling_percentage")
    if value.__class__ in (int, float) and value is not None and value < 0:
        message = f"{where}: `sampling_percentage` is below zero"
        check.bad(VALUES, message, one.tree.marks["sampling_percentage"])
    check.word(one.tree, "mode", ("", "hash_seed", "proportional", "equalizing"), where)


@_register("processors", "resourcedetection")
def _detection(check: Checker, one: Component, where: str) -> None:
    given: Any = one.tree.get("detectors")
    for at, name in enumerate(given if isinstance(given, YamlList) else ()):
        if name.__class__ is str and not expands(name) and name not in DETECTORS:
            message = f"{where}: `{name[:40]}` is no detector"
            mark = given.marks[at]
            check.bad(VALUES, message, mark, check.near(name, DETECTORS))


@_register("processors", "k8sattributes")
def _k8sattributes(check: Checker, one: Component, where: str) -> None:
    check.word(one.tree, "auth_type", KUBERNETES_AUTH, where)


# --- exporters -----------------------------------------------------------------------------------


@_register("exporters", "otlp")
def _otlp(check: Checker, one: Component, where: str) -> None:
    value = resolved(one.tree.get("endpoint"))
    if value.__class__ is not str or not value or expands(value) or value.startswith("unix:"):
        return
    plain = re.sub(r"\A(?:https?|dns|passthrough)://+(?:[^/]*/)?", "", value, count=1) if (
        value.startswith(("dns:", "passthrough:"))
    ) else re.sub(r"\Ahttps?://", "", value)  # fmt: skip
    found = split_host_port(plain.rstrip("/"))
    if isinstance(found, str) or not _port(found[1]):
        problem = found if isinstance(found, str) else f"`{found[1][:20]}` is no port"
        message = f"{where}: `endpoint` is no `host:port`: {problem}"
        check.bad(ADDRESSES, message, one.tree.marks["endpoint"])


@_register("exporters", "debug")
def _debug(check: Checker, one: Component, where: str) -> None:
    value = one.tree.get("verbosity")
    words = ("basic", "normal", "detailed")
    if value.__class__ is str and value.lower() not in words and not expands(value):
        message = f"{where}: `verbosity` is `{value[:40]}`, must be one of {', '.join(words)}"
        check.bad(VALUES, message, one.tree.marks["verbosity"])


@_register("exporters", "file")
def _file(check: Checker, one: Component, where: str) -> None:
    check.word(one.tree, "format", ("json", "proto"), where)
    check.word(one.tree, "compression", ("", "zstd"), where)


@_register("exporters", "loadbalancing")
def _loadbalancing(check: Checker, one: Component, where: str) -> None:
    resolvers = section(one.tree, "resolver")
    if len(resolvers) > 1:
        check.bad(VALUES, f"{where} can have one resolver alone", one.at("resolver"))
