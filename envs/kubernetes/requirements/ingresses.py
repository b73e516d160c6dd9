"""What can be asked of Ingresses."""

from __future__ import annotations

from typing import Any

from envs.kubernetes.requirements.configuration import elsewhere, in_namespace
from envs.kubernetes.requirements.reading import about, absent, is_number, same, shown, texts
from iac_gym.check import Findings, requirement
from iac_gym.formats.lazy import kept
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map, as_text

#: One path of an Ingress: (host, path, path type, its place in the tree, its backend).
Route = tuple[str, str, str, tuple[str | int, ...], dict[Any, Any]]


def _plain(path: str) -> str:
    """A prefix path means the same with and without a slash at its end."""
    return path.rstrip("/") or "/"


@kept
def _routes(ingress: KubeObject) -> list[Route]:
    found: list[Route] = []
    for i, rule in enumerate(map(as_map, as_list(ingress.get("spec", "rules")))):
        paths = as_list(as_map(rule.get("http")).get("paths"))
        for j, entry in enumerate(map(as_map, paths)):
            place = ("spec", "rules", i, "http", "paths", j)
            kind, path = as_text(entry.get("pathType")), as_text(entry.get("path"))
            path = _plain(path) if kind == "Prefix" else path
            host, backend = as_text(rule.get("host")), as_map(entry.get("backend"))
            found.append((host, path, kind, place, backend))
    return found


def _leads_to(
    manifest: Manifest, ingress: KubeObject, backend: dict[Any, Any], service: str, port: int
) -> bool:
    """Whether a backend is the port of a Service; a named port is looked up in the manifest."""
    target = as_map(backend.get("service"))
    given = as_map(target.get("port"))
    lost = elsewhere(manifest, "Service", service, ingress.namespace)
    if lost or target.get("name") != service:
        return False
    if is_number(given.get("number")):
        return same(given["number"], port)
    found = in_namespace(manifest, "Service", service, ingress.namespace)
    if found is None:
        return False
    return any(
        entry.get("name") == given.get("name") and same(entry.get("port"), port)
        for entry in map(as_map, as_list(found.get("spec", "ports")))
        if given.get("name")
    )


def _sends(
    manifest: Manifest, of: str, host: str, path: str, kind: str, service: str, port: int
) -> Findings:
    ingress = manifest.find("Ingress", of)
    if ingress is None:
        yield absent(manifest, "Ingress", of)
        return
    wanted = _plain(path) if kind == "Prefix" else path
    seen = False
    for its_host, its_path, its_kind, place, backend in _routes(ingress):
        if its_host != host or its_path != wanted or its_kind != kind:
            continue
        seen = True
        if not _leads_to(manifest, ingress, backend, service, port):
            given = as_map(backend.get("service"))
            yield ingress.finding(
                f"{host}{path} goes to {shown(given.get('name'))}, asked for port {port} of "
                f"`{service}`", *place, "backend",
            )  # fmt: skip
    if not seen:
        yield ingress.finding(
            f"`{of}` has no rule for {host}{path}", "spec", "rules",
            hint=f"the host {host} with the path {path}, path type {kind}",
        )  # fmt: skip


@requirement(
    "Ingress `{of}` sends everything under {host}{path} to port {port} of the Service `{service}`",
    "requests below {host}{path} go through the Ingress `{of}` to `{service}` on port {port}",
    "the Ingress `{of}` routes {host}{path} and all below it to Service `{service}`, port {port}",
)
def ingress_route(
    manifest: Manifest, of: str, host: str, path: str, service: str, port: int
) -> Findings:
    """A `Prefix` path of a host and the Service port behind it."""
    return _sends(manifest, of, host, path, "Prefix", service, port)


@requirement(
    "Ingress `{of}` sends exactly {host}{path}, nothing below it, to port {port} of the Service "
    "`{service}`",
    "the exact path {host}{path} goes through the Ingress `{of}` to `{service}` on port {port}",
)
def ingress_exact_route(
    manifest: Manifest, of: str, host: str, path: str, service: str, port: int
) -> Findings:
    """An `Exact` path of a host and the Service port behind it."""
    return _sends(manifest, of, host, path, "Exact", service, port)


@requirement(
    "whatever matches no rule of the Ingress `{of}` goes to port {port} of `{service}`",
    "the default backend of the Ingress `{of}` is port {port} of the Service `{service}`",
)
def ingress_default(manifest: Manifest, of: str, service: str, port: int) -> Findings:
    """`spec.defaultBackend` of an Ingress."""
    ingress = manifest.find("Ingress", of)
    if ingress is None:
        yield absent(manifest, "Ingress", of)
        return
    backend = as_map(ingress.get("spec", "defaultBackend"))
    if not _leads_to(manifest, ingress, backend, service, port):
        yield ingress.finding(
            f"the default backend of `{of}` is not port {port} of `{service}`",
            "spec", "defaultBackend",
        )  # fmt: skip


@requirement(
    "the Ingress `{of}` belongs to the class {name}",
    "ingress class {name} for `{of}`",
    "Ingress `{of}` is served by the ingress class {name}",
)
@about("Ingress")
def ingress_class(ingress: KubeObject, of: str, name: str) -> Findings:
    """`ingressClassName`, or the annotation that stood for it before."""
    value = ingress.get("spec", "ingressClassName")
    if value is None:
        value = ingress.get("metadata", "annotations", "kubernetes.io/ingress.class")
    if value != name:
        yield ingress.finding(
            f"the class of `{of}` is {shown(value)}, asked for '{name}'",
            "spec", "ingressClassName",
        )  # fmt: skip


@requirement(
    "TLS for {host} on the Ingress `{of}` with the certificate in the Secret `{secret}`",
    "the Ingress `{of}` serves {host} over TLS from the Secret `{secret}`",
    "`{of}` ends TLS for {host} with the Secret `{secret}`",
)
@about("Ingress")
def ingress_tls(ingress: KubeObject, of: str, host: str, secret: str) -> Findings:
    """A `tls` entry that lists the host and names the Secret."""
    names = [
        entry.get("secretName")
        for entry in map(as_map, as_list(ingress.get("spec", "tls")))
        if host in texts(entry.get("hosts"))
    ]
    if names and set(map(str, names)) != {secret}:
        yield ingress.finding(
            f"TLS for {host} uses {shown(names[0])}, asked for '{secret}'", "spec", "tls"
        )
    if not names:
        yield ingress.finding(f"`{of}` has no TLS for {host}", "spec", "tls")
