"""What each kind of service discovery needs.

Source: https://github.com/prometheus/prometheus/tree/v3.14.0/discovery (each `UnmarshalYAML`)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.prometheus.checks_http import (
    ALLOWED,
    COMPLETE,
    TOGETHER,
    at_most_one,
    check_client,
    given,
    present,
)
from iac_gym.languages.prometheus.config import mappings, section
from iac_gym.languages.prometheus.faults import flag_of, mark_of, number_of, seconds_of, text_of
from iac_gym.languages.prometheus.schema import Check, Note
from iac_gym.languages.prometheus.urls import Url, parse_url

#: Struct -> keys that must be there and not be empty.
_NEEDED: Mapping[str, str] = {
    "aws.SDConfig": "role",
    "azure.SDConfig": "subscription_id",
    "dns.SDConfig": "names",
    "eureka.SDConfig": "server",
    "file.SDConfig": "files",
    "gce.SDConfig": "project zone",
    "hetzner.SDConfig": "role",
    "http.SDConfig": "url",
    "ionos.SDConfig": "datacenter_id",
    "kubernetes.SDConfig": "role",
    "marathon.SDConfig": "servers",
    "moby.DockerSDConfig": "host",
    "moby.DockerSwarmSDConfig": "host role",
    "oci.SDConfig": "region",
    "openstack.SDConfig": "role region",
    "outscale.SDConfig": "region access_key",
    "ovhcloud.SDConfig": "application_key application_secret consumer_key service",
    "puppetdb.SDConfig": "url query",
    "scaleway.SDConfig": "role project_id access_key",
    "triton.SDConfig": "account dns_suffix endpoint",
    "uyuni.SDConfig": "server username password",
    "xds.SDConfig": "server",
    "zookeeper.NerveSDConfig": "servers paths",
    "zookeeper.ServersetSDConfig": "servers paths",
}
#: Struct -> keys that have a default, which must not be replaced by nothing.
_KEPT: Mapping[str, str] = {
    "consul.SDConfig": "server",
    "digitalocean.SDConfig": "role",
    "nomad.SDConfig": "server",
    "ovhcloud.SDConfig": "endpoint",
}
#: Struct, key -> allowed values.
_VALUES: Mapping[tuple[str, str], str] = {
    ("aws.SDConfig", "role"): "ec2 ecs elasticache lightsail msk rds",
    ("azure.SDConfig", "authentication_method"): "OAuth ManagedIdentity SDK WorkloadIdentity",
    ("digitalocean.SDConfig", "role"): "droplets databases",
    ("hetzner.SDConfig", "role"): "robot hcloud",
    ("kubernetes.SDConfig", "role"): "node pod service endpoints endpointslice ingress",
    ("kubernetes.SelectorConfig", "role"): "node pod service endpoints endpointslice ingress",
    ("moby.DockerSwarmSDConfig", "role"): "services nodes tasks",
    ("oci.SDConfig", "auth"): "api_key instance_principal",
    ("openstack.SDConfig", "availability"): "public internal admin",
    ("openstack.SDConfig", "role"): "hypervisor instance loadbalancer",
    ("ovhcloud.SDConfig", "service"): "dedicated_server vps",
    ("scaleway.SDConfig", "role"): "instance baremetal",
    ("triton.SDConfig", "role"): "container cn",
}
#: Structs with settings of an HTTP client that Prometheus does not check when it reads them.
_NO_CLIENT = frozenset(("dns.SDConfig", "file.SDConfig", "gce.SDConfig", "openstack.SDConfig"))
#: Structs with an address: the key, and whether it must be a URL with http or https.
_ADDRESSES: Mapping[str, tuple[str, bool]] = {
    "eureka.SDConfig": ("server", False),
    "http.SDConfig": ("url", True),
    "puppetdb.SDConfig": ("url", True),
    "xds.SDConfig": ("server", False),
}
_SD_FILE = re.compile(r"[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)")
_SELECTORS = {
    "pod": "pod node",
    "service": "service",
    "endpointslice": "pod service endpointslice",
    "endpoints": "pod service endpoints",
    "node": "node",
    "ingress": "ingress",
}


def discovery_check(name: str) -> Check:
    """Make the check of one kind of service discovery."""
    needed, kept = _NEEDED.get(name, "").split(), _KEPT.get(name, "").split()
    values = {key: text.split() for (one, key), text in _VALUES.items() if one == name}
    further = _FURTHER.get(name)

    def check(tree: YamlMap, note: Note) -> None:
        for key in needed:
            if not tree.get(key):
                note(COMPLETE, f"this service discovery needs `{key}`", tree.mark)
        for key in kept:
            if key in tree and not text_of(tree[key]).strip():
                note(COMPLETE, f"`{key}` must not be empty", mark_of(tree, key))
        _check_values(tree, values, needed, note)
        if name in _ADDRESSES and tree.get(_ADDRESSES[name][0]):
            _check_address(tree, *_ADDRESSES[name], note)
        if name not in _NO_CLIENT:
            check_client(tree, note)
        if further:
            further(tree, note)

    return check


def _check_values(
    tree: YamlMap, values: Mapping[str, list[str]], needed: list[str], note: Note
) -> None:
    for key, allowed in values.items():
        value = tree.get(key)
        if value is not None and text_of(value) not in allowed and (value or key not in needed):
            message = f"`{key}` is one of {', '.join(allowed)}, not `{text_of(value)[:40]}`"
            note(ALLOWED, message, mark_of(tree, key))


def _check_address(tree: YamlMap, key: str, web: bool, note: Note) -> None:
    found = parse_url(text_of(tree[key]))
    if not isinstance(found, Url):
        note(ALLOWED, f"`{key}` is no URL: {found}", mark_of(tree, key))
    elif not found.host or not found.scheme:
        note(ALLOWED, f"`{key}` needs a scheme and a host", mark_of(tree, key))
    elif web and found.scheme not in ("http", "https"):
        note(ALLOWED, f"the scheme of `{key}` is http or https", mark_of(tree, key))


def _azure(tree: YamlMap, note: Note) -> None:
    if (text_of(tree.get("authentication_method")) or "OAuth") == "OAuth":
        for key in ("tenant_id", "client_id", "client_secret"):
            if not text_of(tree.get(key)):
                note(COMPLETE, f"the method OAuth needs `{key}`", tree.mark)


def _consul(tree: YamlMap, note: Note) -> None:
    user = given(tree, "username", "password")
    at_most_one(tree, user[:1] + present(tree, "basic_auth"), note)
    if given(tree, "token"):
        at_most_one(tree, ["token", *present(tree, "authorization", "oauth2")], note)
    if user:
        at_most_one(tree, user[:1] + present(tree, "authorization", "oauth2"), note)


def _dns(tree: YamlMap, note: Note) -> None:
    kind = text_of(tree["type"]).upper() if "type" in tree else "SRV"
    if kind not in ("SRV", "A", "AAAA", "MX", "NS"):
        note(ALLOWED, "`type` is one of SRV, A, AAAA, MX, NS", mark_of(tree, "type"))
    elif kind != "SRV" and not number_of(tree.get("port")):
        note(COMPLETE, f"records of the type {kind} need `port`", tree.mark)


def _ec2(tree: YamlMap, note: Note) -> None:
    for one, mark in mappings(tree, "filters"):
        if not one.get("values"):
            note(COMPLETE, "a filter needs `values`", mark)


def _file(tree: YamlMap, note: Note) -> None:
    files = tree.get("files")
    if files.__class__ is YamlList:
        for one, mark in zip(files, files.marks, strict=True):
            if not _SD_FILE.fullmatch(text_of(one)):
                message = (
                    "files of targets end in .json, .yml or .yaml, and `*` is in the last part"
                )
                note(ALLOWED, f"`{text_of(one)[:60]}`: {message}", mark)


def _kubernetes(tree: YamlMap, note: Note) -> None:
    server, own = text_of(tree.get("api_server")), section(tree, "namespaces")
    kubeconfig = text_of(tree.get("kubeconfig_file"))
    at_most_one(tree, given(tree, "api_server", "kubeconfig_file"), note)
    client = [key for key in _CLIENT if _changes(tree, key)]
    if client and kubeconfig:
        message = f"`{client[0]}` cannot stand beside `kubeconfig_file`"
        note(TOGETHER, message, mark_of(tree, client[0]))
    elif client and not server:
        note(TOGETHER, f"`{client[0]}` needs `api_server` beside it", mark_of(tree, client[0]))
    if flag_of(own.get("own_namespace"), False) and (server or kubeconfig):
        message = "`own_namespace` is for discovery inside the cluster"
        note(TOGETHER, message, mark_of(own, "own_namespace"))
    _selectors(tree, note)


_CLIENT = (
    "basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file", "tls_config",
    "follow_redirects", "enable_http2", "proxy_url", "no_proxy", "proxy_from_environment",
    "proxy_connect_header", "http_headers",
)  # fmt: skip


def _changes(tree: YamlMap, key: str) -> bool:
    """Tell whether a setting of the client differs from its default."""
    value = tree.get(key)
    if key in ("follow_redirects", "enable_http2"):
        return value is not None and not flag_of(value, True)
    if key in ("basic_auth", "authorization", "oauth2", "http_headers", "proxy_connect_header"):
        return value is not None
    if key == "tls_config":
        return value.__class__ is YamlMap and any(
            text_of(item) and flag_of(item, True) for item in value.values()
        )
    return bool(text_of(value)) and (key != "proxy_from_environment" or flag_of(value, False))


def _selectors(tree: YamlMap, note: Note) -> None:
    role = text_of(tree.get("role"))
    allowed = _SELECTORS.get(role, "").split()
    seen: set[str] = set()
    for one, mark in mappings(tree, "selectors"):
        own = text_of(one.get("role"))
        if own in seen:
            note(TOGETHER, f"there are two selectors of the role `{own}`", mark)
        seen.add(own)
        if allowed and own not in allowed:
            message = f"a discovery of the role `{role}` selects {', '.join(allowed)} alone"
            note(ALLOWED, f"{message}, not `{own}`", mark)
        for key, check in (("field", field_selector), ("label", label_selector)):
            if not check(text_of(one.get(key))):
                note(ALLOWED, f"`{key}` is no selector of Kubernetes", mark_of(one, key))


_NAME = r"(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?"
_LABEL_TERM = re.compile(
    rf"\s*(?:!\s*{_NAME}|{_NAME}(?:\s*(?:==?|!=)\s*{_VALUE}|\s*[<>]\s*[0-9]+"
    rf"|\s+(?:in|notin)\s*\(\s*{_VALUE}(?:\s*,\s*{_VALUE})*\s*\))?)\s*"
)
_FIELD_TERM = re.compile(r"[^=!,]*(?:==?|!=)[^=!,]*")


def label_selector(text: str) -> bool:
    """Tell whether a text is a selector of labels of Kubernetes."""
    if len(text) > 2_000:
        return True
    terms = re.split(r",(?![^(]*\))", text) if text.strip() else []
    return all(_LABEL_TERM.fullmatch(term) for term in terms)


def field_selector(text: str) -> bool:
    """Tell whether a text is a selector of fields of Kubernetes."""
    if "\\" in text:
        return True
    return all(not term or _FIELD_TERM.fullmatch(term) for term in text.split(","))


def _marathon(tree: YamlMap, note: Note) -> None:
    token = given(tree, "auth_token", "auth_token_file")
    at_most_one(tree, token, note)
    if token:
        others = present(tree, "basic_auth", "authorization")
        at_most_one(
            tree, token[:1] + others + given(tree, "bearer_token", "bearer_token_file"), note
        )


def _secret_key(tree: YamlMap, note: Note) -> None:
    keys = given(tree, "secret_key", "secret_key_file")
    at_most_one(tree, keys, note)
    if not keys:
        note(COMPLETE, "this needs `secret_key` or `secret_key_file`", tree.mark)


def _oci(tree: YamlMap, note: Note) -> None:
    keys = ("tenancy", "user", "fingerprint", "key_file")
    if (text_of(tree.get("auth")) or "api_key") == "api_key":
        for key in keys:
            if not text_of(tree.get(key)):
                note(COMPLETE, f"the method api_key needs `{key}`", tree.mark)
        at_most_one(tree, given(tree, "key_passphrase", "key_passphrase_file"), note)
    else:
        for key in given(tree, *keys, "key_passphrase", "key_passphrase_file"):
            message = f"the method instance_principal has no `{key}`"
            note(TOGETHER, message, mark_of(tree, key))
    _positive(tree, note)


def _positive(tree: YamlMap, note: Note) -> None:
    if tree.get("refresh_interval") is not None and seconds_of(tree["refresh_interval"]) == 0:
        message = "`refresh_interval` must be more than nothing"
        note(ALLOWED, message, mark_of(tree, "refresh_interval"))


def _stackit(tree: YamlMap, note: Note) -> None:
    if "region" in tree and not given(tree, "endpoint", "region"):
        note(COMPLETE, "this needs `endpoint` or `region`", tree.mark)
    found = parse_url(text_of(tree.get("endpoint")))
    if not isinstance(found, Url):
        note(ALLOWED, f"`endpoint` is no URL: {found}", mark_of(tree, "endpoint"))


def _zookeeper(tree: YamlMap, note: Note) -> None:
    paths = tree.get("paths")
    if paths.__class__ is YamlList:
        for one, mark in zip(paths, paths.marks, strict=True):
            if not text_of(one).startswith("/"):
                note(ALLOWED, "a path begins with `/`", mark)


_FURTHER: Mapping[str, Callable[[YamlMap, Note], None]] = {
    "aws.EC2SDConfig": _ec2,
    "azure.SDConfig": _azure,
    "consul.SDConfig": _consul,
    "dns.SDConfig": _dns,
    "file.SDConfig": _file,
    "kubernetes.SDConfig": _kubernetes,
    "marathon.SDConfig": _marathon,
    "oci.SDConfig": _oci,
    "outscale.SDConfig": _secret_key,
    "scaleway.SDConfig": _secret_key,
    "stackit.SDConfig": _stackit,
    "triton.SDConfig": _positive,
    "zookeeper.NerveSDConfig": _zookeeper,
    "zookeeper.ServersetSDConfig": _zookeeper,
}


def check_selector(tree: YamlMap, note: Note) -> None:
    """Check the role of a selector."""
    role = tree.get("role")
    allowed = _VALUES["kubernetes.SelectorConfig", "role"].split()
    if role is not None and text_of(role) not in allowed:
        note(ALLOWED, f"`role` is one of {', '.join(allowed)}", mark_of(tree, "role"))
