"""Families about models that several pods serve together."""

from __future__ import annotations

from typing import Any

from envs.mlops import choices, parts
from envs.mlops.recipe import LANGUAGE, Stack, Tree
from envs.mlops.requirements import gpus, groups, ray, volumes, workloads
from iac_gym.category import Draft, family
from iac_gym.check import RequirementType
from iac_gym.draw import Draw


class Groups(Stack):
    """A LeaderWorkerSet under construction: `boxes` and `pods` by part."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.name = parts.model_name(draw)
        image = draw.choice("image", choices.VLLM_IMAGES)
        self.boxes: dict[str, Tree] = {
            part: {"name": f"vllm-{part}", "image": image} for part in ("leader", "worker")
        }
        self.pods: dict[str, Tree] = {
            part: {"containers": [box]} for part, box in self.boxes.items()
        }
        self.template: Tree = {
            "leaderTemplate": {"spec": self.pods["leader"]},
            "workerTemplate": {"spec": self.pods["worker"]},
        }
        self.spec: Tree = {"leaderWorkerTemplate": self.template}
        made = self.add("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", self.name)
        made["spec"] = self.spec
        count, size = draw.integer("groups", 1, 4), draw.integer("size", 2, 8)
        self.spec["replicas"], self.template["size"] = count, size
        self.ask(groups.leader_worker_set(name=self.name, count=count, size=size))
        for part in self.boxes:
            self.want(ray.part_image, part=part, image=image)

    def want(self, asked: RequirementType, **args: Any) -> None:
        """Ask for something of the set."""
        self.ask(asked(of=self.name, **args))


def _gpus(draw: Draw, one: Groups) -> None:
    count = draw.choice("gpus", (1, 2, 4, 8))
    for part, box in one.boxes.items():
        box["resources"] = {"limits": {"nvidia.com/gpu": count}}
        one.want(gpus.part_gpus, part=part, count=count)


def _shared(draw: Draw, one: Groups) -> None:
    size = draw.choice("shm", choices.SHM)
    for part, box in one.boxes.items():
        source = {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": size}}
        one.pods[part]["volumes"] = [source]
        box["volumeMounts"] = [{"name": "shm", "mountPath": "/dev/shm"}]
        one.want(volumes.part_shared_memory, part=part, size=size)


def _node(draw: Draw, one: Groups) -> None:
    key = draw.choice("node label", tuple(choices.NODE_LABELS))
    value = draw.choice("node value", choices.NODE_LABELS[key])
    one.pods["worker"]["nodeSelector"] = {key: value}
    one.want(gpus.part_node_label, part="worker", key=key, value=value)


def _leader_first(draw: Draw, one: Groups) -> None:
    one.spec["startupPolicy"] = "LeaderReady"
    one.want(groups.leader_first)


def _space(draw: Draw, one: Groups) -> None:
    name = draw.choice("namespace", choices.SPACES)
    one.objects[0]["metadata"]["namespace"] = name
    one.want(workloads.in_namespace, namespace=name)


@family(LANGUAGE, levels=(1, 2, 3, 4))
def multi_node_llm(draw: Draw) -> Draft:
    """A model that is too large for a node: groups of pods that serve it together."""
    one = Groups(draw)
    one.with_parts(one, (2, _gpus), _leader_first, _node, (2, _shared), _space)
    return one.draft(
        "Serve a model that needs several nodes with a LeaderWorkerSet",
        "Our model is larger than a node: run vLLM in groups of pods (LeaderWorkerSet)",
    )
