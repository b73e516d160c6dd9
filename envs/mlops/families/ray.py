"""Families about Ray on Kubernetes: clusters, jobs, services."""

from __future__ import annotations

from typing import Any

from envs.mlops import choices
from envs.mlops.recipe import LANGUAGE, Stack, Tree
from envs.mlops.requirements import gpus, ray, volumes
from iac_gym.category import Draft, family
from iac_gym.check import RequirementType
from iac_gym.draw import Draw
from iac_gym.formats.yaml import dump

_VERSIONS = ("2.49.2", "2.46.0", "2.44.1", "2.40.0", "2.38.0")
_GROUPS = ("gpu", "gpu-workers", "large", "trainers", "a100", "small-gpu", "inference")


class Cluster(Stack):
    """A Ray object under construction: `ray` is the specification of its cluster."""

    def __init__(self, draw: Draw, kind: str, field: str, name: str) -> None:
        super().__init__(draw)
        self.name = name
        self.version = draw.choice("version", _VERSIONS)
        self.image = f"rayproject/ray:{self.version}{draw.choice('flavor', ('', '-gpu', '-py311'))}"
        self.head: Tree = {"name": "ray-head", "image": self.image}
        self.start: Tree = {"dashboard-host": "0.0.0.0"}
        self.ray: Tree = {
            "rayVersion": self.version,
            "headGroupSpec": {
                "rayStartParams": self.start,
                "template": {"spec": {"containers": [self.head]}},
            },
            "workerGroupSpecs": [],
        }
        self.tree = self.add("ray.io/v1", kind, name)
        self.spec: Tree = {field: self.ray} if field else self.ray
        self.tree["spec"] = self.spec
        self.group(draw)

    def want(self, asked: RequirementType, **args: Any) -> None:
        """Ask for something of the object."""
        self.ask(asked(of=self.name, **args))

    def group(self, draw: Draw) -> None:
        """Add a worker group; the requirement about it is asked by the family."""
        self.label = draw.choice("group", _GROUPS)
        low = draw.integer("fewest", 0, 2)
        high = draw.integer("most", 4, 10)
        count = draw.integer("workers", 2, 4)
        self.size = {"count": count, "fewest": low, "most": high}
        self.worker: Tree = {"name": "ray-worker", "image": self.image}
        self.pod: Tree = {"containers": [self.worker]}
        self.ray["workerGroupSpecs"].append(
            {
                "groupName": self.label,
                "replicas": count,
                "minReplicas": low,
                "maxReplicas": high,
                "rayStartParams": {},
                "template": {"spec": self.pod},
            }
        )

    def ask_size(self) -> None:
        """Ask for the worker group."""
        self.want(ray.worker_group, group=self.label, **self.size)


def _gpus(draw: Draw, one: Cluster) -> None:
    count = draw.choice("gpus", (1, 2, 4, 8))
    one.worker.setdefault("resources", {}).setdefault("limits", {})["nvidia.com/gpu"] = count
    one.want(gpus.part_gpus, part=one.label, count=count)


def _head_memory(draw: Draw, one: Cluster) -> None:
    amount = draw.choice("head memory", choices.SMALL_MEMORY)
    one.head["resources"] = {"requests": {"memory": amount}}
    one.want(gpus.part_memory_request, part="head", amount=amount)


def _worker_cpu(draw: Draw, one: Cluster) -> None:
    amount = draw.choice("worker cpu", choices.CPUS)
    one.worker.setdefault("resources", {}).setdefault("requests", {})["cpu"] = amount
    one.want(gpus.part_cpu_request, part=one.label, amount=amount)


def _autoscale(draw: Draw, one: Cluster) -> None:
    seconds = draw.choice("idle", (120, 180, 300, 600))
    one.ray["enableInTreeAutoscaling"] = True
    one.ray["autoscalerOptions"] = {"idleTimeoutSeconds": seconds}
    one.want(ray.ray_autoscaling, seconds=seconds)


def _idle_head(draw: Draw, one: Cluster) -> None:
    one.start["num-cpus"] = "0"
    one.want(ray.idle_head)


def _dashboard(draw: Draw, one: Cluster) -> None:
    key, value = draw.choice(
        "parameter",
        (("dashboard-host", "0.0.0.0"), ("metrics-export-port", "8090"), ("block", "true")),
    )
    one.start[key] = value
    one.want(ray.head_parameter, key=key, value=value)


def _node(draw: Draw, one: Cluster) -> None:
    key = draw.choice("node label", tuple(choices.NODE_LABELS))
    value = draw.choice("node value", choices.NODE_LABELS[key])
    one.pod["nodeSelector"] = {key: value}
    one.want(gpus.part_node_label, part=one.label, key=key, value=value)


def _tolerates(draw: Draw, one: Cluster) -> None:
    key, effect = draw.choice("taint", choices.TAINTS), draw.choice("effect", choices.EFFECTS)
    one.pod["tolerations"] = [{"key": key, "operator": "Exists", "effect": effect}]
    one.want(gpus.part_tolerates, part=one.label, key=key, effect=effect)


def _shared(draw: Draw, one: Cluster) -> None:
    size = draw.choice("shm", choices.SHM)
    source = {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": size}}
    one.pod["volumes"] = [source]
    one.worker["volumeMounts"] = [{"name": "shm", "mountPath": "/dev/shm"}]
    one.want(volumes.part_shared_memory, part=one.label, size=size)


@family(LANGUAGE, levels=(1, 2, 3, 4, 5))
def ray_cluster(draw: Draw) -> Draft:
    """A Ray cluster with a head and a group of GPU workers."""
    name = draw.name("cluster", ("ray", "cluster", "compute"), choices.FIRST)
    one = Cluster(draw, "RayCluster", "", name)
    one.ask(ray.ray_cluster(name=name, version=one.version))
    one.want(ray.part_image, part="head", image=one.image)
    one.ask_size()
    one.with_parts(
        one, _gpus, _autoscale, _tolerates, _head_memory, _node, _idle_head, _worker_cpu,
        _shared, _dashboard,
    )  # fmt: skip
    return one.draft(
        "Set up a Ray cluster with KubeRay",
        "Our team needs a Ray cluster on Kubernetes",
    )


_ENTRIES = (
    "python train.py --epochs 5", "python -m jobs.train --workers 4", "python tune.py --samples 40",
    "python /home/ray/app/batch.py", "python embed.py --input s3://ml-data/docs",
)  # fmt: skip


@family(LANGUAGE, levels=(2, 3, 4, 5))
def ray_job(draw: Draw) -> Draft:
    """A RayJob: a cluster for one program."""
    name = draw.name("job", (*choices.TRAININGS, "tune", "batch"), choices.FIRST)
    one = Cluster(draw, "RayJob", "rayClusterSpec", name)
    line = draw.choice("entry", _ENTRIES)
    one.spec["entrypoint"] = line
    one.ask(ray.ray_job(name=name, version=one.version))
    one.want(ray.ray_entry, command=line)
    one.want(ray.part_image, part="head", image=one.image)

    def shutdown(draw: Draw, one: Cluster) -> None:
        seconds = draw.choice("ttl", (60, 300, 600, 3600))
        one.spec.update({"shutdownAfterJobFinishes": True, "ttlSecondsAfterFinished": seconds})
        one.want(ray.ray_shutdown, seconds=seconds)

    def packages(draw: Draw, one: Cluster) -> None:
        pool = ("torch==2.8.0", "transformers==4.56.1", "xgboost==3.0.5", "datasets==4.1.0",
                "wandb==0.22.0", "lightgbm==4.6.0")  # fmt: skip
        listed = list(draw.sample("packages", pool, draw.integer("package count", 1, 3)))
        one.spec["runtimeEnvYAML"] = dump({"pip": listed})
        for package in listed:
            one.want(ray.ray_package, package=package)

    def backoff(draw: Draw, one: Cluster) -> None:
        count = draw.integer("backoff", 1, 5)
        one.spec["backoffLimit"] = count
        one.want(ray.ray_backoff, count=count)

    one.ask_size()
    one.with_parts(one, shutdown, _gpus, (2, packages), backoff, _tolerates, _worker_cpu, _node)
    return one.draft(
        "Run a program as a RayJob",
        "Start a Ray cluster for one job and throw it away afterwards",
    )


@family(LANGUAGE, levels=(2, 3, 4, 5))
def ray_service(draw: Draw) -> Draft:
    """A RayService: Ray Serve applications on a cluster."""
    name = draw.name("service", choices.SERVERS, choices.FIRST)
    one = Cluster(draw, "RayService", "rayClusterConfig", name)
    app = draw.choice("app", ("llm", "rerank", "translator", "vision", "text-app"))
    target = draw.choice(
        "target", ("serve_app:app", "apps.llm:deployment", "model.serve:graph", "main:entry")
    )
    route = draw.choice("route", ("/", "/v1", "/predict", "/api"))
    server = draw.choice("deployment", ("Predictor", "Translator", "Ranker", "LLMServer"))
    options: Tree = {"name": server}
    config: Tree = {
        "applications": [
            {"name": app, "import_path": target, "route_prefix": route, "deployments": [options]}
        ]
    }
    place = {"app": app, "name": server}
    one.ask(ray.ray_service(name=name, version=one.version))
    one.want(ray.serve_application, app=app, target=target, route=route)
    count = draw.integer("serve replicas", 1, 6)
    options["num_replicas"] = count
    one.want(ray.serve_replicas, **place, count=count)

    def actor(draw: Draw, one: Cluster) -> None:
        share = draw.choice("actor gpus", (0.25, 0.5, 1, 2))
        options["ray_actor_options"] = {"num_gpus": share}
        one.want(ray.serve_gpus, **place, count=share)

    one.want(ray.part_image, part="head", image=one.image)
    one.ask_size()
    one.with_parts(one, actor, _gpus, _autoscale, _head_memory, _tolerates, _node, _worker_cpu)
    one.spec["serveConfigV2"] = dump(config)
    one.tree["spec"] = {"serveConfigV2": one.spec.pop("serveConfigV2"), **one.spec}
    return one.draft(
        "Deploy a Ray Serve application with KubeRay",
        "Serve our models with Ray Serve as a RayService",
    )
