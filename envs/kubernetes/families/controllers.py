"""Families about Pods, DaemonSets and StatefulSets."""

from __future__ import annotations

from envs.kubernetes import choices, parts
from envs.kubernetes import requirements as ask
from envs.kubernetes.parts import Workload
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


@family("kubernetes", levels=(1, 2, 3))
def plain_pod(draw: Draw) -> Draft:
    """A single Pod that runs a command."""
    work = parts.workload(draw, choices.TOOL_IMAGES, "Pod")
    parts.command(draw, work)
    parts.extras(
        draw, work, (1, parts.restart), (2, parts.setting), (2, parts.memory_limit),
        (3, parts.namespace), (3, parts.account), (3, parts.cpu_limit),
    )  # fmt: skip
    return work.draft("Run a single pod", "Start one pod, without a controller", "We need a pod")


@family("kubernetes", levels=(2, 3), held_out=True)
def debug_pod(draw: Draw) -> Draft:
    """A Pod for debugging on certain nodes, with few rights."""
    work = parts.workload(draw, choices.TOOL_IMAGES, "Pod")
    parts.command(draw, work, ("sleep infinity", "sleep 3600", "sleep 86400", "tail -f /dev/null"))
    parts.node_label(draw, work)
    parts.extras(
        draw, work, (2, parts.non_root), (2, parts.tolerates), (3, parts.grace),
        (3, parts.drop_all), (3, parts.own_field),
    )  # fmt: skip
    return work.draft("Start a pod for debugging", "We debug something on certain nodes")


_HOST_PATHS = (
    "/var/log",
    "/var/lib/docker",
    "/proc",
    "/sys",
    "/run/containerd",
    "/var/lib/kubelet",
)


@family("kubernetes", levels=(1, 2, 3, 4))
def node_agent(draw: Draw) -> Draft:
    """An agent that runs on every node and reads the node's files."""
    work = parts.workload(draw, choices.AGENT_IMAGES, "DaemonSet", "agent")
    host = draw.choice("host path", _HOST_PATHS)
    path = draw.choice("path", ("/host", "/host/data", "/mnt/node", host))
    if draw.wants("with read only", 2):
        work.volume("host", path, {"hostPath": {"path": host}}, readOnly=True)
        work.ask(ask.host_mount, host=host, path=path)
        work.ask(ask.host_mount_read_only, host=host)
    else:
        work.volume("host", path, {"hostPath": {"path": host}})
        work.ask(ask.host_mount, host=host, path=path)
    if draw.wants("with control plane", 2):
        key = "node-role.kubernetes.io/control-plane"
        entry = {"key": key, "operator": "Exists", "effect": "NoSchedule"}
        work.pod["tolerations"] = [entry]
        work.ask(ask.tolerates_key, key=key, effect="NoSchedule")
    if draw.wants("with host network", 4):
        work.pod["hostNetwork"] = True
        work.ask(ask.host_network)
    parts.extras(
        draw, work, (1, parts.memory_limit), (3, parts.cpu_request), (3, parts.own_field),
        (4, parts.account), (4, parts.namespace),
    )  # fmt: skip
    return work.draft(
        "Run an agent on every node",
        "Each node needs an agent that looks at its files",
    )


_DATA_PATHS = ("/data", "/var/lib/data", "/var/lib/postgresql/data", "/var/lib/mysql", "/bitnami")


def _service(work: Workload, name: str, port: int) -> None:
    work.also.append(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name},
            "spec": {
                "clusterIP": "None",
                "selector": {"app": work.name},
                "ports": [{"port": port}],
            },
        }
    )


@family("kubernetes", levels=(2, 3, 4, 5))
def stateful_store(draw: Draw) -> Draft:
    """A StatefulSet with its own volume for each pod, perhaps with its headless Service."""
    work = parts.workload(draw, choices.DATABASE_IMAGES, "StatefulSet", "db")
    claim = draw.choice("claim", ("data", "storage", "db", "store", "state"))
    size = draw.choice("size", choices.SIZES)
    path = draw.choice("path", _DATA_PATHS)
    template = {
        "metadata": {"name": claim},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }
    work.spec["volumeClaimTemplates"] = [template]
    work.main["volumeMounts"] = [{"name": claim, "mountPath": path}]
    work.ask(ask.claim_template, claim=claim, size=size)
    work.ask(ask.mount, volume=claim, path=path)
    if draw.wants("with class", 3):
        name = draw.choice("class", choices.STORAGE_CLASSES)
        template["spec"]["storageClassName"] = name  # type: ignore[index]
        work.ask(ask.template_class, claim=claim, storage_class=name)
    _peers(draw, work)
    parts.extras(
        draw, work, (2, parts.replicas), (4, parts.memory_limit), (4, parts.grace),
        (5, parts.cpu_request), (5, parts.setting),
    )  # fmt: skip
    return work.draft("Run a stateful service", "We need a data store that keeps its data")


def _peers(draw: Draw, work: Workload) -> None:
    """Give a StatefulSet its headless Service, if it is wanted."""
    if not draw.wants("with service", 3):
        return
    name = draw.name("service", ("headless", "peers", "nodes", "members"))
    work.spec["serviceName"] = name
    work.ask(ask.governing_service, service=name)
    if draw.wants("with service object", 4):
        port = parts.port(draw, work)
        _service(work, name, port)
        work.asks.append(ask.headless(name=name))
        work.asks.append(ask.routes_to(of=name, app=work.name))


@family("kubernetes", levels=(1, 2, 3))
def cluster_members(draw: Draw) -> Draft:
    """A StatefulSet whose pods start in parallel and have stable names, without volumes."""
    work = parts.workload(draw, choices.DATABASE_IMAGES, "StatefulSet", "member")
    parts.replicas(draw, work, 3, 9)
    if draw.wants("with in parallel", 1):
        work.spec["podManagementPolicy"] = "Parallel"
        work.ask(ask.parallel_pods)
    if draw.wants("with service", 3):
        name = draw.name("service", ("headless", "peers", "nodes", "members"))
        work.spec["serviceName"] = name
        work.ask(ask.governing_service, service=name)
    parts.extras(draw, work, (2, parts.own_field), (2, parts.port), (3, parts.memory_limit))
    return work.draft("Run the members of a cluster", "We need pods with stable names")
