"""Tasks about Services, Ingresses and NetworkPolicies."""

from __future__ import annotations

from envs.kubernetes import cluster_choices as pick
from envs.kubernetes.choices import reference
from envs.kubernetes.cluster_choices import Tree
from envs.kubernetes.requirements import cluster as ask
from iac_gym.category import Draft, family
from iac_gym.check import Requirement
from iac_gym.draw import Draw


def _placed(draw: Draw, kind: str, of: str, asks: list[Requirement], level: int) -> Tree:
    """Perhaps ask for a namespace and a label of an object; returns its metadata."""
    metadata: Tree = {}
    if draw.wants("placed", level):
        metadata["namespace"] = space = draw.choice("namespace", pick.SPACES)
        asks.append(ask.placed_in(kind=kind, of=of, namespace=space))
    if draw.wants("labelled", level + 1):
        metadata["labels"] = {"team": draw.choice("team", pick.TEAMS)}
        asks.append(ask.labelled(kind=kind, of=of, key="team", value=metadata["labels"]["team"]))
    return metadata


@family("kubernetes", levels=(1, 2))
def internal_service(draw: Draw) -> Draft:
    """A ClusterIP Service in front of the pods of an application."""
    name, app = draw.name("service"), draw.name("app")
    port = draw.choice("port", pick.SERVICE_PORTS)
    target = draw.choice("target", pick.POD_PORTS)
    asks = [
        ask.service_type(name=name, type="ClusterIP"),
        ask.service_port(of=name, port=port, target=target),
        ask.service_selector(of=name, labels={"app": app}),
    ]
    metadata = _placed(draw, "Service", name, asks, 2)
    label = None
    if draw.wants("named", 2):
        label = draw.choice("port name", ("http", "web", "api", "grpc"))
        asks.append(ask.service_port_name(of=name, port=port, label=label))
    tree = pick.service(name, app, [pick.service_port(port, target, label)], metadata=metadata)
    openings = (
        f"Give `{app}` an address inside the cluster",
        f"Other pods must reach `{app}` through `{name}`",
        f"Write a Service for `{app}`",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2))
def node_port_service(draw: Draw) -> Draft:
    """A NodePort Service with a fixed port on the nodes."""
    name, app = draw.name("service"), draw.name("app")
    port = draw.choice("port", pick.SERVICE_PORTS)
    target = draw.choice("target", pick.POD_PORTS)
    node = draw.integer("node port", 30001, 32700)
    asks = [
        ask.service_port(of=name, port=port, target=target),
        ask.node_port(of=name, port=node),
        ask.service_selector(of=name, labels={"app": app}),
    ]
    metadata = _placed(draw, "Service", name, asks, 2)
    local = draw.wants("local", 2)
    if local:
        asks.append(ask.local_traffic(of=name))
    tree = pick.service(
        name, app, [pick.service_port(port, target, node=node)], metadata=metadata,
        type="NodePort", externalTrafficPolicy="Local" if local else None,
    )  # fmt: skip
    openings = (
        f"Open `{app}` on every node of the cluster",
        f"Publish `{app}` through a port of the nodes with the Service `{name}`",
        f"We reach `{app}` by the addresses of the nodes",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2))
def headless_service(draw: Draw) -> Draft:
    """A headless Service, so that clients find each pod by DNS."""
    name, app = draw.name("service"), draw.name("app")
    asks = [ask.headless(name=name), ask.service_selector(of=name, labels={"app": app})]
    metadata = _placed(draw, "Service", name, asks, 2)
    ports: list[Tree] = []
    if draw.wants("with port", 1):
        port = draw.choice("port", pick.POLICY_PORTS)
        ports = [{"port": port}]
        asks.append(ask.service_port(of=name, port=port, target=port))
    early = draw.wants("not ready", 2)
    if early:
        asks.append(ask.publishes_not_ready(of=name))
    tree = pick.service(
        name, app, ports, metadata=metadata, clusterIP="None",
        publishNotReadyAddresses=True if early else None,
    )  # fmt: skip
    openings = (
        f"Let clients find the single pods of `{app}` by DNS",
        f"The pods of `{app}` need DNS records of their own",
        f"Peers of `{app}` discover each other through `{name}`",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1,))
def external_alias(draw: Draw) -> Draft:
    """An ExternalName Service: a name inside the cluster for a host outside."""
    name = draw.name("service")
    host = draw.choice("host", pick.OUTSIDE)
    asks = [ask.external_name(name=name, host=host)]
    metadata = _placed(draw, "Service", name, asks, 1)
    tree = pick.service(name, None, [], metadata=metadata, type="ExternalName", externalName=host)
    openings = (
        f"Programs in the cluster shall call {host} by the name `{name}`",
        f"Make {host} known in the cluster as `{name}`",
        f"Write an alias `{name}` for a host outside of the cluster",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2, 3))
def load_balancer(draw: Draw) -> Draft:
    """A LoadBalancer Service, perhaps open to some addresses only."""
    name, app = draw.name("service"), draw.name("app")
    port = draw.choice("port", pick.SERVICE_PORTS)
    target = draw.choice("target", pick.POD_PORTS)
    asks = [
        ask.service_type(name=name, type="LoadBalancer"),
        ask.service_port(of=name, port=port, target=target),
        ask.service_selector(of=name, labels={"app": app}),
    ]
    spec: Tree = {"type": "LoadBalancer"}
    if draw.wants("closed", 2):
        ranges = draw.sample("ranges", pick.RANGES, draw.integer("how many ranges", 1, 2))
        spec["loadBalancerSourceRanges"] = list(ranges)
        asks.append(ask.source_ranges(of=name, ranges=list(ranges)))
    if draw.wants("local", 3):
        spec["externalTrafficPolicy"] = "Local"
        asks.append(ask.local_traffic(of=name))
    if draw.wants("sticky", 3):
        seconds = draw.integer("seconds", 600, 7200, 600)
        spec["sessionAffinity"] = "ClientIP"
        spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": seconds}}
        asks.append(ask.session_affinity(of=name, seconds=seconds))
    metadata = _placed(draw, "Service", name, asks, 2)
    tree = pick.service(name, app, [pick.service_port(port, target)], metadata=metadata, **spec)
    openings = (
        f"Put a load balancer in front of `{app}`",
        f"Customers reach `{app}` through the load balancer `{name}`",
        f"`{app}` needs an address outside of the cluster",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(2, 3))
def several_ports(draw: Draw) -> Draft:
    """A Service with several named ports, perhaps one of them UDP."""
    name, app = draw.name("service"), draw.name("app")
    port, target = draw.choice("port", pick.SERVICE_PORTS), draw.choice("target", pick.POD_PORTS)
    metrics = draw.choice("metrics port", pick.METRICS_PORTS)
    label = draw.choice("port name", ("http", "web", "api", "grpc"))
    ports = [pick.service_port(port, target, label), pick.service_port(metrics, metrics, "metrics")]
    asks = [
        ask.service_port(of=name, port=port, target=target),
        ask.service_port_name(of=name, port=port, label=label),
        ask.service_port(of=name, port=metrics, target=metrics),
        ask.service_port_name(of=name, port=metrics, label="metrics"),
        ask.service_selector(of=name, labels={"app": app}),
    ]
    if draw.wants("datagrams"):
        udp = draw.choice("udp port", pick.UDP_PORTS)
        inner = draw.choice("udp target", (1053, 1161, 5140, 6060, 8126))
        ports.append(pick.service_port(udp, inner, "datagrams", "UDP"))
        asks.append(ask.service_udp_port(of=name, port=udp, target=inner))
    metadata = _placed(draw, "Service", name, asks, 3)
    tree = pick.service(name, app, ports, metadata=metadata)
    openings = (
        f"`{app}` listens on several ports; one Service covers them",
        f"Write one Service `{name}` for all ports of `{app}`",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2))
def public_host(draw: Draw) -> Draft:
    """An Ingress that sends one host to one Service."""
    name, service = draw.name("ingress"), draw.name("service")
    host, port = draw.choice("host", pick.HOSTS), draw.choice("port", pick.SERVICE_PORTS)
    asks = [ask.ingress_route(of=name, host=host, path="/", service=service, port=port)]
    spec: Tree = {}
    if draw.wants("class", 1):
        spec["ingressClassName"] = kind = draw.choice("class name", pick.INGRESS_CLASSES)
        asks.append(ask.ingress_class(of=name, name=kind))
    if draw.wants("tls", 2):
        secret = f"{draw.choice('secret', pick.TEAMS)}-tls"
        spec["tls"] = [{"hosts": [host], "secretName": secret}]
        asks.append(ask.ingress_tls(of=name, host=host, secret=secret))
    metadata = _placed(draw, "Ingress", name, asks, 2)
    if draw.wants("sized", 2):
        key, size = (
            "nginx.ingress.kubernetes.io/proxy-body-size",
            draw.choice("body size", ("1m", "8m", "20m", "64m")),
        )
        metadata["annotations"] = {key: size}
        asks.append(ask.annotated(kind="Ingress", of=name, key=key, value=size))
    tree = pick.ingress(
        name, host, [pick.ingress_path("/", service, port)], metadata=metadata, **spec
    )
    openings = (
        f"Publish `{service}` under {host}",
        f"{host} must lead to `{service}`",
        f"Write an Ingress for {host}",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(2, 3, 4))
def paths_of_host(draw: Draw) -> Draft:
    """An Ingress that splits one host over several Services by path."""
    name, host = draw.name("ingress"), draw.choice("host", pick.HOSTS)
    count = draw.integer("how many paths", 2, 4)
    asks: list[Requirement] = []
    entries: list[Tree] = []
    for place, path in enumerate(draw.sample("paths", pick.PATHS, count)):
        service = draw.name(f"service {place}")
        port = draw.choice(f"port {place}", pick.SERVICE_PORTS)
        entries.append(pick.ingress_path(path, service, port))
        asks.append(ask.ingress_route(of=name, host=host, path=path, service=service, port=port))
    spec: Tree = {}
    if draw.wants("exact", 3):
        path, service = draw.choice("exact path", pick.EXACT_PATHS), draw.name("exact service")
        port = draw.choice("exact port", pick.SERVICE_PORTS)
        entries.append(pick.ingress_path(path, service, port, "Exact"))
        asks.append(
            ask.ingress_exact_route(of=name, host=host, path=path, service=service, port=port)
        )
    if draw.wants("rest", 3):
        service, port = draw.name("rest service"), draw.choice("rest port", pick.SERVICE_PORTS)
        spec["defaultBackend"] = pick.backend(service, port)
        asks.append(ask.ingress_default(of=name, service=service, port=port))
    if draw.wants("class", 2):
        spec["ingressClassName"] = kind = draw.choice("class name", pick.INGRESS_CLASSES)
        asks.append(ask.ingress_class(of=name, name=kind))
    if draw.wants("tls", 2):
        secret = f"{draw.choice('secret', pick.TEAMS)}-tls"
        spec["tls"] = [{"hosts": [host], "secretName": secret}]
        asks.append(ask.ingress_tls(of=name, host=host, secret=secret))
    metadata = _placed(draw, "Ingress", name, asks, 3)
    tree = pick.ingress(name, host, entries, metadata=metadata, **spec)
    openings = (
        f"Split {host} by path",
        f"Several Services share the host {host}",
        f"Write the Ingress `{name}` for the parts of {host}",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1,))
def isolation(draw: Draw) -> Draft:
    """A NetworkPolicy that blocks traffic of a namespace or an application."""
    name = draw.name("policy", ("isolation", "lockdown", "deny", "fence", "wall", "policy"))
    ways = draw.choice("ways", (("incoming",), ("outgoing",), ("incoming", "outgoing")))
    asks: list[Requirement] = []
    selector: Tree = {}
    if draw.chance("one app"):
        app = draw.name("app")
        selector = {"matchLabels": {"app": app}}
        asks.append(ask.policy_for_pods(name=name, labels={"app": app}))
    else:
        asks.append(ask.policy_for_all(name=name))
    asks += [ask.policy_blocks(of=name, direction=way) for way in ways]
    space = None
    if draw.wants("placed", 1):
        space = draw.choice("namespace", pick.SPACES)
        asks.append(ask.placed_in(kind="NetworkPolicy", of=name, namespace=space))
    types = [{"incoming": "Ingress", "outgoing": "Egress"}[way] for way in ways]
    tree = pick.network_policy(name, selector, types=types, namespace=space)
    openings = ("Cut pods off from the network", f"Write the policy `{name}`", "Isolate some pods")
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2, 3))
def admitted_clients(draw: Draw) -> Draft:
    """A NetworkPolicy that opens an application's port to some clients alone."""
    name = draw.name("policy", ("access", "policy", "clients", "ingress", "allow"))
    app, port = draw.name("app"), draw.choice("port", pick.POLICY_PORTS)
    ports = [port]
    asks = [ask.policy_for_pods(name=name, labels={"app": app})]
    rules: list[Tree] = []
    _admit(draw, name, port, asks, rules)
    if draw.wants("monitored", 3):
        metrics, space = draw.choice("metrics port", pick.METRICS_PORTS), "monitoring"
        ports.append(metrics)
        asks.append(ask.admits_namespace(of=name, port=metrics, namespace=space))
        rules.append({"from": [_space(space)], "ports": pick.tcp(metrics)})
    types = ["Ingress"]
    asks.append(ask.only_ports(of=name, direction="incoming", ports=ports))
    if draw.wants("silent", 2):
        types.append("Egress")
        asks.append(ask.policy_blocks(of=name, direction="outgoing"))
    space_of = None
    if draw.wants("placed", 2):
        space_of = draw.choice("namespace", pick.STAGES)
        asks.append(ask.placed_in(kind="NetworkPolicy", of=name, namespace=space_of))
    tree = pick.network_policy(
        name, {"matchLabels": {"app": app}}, types=types, ingress=rules, namespace=space_of
    )
    openings = (
        f"Protect `{app}` from unwanted connections",
        f"Only known clients may talk to `{app}`",
        f"Restrict who reaches `{app}`",
    )
    return Draft(openings, asks, reference(tree))


def _space(name: str) -> Tree:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _admit(draw: Draw, of: str, port: int, asks: list[Requirement], rules: list[Tree]) -> None:
    """Ask that one kind of client may use the port, and build the rule for it."""
    kind = draw.choice("clients", ("pods", "namespace", "pods of namespace", "addresses"))
    peer: Tree = {}
    if kind == "addresses":
        cidr = draw.choice("cidr", pick.RANGES)
        peer = {"ipBlock": {"cidr": cidr}}
        asks.append(ask.admits_addresses(of=of, port=port, cidr=cidr))
    elif kind == "namespace":
        space = draw.choice("client namespace", pick.SPACES)
        peer = _space(space)
        asks.append(ask.admits_namespace(of=of, port=port, namespace=space))
    else:
        labels = {"role": draw.choice("role", pick.TIERS)}
        peer = {"podSelector": {"matchLabels": labels}}
        if kind == "pods":
            asks.append(ask.admits_pods(of=of, port=port, labels=labels))
        else:
            space = draw.choice("client namespace", pick.SPACES)
            peer = _space(space) | peer
            asks.append(ask.admits_pods_of(of=of, port=port, labels=labels, namespace=space))
    rules.append({"from": [peer], "ports": pick.tcp(port)})


@family("kubernetes", levels=(2, 3))
def outgoing_traffic(draw: Draw) -> Draft:
    """A NetworkPolicy that lets pods reach a few targets and DNS, and nothing else."""
    name = draw.name("policy", ("egress", "policy", "outbound", "exit"))
    app = draw.name("app")
    port, cidr = draw.choice("port", pick.OUTGOING_PORTS), draw.choice("cidr", pick.RANGES)
    ports = [port]
    rules: list[Tree] = [{"to": [{"ipBlock": {"cidr": cidr}}], "ports": pick.tcp(port)}]
    asks = [
        ask.policy_for_pods(name=name, labels={"app": app}),
        ask.reaches_addresses(of=name, port=port, cidr=cidr),
    ]
    if draw.wants("database", 3):
        inner, role = draw.choice("inner port", pick.POLICY_PORTS), draw.choice("role", pick.TIERS)
        ports.append(inner)
        peer = {"podSelector": {"matchLabels": {"role": role}}}
        rules.append({"to": [peer], "ports": pick.tcp(inner)})
        asks.append(ask.reaches_pods(of=name, port=inner, labels={"role": role}))
    if draw.wants("dns", 2):
        ports.append(53)
        rules.append(pick.dns_rule())
        asks.append(ask.reaches_dns(of=name))
    asks.append(ask.only_ports(of=name, direction="outgoing", ports=ports))
    types = ["Egress"]
    if draw.wants("deaf", 3):
        types.append("Ingress")
        asks.append(ask.policy_blocks(of=name, direction="incoming"))
    space = None
    if draw.wants("placed", 3):
        space = draw.choice("namespace", pick.STAGES)
        asks.append(ask.placed_in(kind="NetworkPolicy", of=name, namespace=space))
    tree = pick.network_policy(
        name, {"matchLabels": {"app": app}}, types=types, egress=rules, namespace=space
    )
    openings = (
        f"Restrict where `{app}` may connect to",
        f"`{app}` handles sensitive data; limit its outgoing connections",
    )
    return Draft(openings, asks, reference(tree))
