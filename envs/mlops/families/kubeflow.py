"""Families about training with Kubeflow: PyTorchJob, TFJob, MPIJob, TrainJob, notebooks."""

from __future__ import annotations

from typing import Any

from envs.mlops import choices
from envs.mlops.recipe import LANGUAGE, Stack, Tree
from envs.mlops.requirements import gpus, notebooks, ray, training, volumes, workloads
from iac_gym.category import Draft, family
from iac_gym.check import RequirementType
from iac_gym.draw import Draw

_SPECS = {
    "PyTorchJob": "pytorchReplicaSpecs",
    "TFJob": "tfReplicaSpecs",
    "MPIJob": "mpiReplicaSpecs",
}
_IMAGES = {
    "PyTorchJob": choices.TORCH_IMAGES,
    "TFJob": choices.TENSORFLOW_IMAGES,
    "MPIJob": choices.OWN_IMAGES,
}
_CONTAINERS = {"PyTorchJob": "pytorch", "TFJob": "tensorflow", "MPIJob": "mpi"}


class Training(Stack):
    """A job of the training operator; `part` is the replica type that most pods have."""

    def __init__(self, draw: Draw, kind: str, version: str, part: str) -> None:
        super().__init__(draw)
        self.kind, self.part = kind, part
        self.name = draw.name("job", choices.TRAININGS, choices.FIRST)
        self.image = draw.choice("image", _IMAGES[kind])
        self.tree = self.add(version, kind, self.name)
        self.spec: Tree = {}
        self.tree["spec"] = self.spec
        self.types: Tree = {}
        self.count = 1

    def want(self, asked: RequirementType, **args: Any) -> None:
        """Ask for something of the job."""
        self.ask(asked(of=self.name, **args))

    def type(self, part: str, count: int, image: str) -> Tree:
        """Add a replica type and return its container."""
        container: Tree = {"name": _CONTAINERS[self.kind], "image": image}
        self.types[part] = {
            "replicas": count,
            "restartPolicy": "OnFailure",
            "template": {"spec": {"containers": [container]}},
        }
        self.spec[_SPECS[self.kind]] = self.types
        return container

    @property
    def pod(self) -> Tree:
        """The pod spec of the type that most pods have."""
        found: Tree = self.types[self.part]["template"]["spec"]
        return found

    def policy(self, **fields: Any) -> None:
        """Set fields of the run policy."""
        self.spec.setdefault("runPolicy", {}).update(fields)


def _workers(draw: Draw, one: Training, low: int = 2, high: int = 8) -> None:
    count = draw.integer("workers", low, high)
    one.types[one.part]["replicas"] = count
    one.want(training.replica_count, part=one.part, count=count)


def _gpus(draw: Draw, one: Training) -> None:
    count = draw.choice("gpus", (1, 2, 4, 8))
    for part, entry in one.types.items():
        if part not in ("Launcher", "PS"):
            box = entry["template"]["spec"]["containers"][0]
            box["resources"] = {"limits": {"nvidia.com/gpu": count}}
            one.want(gpus.part_gpus, part=part, count=count)


def _command(draw: Draw, one: Training, part: str) -> None:
    line = draw.choice("command", choices.TRAIN_COMMANDS)
    one.types[part]["template"]["spec"]["containers"][0]["command"] = line.split()
    one.want(training.part_command, part=part, command=line)


def _clean(draw: Draw, one: Training) -> None:
    policy = draw.choice("clean", ("None", "Running", "All"))
    one.policy(cleanPodPolicy=policy)
    one.want(training.clean_pods, policy=policy)


def _ttl(draw: Draw, one: Training) -> None:
    seconds = draw.choice("ttl", (600, 3600, 86400))
    one.policy(ttlSecondsAfterFinished=seconds)
    one.want(training.job_ttl, seconds=seconds)


def _backoff(draw: Draw, one: Training) -> None:
    count = draw.integer("backoff", 1, 6)
    one.policy(backoffLimit=count)
    one.want(training.job_backoff, count=count)


def _restart(draw: Draw, one: Training) -> None:
    policy = draw.choice("restart", ("Never", "ExitCode", "Always"))
    one.types[one.part]["restartPolicy"] = policy
    one.want(training.replica_restart, part=one.part, policy=policy)


def _data(draw: Draw, one: Training) -> None:
    claim = draw.choice("claim", ("datasets", "training-data", "checkpoints", "imagenet"))
    path = draw.choice("path", ("/data", "/mnt/data", "/workspace/data"))
    one.pod.setdefault("volumes", []).append(
        {"name": "data", "persistentVolumeClaim": {"claimName": claim}}
    )
    mount = {"name": "data", "mountPath": path}
    one.pod["containers"][0].setdefault("volumeMounts", []).append(mount)
    one.want(volumes.part_claim_mounted, part=one.part, claim=claim, path=path)


def _shared(draw: Draw, one: Training) -> None:
    size = draw.choice("shm", choices.SHM)
    one.pod.setdefault("volumes", []).append(
        {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": size}}
    )
    mount = {"name": "shm", "mountPath": "/dev/shm"}
    one.pod["containers"][0].setdefault("volumeMounts", []).append(mount)
    one.want(volumes.part_shared_memory, part=one.part, size=size)


def _node(draw: Draw, one: Training) -> None:
    key = draw.choice("node label", tuple(choices.NODE_LABELS))
    value = draw.choice("node value", choices.NODE_LABELS[key])
    one.pod["nodeSelector"] = {key: value}
    one.want(gpus.part_node_label, part=one.part, key=key, value=value)


@family(LANGUAGE, levels=(2, 3, 4, 5))
def pytorch_job(draw: Draw) -> Draft:
    """A distributed training with PyTorch: a master and workers."""
    one = Training(draw, "PyTorchJob", "kubeflow.org/v1", "Worker")
    one.ask(training.pytorch_job(name=one.name))
    for part in ("Master", "Worker"):
        one.type(part, 1, one.image)
        one.want(ray.part_image, part=part, image=one.image)
    _workers(draw, one)
    _command(draw, one, "Worker")
    one.types["Master"]["template"]["spec"]["containers"][0]["command"] = one.pod["containers"][0][
        "command"
    ]

    def processes(draw: Draw, one: Training) -> None:
        count = draw.choice("processes", (2, 4, 8))
        one.spec["nprocPerNode"] = str(count)
        one.want(training.processes, count=count)

    def elastic(draw: Draw, one: Training) -> None:
        low, high = draw.integer("least", 1, 2), draw.integer("greatest", 8, 12)
        one.spec["elasticPolicy"] = {"rdzvBackend": "c10d", "minReplicas": low, "maxReplicas": high}
        one.want(training.elastic, fewest=low, most=high)

    one.with_parts(
        one, (2, _gpus), _shared, _clean, elastic, processes, _data, _backoff, _node, _ttl, _restart
    )
    return one.draft(
        "Train a model on several nodes with the Kubeflow training operator",
        "Write a PyTorchJob for a distributed training",
    )


@family(LANGUAGE, levels=(2, 3, 4, 5))
def tf_job(draw: Draw) -> Draft:
    """A distributed training with TensorFlow: a chief, workers and parameter servers."""
    one = Training(draw, "TFJob", "kubeflow.org/v1", "Worker")
    one.ask(training.tf_job(name=one.name))
    one.type("Worker", 1, one.image)
    one.want(ray.part_image, part="Worker", image=one.image)
    _workers(draw, one)
    _command(draw, one, "Worker")
    command = one.pod["containers"][0]["command"]

    def servers(draw: Draw, one: Training) -> None:
        count = draw.integer("servers", 1, 4)
        one.type("PS", count, one.image)["command"] = command
        one.want(training.replica_count, part="PS", count=count)
        one.want(ray.part_image, part="PS", image=one.image)

    def chief(draw: Draw, one: Training) -> None:
        one.type("Chief", 1, one.image)["command"] = command
        one.want(ray.part_image, part="Chief", image=one.image)

    one.with_parts(one, (2, servers), chief, _clean, _restart, _data, _backoff, _ttl, _node)
    return one.draft(
        "Train a TensorFlow model on several nodes",
        "Write a TFJob for our training",
    )


@family(LANGUAGE, levels=(2, 3, 4))
def mpi_job(draw: Draw) -> Draft:
    """A distributed training with MPI: a launcher and workers."""
    version = draw.choice("version", ("kubeflow.org/v2beta1", "kubeflow.org/v1"))
    one = Training(draw, "MPIJob", version, "Worker")
    one.ask(training.mpi_job(name=one.name, version=version))
    one.type("Launcher", 1, one.image)
    one.type("Worker", 1, one.image)
    slots = draw.choice("slots", (2, 4, 8))
    one.spec["slotsPerWorker"] = slots
    one.want(training.mpi_slots, count=slots)
    line = draw.choice(
        "command",
        ("mpirun -np 8 python train.py", "mpirun -np 16 -bind-to none python train_hvd.py",
         "horovodrun -np 8 python train.py"),
    )  # fmt: skip
    one.types["Launcher"]["template"]["spec"]["containers"][0]["command"] = line.split()
    one.want(training.part_command, part="Launcher", command=line)
    one.want(ray.part_image, part="Worker", image=one.image)
    _workers(draw, one)
    one.with_parts(one, _gpus, _clean, _shared, _ttl, _backoff, _node)
    return one.draft(
        "Train with MPI on several nodes",
        "Write an MPIJob for our Horovod training",
    )


class Trainer(Stack):
    """A TrainJob under construction."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.name = draw.name("job", choices.TRAININGS, choices.FIRST)
        runtimes = ("torch-distributed", "deepspeed-distributed", "mlx-distributed", "torch-team")
        runtime = draw.choice("runtime", runtimes)
        self.trainer: Tree = {}
        self.spec: Tree = {"runtimeRef": {"name": runtime}, "trainer": self.trainer}
        self.add("trainer.kubeflow.org/v1alpha1", "TrainJob", self.name, spec=self.spec)
        self.ask(training.train_job(name=self.name, runtime=runtime))

    def want(self, asked: RequirementType, **args: Any) -> None:
        """Ask for something of the job."""
        self.ask(asked(of=self.name, **args))


def _train_nodes(draw: Draw, one: Trainer) -> None:
    count = draw.integer("nodes", 2, 8)
    one.trainer["numNodes"] = count
    one.want(training.train_nodes, count=count)


def _train_image(draw: Draw, one: Trainer) -> None:
    image = draw.choice("image", choices.TORCH_IMAGES)
    one.trainer["image"] = image
    one.want(training.train_image, image=image)


def _train_command(draw: Draw, one: Trainer) -> None:
    line = draw.choice("command", choices.TRAIN_COMMANDS)
    one.trainer["command"] = line.split()
    one.want(training.train_command, command=line)


def _train_gpus(draw: Draw, one: Trainer) -> None:
    count = draw.choice("gpus", (1, 2, 4, 8))
    one.trainer["resourcesPerNode"] = {"limits": {"nvidia.com/gpu": count}}
    one.want(training.train_gpus, count=count)


def _train_data(draw: Draw, one: Trainer) -> None:
    uri = draw.choice("data", ("hf://tatsu-lab/alpaca", "s3://ml-data/train", "hf://imdb"))
    one.spec.setdefault("initializer", {})["dataset"] = {"storageUri": uri}
    one.want(training.train_data, uri=uri)


def _train_model(draw: Draw, one: Trainer) -> None:
    uri = f"hf://{draw.choice('model', choices.LLMS)}"
    one.spec.setdefault("initializer", {})["model"] = {"storageUri": uri}
    one.want(training.train_model, uri=uri)


def _train_env(draw: Draw, one: Trainer) -> None:
    key, value = draw.choice(
        "variable", (("NCCL_DEBUG", "INFO"), ("BATCH_SIZE", "64"), ("WANDB_PROJECT", "churn"))
    )
    one.trainer["env"] = [{"name": key, "value": value}]
    one.want(training.train_env, variable=key, value=value)


def _train_space(draw: Draw, one: Trainer) -> None:
    value = draw.choice("namespace", choices.SPACES)
    one.objects[0]["metadata"]["namespace"] = value
    one.want(workloads.in_namespace, namespace=value)


@family(LANGUAGE, levels=(1, 2, 3, 4))
def train_job(draw: Draw) -> Draft:
    """A TrainJob of Kubeflow Trainer v2 on a runtime of the cluster."""
    one = Trainer(draw)
    _train_image(draw, one)
    one.with_parts(
        one, _train_nodes, _train_gpus, _train_command, _train_data, _train_env, _train_model,
        _train_space,
    )  # fmt: skip
    return one.draft(
        "Fine-tune a model with Kubeflow Trainer",
        "Start a training with a TrainJob on one of our training runtimes",
    )


@family(LANGUAGE, levels=(1, 2, 3))
def notebook(draw: Draw) -> Draft:
    """A Kubeflow Notebook with a volume for the home directory."""
    stack = Stack(draw)
    name = draw.name("notebook", ("notebook", "lab", "workbench"), choices.FIRST)
    image = draw.choice(
        "image",
        tuple(f"ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-{kind}:v1.10.0" for kind in
              ("scipy", "pytorch-full", "pytorch-cuda-full", "tensorflow-full")),
    )  # fmt: skip
    box: Tree = {"name": name, "image": image}
    pod: Tree = {"containers": [box]}
    stack.add("kubeflow.org/v1", "Notebook", name, spec={"template": {"spec": pod}})
    stack.ask(notebooks.notebook(name=name, image=image))

    def home(draw: Draw, stack: Stack) -> None:
        claim, size = f"{name}-home", draw.choice("size", choices.SIZES)
        request = {"resources": {"requests": {"storage": size}}, "accessModes": ["ReadWriteOnce"]}
        stack.add("v1", "PersistentVolumeClaim", claim, spec=request)
        pod["volumes"] = [{"name": "home", "persistentVolumeClaim": {"claimName": claim}}]
        box["volumeMounts"] = [{"name": "home", "mountPath": "/home/jovyan"}]
        stack.ask(
            volumes.claim(name=claim, size=size),
            volumes.claim_mounted(of=name, claim=claim, path="/home/jovyan"),
        )

    def resource(kind: str, part: str, amount: Any) -> None:
        box.setdefault("resources", {}).setdefault(part, {})[kind] = amount

    def memory(draw: Draw, stack: Stack) -> None:
        amount = draw.choice("memory", choices.SMALL_MEMORY)
        resource("memory", "requests", amount)
        stack.ask(gpus.memory_request(of=name, amount=amount))

    def cpu(draw: Draw, stack: Stack) -> None:
        amount = draw.choice("cpu", choices.SMALL_CPUS)
        resource("cpu", "requests", amount)
        stack.ask(gpus.cpu_request(of=name, amount=amount))

    def device(draw: Draw, stack: Stack) -> None:
        count = draw.choice("gpus", (1, 2))
        resource("nvidia.com/gpu", "limits", count)
        stack.ask(gpus.gpus(of=name, count=count))

    def tolerates(draw: Draw, stack: Stack) -> None:
        key, effect = draw.choice("taint", choices.TAINTS), draw.choice("effect", choices.EFFECTS)
        pod["tolerations"] = [{"key": key, "operator": "Exists", "effect": effect}]
        stack.ask(gpus.tolerates(of=name, key=key, effect=effect))

    def space(draw: Draw, stack: Stack) -> None:
        value = draw.choice("namespace", ("alice", "bob", "team-vision", "data-science"))
        for one in stack.objects:
            one["metadata"]["namespace"] = value
        stack.ask(workloads.in_namespace(of=name, namespace=value))

    stack.with_parts(stack, memory, (2, home), device, cpu, tolerates, space)
    return stack.draft(
        "Start a Jupyter notebook server in Kubeflow",
        "A data scientist needs a Kubeflow Notebook",
    )
