"""Families about work that ends: batch inference, scheduled scoring, training, downloads."""

from __future__ import annotations

from envs.mlops import choices, parts
from envs.mlops.recipe import LANGUAGE, Workload
from envs.mlops.requirements import jobs, servers, volumes, workloads
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def command(draw: Draw, work: Workload, commands: tuple[str, ...]) -> None:
    """A command, in a shell or not."""
    line = draw.choice("command", commands)
    words = line.split()
    shell = draw.phrase("shell", (False, False, True))
    work.main["command"] = ["/bin/sh", "-c", line] if shell else words
    work.want(workloads.runs_command, command=line)


def _backoff(draw: Draw, work: Workload) -> None:
    count = draw.choice("backoff", (0, 1, 2, 3, 4, 5))
    work.job["backoffLimit"] = count
    work.want(jobs.backoff_limit, count=count)


def _ttl(draw: Draw, work: Workload) -> None:
    seconds = draw.choice("ttl", (600, 1800, 3600, 7200, 86400))
    work.job["ttlSecondsAfterFinished"] = seconds
    work.want(jobs.time_to_live, seconds=seconds)


def _deadline(draw: Draw, work: Workload) -> None:
    seconds = draw.choice("deadline", (1800, 3600, 7200, 14400, 43200, 86400))
    work.job["activeDeadlineSeconds"] = seconds
    work.want(jobs.active_deadline, seconds=seconds)


def _setting(draw: Draw, work: Workload) -> None:
    pool = {
        "MLFLOW_TRACKING_URI": ("http://mlflow:5000", "http://tracking.ml:5000"),
        "WANDB_PROJECT": ("churn", "vision-v2", "ranking"),
        "NCCL_DEBUG": ("INFO", "WARN"),
        "BATCH_SIZE": ("32", "64", "256"),
        "PYTHONUNBUFFERED": ("1",),
    }
    variable = draw.choice("variable", tuple(pool))
    value = draw.choice("variable value", pool[variable])
    work.env(variable, value)
    work.want(workloads.env_value, variable=variable, value=value)


def _data(draw: Draw, work: Workload) -> None:
    """A claim that exists already, for data and checkpoints."""
    claim = draw.choice("data claim", ("datasets", "training-data", "checkpoints", "shared-models"))
    path = draw.choice("data path", ("/data", "/mnt/data", "/checkpoints", "/workspace/data"))
    work.volume("data", path, {"persistentVolumeClaim": {"claimName": claim}})
    work.want(volumes.claim_mounted, claim=claim, path=path)


def _key(draw: Draw, work: Workload) -> None:
    variable = draw.choice("key variable", ("WANDB_API_KEY", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY"))
    secret = draw.choice("secret", ("ml-credentials", "tracking", "cloud-keys", "tokens"))
    key = draw.choice("secret key", ("token", "api-key", "password", "key"))
    work.env_secret(variable, secret, key)
    work.want(workloads.env_secret, variable=variable, secret=secret, key=key)


def _fetch(draw: Draw, work: Workload) -> None:
    """An init container that fetches something first."""
    image, line = draw.choice(
        "fetch",
        (
            ("amazon/aws-cli:2.17.0", "aws s3 sync s3://ml-data/train /data"),
            ("rclone/rclone:1.68", "rclone copy store:models /models"),
            ("busybox:1.36", "wget -O /tmp/labels.csv http://data.ml/labels.csv"),
            ("google/cloud-sdk:slim", "gsutil -m cp -r gs://lumen-data/train /data"),
        ),
    )
    work.pod["initContainers"] = [{"name": "fetch", "image": image, "command": line.split()}]
    work.want(workloads.init_command, image=image, command=line)


@family(LANGUAGE, levels=(1, 2, 3, 4, 5))
def batch_inference(draw: Draw) -> Draft:
    """A Job that scores data in several pods."""
    image = draw.choice("image", choices.BATCH_IMAGES)
    work = Workload(draw, "Job", parts.model_name(draw, choices.BATCHES), image, "score")
    work.pod["restartPolicy"] = draw.phrase("restart", ("Never", "OnFailure"))
    command(draw, work, choices.BATCH_COMMANDS)
    work.with_parts(
        work,
        (2, _shards), _backoff, parts.gpu_count, _data, _ttl, _key, parts.small_memory, _deadline,
        parts.tolerates, _setting, parts.namespace,
    )  # fmt: skip
    return work.draft(
        "Run a batch inference job",
        "Score a large data set once, in parallel pods",
        "We need a Kubernetes Job for offline predictions",
    )


def _shards(draw: Draw, work: Workload) -> None:
    count, parallel = draw.integer("completions", 4, 20, 2), draw.integer("parallel", 2, 4)
    work.spec.update({"completions": count, "parallelism": parallel})
    work.want(jobs.completions, count=count)
    work.want(jobs.parallelism, count=parallel)
    if draw.chance("indexed", 0.5):
        work.spec["completionMode"] = "Indexed"
        work.want(jobs.indexed)


@family(LANGUAGE, levels=(1, 2, 3, 4, 5))
def nightly_scoring(draw: Draw) -> Draft:
    """A CronJob that scores or retrains on a schedule."""
    image = draw.choice("image", choices.BATCH_IMAGES)
    work = Workload(draw, "CronJob", parts.model_name(draw, choices.BATCHES), image, "score")
    work.pod["restartPolicy"] = "Never"
    command(draw, work, choices.BATCH_COMMANDS)
    time = draw.choice("time", choices.TIMES)
    if draw.chance("weekly", 0.4):
        day = draw.choice("day", choices.DAYS)
        work.spec["schedule"] = choices.cron_weekly(day, time)
        work.want(jobs.weekly_at, day=day, time=time)
    else:
        work.spec["schedule"] = choices.cron_daily(time)
        work.want(jobs.daily_at, time=time)
    work.with_parts(
        work,
        _policy, _zone, parts.gpu_count, _backoff, _setting, parts.small_memory, _deadline, _data,
        parts.node_label,
    )  # fmt: skip
    return work.draft(
        "Schedule our scoring job",
        "Predictions must be refreshed on a schedule",
        "Write a CronJob for recurring batch predictions",
    )


def _policy(draw: Draw, work: Workload) -> None:
    policy = draw.choice("policy", ("Forbid", "Replace"))
    work.spec["concurrencyPolicy"] = policy
    work.want(jobs.concurrency, policy=policy)


def _zone(draw: Draw, work: Workload) -> None:
    zone = draw.choice("zone", choices.ZONES)
    work.spec["timeZone"] = zone
    work.want(jobs.time_zone, zone=zone)


@family(LANGUAGE, levels=(1, 2, 3, 4, 5))
def gpu_training(draw: Draw) -> Draft:
    """A training Job on GPU nodes, with its scheduling, data and shared memory."""
    image = draw.choice("image", choices.TORCH_IMAGES)
    work = Workload(draw, "Job", parts.model_name(draw, choices.TRAININGS), image, "train")
    work.pod["restartPolicy"] = draw.phrase("restart", ("Never", "OnFailure"))
    command(draw, work, choices.TRAIN_COMMANDS)
    parts.gpu_count(draw, work)
    work.with_parts(
        work,
        parts.node_label, parts.shared_memory, _data, _key, parts.tolerates, _backoff,
        parts.memory, _fetch, parts.priority, _deadline, _setting, parts.memory_limit,
        parts.tolerates_value,
    )  # fmt: skip
    return work.draft(
        "Train a model on our GPU nodes",
        "Start a training job in the cluster",
        "Write the Job for a GPU training run",
    )


@family(LANGUAGE, levels=(4, 5))
def model_cache(draw: Draw) -> Draft:
    """A claim that a Job fills with a model, and a server that reads it."""
    server = draw.choice("image", choices.VLLM_IMAGES)
    work = Workload(draw, "Deployment", parts.model_name(draw), server, "vllm")
    claim = draw.name("claim", ("weights", "cache", "models"), choices.FIRST)
    model = draw.choice("model", choices.LLMS)
    path = draw.choice("path", ("/models", "/mnt/models", "/cache"))
    size = draw.choice("claim size", choices.SIZES)
    loader = f"{claim}-{draw.choice('loader', ('download', 'loader', 'fill'))}"
    spec = parts.add_claim(work, claim, size, "ReadWriteMany")["spec"]
    target = f"{path}/{model.rpartition('/')[2]}"
    line = f"huggingface-cli download {model} --local-dir {target}"
    fill = work.add("batch/v1", "Job", loader)
    source = {"name": "models", "persistentVolumeClaim": {"claimName": claim}}
    mount = {"name": "models", "mountPath": path}
    image = draw.choice("loader image", ("python:3.12-slim", "ghcr.io/acme/hub-cli:0.34"))
    script = f"pip install -q huggingface_hub && {line}" if image.startswith("python") else line
    container = {
        "name": "download",
        "image": image,
        "command": ["/bin/sh", "-c", script],
        "volumeMounts": [mount],
    }
    pod = {"restartPolicy": "OnFailure", "containers": [container], "volumes": [source]}
    fill["spec"] = {"template": {"spec": pod}}
    work.main["command"] = ["vllm", "serve", target]
    work.volume("models", path, {"persistentVolumeClaim": {"claimName": claim}})
    work.want(servers.vllm_model, model=target)
    work.ask(
        volumes.claim(name=claim, size=size),
        volumes.claim_mode(name=claim, mode="ReadWriteMany"),
        workloads.job(name=loader, image=image),
        workloads.runs_command(of=loader, command=line),
        volumes.claim_mounted(of=loader, claim=claim, path=path),
        volumes.claim_mounted(of=work.name, claim=claim, path=path),
    )

    def storage(draw: Draw, work: Workload) -> None:
        name = draw.choice("storage class", choices.CLASSES)
        spec["storageClassName"] = name
        work.ask(volumes.claim_class(name=claim, storage_class=name))

    def locked(draw: Draw, work: Workload) -> None:
        work.main["volumeMounts"][0]["readOnly"] = True
        work.want(volumes.claim_read_only, claim=claim)

    work.with_parts(work, storage, locked, parts.gpu_count, parts.replicas, parts.memory)
    return work.draft(
        "Download a model once into a shared volume and serve it from there",
        "Set up a model cache: a job fills it and vLLM reads from it",
    )
