"""Families about servers of language models: vLLM, TGI, embeddings, Ollama."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from envs.mlops import choices, parts
from envs.mlops.recipe import LANGUAGE, Workload
from envs.mlops.requirements import gpus, servers, services, volumes, workloads
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

#: Options of vLLM with values that fit any model.
_OPTIONS: dict[str, tuple[int | str, ...]] = {
    "--max-model-len": (4096, 8192, 16384, 32768),
    "--gpu-memory-utilization": ("0.85", "0.9", "0.92", "0.95"),
    "--max-num-seqs": (32, 64, 128, 256),
    "--dtype": ("bfloat16", "float16", "float32"),
    "--max-num-batched-tokens": (8192, 16384, 65536),
    "--kv-cache-dtype": ("fp8", "fp8_e5m2", "fp8_e4m3"),
    "--swap-space": (2, 8, 16),
    "--seed": (7, 42, 1234),
    "--download-dir": ("/models", "/data/models", "/mnt/models"),
}
_SWITCHES = (
    "--enable-prefix-caching --enable-chunked-prefill --trust-remote-code --enforce-eager "
    "--enable-lora --enable-sleep-mode --disable-custom-all-reduce"
).split()
_SHORT_NAMES = ("chat", "default", "assistant", "prod-llm", "llama", "main", "summarizer", "coder")


def arguments(work: Workload, *words: object) -> None:
    """Add arguments of the server."""
    work.main.setdefault("args", []).extend(str(word) for word in words)


def _vllm(draw: Draw) -> tuple[Workload, int]:
    image = draw.choice("image", choices.VLLM_IMAGES)
    work = Workload(draw, "Deployment", parts.model_name(draw), image, "vllm")
    model = draw.choice("model", choices.LLMS)
    port = draw.choice("port", (8000, 8080, 9000, 5000))
    if draw.phrase("style", (True, False)):
        work.main["command"] = ["vllm", "serve", model]
        arguments(work, "--port", port)
    else:
        arguments(work, f"--model={model}", f"--port={port}")
    work.port(port)
    work.want(servers.vllm_model, model=model)
    work.want(servers.vllm_port, port=port)
    return work, port


def _option(draw: Draw, work: Workload) -> None:
    flag = draw.choice("flag", tuple(_OPTIONS))
    value = draw.choice("flag value", _OPTIONS[flag])
    arguments(work, flag, value)
    work.want(servers.vllm_option, flag=flag, value=value)


def _switch(draw: Draw, work: Workload) -> None:
    flag = draw.choice("switch", _SWITCHES)
    arguments(work, flag)
    work.want(servers.vllm_switch, flag=flag)


def _served_name(draw: Draw, work: Workload) -> None:
    name = draw.choice("served name", _SHORT_NAMES)
    arguments(work, "--served-model-name", name)
    work.want(servers.served_name, name=name)


def _ready(port: int, draw: Draw, work: Workload) -> None:
    """A readiness probe on the health path."""
    parts.probe(work, "readiness", "/health", port)
    if draw.wants("paced probe", 4):
        parts.probe_pace(draw, work, "readiness")


def _starts(port: int, draw: Draw, work: Workload) -> None:
    """A startup probe on the health path."""
    parts.startup(draw, work, "/health", port)


def _serves(port: int, draw: Draw, work: Workload) -> None:
    """A Service in front."""
    parts.service(draw, work, port, 4)


def _lives(path: str, port: int, draw: Draw, work: Workload) -> None:
    """A liveness probe."""
    parts.probe(work, "liveness", path, port)
    if draw.wants("delayed probe", 3):
        parts.probe_start(draw, work, "liveness")


def named(function: Callable[..., object], *given: object) -> Callable[..., object]:
    """Bind the first arguments of a part, which keeps its name."""

    @wraps(function)
    def part(draw: Draw, work: Workload) -> None:
        function(*given, draw, work)

    return part


@family(LANGUAGE, levels=(1, 2, 3, 4, 5))
def vllm_server(draw: Draw) -> Draft:
    """A vLLM server for one model, with its Service, probes, token and options."""
    work, port = _vllm(draw)
    work.with_parts(
        work,
        named(_serves, port), parts.gpu_count, (1, named(_ready, port)), parts.hub_token,
        (2, named(_starts, port)), _option, parts.memory, _served_name, _switch,
        parts.node_label, parts.replicas, parts.namespace,
    )  # fmt: skip
    return work.draft(
        "Deploy a language model with vLLM on our Kubernetes cluster",
        "We want to serve a language model through vLLM's OpenAI-compatible API",
        "Write the manifests of a vLLM server",
    )


@family(LANGUAGE, levels=(2, 3, 4, 5))
def sharded_llm(draw: Draw) -> Draft:
    """A large model that vLLM splits over several GPUs of a node."""
    work, port = _vllm(draw)
    count = draw.choice("gpus", (2, 4, 8))
    work.limit("nvidia.com/gpu", count)
    arguments(work, *draw.phrase("short", (("--tensor-parallel-size", count), ("-tp", count))))
    work.ask(servers.tensor_parallel(of=work.name, count=count))
    work.want(gpus.gpus, count=count)
    work.with_parts(
        work,
        parts.shared_memory, (2, parts.cache_claim), parts.node_label, parts.tolerates,
        named(_serves, port), (2, named(_starts, port)), parts.hub_token, _option, parts.memory,
        parts.cpu, parts.priority,
    )  # fmt: skip
    return work.draft(
        "Serve a large language model over several GPUs of one node with vLLM",
        "Our model does not fit on one GPU: run it with tensor parallelism in vLLM",
    )


_TGI_OPTIONS: dict[str, tuple[int | str, ...]] = {
    "--max-total-tokens": (4096, 8192, 16384),
    "--max-input-tokens": (2048, 3072, 6000),
    "--max-concurrent-requests": (64, 128, 256),
    "--quantize": ("awq", "gptq", "eetq", "fp8"),
    "--dtype": ("bfloat16", "float16"),
    "--max-batch-prefill-tokens": (4096, 8192),
}


def _tgi_option(draw: Draw, work: Workload) -> None:
    flag = draw.choice("flag", tuple(_TGI_OPTIONS))
    value = draw.choice("flag value", _TGI_OPTIONS[flag])
    if draw.phrase("by variable", (True, False)):
        work.env(flag[2:].replace("-", "_").upper(), str(value))
    else:
        arguments(work, flag, value)
    work.want(servers.tgi_option, flag=flag, value=value)


def _shards(draw: Draw, work: Workload) -> None:
    count = draw.choice("gpus", (1, 2, 4))
    work.limit("nvidia.com/gpu", count)
    arguments(work, "--num-shard", count)
    work.want(servers.tgi_option, flag="--num-shard", value=count)
    work.want(gpus.gpus, count=count)


@family(LANGUAGE, levels=(1, 2, 3, 4, 5))
def tgi_server(draw: Draw) -> Draft:
    """A server with Text Generation Inference."""
    image = draw.choice("image", choices.TGI_IMAGES)
    work = Workload(draw, "Deployment", parts.model_name(draw), image, "tgi")
    model = draw.choice("model", choices.LLMS)
    port = draw.choice("port", (80, 8080, 3000))
    arguments(work, "--model-id", model, "--port", port)
    work.port(port)
    work.want(servers.tgi_model, model=model)
    work.want(servers.tgi_option, flag="--port", value=port)
    work.with_parts(
        work,
        (2, _shards), named(_ready, port), named(_serves, port), parts.hub_token, _tgi_option,
        parts.shared_memory, (2, parts.cache_claim_tgi), parts.tolerates, parts.replicas,
    )  # fmt: skip
    return work.draft(
        "Deploy Hugging Face's Text Generation Inference",
        "We serve a language model with TGI on Kubernetes",
    )


_TEI_OPTIONS: dict[str, tuple[int | str, ...]] = {
    "--max-batch-tokens": (8192, 32768, 65536),
    "--max-concurrent-requests": (128, 256, 1024),
    "--max-client-batch-size": (16, 64, 128),
    "--pooling": ("cls", "mean", "last-token"),
    "--dtype": ("float16", "float32"),
}


def _tei_option(draw: Draw, work: Workload) -> None:
    flag = draw.choice("flag", tuple(_TEI_OPTIONS))
    value = draw.choice("flag value", _TEI_OPTIONS[flag])
    arguments(work, flag, value)
    work.want(servers.tei_option, flag=flag, value=value)


@family(LANGUAGE, levels=(1, 2, 3, 4, 5))
def embedding_server(draw: Draw) -> Draft:
    """A server of text embeddings, on CPUs or GPUs."""
    image = draw.choice("image", choices.TEI_IMAGES)
    work = Workload(draw, "Deployment", parts.model_name(draw), image, "embeddings")
    model = draw.choice("model", choices.EMBEDDERS)
    port = draw.choice("port", (80, 8080, 8000))
    arguments(work, f"--model-id={model}", f"--port={port}")
    work.port(port)
    work.want(servers.tei_model, model=model)
    work.want(servers.tei_option, flag="--port", value=port)
    work.with_parts(
        work,
        named(_serves, port), named(_ready, port), parts.replicas, parts.small_memory,
        _tei_option, parts.small_cpu, named(_lives, "/health", port), parts.grace,
    )  # fmt: skip
    return work.draft(
        "Deploy a server for text embeddings",
        "Run text-embeddings-inference for our search team",
    )


def _keep_alive(draw: Draw, work: Workload) -> None:
    variable = draw.choice("variable", ("OLLAMA_KEEP_ALIVE", "OLLAMA_NUM_PARALLEL",
                                        "OLLAMA_MAX_LOADED_MODELS"))  # fmt: skip
    values = {"OLLAMA_KEEP_ALIVE": ("30m", "1h", "24h", "-1")}
    value = draw.choice("variable value", values.get(variable, ("2", "3", "4", "6")))
    work.env(variable, value)
    work.want(workloads.env_value, variable=variable, value=value)


def _ollama_pull(draw: Draw, work: Workload) -> None:
    model = draw.choice("model", choices.OLLAMA_MODELS)
    work.want(servers.ollama_pull, model=model)
    if draw.phrase("hook", (True, False)):
        script = f"until ollama list; do sleep 1; done; ollama pull {model}"
        hook = {"exec": {"command": ["/bin/sh", "-c", script]}}
        work.main["lifecycle"] = {"postStart": hook}
        return
    script = f"ollama serve & sleep 5; ollama pull {model}"
    mount = {"name": "models", "mountPath": "/root/.ollama"}
    work.pod["initContainers"] = [
        {
            "name": "pull",
            "image": work.main["image"],
            "command": ["/bin/sh", "-c", script],
            "volumeMounts": [mount],
        }
    ]


@family(LANGUAGE, levels=(2, 3, 4, 5))
def ollama_server(draw: Draw) -> Draft:
    """Ollama as a StatefulSet whose pods keep their models on a volume of their own."""
    image = draw.choice("image", choices.OLLAMA_IMAGES)
    work = Workload(draw, "StatefulSet", parts.model_name(draw), image, "ollama")
    work.port(11434)
    size = draw.choice("size", choices.SIZES)
    service = f"{work.name}-{draw.choice('governing', ('headless', 'pods', 'nodes'))}"
    work.spec["serviceName"] = service
    selector = {"app": work.name}
    port = {"name": "http", "port": 11434}
    work.add(
        "v1", "Service", service, spec={"clusterIP": "None", "selector": selector, "ports": [port]}
    )
    claim = {
        "metadata": {"name": "models"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": size}},
        },
    }
    work.spec["volumeClaimTemplates"] = [claim]
    work.main["volumeMounts"] = [{"name": "models", "mountPath": "/root/.ollama"}]
    work.want(volumes.governing_service, service=service)
    work.ask(services.headless(name=service, app=work.name))
    work.want(volumes.claim_template, claim="models", size=size)
    work.want(volumes.template_mounted, claim="models", path="/root/.ollama")
    work.with_parts(
        work,
        _ollama_pull, parts.gpu_count, named(_lives, "/", 11434), _keep_alive, parts.memory,
        parts.replicas, parts.node_label,
    )  # fmt: skip
    return work.draft(
        "Run Ollama on Kubernetes with persistent models",
        "Our developers want an Ollama server in the cluster",
    )
