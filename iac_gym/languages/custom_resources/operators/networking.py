"""Certificates, rollouts, routes: what cert-manager, Argo CD, Argo Rollouts and Istio refuse.

Source: cert-manager, `internal/apis/certmanager/validation`; argo-rollouts,
`pkg/apis/rollouts/validation/validation.go`; istio, `pkg/config/validation`.
"""

from __future__ import annotations

import re
from typing import Any

from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.custom_resources.operators.reading import (
    CheckKind,
    Objects,
    has_object,
    listed,
    whole,
    within,
)
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text
from iac_gym.languages.kubernetes.quantity import parse_duration

_CERTIFICATES = "certificates"
_ISSUERS = ("acme", "ca", "vault", "selfSigned", "venafi")
_SUBJECTS = (
    "commonName dnsNames uris emailAddresses ipAddresses otherNames literalSubject"
).split()
_STEPS = (
    "setWeight pause setCanaryScale experiment analysis setHeaderRoute setMirrorRoute plugin "
    "replicaProgressThreshold"
).split()

_ALONE = frozenset(("setWeight", "pause", "experiment", "analysis"))


def check_certificate(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what cert-manager would refuse of a Certificate."""
    spec = as_map(item.get("spec"))
    if not any(spec.get(field) for field in _SUBJECTS):
        message = "the certificate is for nothing: give `dnsNames` or another name"
        notes.add(_CERTIFICATES, item, message, "spec")
    if len(as_text(spec.get("commonName"))) > 64:
        message = "`commonName` has more than 64 characters"
        notes.add(_CERTIFICATES, item, message, "spec", "commonName")
    duration = parse_duration(spec.get("duration")) or 90 * 24 * 3600
    early = parse_duration(spec.get("renewBefore"))
    if duration < 3600:
        message = "`duration` must be at least an hour"
        notes.add(_CERTIFICATES, item, message, "spec", "duration")
    if early is not None and (early >= duration or early < 300):
        message = "`renewBefore` must be at least 5 minutes and below `duration`"
        notes.add(_CERTIFICATES, item, message, "spec", "renewBefore")
    _check_key(item, within(spec, "privateKey"), notes)
    reference = within(spec, "issuerRef")
    kind, name = as_text(reference.get("kind")) or "Issuer", as_text(reference.get("name"))
    group = as_text(reference.get("group")) or "cert-manager.io"
    if group == "cert-manager.io" and kind not in ("Issuer", "ClusterIssuer"):
        message = "the kind of the issuer is Issuer or ClusterIssuer"
        notes.add(_CERTIFICATES, item, message, "spec", "issuerRef", "kind")
    elif name and has_object(objects, f"{kind}.{group}", name) is False:
        message = f"the {kind} `{name[:60]}` is not here"
        notes.add("referred-resources", item, message, "spec", "issuerRef", "name")


def _check_key(item: KubeObject, key: dict[Any, Any], notes: Notes) -> None:
    size, kind = whole(key.get("size")), as_text(key.get("algorithm")) or "RSA"
    if size is None:
        return
    fits = 2048 <= size <= 8192 if kind == "RSA" else size in (256, 384, 521)
    if kind in ("RSA", "ECDSA") and not fits:
        message = "RSA keys have 2048 to 8192 bits, ECDSA keys 256, 384 or 521"
        notes.add(_CERTIFICATES, item, message, "spec", "privateKey", "size")


def check_issuer(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note an issuer that is of no sort, or of several."""
    spec = as_map(item.get("spec"))
    given = [kind for kind in _ISSUERS if spec.get(kind) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        message = f"an issuer is of exactly one sort; this one has {found}"
        notes.add(_CERTIFICATES, item, message, "spec", hint=f"one of {', '.join(_ISSUERS)}")
    for path, solver in listed(within(spec, "acme").get("solvers"), ("spec", "acme", "solvers")):
        kinds = [kind for kind in ("http01", "dns01") if solver.get(kind) is not None]
        if len(kinds) != 1:
            notes.add(_CERTIFICATES, item, "a solver is http01 or dns01", *path)


def check_application(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note an Argo CD Application without one source and one destination."""
    spec = as_map(item.get("spec"))
    destination = within(spec, "destination")
    if destination.get("server") and destination.get("name"):
        message = "the destination has `server` or `name`, not both"
        notes.add("argo-cd-applications", item, message, "spec", "destination")
    if not spec.get("source") and not spec.get("sources"):
        notes.add("argo-cd-applications", item, "`source` is missing", "spec")
    for path, source in [
        (("spec", "source"), as_map(spec.get("source"))),
        *listed(spec.get("sources"), ("spec", "sources")),
    ]:
        bare = not source.get("path") and not source.get("chart") and not source.get("ref")
        if source and bare:
            notes.add("argo-cd-applications", item, "a source has `path` or `chart`", *path)


def check_rollout(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what Argo Rollouts would refuse of a Rollout."""
    rule, spec = "rollout-strategies", as_map(item.get("spec"))
    strategy = as_map(spec.get("strategy"))
    given = [key for key in ("canary", "blueGreen") if strategy.get(key) is not None]
    if len(given) != 1:
        message = "a rollout has exactly one strategy: canary or blueGreen"
        notes.add(rule, item, message, "spec", "strategy")
    for pair in (("canary", "stableService", "canaryService"),
                 ("blueGreen", "activeService", "previewService")):  # fmt: skip
        part = as_map(strategy.get(pair[0]))
        if part.get(pair[1]) and part.get(pair[1]) == part.get(pair[2]):
            message = f"`{pair[1]}` and `{pair[2]}` must differ"
            notes.add(rule, item, message, "spec", "strategy", pair[0], pair[2])
    if "blueGreen" in given and not as_map(strategy["blueGreen"]).get("activeService"):
        message = "`activeService` is missing"
        notes.add(rule, item, message, "spec", "strategy", "blueGreen")
    _check_steps(item, as_map(strategy.get("canary")), notes)
    _check_selector(item, spec, notes)


def _check_steps(item: KubeObject, canary: dict[Any, Any], notes: Notes) -> None:
    path: Path = ("spec", "strategy", "canary", "steps")
    for where, step in listed(canary.get("steps"), path):
        given = [key for key in _STEPS if key in step]
        if not given or sum(key in _ALONE for key in given) > 1:
            message = "a step does one thing: it sets a weight, pauses, experiments or analyses"
            notes.add(
                "rollout-strategies", item, message, *where, hint=f"one of {', '.join(_STEPS)}"
            )
        weight = whole(step.get("setWeight"))
        most = whole(within(canary, "trafficRouting").get("maxTrafficWeight")) or 100
        if weight is not None and not 0 <= weight <= most:
            message = f"`setWeight` is from 0 to {most}"
            notes.add("rollout-strategies", item, message, *where, "setWeight")
        if step.get("setCanaryScale") is not None and not canary.get("trafficRouting"):
            message = "`setCanaryScale` needs `trafficRouting`"
            notes.add("rollout-strategies", item, message, *where, "setCanaryScale")


def _check_selector(item: KubeObject, spec: dict[Any, Any], notes: Notes) -> None:
    rule, labels = "rollout-strategies", within(spec, "template", "metadata", "labels")
    if spec.get("workloadRef") is not None:
        return
    if spec.get("selector") is None or spec.get("template") is None:
        notes.add(rule, item, "`selector` and `template` are needed without `workloadRef`", "spec")
        return
    for key, value in within(spec, "selector", "matchLabels").items():
        if labels.get(key) != value:
            message = f"the label `{str(key)[:60]}` of the selector is not in the template"
            notes.add(rule, item, message, "spec", "selector", "matchLabels", key)


def check_virtual_service(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note routes whose weights are all 0, and subsets that the answer's rules do not have."""
    subsets = _subsets(objects)
    for field in ("http", "tcp", "tls"):
        for path, route in listed(item.get("spec", field), ("spec", field)):
            targets = list(listed(route.get("route"), (*path, "route")))
            total = sum(whole(target.get("weight")) or 0 for _, target in targets)
            if len(targets) > 1 and total == 0:
                message = "the weights of the destinations add up to 0"
                notes.add("istio-routes", item, message, *path, "route")
            for where, target in targets:
                _check_subset(item, within(target, "destination"), where, subsets, notes)
            if field == "http" and not any(map(route.get, _HTTP)):
                message = "an HTTP route needs a `route`, `redirect` or `directResponse`"
                notes.add("istio-routes", item, message, *path)


_HTTP = ("route", "redirect", "directResponse", "delegate")


def _subsets(objects: Objects) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in objects.of_kind("DestinationRule.networking.istio.io"):
        host = as_text(rule.get("spec", "host")).partition(".")[0]
        names = [as_text(as_map(one).get("name")) for one in as_list(rule.get("spec", "subsets"))]
        found.setdefault(host, set()).update(names)
    return found


def _check_subset(
    item: KubeObject,
    destination: dict[Any, Any],
    path: Path,
    subsets: dict[str, set[str]],
    notes: Notes,
) -> None:
    host = as_text(destination.get("host")).partition(".")[0]
    subset = as_text(destination.get("subset"))
    if subset and host in subsets and subset not in subsets[host]:
        message = f"the DestinationRule of `{host[:60]}` has no subset `{subset[:60]}`"
        notes.add("istio-routes", item, message, *path, "destination", "subset")


def check_http_route(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note listeners that the answer's Gateway does not have."""
    gateways = {one.name: one for one in objects.of_kind("Gateway.gateway.networking.k8s.io")}
    for path, parent in listed(item.get("spec", "parentRefs"), ("spec", "parentRefs")):
        if parent.get("kind") not in (None, "Gateway") or parent.get("namespace"):
            continue
        gateway = gateways.get(as_text(parent.get("name")))
        section = as_text(parent.get("sectionName"))
        if gateway is None or not section:
            continue
        listeners = as_list(gateway.get("spec", "listeners"))
        if section not in {as_text(as_map(one).get("name")) for one in listeners}:
            message = f"the Gateway `{gateway.name[:60]}` has no listener `{section[:60]}`"
            notes.add("referred-resources", item, message, *path, "sectionName")


_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
_BROKEN = re.compile(r"[\x00-\x20\x7f]|%(?![0-9a-fA-F]{2})")


def check_wasm_plugin(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note a URL that Istio cannot read or fetch."""
    url = as_text(item.get("spec", "url"))
    scheme = _SCHEME.match(url)
    known = scheme is None or scheme[1].lower() in ("file", "http", "https", "oci")
    if url and (not known or _BROKEN.search(url)):
        message = f'"{url[:60]}" is no URL that Istio fetches'
        hint = "oci://, https://, http:// or file://"
        notes.add("istio-routes", item, message, "spec", "url", hint=hint)


CHECKS: dict[tuple[str, str], CheckKind] = {
    ("cert-manager.io", "Certificate"): check_certificate,
    ("cert-manager.io", "Issuer"): check_issuer,
    ("cert-manager.io", "ClusterIssuer"): check_issuer,
    ("argoproj.io", "Application"): check_application,
    ("argoproj.io", "Rollout"): check_rollout,
    ("networking.istio.io", "VirtualService"): check_virtual_service,
    ("extensions.istio.io", "WasmPlugin"): check_wasm_plugin,
    ("gateway.networking.k8s.io", "HTTPRoute"): check_http_route,
    ("gateway.networking.k8s.io", "GRPCRoute"): check_http_route,
}
