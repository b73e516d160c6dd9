"""Families about the cluster that models run on: namespaces, quotas, GPU sharing, monitoring."""

from __future__ import annotations

from envs.mlops import choices, parts
from envs.mlops.recipe import LANGUAGE, Stack, Tree, Workload
from envs.mlops.requirements import devices, policy, volumes, workloads
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.yaml import dump

_FIELDS = tuple(f"DCGM_FI_DEV_{name}" for name in "GPU_UTIL FB_USED GPU_TEMP POWER_USAGE".split())


class Space(Stack):
    """A namespace under construction: its quota (`hard`), and the limits of its containers."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.name = draw.name("namespace", ("team", "lab", "research", "serving"), choices.FIRST)
        self.quota = draw.choice("quota", ("gpu-quota", "compute", "team-quota"))
        self.hard: Tree = {}
        self.limits: Tree = {"type": "Container"}
        made = self.add("v1", "ResourceQuota", self.quota, spec={"hard": self.hard})
        made["metadata"]["namespace"] = self.name
        self.quota_spec: Tree = made["spec"]

    def allow(self, resource: str, amount: str) -> None:
        """Limit a resource by the quota."""
        self.hard[resource] = amount
        place = {"name": self.quota, "namespace": self.name}
        self.ask(policy.quota(**place, resource=resource, amount=amount))

    def limit(self, field: str, resource: str, amount: str) -> Tree:
        """Set a limit for containers; returns the arguments of its requirement."""
        if not any(one["kind"] == "LimitRange" for one in self.objects):
            spec = {"limits": [self.limits]}
            made = self.add("v1", "LimitRange", "container-defaults", spec=spec)
            made["metadata"]["namespace"] = self.name
        self.limits[field] = {resource: amount}
        return {"name": "container-defaults", "resource": resource, "amount": amount}


def _quota_memory(draw: Draw, one: Space) -> None:
    one.allow("requests.memory", draw.choice("quota memory", ("256Gi", "512Gi", "1Ti", "2Ti")))


def _quota_more(draw: Draw, one: Space) -> None:
    resources = ("requests.cpu", "pods", "persistentvolumeclaims")
    # A quota for a priority class can count nothing but pods and what they request.
    kinds = resources[:2] if "scopeSelector" in one.quota_spec else resources
    resource = draw.choice("resource", kinds)
    one.allow(resource, draw.choice("more", ("20", "40", "64", "100")))


def _default_memory(draw: Draw, one: Space) -> None:
    value = draw.choice("default memory", ("2Gi", "4Gi", "8Gi"))
    one.ask(policy.default_limit(**one.limit("default", "memory", value)))


def _default_cpu(draw: Draw, one: Space) -> None:
    value = draw.choice("default cpu", ("100m", "250m", "500m", "1"))
    one.ask(policy.default_request(**one.limit("defaultRequest", "cpu", value)))


def _most_gpus(draw: Draw, one: Space) -> None:
    value = draw.choice("most", ("1", "2", "4", "8"))
    one.ask(policy.most_per_container(**one.limit("max", "nvidia.com/gpu", value)))


def _priority(draw: Draw, one: Space) -> None:
    title = draw.choice("class", ("gpu-interactive", "gpu-batch", "training", "serving"))
    value = draw.choice("value", (100, 1000, 10000, 100000))
    made = one.add("scheduling.k8s.io/v1", "PriorityClass", title, value=value)
    one.ask(policy.priority_value(name=title, value=value))
    if draw.chance("patient", 0.5):
        made["preemptionPolicy"] = "Never"
        one.ask(policy.never_preempts(name=title))
    if draw.chance("scoped", 0.4):
        rule = {"scopeName": "PriorityClass", "operator": "In", "values": [title]}
        one.quota_spec["scopeSelector"] = {"matchExpressions": [rule]}
        one.ask(policy.quota_priority(name=one.quota, priority=title))


@family(LANGUAGE, levels=(1, 2, 3, 4))
def gpu_namespace(draw: Draw) -> Draft:
    """A namespace for a team with a quota of GPUs, default limits and a priority class."""
    one = Space(draw)
    key, value = draw.choice(
        "label", (("team", "ml"), ("team", "vision"), ("tier", "gpu"), ("cost-center", "research"))
    )
    made = one.add("v1", "Namespace", one.name)
    made["metadata"]["labels"] = {key: value}
    one.ask(policy.namespace_label(name=one.name, key=key, value=value))
    one.allow("requests.nvidia.com/gpu", draw.choice("gpus", ("2", "4", "8", "16", "32")))
    one.with_parts(
        one, _quota_memory, _default_memory, (2.2, _priority), _most_gpus, _quota_more, _default_cpu
    )
    if len(one.limits) > 1:
        one.ask(workloads.in_namespace(of="container-defaults", namespace=one.name))
    return one.draft(
        "Prepare a namespace for a team that uses our GPUs",
        "Limit what a team can take of our GPU cluster",
    )


@family(LANGUAGE, levels=(1, 2))
def gpu_sharing(draw: Draw) -> Draft:
    """The configuration by which the NVIDIA device plugin shares GPUs between pods."""
    stack = Stack(draw)
    name = draw.choice("name", ("time-slicing-config", "device-plugin-config", "gpu-sharing"))
    key = draw.choice("key", ("any", "default", "a100", "config.yaml", "l4"))
    count = draw.choice("replicas", (2, 3, 4, 6, 8, 10))
    resource: Tree = {"name": "nvidia.com/gpu", "replicas": count}
    sharing: Tree = {"resources": [resource]}
    config: Tree = {"version": "v1", "sharing": {"timeSlicing": sharing}}
    place = {"name": name, "key": key}
    stack.ask(devices.time_slicing(**place, count=count))
    made = stack.add("v1", "ConfigMap", name)

    def renamed(draw: Draw, stack: Stack) -> None:
        sharing["renameByDefault"] = True
        stack.ask(devices.shared_renamed(**place))

    def single(draw: Draw, stack: Stack) -> None:
        sharing["failRequestsGreaterThanOne"] = True
        stack.ask(devices.single_share(**place))

    def mig(draw: Draw, stack: Stack) -> None:
        strategy = draw.choice("strategy", ("single", "mixed"))
        config["flags"] = {"migStrategy": strategy}
        stack.ask(devices.mig_strategy(**place, strategy=strategy))

    def spaced(draw: Draw, stack: Stack) -> None:
        spaces = ("gpu-operator", "nvidia-device-plugin", "kube-system")
        space = draw.choice("namespace", spaces)
        made["metadata"]["namespace"] = space
        stack.ask(workloads.in_namespace(of=name, namespace=space))

    stack.with_parts(stack, spaced, renamed, single, mig)
    made["data"] = {key: dump(config)}
    return stack.draft(
        "Let several pods share a GPU by time slicing, through the NVIDIA device plugin's"
        " configuration",
        "Write the ConfigMap with which the NVIDIA GPU operator time-slices our GPUs",
    )


@family(LANGUAGE, levels=(2, 3, 4, 5))
def gpu_exporter(draw: Draw) -> Draft:
    """NVIDIA's DCGM exporter on the GPU nodes."""
    image = draw.choice(
        "image",
        tuple(
            f"nvcr.io/nvidia/k8s/dcgm-exporter:{v}-ubuntu22.04"
            for v in "4.2.3-4.1.3 4.1.1-4.0.4 3.3.9-3.6.1 3.3.8-3.6.0".split()
        ),
    )
    work = Workload(
        draw,
        "DaemonSet",
        draw.name("app", ("dcgm", "gpu-exporter", "gpu-metrics"), choices.FIRST),
        image,
        "exporter",
    )
    port = draw.choice("port", (9400, 9401, 9500))
    work.env("DCGM_EXPORTER_LISTEN", f":{port}")
    work.want(workloads.env_value, variable="DCGM_EXPORTER_LISTEN", value=f":{port}")
    work.port(port, "metrics")
    work.want(workloads.container_port, port=port)
    parts.node_label(draw, work)

    def counters(draw: Draw, work: Workload) -> None:
        name, key = f"{work.name}-counters", draw.choice("file", ("counters.csv", "dcp.csv"))
        path = f"/etc/dcgm-exporter/{draw.choice('target', ('custom.csv', 'default-counters.csv'))}"
        field = draw.choice("field", _FIELDS)
        line = f"{field}, gauge, exported by DCGM"
        work.add("v1", "ConfigMap", name, data={key: f"{line}\n"})
        work.pod.setdefault("volumes", []).append({"name": "counters", "configMap": {"name": name}})
        mount = {"name": "counters", "mountPath": path, "subPath": key}
        work.main.setdefault("volumeMounts", []).append(mount)
        if not path.endswith(key):
            mount["subPath"] = key
        work.want(volumes.config_file, config=name, key=key, path=path)
        work.ask(devices.counter(name=name, key=key, field=field))

    def serve(draw: Draw, work: Workload) -> None:
        parts.service(draw, work, port)

    def lives(draw: Draw, work: Workload) -> None:
        parts.probe(work, "liveness", "/health", port)

    work.with_parts(work, serve, parts.tolerates, (2, counters), lives, parts.small_memory,
              parts.runtime, parts.namespace)  # fmt: skip
    return work.draft(
        "Export GPU metrics from every GPU node",
        "We monitor our GPUs with DCGM: deploy its exporter",
    )


@family(LANGUAGE, levels=(2, 3, 4), held_out=True)
def feature_server(draw: Draw) -> Draft:
    """A Feast feature server with its feature_store.yaml in a ConfigMap."""
    image = draw.choice(
        "image",
        tuple(f"quay.io/feastdev/feature-server:{v}" for v in ("0.53.0", "0.49.0", "0.47.0")),
    )
    work = Workload(
        draw,
        "Deployment",
        draw.name("app", ("features", "feast", "feature-server"), choices.FIRST),
        image,
        "feast",
    )
    port = draw.choice("port", (6566, 8080, 6570))
    config = f"{work.name}-{draw.choice('config', ('config', 'store', 'repo'))}"
    project = draw.choice("project", ("churn", "fraud", "ranking", "credit_risk"))
    store: Tree = {
        "project": project,
        "provider": "local",
        "registry": {"registry_type": "file", "path": "s3://feast/registry.db"},
        "online_store": {"type": "redis", "connection_string": "redis:6379"},
    }
    work.main["command"] = ["feast", "--chdir", "/feast", "serve", "-h", "0.0.0.0", "-p", str(port)]
    work.port(port)
    place = {"name": config, "key": "feature_store.yaml"}
    made = work.add("v1", "ConfigMap", config)
    work.volume("config", "/feast", {"configMap": {"name": config}})
    work.want(devices.feast_serves, port=port)
    work.want(volumes.config_file, config=config, key="feature_store.yaml",
              path="/feast/feature_store.yaml")  # fmt: skip
    work.ask(devices.feast_setting(**place, field="project", value=project))

    def registry(draw: Draw, work: Workload) -> None:
        path = f"{draw.choice('bucket', choices.BUCKETS)}/registry.db"
        store["registry"]["path"] = path
        work.ask(devices.feast_setting(**place, field="registry.path", value=path))

    def online(draw: Draw, work: Workload) -> None:
        host = draw.choice("redis", ("redis:6379", "redis-master.cache:6379", "online-store:6380"))
        store["online_store"]["connection_string"] = host
        work.ask(
            devices.feast_setting(**place, field="online_store.type", value="redis"),
            devices.feast_setting(**place, field="online_store.connection_string", value=host),
        )

    def serve(draw: Draw, work: Workload) -> None:
        parts.service(draw, work, port)

    def ready(draw: Draw, work: Workload) -> None:
        parts.probe(work, "readiness", "/health", port)

    work.with_parts(work, serve, (2, online), registry, ready, parts.replicas, parts.small_memory)
    made["data"] = {"feature_store.yaml": dump(store)}
    return work.draft(
        "Deploy a Feast feature server",
        "Our models read features online: run Feast's feature server in the cluster",
    )
