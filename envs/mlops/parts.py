"""Optional parts of a workload: each draws its parameters, asks for them and builds them."""

from __future__ import annotations

from envs.mlops import choices
from envs.mlops.recipe import Tree, Workload
from envs.mlops.requirements import gpus, probes, services, volumes, workloads
from iac_gym.draw import Draw


def model_name(draw: Draw, second: tuple[str, ...] = choices.SERVERS, name: str = "app") -> str:
    """Draw the name of a workload, such as `fraud-scorer`."""
    return draw.name(name, second, choices.FIRST)


def replicas(draw: Draw, work: Workload) -> None:
    """A number of replicas."""
    count = draw.integer("replicas", 2, 8)
    work.spec["replicas"] = count
    work.want(workloads.replicas, count=count)


def gpu_count(draw: Draw, work: Workload, most: tuple[int, ...] = (1, 2, 4, 8)) -> int:
    """GPUs for the container."""
    count = draw.choice("gpus", most)
    work.limit("nvidia.com/gpu", count)
    work.want(gpus.gpus, count=count)
    return count


def node_label(draw: Draw, work: Workload) -> None:
    """Nodes with a label."""
    key = draw.choice("node label", tuple(choices.NODE_LABELS))
    value = draw.choice("node value", choices.NODE_LABELS[key])
    work.pod.setdefault("nodeSelector", {})[key] = value
    work.want(gpus.node_label, key=key, value=value)


def tolerates(draw: Draw, work: Workload) -> None:
    """A taint of the GPU nodes."""
    key = draw.choice("taint", choices.TAINTS)
    effect = draw.choice("taint effect", choices.EFFECTS)
    entry = {"key": key, "operator": "Exists", "effect": effect}
    work.pod.setdefault("tolerations", []).append(entry)
    work.want(gpus.tolerates, key=key, effect=effect)


def tolerates_value(draw: Draw, work: Workload) -> None:
    """A taint with a value."""
    key = draw.choice("dedicated taint", ("dedicated", "workload", "pool", "team"))
    value = draw.choice("taint value", ("gpu", "training", "inference", "ml", "llm"))
    entry = {"key": key, "operator": "Equal", "value": value, "effect": "NoSchedule"}
    work.pod.setdefault("tolerations", []).append(entry)
    work.want(gpus.tolerates_value, key=key, value=value, effect="NoSchedule")


def priority(draw: Draw, work: Workload) -> None:
    """A priority class that the cluster has."""
    name = draw.choice("priority", choices.PRIORITIES)
    work.pod["priorityClassName"] = name
    work.want(gpus.pod_priority, name=name)


def runtime(draw: Draw, work: Workload) -> None:
    """The NVIDIA runtime class."""
    name = draw.choice("runtime", ("nvidia", "nvidia-cdi", "nvidia-legacy"))
    work.pod["runtimeClassName"] = name
    work.want(gpus.runtime_class, name=name)


def one_per_node(draw: Draw, work: Workload) -> None:
    """Pods on different nodes."""
    selector = {"matchLabels": {"app": work.name}}
    term = {"labelSelector": selector, "topologyKey": "kubernetes.io/hostname"}
    rules = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
    work.pod.setdefault("affinity", {})["podAntiAffinity"] = rules
    work.want(gpus.one_per_node)


def _amount(draw: Draw, small: bool, what: str) -> str:
    pools = {"cpu": (choices.CPUS, choices.SMALL_CPUS)}
    large, little = pools.get(what, (choices.MEMORY, choices.SMALL_MEMORY))
    return draw.choice(what, little if small else large)


def cpu(draw: Draw, work: Workload, *, small: bool = False) -> None:
    """A CPU request."""
    amount = _amount(draw, small, "cpu")
    work.request("cpu", amount)
    work.want(gpus.cpu_request, amount=amount)


def memory(draw: Draw, work: Workload, *, small: bool = False) -> None:
    """A memory request."""
    amount = _amount(draw, small, "memory")
    work.request("memory", amount)
    work.want(gpus.memory_request, amount=amount)


def memory_limit(draw: Draw, work: Workload) -> None:
    """A memory limit, larger than every memory request that is drawn."""
    amount = draw.choice("memory limit", ("100Gi", "112Gi", "128Gi", "160Gi", "192Gi"))
    work.limit("memory", amount)
    work.want(gpus.memory_limit, amount=amount)


def small_cpu(draw: Draw, work: Workload) -> None:
    """A small CPU request."""
    cpu(draw, work, small=True)


def small_memory(draw: Draw, work: Workload) -> None:
    """A small memory request."""
    memory(draw, work, small=True)


def shared_memory(draw: Draw, work: Workload) -> None:
    """Shared memory for the processes of the server."""
    size = draw.choice("shm", choices.SHM)
    work.volume("shm", "/dev/shm", {"emptyDir": {"medium": "Memory", "sizeLimit": size}})
    work.want(volumes.shared_memory, size=size)


def hub_token(draw: Draw, work: Workload) -> None:
    """The token of the Hugging Face hub."""
    secret, key = draw.choice("secret", choices.SECRETS), draw.choice("secret key", choices.KEYS)
    work.env_secret("HF_TOKEN", secret, key)
    work.want(workloads.env_secret, variable="HF_TOKEN", secret=secret, key=key)


def cache_claim(draw: Draw, work: Workload, path: str = "/root/.cache/huggingface") -> None:
    """A claim for the downloaded model."""
    claim = f"{work.name}-cache" if draw.chance("own cache name", 0.4) else draw.choice(
        "cache", ("model-cache", "hf-cache", "weights", "model-store")
    )  # fmt: skip
    size = draw.choice("cache size", choices.SIZES)
    add_claim(work, claim, size)
    work.volume("cache", path, {"persistentVolumeClaim": {"claimName": claim}})
    work.ask(volumes.claim(name=claim, size=size))
    work.want(volumes.claim_mounted, claim=claim, path=path)


def add_claim(work: Workload, name: str, size: str, mode: str = "ReadWriteOnce") -> Tree:
    """Add a claim to the reference."""
    spec = {"accessModes": [mode], "resources": {"requests": {"storage": size}}}
    return work.add("v1", "PersistentVolumeClaim", name, spec=spec)


def probe(work: Workload, kind: str, path: str, port: int, **fields: int) -> None:
    """A probe by HTTP."""
    work.main[f"{kind}Probe"] = {"httpGet": {"path": path, "port": port}, **fields}
    work.want(probes.http_probe, probe=kind, path=path, port=port)


def startup(draw: Draw, work: Workload, path: str, port: int) -> None:
    """A startup probe that leaves time for loading the model."""
    seconds = draw.choice("startup seconds", (300, 600, 900, 1200, 1800))
    probe(work, "startup", path, port, periodSeconds=10, failureThreshold=seconds // 10)
    work.want(probes.startup_time, seconds=seconds)


def add_service(work: Workload, name: str, port: int, target: int) -> Tree:
    """Add a Service in front of the workload's pods, and ask for it."""
    entry = {"name": "http", "port": port, "targetPort": target}
    made = work.add("v1", "Service", name, spec={"selector": {"app": work.name}, "ports": [entry]})
    work.ask(services.service(name=name, port=port, target=target, app=work.name))
    return made


def service(draw: Draw, work: Workload, target: int, level: int = 6) -> None:
    """A Service of a drawn name and port, from a level on perhaps of another type."""
    name = f"{work.name}-{draw.choice('service', ('svc', 'http', 'api', 'lb', 'front'))}"
    add_service(work, name, draw.choice("service port", (80, 8080, 9000, 8888)), target)
    if level < 6 and draw.wants("typed service", level):
        service_type(draw, work, name)


def service_type(draw: Draw, work: Workload, name: str) -> None:
    """A type of Service other than the default."""
    kind = draw.choice("service type", ("LoadBalancer", "NodePort"))
    tree = next(one for one in work.objects if one["metadata"]["name"] == name)
    tree["spec"]["type"] = kind
    work.ask(services.service_type(name=name, type=kind))


def probe_pace(draw: Draw, work: Workload, kind: str) -> None:
    """How often a probe runs."""
    seconds = draw.choice(f"{kind} period", (5, 15, 20, 30))
    work.main[f"{kind}Probe"]["periodSeconds"] = seconds
    work.want(probes.probe_period, probe=kind, seconds=seconds)


def probe_start(draw: Draw, work: Workload, kind: str) -> None:
    """When a probe runs first."""
    seconds = draw.choice(f"{kind} delay", (15, 30, 60, 120))
    work.main[f"{kind}Probe"]["initialDelaySeconds"] = seconds
    work.want(probes.probe_delay, probe=kind, seconds=seconds)


def grace(draw: Draw, work: Workload) -> None:
    """Time to finish the last requests."""
    seconds = draw.choice("grace", (60, 90, 120, 180, 300, 600))
    work.pod["terminationGracePeriodSeconds"] = seconds
    work.want(probes.grace_period, seconds=seconds)


def namespace(draw: Draw, work: Workload) -> None:
    """A namespace, for the workload and everything beside it (call it last)."""
    name = draw.choice("namespace", choices.SPACES)
    work.metadata["namespace"] = name
    for one in work.objects:
        one["metadata"]["namespace"] = name
    work.want(workloads.in_namespace, namespace=name)


def cache_claim_tgi(draw: Draw, work: Workload) -> None:
    """A claim for the model that TGI downloads."""
    cache_claim(draw, work, "/data")
