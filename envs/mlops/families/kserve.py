"""Families about KServe: inference services, canaries, runtimes, graphs."""

from __future__ import annotations

from envs.mlops import choices, parts
from envs.mlops.recipe import LANGUAGE, Stack, Tree
from envs.mlops.requirements import gpus, kserve, workloads
from iac_gym.category import Draft, family
from iac_gym.check import RequirementType
from iac_gym.draw import Draw

_VERSION = "serving.kserve.io/v1beta1"
_FORMATS = ("sklearn", "xgboost", "lightgbm", "onnx", "tensorflow", "pytorch", "mlflow", "paddle")


class Service(Stack):
    """An InferenceService under construction: `box` is the model or the container."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.name = parts.model_name(draw, ("predictor", "model", "isvc", "classifier", "scorer"))
        self.predictor: Tree = {}
        self.box: Tree = {}
        self.tree = self.add(_VERSION, "InferenceService", self.name)
        self.tree["spec"] = {"predictor": self.predictor}

    def want(self, asked: RequirementType, **args: object) -> None:
        """Ask for something of the service."""
        self.ask(asked(of=self.name, **args))

    def model(self, draw: Draw, formats: tuple[str, ...] = _FORMATS) -> str:
        """Serve a model of a drawn format from a drawn place."""
        kind = draw.choice("format", formats)
        folder = draw.choice("folder", ("v1", "v3", "2025-10-01", "current", "prod", "candidate"))
        uri = f"{draw.choice('bucket', choices.BUCKETS)}/{self.name}/{folder}"
        self.box = {"modelFormat": {"name": kind}, "storageUri": uri}
        self.predictor["model"] = self.box
        self.ask(kserve.inference_service(name=self.name, format=kind, uri=uri))
        return kind

    def annotate(self, key: str, value: str) -> None:
        """Set an annotation."""
        self.tree["metadata"].setdefault("annotations", {})[key] = value


def _range(draw: Draw, one: Service) -> None:
    low, high = draw.integer("fewest", 0, 3), draw.integer("most", 4, 12)
    one.predictor.update({"minReplicas": low, "maxReplicas": high})
    one.want(kserve.predictor_range, fewest=low, most=high)


def _target(draw: Draw, one: Service) -> None:
    metric = draw.choice("metric", ("concurrency", "rps"))
    target = draw.choice("target", (5, 10, 20, 50, 100))
    one.predictor.update({"scaleMetric": metric, "scaleTarget": target})
    one.want(kserve.predictor_target, metric=metric, target=target)


def _resource(one: Service, part: str, kind: str, amount: str | int) -> None:
    one.box.setdefault("resources", {}).setdefault(part, {})[kind] = amount


def _memory(draw: Draw, one: Service) -> None:
    amount = draw.choice("memory", choices.SMALL_MEMORY)
    _resource(one, "requests", "memory", amount)
    one.want(gpus.memory_request, amount=amount)


def _large_memory(draw: Draw, one: Service) -> None:
    amount = draw.choice("memory", choices.MEMORY)
    _resource(one, "requests", "memory", amount)
    one.want(gpus.memory_request, amount=amount)


def _cpu(draw: Draw, one: Service) -> None:
    amount = draw.choice("cpu", choices.SMALL_CPUS)
    _resource(one, "requests", "cpu", amount)
    one.want(gpus.cpu_request, amount=amount)


def _gpus(draw: Draw, one: Service) -> None:
    count = draw.choice("gpus", (1, 2, 4))
    _resource(one, "limits", "nvidia.com/gpu", count)
    one.want(gpus.gpus, count=count)


def _protocol(draw: Draw, one: Service) -> None:
    one.box["protocolVersion"] = "v2"
    one.want(kserve.protocol, version="v2")


def _timeout(draw: Draw, one: Service) -> None:
    seconds = draw.choice("timeout", (30, 60, 120, 300))
    one.predictor["timeout"] = seconds
    one.want(kserve.predictor_timeout, seconds=seconds)


def _concurrency(draw: Draw, one: Service) -> None:
    count = draw.choice("concurrency", (1, 2, 4, 8, 16))
    one.predictor["containerConcurrency"] = count
    one.want(kserve.concurrency_limit, count=count)


def _account(draw: Draw, one: Service) -> None:
    name = draw.choice("account", ("kserve-s3", "model-reader", "storage-access", "ml-models"))
    one.predictor["serviceAccountName"] = name
    one.want(workloads.runs_as_account, account=name)


def _mode(draw: Draw, one: Service) -> None:
    # Without Knative nothing scales to zero, nor on requests.
    scaled = "scaleMetric" in one.predictor or one.predictor.get("minReplicas") == 0
    mode = draw.choice("mode", ("Serverless",) if scaled else ("RawDeployment", "Serverless"))
    one.annotate("serving.kserve.io/deploymentMode", mode)
    one.want(kserve.deployment_mode, mode=mode)


def _logger(draw: Draw, one: Service) -> None:
    mode = draw.choice("log mode", ("all", "request", "response"))
    url = draw.choice("log url", ("http://broker.logging", "http://payloads.ml:8080"))
    one.predictor["logger"] = {"mode": mode, "url": url}
    one.want(kserve.payload_logger, mode=mode, url=url)


def _batcher(draw: Draw, one: Service) -> None:
    size, latency = draw.choice("batch", (16, 32, 64)), draw.choice("latency", (50, 250, 500))
    one.predictor["batcher"] = {"maxBatchSize": size, "maxLatency": latency}
    one.want(kserve.batcher, size=size, latency=latency)


def _space(draw: Draw, one: Service) -> None:
    name = draw.choice("namespace", choices.SPACES)
    for tree in one.objects:
        tree["metadata"]["namespace"] = name
    one.want(workloads.in_namespace, namespace=name)


def _node(draw: Draw, one: Service) -> None:
    key = draw.choice("node label", tuple(choices.NODE_LABELS))
    value = draw.choice("node value", choices.NODE_LABELS[key])
    one.predictor["nodeSelector"] = {key: value}
    one.want(gpus.node_label, key=key, value=value)


def _tolerates(draw: Draw, one: Service) -> None:
    key, effect = draw.choice("taint", choices.TAINTS), draw.choice("effect", choices.EFFECTS)
    one.predictor["tolerations"] = [{"key": key, "operator": "Exists", "effect": effect}]
    one.want(gpus.tolerates, key=key, effect=effect)


@family(LANGUAGE, levels=(1, 2, 3, 4))
def kserve_model(draw: Draw) -> Draft:
    """An InferenceService for a model in a bucket."""
    one = Service(draw)
    one.model(draw)
    one.with_parts(
        one, _range, _memory, _target, _account, _cpu, _protocol, _mode, _timeout, _batcher,
        _space,
    )  # fmt: skip
    return one.draft(
        "Serve a trained model with KServe",
        "Put our model behind an InferenceService",
        "Write the KServe manifest for a model in our bucket",
    )


@family(LANGUAGE, levels=(1, 2, 3, 4))
def kserve_llm(draw: Draw) -> Draft:
    """A language model on KServe's Hugging Face runtime."""
    one = Service(draw)
    model = draw.choice("model", choices.LLMS)
    uri = f"hf://{model}"
    one.box = {"modelFormat": {"name": "huggingface"}, "storageUri": uri, "args": []}
    one.predictor["model"] = one.box
    one.ask(kserve.inference_service(name=one.name, format="huggingface", uri=uri))

    def served(draw: Draw, one: Service) -> None:
        name = draw.choice("served", ("chat", "llm", "assistant", "coder", "summarizer"))
        one.box["args"].append(f"--model_name={name}")
        one.want(kserve.argument, flag="--model_name", value=name)

    def length(draw: Draw, one: Service) -> None:
        value = draw.choice("length", (2048, 4096, 8192))
        one.box["args"].append(f"--max_model_len={value}")
        one.want(kserve.argument, flag="--max_model_len", value=value)

    def token(draw: Draw, one: Service) -> None:
        secret, key = draw.choice("secret", choices.SECRETS), draw.choice("key", choices.KEYS)
        source = {"secretKeyRef": {"name": secret, "key": key}}
        one.box["env"] = [{"name": "HF_TOKEN", "valueFrom": source}]
        one.want(workloads.env_secret, variable="HF_TOKEN", secret=secret, key=key)

    served(draw, one)
    one.with_parts(
        one, _gpus, token, _range, length, _large_memory, _mode, _tolerates, _node, _timeout
    )
    if not one.box["args"]:
        del one.box["args"]
    return one.draft(
        "Serve a language model with KServe's Hugging Face runtime",
        "Our LLM should run on KServe",
    )


@family(LANGUAGE, levels=(1, 2, 3, 4))
def kserve_canary(draw: Draw) -> Draft:
    """A new version of a model that gets a part of the traffic."""
    one = Service(draw)
    one.model(draw)
    percent = draw.choice("percent", (5, 10, 15, 20, 25, 30, 40, 50))
    one.predictor["canaryTrafficPercent"] = percent
    one.want(kserve.canary, percent=percent)
    one.with_parts(one, _range, _target, _memory, _account, _concurrency, _logger, _space)
    return one.draft(
        "Roll out a new version of a model as a canary with KServe",
        "Our new model must first prove itself on a part of the traffic",
    )


@family(LANGUAGE, levels=(1, 2, 3, 4))
def kserve_custom(draw: Draw) -> Draft:
    """A predictor (and a transformer) in containers of our own."""
    one = Service(draw)
    image = draw.choice("image", tuple(i for i in choices.BATCH_IMAGES if "/" in i))
    one.box = {"name": "kserve-container", "image": image}
    one.predictor["containers"] = [one.box]
    one.ask(kserve.custom_predictor(name=one.name, image=image))

    def ports(draw: Draw, one: Service) -> None:
        port = draw.choice("port", (8080, 8085, 9000))
        one.box["ports"] = [{"containerPort": port, "protocol": "TCP"}]
        one.want(workloads.container_port, port=port)

    def argument(draw: Draw, one: Service) -> None:
        flag = draw.choice("flag", ("--model_name", "--workers", "--threshold"))
        values: dict[str, tuple[str, ...]] = {
            "--model_name": ("default", "main", "scorer"),
            "--workers": ("2", "4", "8"),
            "--threshold": ("0.5", "0.75", "0.9"),
        }
        value = draw.choice("flag value", values[flag])
        one.box.setdefault("args", []).append(f"{flag}={value}")
        one.want(kserve.argument, flag=flag, value=value)

    def variable(draw: Draw, one: Service) -> None:
        name, value = draw.choice(
            "variable", (("MODEL_PATH", "/mnt/models"), ("LOG_LEVEL", "info"), ("DEVICE", "cuda"))
        )
        one.box.setdefault("env", []).append({"name": name, "value": value})
        one.want(workloads.env_value, variable=name, value=value)

    def prepare(draw: Draw, one: Service) -> None:
        image = draw.choice(
            "transformer", ("ghcr.io/acme/preprocess:1.3", "registry.example.com/ml/tokenize:2.0",
                            "ghcr.io/north/image-resize:0.4.1")
        )  # fmt: skip
        one.tree["spec"]["transformer"] = {
            "containers": [{"name": "kserve-container", "image": image}]
        }
        one.want(kserve.transformer, image=image)

    one.with_parts(
        one, prepare, ports, argument, _gpus, _range, variable, _concurrency, _timeout, _cpu
    )
    return one.draft(
        "Serve a model with our own container on KServe",
        "Our predictor is a custom image: make an InferenceService of it",
    )


@family(LANGUAGE, levels=(1, 2, 3, 4))
def serving_runtime(draw: Draw) -> Draft:
    """A ServingRuntime of one's own and an InferenceService that uses it."""
    one = Service(draw)
    runtime = draw.name("runtime", ("runtime", "server", "serving"), choices.FIRST)
    image = draw.choice("image", (*choices.TRITON_IMAGES, "ghcr.io/acme/onnx-server:1.2",
                                  "registry.example.com/ml/runtime:4.0"))  # fmt: skip
    kind = one.model(draw, ("onnx", "pytorch", "catboost", "spacy", "tensorrt", "custom-nn"))
    one.box["runtime"] = runtime
    one.want(kserve.model_runtime, runtime=runtime)
    port = {"containerPort": 8080, "protocol": "TCP"}
    container: Tree = {"name": "kserve-container", "image": image, "ports": [port]}
    entry: Tree = {"name": kind, "version": "1"}
    spec = {"supportedModelFormats": [entry], "containers": [container]}
    one.add("serving.kserve.io/v1alpha1", "ServingRuntime", runtime, spec=spec)
    one.ask(kserve.serving_runtime(name=runtime, format=kind, image=image))

    def auto(draw: Draw, one: Service) -> None:
        entry["autoSelect"] = True
        one.ask(kserve.auto_select(of=runtime, format=kind))

    def argument(draw: Draw, one: Service) -> None:
        value = draw.choice("workers", ("1", "2", "4"))
        container["args"] = ["--model_name={{.Name}}", "--model_dir=/mnt/models",
                             f"--workers={value}"]  # fmt: skip
        one.ask(kserve.argument(of=runtime, flag="--workers", value=value))

    def memory(draw: Draw, one: Service) -> None:
        amount = draw.choice("runtime memory", choices.SMALL_MEMORY)
        container["resources"] = {"requests": {"memory": amount}}
        one.ask(gpus.memory_request(of=runtime, amount=amount))

    one.with_parts(one, auto, argument, memory, _range, _gpus, _account, _timeout)
    return one.draft(
        "Add a serving runtime of our own to KServe and use it for a model",
        "KServe has no runtime for our format: define one and serve a model with it",
    )


@family(LANGUAGE, levels=(1, 2), held_out=True)
def inference_graph(draw: Draw) -> Draft:
    """An InferenceGraph over inference services that exist."""
    stack = Stack(draw)
    name = draw.name("graph", ("graph", "chain", "flow"), choices.FIRST)
    router = draw.choice("router", ("Sequence", "Splitter", "Switch", "Ensemble"))
    count = 2 + draw.wants("third", 3)
    services = draw.sample(
        "services",
        ("detect", "classify", "translate", "rerank", "summarize", "moderate", "embed", "score"),
        count,
    )
    steps: list[Tree] = [{"serviceName": one, "name": f"{one}-step"} for one in services]
    stack.ask(kserve.graph_router(name=name, router=router))
    if router == "Sequence":
        for step in steps[1:]:
            step["data"] = "$response"
        stack.ask(kserve.graph_sequence(of=name, services=list(services)))
    elif router == "Ensemble":
        stack.ask(kserve.graph_ensemble(of=name, services=list(services)))
    elif router == "Splitter":
        shares = draw.choice(
            "shares", ((80, 20), (70, 30), (90, 10)) if count == 2 else ((50, 30, 20), (60, 30, 10))
        )
        for step, share in zip(steps, shares, strict=True):
            step["weight"] = share
            stack.ask(kserve.graph_weight(of=name, service=step["serviceName"], weight=share))
    else:
        values = draw.sample("values", ("image", "text", "audio", "table", "video"), count)
        for step, value in zip(steps, values, strict=True):
            step["condition"] = f'[@this].#(kind=="{value}")'
            stack.ask(kserve.graph_condition(
                of=name, service=step["serviceName"], condition=step["condition"]
            ))  # fmt: skip
    nodes = {"root": {"routerType": router, "steps": steps}}
    graph = stack.add("serving.kserve.io/v1alpha1", "InferenceGraph", name, spec={"nodes": nodes})

    def space(draw: Draw, stack: Stack) -> None:
        value = draw.choice("namespace", choices.SPACES)
        graph["metadata"]["namespace"] = value
        stack.ask(workloads.in_namespace(of=name, namespace=value))

    stack.with_parts(stack, space)
    return stack.draft(
        "Connect existing inference services to a graph",
        "Write an InferenceGraph over services that already run on KServe",
    )
