"""Values of the collector's configuration: ids, durations, what the environment gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iac_gym.formats.go_durations import go_duration
from iac_gym.formats.yaml import Mark, YamlList, YamlMap

TYPE = re.compile(r"[a-zA-Z][0-9a-zA-Z_]{0,62}")
#: `${env:NAME}`, `${NAME}`, `${env:NAME:-default}`, `${file:path}`; `$$` is a dollar.
EXPANSION = re.compile(r"\$\$|\$\{(?:([a-zA-Z][a-zA-Z0-9+.\-]+):)?([^{}$]*)\}", re.ASCII)
_NAME = re.compile(r"[^\s]{1,1024}")
_SAID: dict[type, str] = {
    str: "text",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
    YamlMap: "a mapping",
    YamlList: "a list",
}

#: Types that have a second name -> the name under which they stand here.
ALIASES = {
    "otlp_grpc": "otlp",
    "otlp_http": "otlphttp",
    "host_metrics": "hostmetrics",
    "file_log": "filelog",
    "kubelet_stats": "kubeletstats",
    "k8s_attributes": "k8sattributes",
    "tcp_log": "tcplog",
    "udp_log": "udplog",
    "span_metrics": "spanmetrics",
    "service_graph": "servicegraph",
    "metrics_transform": "metricstransform",
    "cumulative_to_delta": "cumulativetodelta",
    "delta_to_cumulative": "deltatocumulative",
    "delta_to_rate": "deltatorate",
    "group_by_attrs": "groupbyattrs",
    "group_by_trace": "groupbytrace",
    "resource_detection": "resourcedetection",
    "prometheus_remote_write": "prometheusremotewrite",
    "aws_xray": "awsxray",
    "aws_emf": "awsemf",
    "aws_s3": "awss3",
    "aws_cloudwatch_logs": "awscloudwatchlogs",
    "azure_monitor": "azuremonitor",
    "google_cloud": "googlecloud",
    "splunk_hec": "splunk_hec",
    "basic_auth": "basicauth",
    "bearer_token_auth": "bearertokenauth",
    "oauth2_client": "oauth2client",
    "http_check": "httpcheck",
    "webhook_event": "webhookevent",
    "fluent_forward": "fluentforward",
    "log_dedup": "logdedup",
}


def kind(value: Any) -> str:
    """Say what a value is."""
    return _SAID.get(value.__class__, "something else")


def split_id(text: str) -> tuple[str, str]:
    """Return type and name of an id `type/name`; the name is '' where it has none."""
    head, _, name = text.partition("/")
    head = head.strip()
    return ALIASES.get(head, head), name.strip()


def id_error(text: str) -> str:
    """Return why a text is no id, '' if it is one."""
    head, separator, name = text.partition("/")
    if not TYPE.fullmatch(head.strip()):
        return "the type is letters, digits and `_`, and starts with a letter"
    if separator and not _NAME.fullmatch(name.strip()):
        return "after `/` a name without spaces is needed"
    return ""


def expands(value: Any) -> bool:
    """Whether a value holds something that is only known where the collector runs."""
    if value.__class__ is not str or "$" not in value:
        return False
    return any(found[0] != "$$" for found in EXPANSION.finditer(value))


def variables(text: str) -> tuple[str, ...]:
    """Return the names of environment variables that a text uses."""
    return tuple(
        found[2].partition(":-")[0]
        for found in EXPANSION.finditer(text)
        if found[0] != "$$" and (found[1] or "env") == "env"
    )


def resolved(value: Any) -> Any:
    """Return a text with the defaults of variables filled in; `$$` becomes `$`."""
    if value.__class__ is not str or "$" not in value:
        return value
    return EXPANSION.sub(_default, value)


def _default(found: re.Match[str]) -> str:
    if found[0] == "$$":
        return "$"
    _, separator, default = found[2].partition(":-")
    return default if separator and (found[1] or "env") == "env" else found[0]


def milliseconds(value: Any) -> int | None:
    """Return the milliseconds of a duration (`5s`; a number counts nanoseconds), None if none."""
    if value.__class__ is int:
        return int(value // 1_000_000)
    found = go_duration(value) if value.__class__ is str else None
    return None if found is None else found // 1_000_000


def section(tree: Any, key: str) -> YamlMap:
    """Return the mapping under a key; an empty one where there is none."""
    found = tree.get(key) if tree.__class__ is YamlMap else None
    return found if found.__class__ is YamlMap else YamlMap()


def names(tree: Any, key: str) -> Iterator[tuple[str, Mark]]:
    """Yield the texts of the list under a key, with their places."""
    found = tree.get(key) if tree.__class__ is YamlMap else None
    if found.__class__ is YamlList:
        for one, mark in zip(found, found.marks, strict=True):
            if one.__class__ is str:
                yield one.strip(), mark
