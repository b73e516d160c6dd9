"""Families about searching and comparing models: Katib experiments, Seldon deployments."""

from __future__ import annotations

from envs.mlops import choices
from envs.mlops.recipe import LANGUAGE, Stack, Tree
from envs.mlops.requirements import katib, seldon, workloads
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


@family(LANGUAGE, levels=(2, 3, 4))
def katib_experiment(draw: Draw) -> Draft:
    """A search for hyperparameters with Katib."""
    stack = Stack(draw)
    name = draw.name("experiment", ("search", "tuning", "sweep", "hpo"), choices.FIRST)
    algorithm = draw.choice("algorithm", ("random", "grid", "bayesianoptimization", "tpe"))
    direction, metric = draw.choice(
        "objective",
        (("maximize", "accuracy"), ("minimize", "loss"), ("maximize", "val-auc"),
         ("minimize", "val-loss"), ("maximize", "f1")),
    )  # fmt: skip
    parallel, most = draw.integer("parallel", 2, 4), draw.integer("most", 8, 30, 2)
    image = draw.choice("image", choices.TORCH_IMAGES)
    searched: list[Tree] = []
    given: list[Tree] = []
    words = ["python", "train.py"]
    box: Tree = {"name": "training", "image": image, "command": words}
    pod = {"restartPolicy": "Never", "containers": [box]}
    trial: Tree = {
        "primaryContainerName": "training",
        "trialParameters": given,
        "trialSpec": {
            "apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": pod}},
        },
    }  # fmt: skip
    spec: Tree = {
        "objective": {"type": direction, "objectiveMetricName": metric},
        "algorithm": {"algorithmName": algorithm},
        "parallelTrialCount": parallel,
        "maxTrialCount": most,
        "parameters": searched,
        "trialTemplate": trial,
    }
    stack.add("kubeflow.org/v1beta1", "Experiment", name, spec=spec)

    def search(parameter: str, kind: str, space: Tree) -> None:
        searched.append({"name": parameter, "parameterType": kind, "feasibleSpace": space})
        given.append({"name": parameter, "reference": parameter})
        words.append(f"--{parameter}=${{trialParameters.{parameter}}}")

    low, high = draw.choice(
        "rates", (("0.001", "0.1"), ("0.0001", "0.01"), ("0.01", "0.05"), ("0.00001", "0.001"))
    )
    search(
        "lr", "double", {"min": low, "max": high, **({"step": low} if algorithm == "grid" else {})}
    )
    stack.ask(
        katib.experiment(name=name, algorithm=algorithm),
        katib.objective(of=name, direction=direction, metric=metric),
        katib.trials(of=name, parallel=parallel, most=most),
        katib.search_range(of=name, kind="double", parameter="lr", low=low, high=high),
        katib.trial_image(of=name, image=image),
    )

    def layers(draw: Draw, stack: Stack) -> None:
        least, greatest = draw.choice("layers", (("1", "5"), ("2", "8"), ("16", "128")))
        search("num-layers", "int", {"min": least, "max": greatest})
        stack.ask(
            katib.search_range(
                of=name, kind="int", parameter="num-layers", low=least, high=greatest
            )
        )

    def optimizer(draw: Draw, stack: Stack) -> None:
        values = list(draw.sample("optimizers", ("sgd", "adam", "adamw", "ftrl", "rmsprop"), 3))
        search("optimizer", "categorical", {"list": values})
        stack.ask(katib.search_values(of=name, parameter="optimizer", values=values))

    def failures(draw: Draw, stack: Stack) -> None:
        count = draw.integer("failures", 2, 6)
        spec["maxFailedTrialCount"] = count
        stack.ask(katib.failed_trials(of=name, count=count))

    def space(draw: Draw, stack: Stack) -> None:
        value = draw.choice("namespace", choices.SPACES)
        stack.objects[0]["metadata"]["namespace"] = value
        stack.ask(workloads.in_namespace(of=name, namespace=value))

    stack.with_parts(stack, layers, optimizer, failures, space)
    return stack.draft(
        "Search for the best hyperparameters with Katib",
        "Write a Katib Experiment for our training",
    )


_SERVERS = (
    "SKLEARN_SERVER",
    "XGBOOST_SERVER",
    "TRITON_SERVER",
    "MLFLOW_SERVER",
    "HUGGINGFACE_SERVER",
)


@family(LANGUAGE, levels=(1, 2, 3))
def seldon_deployment(draw: Draw) -> Draft:
    """A SeldonDeployment, perhaps with a canary beside the main predictor."""
    stack = Stack(draw)
    name = draw.name("deployment", ("seldon", "model", "predictor", "classifier"), choices.FIRST)
    server = draw.choice("server", _SERVERS)
    bucket = draw.choice("bucket", choices.BUCKETS)
    version = draw.choice("version", ("v1", "v2", "v7", "prod"))
    uri = f"{bucket}/{name}/{version}"
    unit: Tree = {"name": "classifier", "implementation": server, "modelUri": uri}
    main: Tree = {"name": "default", "replicas": 1, "graph": unit}
    spec: Tree = {"predictors": [main]}
    stack.add("machinelearning.seldon.io/v1", "SeldonDeployment", name, spec=spec)
    stack.ask(seldon.seldon_model(name=name, predictor="default", server=server, uri=uri))

    def copies(draw: Draw, stack: Stack) -> None:
        count = draw.integer("replicas", 2, 6)
        main["replicas"] = count
        stack.ask(seldon.seldon_replicas(of=name, predictor="default", count=count))

    def canary(draw: Draw, stack: Stack) -> None:
        percent = draw.choice("percent", (5, 10, 20, 25, 30, 40))
        other = f"{bucket}/{name}/{draw.choice('candidate', ('v8', 'v9', 'candidate'))}"
        graph = {"name": "classifier", "implementation": server, "modelUri": other}
        main["traffic"] = 100 - percent
        spec["predictors"].append(
            {"name": "canary", "replicas": 1, "traffic": percent, "graph": graph}
        )
        stack.ask(
            seldon.seldon_model(name=name, predictor="canary", server=server, uri=other),
            seldon.seldon_traffic(of=name, predictor="canary", percent=percent),
            seldon.seldon_traffic(of=name, predictor="default", percent=100 - percent),
        )

    def secret(draw: Draw, stack: Stack) -> None:
        value = draw.choice("secret", ("s3-credentials", "bucket-access", "rclone-secret"))
        unit["envSecretRefName"] = value
        stack.ask(
            seldon.seldon_secret(of=name, predictor="default", unit="classifier", secret=value)
        )

    def protocol(draw: Draw, stack: Stack) -> None:
        value = draw.choice("protocol", ("v2", "tensorflow"))
        spec["protocol"] = value
        stack.ask(seldon.seldon_protocol(of=name, protocol=value))

    def space(draw: Draw, stack: Stack) -> None:
        value = draw.choice("namespace", choices.SPACES)
        stack.objects[0]["metadata"]["namespace"] = value
        stack.ask(workloads.in_namespace(of=name, namespace=value))

    stack.with_parts(stack, copies, (3, canary), secret, space, protocol)
    return stack.draft(
        "Serve a model with Seldon Core",
        "Write a SeldonDeployment for our model",
    )
