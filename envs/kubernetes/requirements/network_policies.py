"""What can be asked of NetworkPolicies, judged by what a policy lets through.

Rules that are merged, split or listed in another order let the same traffic through. A peer is put
into a plain form: `("pods", namespace labels or None, pod labels)`, `("cidr", block, exceptions)`
or `("any",)`; ports are (protocol, first, last), where the whole range stands for "all ports".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from envs.kubernetes.requirements.reading import (
    about,
    absent,
    is_number,
    named_ports,
    selected_workloads,
    shown,
    texts,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map, as_text

Labels = frozenset[tuple[str, str]]
Peer = tuple[Any, ...]
#: A range of ports: (protocol, first, last). No protocol means every protocol.
Ports = tuple[str, int, int]

ANY: Peer = ("any",)
EVERY_PORT: Ports = ("", 0, 65535)
#: A namespace is selected by its name through this label, which the API server sets.
NAME_LABEL = "kubernetes.io/metadata.name"
#: Most alternatives that one selector is spelled out into.
MOST_ALTERNATIVES = 32

_WAYS = {"incoming": "Ingress", "outgoing": "Egress"}


def _alternatives(selector: Any) -> list[Labels]:
    """Spell a label selector out: the sets of labels of which one must be there.

    `In` with several values gives several sets. Other operators have no such form: they stand as
    a label that no task asks for.
    """
    selector = as_map(selector)
    fixed = [(str(key), str(value)) for key, value in as_map(selector.get("matchLabels")).items()]
    choices: list[list[tuple[str, str]]] = []
    for term in map(as_map, as_list(selector.get("matchExpressions"))):
        key, values = str(term.get("key")), texts(term.get("values"))
        if term.get("operator") == "In" and values:
            choices.append([(key, value) for value in values])
        else:
            choices.append([(f"{key} {term.get('operator')}", " ".join(values))])
    size = 1
    for options in choices:
        size *= len(options)
    if size > MOST_ALTERNATIVES:
        return [frozenset([("too many alternatives", "")])]
    return [frozenset([*fixed, *chosen]) for chosen in product(*choices)]


def _peers(rule: Mapping[Any, Any], field: str) -> Iterator[Peer]:
    entries = as_list(rule.get(field))
    if not entries:
        yield ANY
    for entry in map(as_map, entries):
        if "ipBlock" in entry:
            block = as_map(entry["ipBlock"])
            yield ("cidr", as_text(block.get("cidr")), frozenset(texts(block.get("except"))))
            continue
        spaces: list[Labels | None] = [None]
        if entry.get("namespaceSelector") is not None:
            spaces = [*_alternatives(entry["namespaceSelector"])]
        for space, pods in product(spaces, _alternatives(entry.get("podSelector"))):
            yield ("pods", space, pods)


def _range(manifest: Manifest, policy: KubeObject, entry: Mapping[Any, Any]) -> list[Ports]:
    protocol, port = as_text(entry.get("protocol")) or "TCP", entry.get("port")
    if port is None:
        return [(protocol, 0, 65535)]
    if is_number(port):
        last = entry.get("endPort")
        return [(protocol, port, last if is_number(last) else port)]  # type: ignore[list-item]
    labels = _alternatives(policy.get("spec", "podSelector"))[0]
    chosen = selected_workloads(manifest, dict(labels), policy.namespace)
    return [(protocol, n, n) for n in sorted(named_ports(chosen, as_text(port), protocol))]


def _applies(policy: KubeObject, way: str) -> bool:
    """Whether the policy is about a direction; `policyTypes` defaults by the rules that exist."""
    types = policy.get("spec", "policyTypes")
    if not texts(types):
        return way == "Ingress" or bool(as_list(policy.get("spec", "egress")))
    return way in texts(types)


def _allowed(manifest: Manifest, policy: KubeObject, way: str) -> Iterator[tuple[Peer, Ports]]:
    """Yield every (peer, range of ports) that the policy lets through in one direction."""
    field = "from" if way == "Ingress" else "to"
    for rule in map(as_map, as_list(policy.get("spec", way.lower()))):
        entries = as_list(rule.get("ports"))
        ports = [EVERY_PORT] if not entries else [
            found for entry in map(as_map, entries) for found in _range(manifest, policy, entry)
        ]  # fmt: skip
        for peer in dict.fromkeys(_peers(rule, field)):
            for found in ports:
                yield peer, found


def _through(
    manifest: Manifest, policy: KubeObject, way: str, protocol: str, port: int
) -> set[Peer]:
    """Return the peers that may use one port."""
    return {
        peer
        for peer, (given, first, last) in _allowed(manifest, policy, way)
        if given in ("", protocol) and first <= port <= last
    }


def _say(peer: Peer) -> str:
    if peer == ANY:
        return "anybody"
    if peer[0] == "cidr":
        without = f" without {', '.join(sorted(peer[2]))}" if peer[2] else ""
        return f"{peer[1]}{without}"
    said = [
        f"{what} {', '.join(f'{k}={v}' for k, v in sorted(labels)) or '(all)'}"
        for what, labels in (("pods", peer[2]), ("namespaces", peer[1]))
        if labels is not None
    ]
    return " in ".join(said)


def _near(policy: KubeObject, peer: Peer) -> Peer:
    """Put a peer that names the policy's own namespace as one that names none."""
    space = as_text(policy.get("metadata", "namespace"))
    if space and peer[0] == "pods" and peer[1] == frozenset([(NAME_LABEL, space)]):
        return ("pods", None, peer[2])
    return peer


def _lets(manifest: Manifest, of: str, way: str, port: int, peer: Peer) -> Findings:
    """Find whatever stands against "this port is open to this peer and to no other"."""
    policy = manifest.find("NetworkPolicy", of)
    if policy is None:
        yield absent(manifest, "NetworkPolicy", of)
        return
    field = way.lower()
    if not _applies(policy, way):
        yield policy.finding(f"`{of}` is not about {way}", "spec", "policyTypes")
    given = {_near(policy, other) for other in _through(manifest, policy, way, "TCP", port)}
    peer = _near(policy, peer)
    if peer not in given:
        yield policy.finding(f"port {port} is closed to {_say(peer)}", "spec", field)
    for other in sorted(_say(other) for other in given - {peer}):
        yield policy.finding(f"port {port} is open to {other}", "spec", field)


@requirement(
    "a NetworkPolicy `{name}` for the pods labelled {labels}",
    "the NetworkPolicy `{name}` applies to pods with {labels}",
)
@about("NetworkPolicy", "name")
def policy_for_pods(policy: KubeObject, name: str, labels: Mapping[str, str]) -> Findings:
    """`spec.podSelector`, as one set of labels."""
    given = _alternatives(policy.get("spec", "podSelector"))
    if given != [frozenset(labels.items())]:
        said = " or ".join(_say(("pods", None, found)) for found in given[:3])
        yield policy.finding(f"`{name}` applies to {said}", "spec", "podSelector")


@requirement(
    "a NetworkPolicy `{name}` for all pods of its namespace",
    "the NetworkPolicy `{name}` applies to every pod in its namespace",
)
@about("NetworkPolicy", "name")
def policy_for_all(policy: KubeObject, name: str) -> Findings:
    """An empty `spec.podSelector`."""
    if _alternatives(policy.get("spec", "podSelector")) != [frozenset()]:
        yield policy.finding(f"`{name}` applies to some pods only", "spec", "podSelector")


@requirement(
    "`{of}` blocks all {direction} traffic",
    "no {direction} traffic gets past `{of}`",
    "all {direction} connections are refused by `{of}`",
)
def policy_blocks(manifest: Manifest, of: str, direction: str) -> Findings:
    """A direction that the policy is about and for which it has no rule."""
    policy, way = manifest.find("NetworkPolicy", of), _WAYS.get(direction, "")
    if policy is None:
        yield absent(manifest, "NetworkPolicy", of)
        return
    if not _applies(policy, way):
        yield policy.finding(f"`{of}` is not about {way}", "spec", "policyTypes")
    for peer in dict.fromkeys(_say(peer) for peer, _ in _allowed(manifest, policy, way)):
        yield policy.finding(f"{direction} traffic of {peer} is allowed", "spec", way.lower())


@requirement(
    "through `{of}`, TCP port {port} is open to pods labelled {labels} of the same namespace alone",
    "`{of}` lets pods of the same namespace with {labels}, and nobody else, in on TCP port {port}",
)
def admits_pods(manifest: Manifest, of: str, port: int, labels: Mapping[str, str]) -> Findings:
    """A TCP port open to the pods with some labels, of the policy's namespace, and no other."""
    peer = ("pods", None, frozenset(labels.items()))
    return _lets(manifest, of, "Ingress", port, peer)


@requirement(
    "through `{of}`, TCP port {port} is open to all pods of the namespace {namespace} "
    "and no others",
    "`{of}` lets every pod of the namespace {namespace}, and nobody else, in on TCP port {port}",
)
def admits_namespace(manifest: Manifest, of: str, port: int, namespace: str) -> Findings:
    """A TCP port open to all pods of a namespace, selected by its name, and no other."""
    peer: Peer = ("pods", frozenset([(NAME_LABEL, namespace)]), frozenset())
    return _lets(manifest, of, "Ingress", port, peer)


@requirement(
    "through `{of}`, TCP port {port} is open to pods labelled {labels} in the namespace "
    "{namespace} alone",
    "`{of}` lets the pods with {labels} in the namespace {namespace}, and nobody else, in on TCP "
    "port {port}",
)
def admits_pods_of(
    manifest: Manifest, of: str, port: int, labels: Mapping[str, str], namespace: str
) -> Findings:
    """A TCP port open to some pods of a namespace (both selectors in one peer), and no other."""
    peer = ("pods", frozenset([(NAME_LABEL, namespace)]), frozenset(labels.items()))
    yield from _lets(manifest, of, "Ingress", port, peer)


@requirement(
    "through `{of}`, TCP port {port} is open to the addresses {cidr} alone",
    "`{of}` lets addresses in {cidr}, and nobody else, in on TCP port {port}",
)
def admits_addresses(manifest: Manifest, of: str, port: int, cidr: str) -> Findings:
    """A TCP port open to one block of addresses and no other peer."""
    return _lets(manifest, of, "Ingress", port, ("cidr", cidr, frozenset()))


@requirement(
    "under `{of}`, outgoing TCP port {port} leads to {cidr} alone",
    "`{of}` lets the pods out to {cidr}, and nowhere else, on TCP port {port}",
)
def reaches_addresses(manifest: Manifest, of: str, port: int, cidr: str) -> Findings:
    """An outgoing TCP port open to one block of addresses and no other peer."""
    return _lets(manifest, of, "Egress", port, ("cidr", cidr, frozenset()))


@requirement(
    "under `{of}`, outgoing TCP port {port} leads to pods labelled {labels} of the same namespace "
    "alone",
    "`{of}` lets the pods out to pods of the same namespace with {labels}, and nowhere else, on "
    "TCP port {port}",
)
def reaches_pods(manifest: Manifest, of: str, port: int, labels: Mapping[str, str]) -> Findings:
    """An outgoing TCP port open to the pods with some labels and no other peer."""
    return _lets(manifest, of, "Egress", port, ("pods", None, frozenset(labels.items())))


@requirement(
    "DNS lookups (port 53, UDP and TCP) work under `{of}`",
    "`{of}` lets DNS out on port 53 over UDP and TCP",
)
def reaches_dns(manifest: Manifest, of: str) -> Findings:
    """Outgoing port 53 open over UDP and TCP, to any peer."""
    policy = manifest.find("NetworkPolicy", of)
    if policy is None:
        yield absent(manifest, "NetworkPolicy", of)
        return
    if not _applies(policy, "Egress"):
        yield policy.finding(f"`{of}` is not about Egress", "spec", "policyTypes")
    for protocol in ("UDP", "TCP"):
        if not _through(manifest, policy, "Egress", protocol, 53):
            yield policy.finding(f"{protocol} port 53 is closed", "spec", "egress")


@requirement(
    "`{of}` lets {direction} traffic through on port {ports} and on no other",
    "the only {direction} traffic `{of}` lets through is on port {ports}",
)
def only_ports(manifest: Manifest, of: str, direction: str, ports: list[int]) -> Findings:
    """A direction in which exactly the listed ports are open, over any protocol."""
    policy, way = manifest.find("NetworkPolicy", of), _WAYS.get(direction, "")
    if policy is None:
        yield absent(manifest, "NetworkPolicy", of)
        return
    if not _applies(policy, way):
        yield policy.finding(f"`{of}` is not about {way}", "spec", "policyTypes")
    given = {found for _, found in _allowed(manifest, policy, way)}
    seen: set[int] = set()
    for protocol, first, last in sorted(given):
        if last - first <= len(ports) and set(range(first, last + 1)) <= set(ports):
            seen |= set(range(first, last + 1))
        else:
            said = "every port" if last - first == 65535 else f"port {first} to {last}"
            yield policy.finding(f"{protocol} {said} is open".strip(), "spec", way.lower())
    for port in sorted(set(ports) - seen):
        yield policy.finding(f"port {shown(port)} is closed", "spec", way.lower())
