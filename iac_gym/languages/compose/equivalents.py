"""Rewritings of a compose file that mean the same to Docker Compose, for the contract's tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.yaml import COMPOSE, dump, load


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(item) for key, item in reversed(value.items())}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def _each_service(change: Callable[[dict[str, Any]], None]) -> Callable[[Any], Any]:
    def apply(tree: Any) -> Any:
        for service in tree.get("services", {}).values():
            change(service)
        return tree

    return apply


def _long_ports(service: dict[str, Any]) -> None:
    ports = service.get("ports", [])
    for index, port in enumerate(ports):
        if isinstance(port, str) and "-" not in port:
            head, _, target = port.rpartition(":")
            ip, _, published = head.rpartition(":")
            made = {"target": int(target), "published": published, "protocol": "tcp"}
            ports[index] = made | ({"host_ip": ip} if ip else {})


def _long_mounts(service: dict[str, Any]) -> None:
    mounts = service.get("volumes", [])
    for index, mount in enumerate(mounts):
        parts = mount.split(":") if isinstance(mount, str) else []
        if len(parts) > 1:
            kind = "bind" if parts[0][0] in "./" else "volume"
            made = {"type": kind, "source": parts[0], "target": parts[1]}
            mounts[index] = made | ({"read_only": True} if parts[2:] == ["ro"] else {})


def _listed(service: dict[str, Any]) -> None:
    for field in ("environment", "labels"):
        if isinstance(service.get(field), dict):
            service[field] = [f"{key}={value}" for key, value in service[field].items()]


def _mapped(service: dict[str, Any]) -> None:
    for field in ("environment", "labels"):
        if isinstance(service.get(field), list):
            service[field] = dict(entry.split("=", 1) for entry in service[field])
    if isinstance(service.get("networks"), list):
        service["networks"] = dict.fromkeys(service["networks"])
    if isinstance(service.get("depends_on"), list):
        started = {"condition": "service_started"}
        service["depends_on"] = {name: dict(started) for name in service["depends_on"]}


def _spelled(service: dict[str, Any]) -> None:
    """Write commands as text and single values without their list."""
    if isinstance(service.get("command"), list):
        service["command"] = " ".join(service["command"])
    health = service.get("healthcheck", {})
    if health.get("test", [""])[0] == "CMD":
        health["test"] = ["CMD-SHELL", " ".join(health["test"][1:]) + " || exit 1"]
    for field in ("env_file", "tmpfs"):
        if isinstance(service.get(field), list) and len(service[field]) == 1:
            service[field] = service[field][0]


def _older(service: dict[str, Any]) -> None:
    """Write limits in the fields that older files use."""
    resources = service.get("deploy", {}).pop("resources", {})
    names = {"limits": {"memory": "mem_limit", "cpus": "cpus"},
             "reservations": {"memory": "mem_reservation"}}  # fmt: skip
    for part, fields in names.items():
        for key, field in fields.items():
            if key in resources.get(part, {}):
                service[field] = resources[part][key].upper()
    if service.get("deploy") == {}:
        del service["deploy"]


def _defaulted(service: dict[str, Any]) -> None:
    if "image" in service:
        service["image"] = "${IMAGE_UNSET:-" + service["image"] + "}"
    if "replicas" in service.get("deploy", {}):
        service["deploy"]["replicas"] = "${COUNT:-" + str(service["deploy"]["replicas"]) + "}"


_CHANGES: Mapping[str, Callable[[Any], Any]] = {
    "keys in the opposite order": _backwards,
    "ports in the long syntax": _each_service(_long_ports),
    "mounts in the long syntax": _each_service(_long_mounts),
    "lists for mappings": _each_service(_listed),
    "mappings for lists": _each_service(_mapped),
    "text for lists": _each_service(_spelled),
    "older limits": _each_service(_older),
    "variables with defaults": _each_service(_defaulted),
    "version and extensions": lambda tree: {"version": "3.9", "x-note": {"a": 1}, **tree},
}


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    for path, text in files.items():
        if not path.endswith((".yaml", ".yml")):
            continue
        for change, rewrite in _CHANGES.items():
            tree = _plain(load(text, COMPOSE).value)
            yield change, {**files, path: dump([rewrite(tree)])}
        tree = _plain(load(text, COMPOSE).value)
        yield "JSON", {**files, path: json.dumps(tree, indent=2)}
        flow = yaml.safe_dump(tree, default_flow_style=True, sort_keys=False, width=80)
        yield "flow style", {**files, path: flow}
        yield "a comment", {**files, path: f"# written by hand\n{text}# the end\n"}
        yield "an anchor", {**files, path: _anchored(tree)}


def _anchored(tree: Any) -> str:
    """Put the first service into an extension and merge it in with `<<`."""
    name, service = next(iter(tree["services"].items()))
    rest = {key: item for key, item in tree["services"].items() if key != name}
    base = yaml.safe_dump({"x-base": service}, sort_keys=False).replace("x-base:", "x-base: &b", 1)
    others = yaml.safe_dump({key: tree[key] for key in tree if key != "services"} or {"x-e": 1})
    indented = "".join(f"  {line}\n" for line in yaml.safe_dump(rest).splitlines()) if rest else ""
    return f"{base}{others}services:\n  {name}:\n    <<: *b\n{indented}"
