"""Families about Triton, prediction services and what stands around them."""

from __future__ import annotations

from envs.mlops import choices, parts
from envs.mlops.families.llm import arguments, named
from envs.mlops.recipe import LANGUAGE, Tree, Workload
from envs.mlops.requirements import gpus, mlflow, scaling, servers, services, volumes, workloads
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def _triton_option(draw: Draw, work: Workload) -> None:
    options: dict[str, tuple[int | str, ...]] = {
        "--model-control-mode": ("explicit", "poll"),
        "--strict-readiness": ("true", "false"),
        "--log-verbose": (1, 2),
        "--exit-timeout-secs": (45, 60, 120),
        "--pinned-memory-pool-byte-size": (268435456, 536870912),
    }
    flag = draw.choice("flag", tuple(options))
    value = draw.choice("flag value", options[flag])
    work.main["args"].append(f"{flag}={value}")
    work.want(servers.triton_option, flag=flag, value=value)


def _metrics_service(draw: Draw, work: Workload) -> None:
    """A second port of the Service: gRPC or metrics."""
    port, target = draw.choice(
        "second port", ((8001, 8001), (9001, 8001), (8002, 8002), (9102, 8002))
    )
    parts.add_service(work, f"{work.name}-{draw.choice('second service', ('extra', 'side'))}",
                      port, target)  # fmt: skip


@family(LANGUAGE, levels=(2, 3, 4, 5))
def triton_server(draw: Draw) -> Draft:
    """NVIDIA Triton with a model repository on a claim, its three ports and health probes."""
    image = draw.choice("image", choices.TRITON_IMAGES)
    work = Workload(draw, "Deployment", parts.model_name(draw), image, "triton")
    path = draw.choice("repository", ("/models", "/mnt/models", "/model-repository", "/repo"))
    claim = draw.name("claim", ("models", "repository", "store"), choices.FIRST)
    size = draw.choice("claim size", choices.SIZES)
    work.main["command"] = ["tritonserver"]
    work.main["args"] = [f"--model-repository={path}"]
    for number, name in ((8000, "http"), (8001, "grpc"), (8002, "metrics")):
        work.port(number, name)
    parts.add_claim(work, claim, size)
    work.volume("models", path, {"persistentVolumeClaim": {"claimName": claim}})
    work.want(servers.triton_repository, path=path)
    work.ask(volumes.claim(name=claim, size=size))
    work.want(volumes.claim_mounted, claim=claim, path=path)
    work.with_parts(
        work,
        _triton_ready, parts.gpu_count,
        _triton_live, named(_front, 8000), _triton_option,
        parts.shared_memory, named(_read_only, claim), parts.tolerates, _metrics_service,
        parts.memory, parts.replicas,
    )  # fmt: skip
    return work.draft(
        "Deploy NVIDIA Triton with a model repository on a volume",
        "We serve our models with the Triton Inference Server",
    )


def _triton_ready(draw: Draw, work: Workload) -> None:
    parts.probe(work, "readiness", "/v2/health/ready", 8000)


def _triton_live(draw: Draw, work: Workload) -> None:
    parts.probe(work, "liveness", "/v2/health/live", 8000)


def _front(port: int, draw: Draw, work: Workload) -> None:
    parts.service(draw, work, port)


def _read_only(claim: str, draw: Draw, work: Workload) -> None:
    work.main["volumeMounts"][0]["readOnly"] = True
    work.want(volumes.claim_read_only, claim=claim)


_SLICES = tuple("mig-1g.5gb mig-1g.10gb mig-2g.10gb mig-2g.20gb mig-3g.20gb mig-3g.40gb".split())


def _sliced_nodes(draw: Draw, work: Workload) -> None:
    """Nodes with A100 GPUs, the only ones with these slices."""
    key, value = draw.choice(
        "node label",
        (("cloud.google.com/gke-accelerator", "nvidia-tesla-a100"), ("accelerator", "a100"),
         ("node.kubernetes.io/instance-type", "p4d.24xlarge"), ("pool", "a100"), ("pool", "mig")),
    )  # fmt: skip
    work.pod["nodeSelector"] = {key: value}
    work.want(gpus.node_label, key=key, value=value)


@family(LANGUAGE, levels=(1, 2, 3, 4))
def mig_inference(draw: Draw) -> Draft:
    """A small model that runs on slices of a GPU (MIG)."""
    image = draw.choice("image", choices.BATCH_IMAGES)
    work = Workload(draw, "Deployment", parts.model_name(draw), image)
    count = draw.choice("slices", (1, 2, 3))
    kind = draw.choice("slice", _SLICES)
    work.limit(f"nvidia.com/{kind}", count)
    work.want(gpus.mig_slices, count=count, slice=kind)
    work.with_parts(
        work,
        parts.replicas, _sliced_nodes, parts.small_memory, parts.tolerates, parts.runtime,
        parts.small_cpu, parts.namespace,
    )  # fmt: skip
    return work.draft(
        "Run a small model on slices of our GPUs",
        "Our A100 nodes are partitioned with MIG: deploy a predictor there",
    )


@family(LANGUAGE, levels=(2, 3, 4, 5))
def mlflow_server(draw: Draw) -> Draft:
    """An MLflow tracking server with a database from a Secret and artifacts in a bucket."""
    image = draw.choice("image", tuple(f"ghcr.io/mlflow/mlflow:v{v}" for v in
                                       "3.4.0 3.1.4 2.22.1 2.19.0 2.16.2".split()))  # fmt: skip
    work = Workload(
        draw, "Deployment", draw.name("app", ("mlflow", "tracking"), choices.FIRST), image, "mlflow"
    )
    port = draw.choice("port", (5000, 8080, 5001))
    folder = draw.choice("folder", ("mlflow", "runs", "artifacts"))
    root = f"{draw.choice('bucket', choices.BUCKETS)}/{folder}"
    secret = draw.name("secret", ("db", "postgres", "backend"), choices.FIRST)
    variable = "BACKEND_STORE_URI"
    key = draw.choice("key", ("uri", "database-uri", "backend-store-uri", "url"))
    work.main["command"] = ["mlflow", "server"]
    arguments(
        work, "--host=0.0.0.0", f"--port={port}", f"--backend-store-uri=$({variable})",
        f"--default-artifact-root={root}",
    )  # fmt: skip
    work.env_secret(variable, secret, key)
    work.port(port)
    work.want(mlflow.mlflow_serves, port=port)
    work.want(mlflow.mlflow_backend, secret=secret, key=key)
    work.want(mlflow.mlflow_artifacts, root=root)
    work.with_parts(
        work,
        named(_front, port), named(_healthy, port), parts.small_memory, parts.replicas,
        _account, parts.small_cpu, named(_live, port), named(_ingress, port), parts.namespace,
    )  # fmt: skip
    return work.draft(
        "Deploy an MLflow tracking server",
        "Our data scientists need MLflow in the cluster",
    )


def _healthy(port: int, draw: Draw, work: Workload) -> None:
    parts.probe(work, "readiness", "/health", port)


def _live(port: int, draw: Draw, work: Workload) -> None:
    parts.probe(work, "liveness", "/health", port)


def _account(draw: Draw, work: Workload) -> None:
    name = draw.choice("account", ("mlflow", "tracking", "artifact-writer", "ml-reader"))
    work.pod["serviceAccountName"] = name
    work.want(workloads.runs_as_account, account=name)


def _ingress(port: int, draw: Draw, work: Workload) -> None:
    name = f"{work.name}-web"
    front = f"{work.name}-ui"
    host = draw.choice("host", ("mlflow.example.com", "tracking.acme.io", "ml.north.dev"))
    parts.add_service(work, front, 80, port)
    backend = {"service": {"name": front, "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    work.add("networking.k8s.io/v1", "Ingress", name,
             spec={"rules": [{"host": host, "http": {"paths": [path]}}]})  # fmt: skip
    work.ask(services.ingress(name=name, host=host, service=front, port=80))


@family(LANGUAGE, levels=(2, 3, 4))
def llm_autoscaling(draw: Draw) -> Draft:
    """A HorizontalPodAutoscaler for a model server, on a metric of its pods."""
    images, metrics, _ = choices.LOADS[draw.choice("server", tuple(choices.LOADS))]
    image = draw.choice("image", images)
    work = Workload(draw, "Deployment", parts.model_name(draw), image)
    name = f"{work.name}-{draw.choice('autoscaler', ('hpa', 'scaler', 'autoscaler'))}"
    metric = draw.choice("metric", metrics)
    target = draw.choice("target", ("2", "5", "8", "10", "20", "500m", "800m"))
    low, high = draw.integer("fewest", 1, 4), draw.integer("most", 5, 20)
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": work.name},
        "minReplicas": low,
        "maxReplicas": high,
        "metrics": [
            {
                "type": "Pods",
                "pods": {
                    "metric": {"name": metric},
                    "target": {"type": "AverageValue", "averageValue": target},
                },
            }
        ],
    }
    scaler = work.add("autoscaling/v2", "HorizontalPodAutoscaler", name, spec=spec)
    work.ask(
        scaling.autoscaler(name=name, of=work.name),
        scaling.replica_range(name=name, fewest=low, most=high),
        scaling.pod_metric(name=name, metric=metric, amount=target),
    )
    work.with_parts(
        work,
        parts.gpu_count, named(_down, scaler), named(_up, scaler), parts.memory,
        parts.one_per_node, parts.grace, parts.tolerates,
    )  # fmt: skip
    return work.draft(
        "Scale a model server on a metric of its own pods",
        "Our model server must follow its load: give it an autoscaler on a custom metric",
    )


def _down(scaler: Tree, draw: Draw, work: Workload) -> None:
    seconds = draw.choice("down", (60, 120, 180, 600, 900))
    rules = scaler["spec"].setdefault("behavior", {})
    rules["scaleDown"] = {"stabilizationWindowSeconds": seconds}
    work.ask(scaling.scale_down_window(name=scaler["metadata"]["name"], seconds=seconds))


def _up(scaler: Tree, draw: Draw, work: Workload) -> None:
    count, seconds = draw.integer("up pods", 1, 4), draw.choice("up period", (30, 60, 90, 120))
    policy = {"type": "Pods", "value": count, "periodSeconds": seconds}
    scaler["spec"].setdefault("behavior", {})["scaleUp"] = {"policies": [policy]}
    work.ask(scaling.scale_up_pods(name=scaler["metadata"]["name"], count=count, seconds=seconds))
