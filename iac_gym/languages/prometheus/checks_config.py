"""What the sections of a configuration must contain, and how they fit together.

Source: https://github.com/prometheus/prometheus/blob/v3.14.0/config/config.go
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.prometheus.checks_discovery import check_selector, discovery_check
from iac_gym.languages.prometheus.checks_http import (
    ALLOWED,
    COMPLETE,
    TOGETHER,
    at_most_one,
    check_client,
    given,
    present,
)
from iac_gym.languages.prometheus.checks_http import (
    CHECKS as HTTP_CHECKS,
)
from iac_gym.languages.prometheus.checks_relabel import check_step
from iac_gym.languages.prometheus.config import mappings, section
from iac_gym.languages.prometheus.faults import (
    flag_of,
    mark_of,
    number_of,
    seconds_of,
    text_of,
    texts_of,
)
from iac_gym.languages.prometheus.relabeling import Relabel, Unplayable, played, read_relabels
from iac_gym.languages.prometheus.schema import Check, Note, structs

_PROTOCOLS = (
    "OpenMetricsText0.0.1", "OpenMetricsText1.0.0", "PrometheusProto", "PrometheusText0.0.4",
    "PrometheusText1.0.0",
)  # fmt: skip
_VALIDATION = ("utf8", "legacy")
_ESCAPING = ("allow-utf-8", "underscores", "dots", "values")
_MESSAGES = ("prometheus.WriteRequest", "io.prometheus.write.v2.Request")
_TRANSLATIONS = (
    "UnderscoreEscapingWithSuffixes", "UnderscoreEscapingWithoutSuffixes",
    "NoUTF8EscapingWithSuffixes", "NoTranslation",
)  # fmt: skip
_RULE_PATH = re.compile(r"[^*]*(\*[^/]*)?")
#: Headers that remote_write and remote_read set themselves.
_RESERVED = frozenset(
    """accept-encoding authorization connection content-encoding content-length content-type host
    keep-alive proxy-authenticate proxy-authorization user-agent www-authenticate
    x-amz-content-sha256 x-amz-date x-amz-security-token x-prometheus-remote-read-version
    x-prometheus-remote-write-version""".split()
) - {"user-agent"}


def one_of(tree: YamlMap, key: str, allowed: tuple[str, ...], note: Note) -> None:
    """Check a value that is one of some; a missing one or an empty one is fine."""
    value = text_of(tree.get(key))
    if value and value not in allowed:
        shown = ", ".join(allowed)
        note(ALLOWED, f"`{key}` is one of {shown}, not `{value[:40]}`", mark_of(tree, key))


# --- the whole -----------------------------------------------------------------------------------


def check_config(tree: YamlMap, note: Note) -> None:
    """Check what concerns the whole configuration."""
    for key in ("rule_files", "scrape_config_files"):
        paths = tree.get(key)
        if paths.__class__ is YamlList:
            for one, mark in zip(paths, paths.marks, strict=True):
                if not _RULE_PATH.fullmatch(text_of(one)):
                    message = f"`{text_of(one)[:60]}`: `*` may stand in the last part alone"
                    note(ALLOWED, message, mark)
    check_targets(tree, note)
    general = section(tree, "global")
    check_jobs(tree, general, note)
    for key in ("remote_write", "remote_read"):
        _unique(tree, key, "name", note)
    strategy = text_of(section(tree, "otlp").get("translation_strategy"))
    if _legacy(general) and strategy in _TRANSLATIONS[2:]:
        message = f"`{strategy}` needs names in UTF-8, which `legacy` does not allow"
        note(TOGETHER, message, mark_of(section(tree, "otlp"), "translation_strategy"))


def _legacy(tree: YamlMap) -> bool:
    return text_of(tree.get("metric_name_validation_scheme")) == "legacy"


def _unique(tree: YamlMap, key: str, name: str, note: Note) -> None:
    seen: set[str] = set()
    for one, mark in mappings(tree, key):
        value = text_of(one.get(name))
        if value and value in seen:
            message = f"the {name.replace('_', ' ')} `{value[:60]}` is used twice in `{key}`"
            note("names-are-unique", message, one.marks.get(name, mark))
        seen.add(value)


def check_jobs(tree: YamlMap, general: YamlMap, note: Note) -> None:
    """Check what jobs need from the global section."""
    interval = seconds_of(general.get("scrape_interval")) or 60.0
    _unique(tree, "scrape_configs", "job_name", note)
    legacy, escaping = _legacy(general), text_of(general.get("metric_name_escaping_scheme"))
    for one, _ in mappings(tree, "scrape_configs"):
        own = seconds_of(one.get("scrape_interval")) or interval
        timeout = seconds_of(one.get("scrape_timeout")) or 0.0
        if timeout > own:
            message = f"the timeout of {timeout:g}s is longer than the interval of {own:g}s"
            note("timeouts-fit-intervals", message, mark_of(one, "scrape_timeout"))
        _check_names(one, legacy, escaping, note)
    if legacy:
        _check_relabels(tree, note)


def _check_names(tree: YamlMap, legacy: bool, escaping: str, note: Note) -> None:
    """Check that names in UTF-8 are asked for where they are allowed alone."""
    own = text_of(tree.get("metric_name_validation_scheme"))
    scheme = text_of(tree.get("metric_name_escaping_scheme"))
    if not scheme and not own:
        scheme = escaping
    if scheme == "allow-utf-8" and (own == "legacy" or (legacy and not own)):
        message = "names in UTF-8 are asked for, but the validation scheme is `legacy`"
        note(TOGETHER, message, mark_of(tree, "metric_name_escaping_scheme"))


_LEGACY_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
_LEGACY_TARGET = re.compile(r"(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))(?:\w|\$(?:\{\w+\}|\w+))*", re.ASCII)


def _check_relabels(tree: YamlMap, note: Note) -> None:
    """Check the names of labels where names in UTF-8 are off."""
    for job, _ in mappings(tree, "scrape_configs"):
        if text_of(job.get("metric_name_validation_scheme")) == "utf8":
            continue
        for key in ("relabel_configs", "metric_relabel_configs"):
            for step, mark in mappings(job, key):
                target = text_of(step.get("target_label"))
                pattern = _LEGACY_TARGET if "$" in target else _LEGACY_LABEL
                if target and not pattern.fullmatch(target):
                    message = f"`{target[:60]}` is no name of a label"
                    note("relabel-steps-are-right", message, step.marks.get("target_label", mark))


# --- sections ------------------------------------------------------------------------------------


def check_global(tree: YamlMap, note: Note) -> None:
    """Check `global`."""
    interval = seconds_of(tree.get("scrape_interval")) or 60.0
    timeout = seconds_of(tree.get("scrape_timeout")) or 0.0
    if timeout > interval:
        message = f"the timeout of {timeout:g}s is longer than the interval of {interval:g}s"
        note("timeouts-fit-intervals", message, mark_of(tree, "scrape_timeout"))
    check_protocols(tree, note)
    one_of(tree, "metric_name_validation_scheme", _VALIDATION, note)
    one_of(tree, "metric_name_escaping_scheme", _ESCAPING, note)
    check_label_names(tree, "external_labels", note, _legacy(tree))


def check_label_names(tree: YamlMap, key: str, note: Note, legacy: bool = False) -> None:
    """Check the names of labels in a mapping."""
    labels = tree.get(key)
    if labels.__class__ is not YamlMap:
        return
    for name in labels:
        text = text_of(name)
        if not text or (legacy and not _LEGACY_LABEL.fullmatch(text)):
            message = f"`{text[:60]}` is no name of a label"
            note("labels-have-valid-names", message, labels.key_marks.get(name, labels.mark))


def check_protocols(tree: YamlMap, note: Note) -> None:
    """Check `scrape_protocols`."""
    found = tree.get("scrape_protocols")
    if found.__class__ is not YamlList:
        return
    if not found:
        note(ALLOWED, "`scrape_protocols` must not be empty", mark_of(tree, "scrape_protocols"))
    seen: set[str] = set()
    for one, mark in zip(found, found.marks, strict=True):
        name = text_of(one)
        if name not in _PROTOCOLS:
            note(ALLOWED, f"a protocol is one of {', '.join(_PROTOCOLS)}, not `{name[:40]}`", mark)
        elif name in seen:
            note(ALLOWED, f"the protocol `{name}` is listed twice", mark)
        seen.add(name)


def check_scrape(tree: YamlMap, note: Note) -> None:
    """Check a scrape configuration."""
    if not text_of(tree.get("job_name")):
        note(COMPLETE, "a scrape configuration needs `job_name`", tree.mark)
    check_client(tree, note)
    check_protocols(tree, note)
    one_of(tree, "fallback_scrape_protocol", _PROTOCOLS, note)
    one_of(tree, "metric_name_validation_scheme", _VALIDATION, note)
    one_of(tree, "metric_name_escaping_scheme", _ESCAPING, note)


#: How often steps of relabeling are played for the targets of one file.
_MOST_PLAYS = 400


def check_targets(tree: YamlMap, note: Note) -> None:
    """Check that static targets are hosts, after the steps of relabeling that change them."""
    left = _MOST_PLAYS
    alerting = section(tree, "alerting")
    holders = (*mappings(tree, "scrape_configs"), *mappings(alerting, "alertmanagers"))
    for holder, _ in holders:
        steps = read_relabels(holder, "relabel_configs")
        moved = any(_moves(one) for one in steps)
        base = {"job": text_of(holder.get("job_name")), "__scheme__": text_of(holder.get("scheme"))}
        for address, labels, mark in _static(holder):
            if (moved or not address or "/" in address) and left > 0:
                left -= len(steps)
                _check_target({**base, "__address__": address, **labels}, steps, mark, note)


def _moves(step: Relabel) -> bool:
    """Tell whether a step may change the address."""
    return step.target == "__address__" or "$" in step.target or step.action == "labelmap"


def _static(tree: YamlMap) -> Iterator[tuple[str, dict[str, str], Mark]]:
    for group, _ in mappings(tree, "static_configs"):
        targets = group.get("targets")
        if targets.__class__ is YamlList:
            labels = texts_of(group.get("labels"))
            for one, mark in zip(targets, targets.marks, strict=True):
                yield text_of(one), labels, mark


def _check_target(
    labels: dict[str, str], steps: tuple[Relabel, ...], mark: Mark, note: Note
) -> None:
    given_ = labels["__address__"]
    try:
        found = played(labels, steps)
    except Unplayable:
        return
    address = "" if found is None else found.get("__address__", "")
    if found is not None and (not address or "/" in address):
        message = f"the target `{given_[:80]}` is no host with a port"
        if address and steps:
            message += f" after relabeling: `{address[:80]}`"
        note("targets-are-addresses", message, mark, "leave the scheme and the path out")


def check_group(tree: YamlMap, note: Note) -> None:
    """Check a group of static targets."""
    check_label_names(tree, "labels", note)


def check_alertmanager(tree: YamlMap, note: Note) -> None:
    """Check an entry of `alertmanagers`."""
    check_client(tree, note)
    one_of(tree, "api_version", ("v2",), note)
    ways = present(tree, "basic_auth", "authorization", "oauth2")
    at_most_one(tree, ways[:1] + present(tree, "sigv4"), note)


def _check_remote(tree: YamlMap, what: str, note: Note) -> None:
    if tree.get("url") is None:
        note(COMPLETE, f"`{what}` needs `url`", tree.mark)
    check_client(tree, note)
    headers = tree.get("headers")
    if headers.__class__ is YamlMap:
        for key in headers:
            if text_of(key).lower() in _RESERVED:
                message = f"the header `{text_of(key)}` cannot be set here"
                note(ALLOWED, message, headers.key_marks.get(key, headers.mark))


def check_remote_write(tree: YamlMap, note: Note) -> None:
    """Check an entry of `remote_write`."""
    _check_remote(tree, "remote_write", note)
    ways = ("basic_auth", "authorization", "oauth2", "sigv4", "azuread", "google_iam")
    used = present(tree, *ways)
    if any(one in ways[3:] for one in used):
        at_most_one(tree, used + given(tree, "bearer_token", "bearer_token_file"), note)
    one_of(tree, "protobuf_message", _MESSAGES, note)


def check_remote_read(tree: YamlMap, note: Note) -> None:
    """Check an entry of `remote_read`."""
    _check_remote(tree, "remote_read", note)


_QUEUE = {"max_shards": 50.0, "min_shards": 1.0, "max_samples_per_send": 2000.0, "capacity": 1e4}


def check_queue(tree: YamlMap, note: Note) -> None:
    """Check `queue_config`."""
    values = {}
    for key, default in _QUEUE.items():
        value = number_of(tree.get(key)) if key in tree else default
        values[key] = value = 0.0 if value is None else value
        if value <= 0:
            note(ALLOWED, f"`{key}` must be more than 0", mark_of(tree, key))
    if values["min_shards"] > values["max_shards"] > 0:
        message = "`min_shards` is greater than `max_shards`"
        note(
            TOGETHER, message, mark_of(tree, "min_shards" if "min_shards" in tree else "max_shards")
        )
    least = seconds_of(tree.get("min_backoff"), 0.03 if "min_backoff" not in tree else 0.0)
    most = seconds_of(tree.get("max_backoff"), 5.0 if "max_backoff" not in tree else 0.0)
    if least is not None and most is not None and most < least:
        message = "`max_backoff` is shorter than `min_backoff`"
        note(TOGETHER, message, mark_of(tree, "max_backoff"))


def check_sigv4(tree: YamlMap, note: Note) -> None:
    """Check `sigv4`."""
    keys = given(tree, "access_key", "secret_key")
    if len(keys) == 1:
        note(TOGETHER, "`access_key` and `secret_key` need each other", mark_of(tree, keys[0]))
    if given(tree, "external_id") and not given(tree, "role_arn"):
        note(TOGETHER, "`external_id` needs `role_arn`", mark_of(tree, "external_id"))


_AZURE_WAYS: Mapping[str, tuple[str, ...]] = {
    "managed_identity": (),
    "workload_identity": ("client_id", "tenant_id"),
    "oauth": ("client_id", "client_secret", "tenant_id"),
    "sdk": (),
    "certificate": ("client_id", "tenant_id", "certificate_path"),
}


def check_azuread(tree: YamlMap, note: Note) -> None:
    """Check `azuread`."""
    one_of(tree, "cloud", ("AzurePublic", "AzureChina", "AzureGovernment"), note)
    used = present(tree, *_AZURE_WAYS)
    at_most_one(tree, used, note)
    if not used:
        note(COMPLETE, f"`azuread` needs one of {', '.join(_AZURE_WAYS)}", tree.mark)
    for way in used:
        for key in _AZURE_WAYS[way]:
            if not text_of(section(tree, way).get(key)):
                note(COMPLETE, f"`{way}` needs `{key}`", mark_of(tree, way))


def check_tracing(tree: YamlMap, note: Note) -> None:
    """Check `tracing`."""
    if not text_of(tree.get("endpoint")):
        note(COMPLETE, "`tracing` needs `endpoint`", tree.mark)
    one_of(tree, "compression", ("gzip",), note)
    if tree.get("client_type") is not None and text_of(tree["client_type"]) not in ("http", "grpc"):
        note(ALLOWED, "`client_type` is http or grpc", mark_of(tree, "client_type"))
    headers = tree.get("headers")
    if headers.__class__ is YamlMap:
        for key in headers:
            if text_of(key).lower() in _RESERVED:
                message = f"the header `{text_of(key)}` cannot be set here"
                note(ALLOWED, message, headers.key_marks.get(key, headers.mark))


def check_otlp(tree: YamlMap, note: Note) -> None:
    """Check `otlp`."""
    one_of(tree, "translation_strategy", _TRANSLATIONS, note)
    every = flag_of(tree.get("promote_all_resource_attributes"), False)
    wrong = "promote_resource_attributes" if every else "ignore_resource_attributes"
    if tree.get(wrong):
        state = "together with" if every else "without"
        message = f"`{wrong}` cannot be set {state} `promote_all_resource_attributes`"
        note(TOGETHER, message, mark_of(tree, wrong))
    kept = tree.get("ignore_resource_attributes" if every else "promote_resource_attributes")
    if kept.__class__ is YamlList:
        _check_attributes(kept, note)


def _check_attributes(names: Any, note: Note) -> None:
    seen: set[str] = set()
    for one, mark in zip(names, names.marks, strict=True):
        name = text_of(one).strip()
        if not name or name in seen:
            note(ALLOWED, f"the attribute `{name[:60]}` is {'repeated' if name else 'empty'}", mark)
        seen.add(name)


def check_tsdb(tree: YamlMap, note: Note) -> None:
    """Check `storage.tsdb`."""
    floats = text_of(section(tree, "chunk_encoding").get("floats"))
    if floats not in ("", "xor", "xor2"):
        mark = mark_of(section(tree, "chunk_encoding"), "floats")
        note(ALLOWED, "`floats` is xor or xor2", mark)
    retention = section(tree, "retention")
    share = number_of(retention.get("percentage"))
    if share is not None and not 0 <= share <= 100:
        note(ALLOWED, "`percentage` is a number from 0 to 100", mark_of(retention, "percentage"))
    if text_of(retention.get("size")).startswith("-"):
        note(ALLOWED, "`size` cannot be negative", mark_of(retention, "size"))


def _checks() -> dict[str, Check]:
    """Return the checks of all structs."""
    found: dict[str, Check] = {
        **HTTP_CHECKS,
        "azuread.AzureADConfig": check_azuread,
        "config.AlertmanagerConfig": check_alertmanager,
        "config.Config": check_config,
        "config.GlobalConfig": check_global,
        "config.OTLPConfig": check_otlp,
        "config.QueueConfig": check_queue,
        "config.RemoteReadConfig": check_remote_read,
        "config.RemoteWriteConfig": check_remote_write,
        "config.ScrapeConfig": check_scrape,
        "config.ScrapeConfigs": check_targets,
        "config.TSDBConfig": check_tsdb,
        "config.TracingConfig": check_tracing,
        "group": check_group,
        "kubernetes.SelectorConfig": check_selector,
        "relabel.Config": check_step,
        "sigv4.SigV4Config": check_sigv4,
    }
    for name in structs():
        if name.endswith("SDConfig"):
            found[name] = discovery_check(name)
    return found


_KNOWN: dict[str, Check] = {}


def checks() -> Mapping[str, Check]:
    """Return the checks of all structs, made at the first call."""
    if not _KNOWN:
        _KNOWN.update(_checks())
    return _KNOWN
