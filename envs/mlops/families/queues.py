"""Families about waiting and scaling: Kueue, KEDA, GPU monitoring through Prometheus."""

from __future__ import annotations

from envs.mlops import choices, parts
from envs.mlops.families.batch import command
from envs.mlops.recipe import LANGUAGE, Stack, Tree, Workload
from envs.mlops.requirements import gpus, kueue, scaling, workloads
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

_VERSION = "kueue.x-k8s.io/v1beta1"


class Queue(Stack):
    """Kueue for a team under construction: a flavor, a ClusterQueue, a LocalQueue."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.label = draw.choice("flavor", ("gpu-large", "default-gpu", "spot-gpu", "on-demand"))
        self.cluster = draw.name("cluster queue", ("cluster-queue", "cq", "pool"), choices.FIRST)
        self.local = draw.name("local queue", ("queue", "local-queue", "lq"), choices.FIRST)
        self.space = draw.choice("namespace", choices.SPACES)
        self.flavor = self.add(_VERSION, "ResourceFlavor", self.label)
        self.covered: list[str] = []
        self.quotas: list[Tree] = []
        flavor = {"name": self.label, "resources": self.quotas}
        group = {"coveredResources": self.covered, "flavors": [flavor]}
        self.spec: Tree = {"namespaceSelector": {}, "resourceGroups": [group]}
        self.add(_VERSION, "ClusterQueue", self.cluster, spec=self.spec)
        queue = self.add(_VERSION, "LocalQueue", self.local, spec={"clusterQueue": self.cluster})
        queue["metadata"]["namespace"] = self.space

    def allow(self, resource: str, amount: str) -> Tree:
        """Give the queue a quota of a resource."""
        quota: Tree = {"name": resource, "nominalQuota": amount}
        self.covered.append(resource)
        self.quotas.append(quota)
        place = {"name": self.cluster, "flavor": self.label}
        self.ask(kueue.cluster_quota(**place, resource=resource, amount=amount))
        return quota


def _more(draw: Draw, one: Queue) -> None:
    one.allow(
        *draw.choice(
            "more", (("cpu", "64"), ("cpu", "128"), ("memory", "512Gi"), ("memory", "1Ti"))
        )
    )


def _borrow(draw: Draw, one: Queue) -> None:
    name = draw.choice("cohort", ("ml-teams", "research", "shared-gpus", "platform"))
    amount = draw.choice("borrow", ("1", "2", "3", "6"))
    one.spec["cohort"] = name
    one.quotas[0]["borrowingLimit"] = amount
    place = {"name": one.cluster, "flavor": one.label, "resource": "nvidia.com/gpu"}
    one.ask(kueue.cohort(name=one.cluster, cohort=name), kueue.borrowing(**place, amount=amount))


def _preempt(draw: Draw, one: Queue) -> None:
    one.spec["preemption"] = {"withinClusterQueue": "LowerPriority"}
    one.ask(kueue.preemption(name=one.cluster))


def _taint(draw: Draw, one: Queue) -> None:
    key, effect = draw.choice("taint", choices.TAINTS), draw.choice("effect", choices.EFFECTS)
    one.flavor["spec"]["tolerations"] = [{"key": key, "operator": "Exists", "effect": effect}]
    one.ask(kueue.flavor_tolerates(name=one.label, key=key, effect=effect))


def _job(draw: Draw, one: Queue) -> None:
    name = draw.name("job", choices.TRAININGS, choices.FIRST)
    image = draw.choice("image", choices.TORCH_IMAGES)
    count = draw.choice("job gpus", (1, 2, 4))
    box: Tree = {"name": "train", "image": image}
    box["resources"] = {"limits": {"nvidia.com/gpu": count}}
    pod = {"restartPolicy": "Never", "containers": [box]}
    made = one.add("batch/v1", "Job", name, spec={"suspend": True, "template": {"spec": pod}})
    labels = {"kueue.x-k8s.io/queue-name": one.local}
    made["metadata"].update({"namespace": one.space, "labels": labels})
    one.ask(
        workloads.job(name=name, image=image),
        kueue.queued(of=name, queue=one.local, namespace=one.space),
        gpus.gpus(of=name, count=count),
    )


@family(LANGUAGE, levels=(2, 3, 4, 5))
def kueue_setup(draw: Draw) -> Draft:
    """Kueue for a team: a flavor of GPUs, a ClusterQueue with quotas, a LocalQueue."""
    one = Queue(draw)
    key = draw.choice("node label", tuple(choices.NODE_LABELS))
    value = draw.choice("node value", choices.NODE_LABELS[key])
    one.flavor["spec"] = {"nodeLabels": {key: value}}
    one.ask(kueue.flavor(name=one.label, key=key, value=value))
    one.allow("nvidia.com/gpu", draw.choice("gpus", ("4", "8", "16", "32", "64")))
    one.ask(
        kueue.local_queue(name=one.local, namespace=one.space, cluster=one.cluster),
        kueue.open_queue(name=one.cluster),
    )
    one.with_parts(one, _more, (2, _borrow), _preempt, (3, _job), _taint)
    return one.draft(
        "Set up Kueue for our GPU nodes",
        "Batch jobs should wait for GPUs in a queue: configure Kueue",
    )


@family(LANGUAGE, levels=(2, 3, 4))
def queued_training(draw: Draw) -> Draft:
    """A training Job that waits in a queue of Kueue that exists."""
    image = draw.choice("image", choices.TORCH_IMAGES)
    work = Workload(draw, "Job", parts.model_name(draw, choices.TRAININGS), image, "train")
    space = draw.choice("namespace", choices.SPACES)
    queue = draw.choice(
        "queue", ("gpu-queue", "team-queue", "training", "low-priority", "user-queue")
    )
    work.spec["suspend"] = True
    work.pod["restartPolicy"] = "Never"
    work.metadata.update({"namespace": space, "labels": {"kueue.x-k8s.io/queue-name": queue}})
    work.want(kueue.queued, queue=queue, namespace=space)
    command(draw, work, choices.TRAIN_COMMANDS)
    parts.gpu_count(draw, work)

    def important(draw: Draw, work: Workload) -> None:
        name = draw.choice("class", ("urgent", "research", "nightly", "prod-training"))
        value = draw.choice("value", (100, 1000, 10000))
        work.add(_VERSION, "WorkloadPriorityClass", name, value=value)
        work.metadata["labels"]["kueue.x-k8s.io/priority-class"] = name
        work.ask(kueue.workload_priority(name=name, value=value, of=work.name))

    work.with_parts(work, important, parts.memory, parts.cpu, parts.shared_memory, parts.tolerates,
              parts.hub_token)  # fmt: skip
    return work.draft(
        "Submit a training job to our Kueue queue",
        "A training run has to wait for its GPUs in Kueue",
    )


@family(LANGUAGE, levels=(2, 3, 4))
def keda_scaling(draw: Draw) -> Draft:
    """A model server that KEDA scales on a Prometheus query."""
    images, _, queries = choices.LOADS[draw.choice("server", tuple(choices.LOADS))]
    image = draw.choice("image", images)
    work = Workload(draw, "Deployment", parts.model_name(draw), image)
    name = f"{work.name}-{draw.choice('scaler', ('scaler', 'keda', 'scaledobject'))}"
    query = draw.choice("query", queries)
    address = draw.choice(
        "address",
        ("http://prometheus.monitoring:9090", "http://prometheus-k8s.monitoring.svc:9090"),
    )
    low, high = draw.integer("fewest", 0, 3), draw.integer("most", 4, 16)
    limit = draw.choice("threshold", ("3", "5", "10", "25", "50"))
    trigger: Tree = {"serverAddress": address, "query": query, "threshold": limit}
    spec: Tree = {
        "scaleTargetRef": {"name": work.name},
        "minReplicaCount": low,
        "maxReplicaCount": high,
        "triggers": [{"type": "prometheus", "metadata": trigger}],
    }
    work.add("keda.sh/v1alpha1", "ScaledObject", name, spec=spec)
    work.ask(
        scaling.scaled_object(name=name, of=work.name),
        scaling.scaled_range(name=name, fewest=low, most=high),
        scaling.prometheus_trigger(name=name, query=query, threshold=limit, address=address),
    )

    def cooldown(draw: Draw, work: Workload) -> None:
        seconds = draw.choice("cooldown", (60, 120, 600, 900))
        spec["cooldownPeriod"] = seconds
        work.ask(scaling.cooldown(name=name, seconds=seconds))

    def polling(draw: Draw, work: Workload) -> None:
        seconds = draw.choice("polling", (5, 10, 15, 60))
        spec["pollingInterval"] = seconds
        work.ask(scaling.polling(name=name, seconds=seconds))

    def activation(draw: Draw, work: Workload) -> None:
        value = draw.choice("activation", ("1", "2"))
        trigger["activationThreshold"] = value
        work.ask(scaling.activation(name=name, threshold=value))

    work.with_parts(
        work, parts.gpu_count, cooldown, polling, activation, parts.memory, parts.tolerates
    )
    return work.draft(
        "Scale a model server with KEDA on a Prometheus query",
        "Our inference server must scale with its queue: use KEDA",
    )


@family(LANGUAGE, levels=(2, 3, 4))
def monitored_server(draw: Draw) -> Draft:
    """A model server whose metrics Prometheus scrapes through a ServiceMonitor."""
    image = draw.choice("image", (*choices.VLLM_IMAGES, *choices.TGI_IMAGES))
    work = Workload(draw, "Deployment", parts.model_name(draw), image)
    port = draw.choice("port", (8000, 8080, 9400))
    work.port(port)
    service = f"{work.name}-{draw.choice('service', ('metrics', 'svc', 'http'))}"
    made = parts.add_service(work, service, port, port)
    made["metadata"]["labels"] = {"app": work.name}
    name = f"{work.name}-{draw.choice('monitor', ('monitor', 'scrape'))}"
    seconds = draw.choice("interval", ("10s", "15s", "30s", "1m"))
    endpoint: Tree = {"port": "http", "interval": seconds}
    labels = {"matchLabels": {"app": work.name}}
    monitor = work.add(
        "monitoring.coreos.com/v1", "ServiceMonitor", name,
        spec={"selector": labels, "endpoints": [endpoint]},
    )  # fmt: skip
    work.ask(
        scaling.service_monitor(name=name, service=service, port=port),
        scaling.scrape_interval(name=name, interval=seconds),
    )

    def path(draw: Draw, work: Workload) -> None:
        value = draw.choice("path", ("/stats", "/internal/metrics", "/prometheus"))
        endpoint["path"] = value
        work.ask(scaling.scrape_path(name=name, path=value))

    def label(draw: Draw, work: Workload) -> None:
        value = draw.choice("release", ("kube-prometheus-stack", "prometheus", "monitoring"))
        monitor["metadata"]["labels"] = {"release": value}
        work.ask(scaling.monitor_label(name=name, key="release", value=value))

    work.with_parts(work, path, label, parts.gpu_count, parts.replicas)
    return work.draft(
        "Deploy a model server and let Prometheus scrape it",
        "We want the metrics of our inference server in Prometheus",
    )
