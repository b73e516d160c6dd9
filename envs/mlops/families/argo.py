"""Families about Argo Workflows: pipelines, schedules, templates that are shared."""

from __future__ import annotations

from typing import Any

from envs.mlops import choices
from envs.mlops.recipe import LANGUAGE, Stack, Tree, in_order
from envs.mlops.requirements import argo, argo_data, gpus, jobs, workloads
from iac_gym.category import Draft, family
from iac_gym.check import RequirementType
from iac_gym.draw import Draw

_VERSION = "argoproj.io/v1alpha1"
_STEPS = ("extract", "validate", "preprocess", "train", "evaluate", "register", "deploy")
_IMAGES = tuple(
    """ghcr.io/acme/ml-steps:2.3.0 registry.example.com/ml/pipeline:1.7 python:3.12-slim
    ghcr.io/north/train:4.1 quay.io/lumen/etl:0.9.2""".split()
)
_TEMPLATE = "name inputs outputs retryStrategy nodeSelector tolerations container dag steps".split()


class Flow(Stack):
    """A workflow under construction: `templates` by name, `tasks` of its DAG or steps by name."""

    def __init__(self, draw: Draw, kind: str) -> None:
        super().__init__(draw)
        self.name = draw.name("flow", choices.PIPELINES, choices.FIRST)
        self.templates: dict[str, Tree] = {}
        self.tasks: dict[str, Tree] = {}
        self.after: dict[str, list[str]] = {}
        self.spec: Tree = {"entrypoint": "main"}
        self.tree = self.add(_VERSION, kind, self.name)
        self.kind = kind
        self.outer: Tree = {}
        self.serial = draw.phrase("steps", (False, False, True))

    def want(self, asked: RequirementType, **args: Any) -> None:
        """Ask for something of the workflow."""
        self.ask(asked(of=self.name, **args))

    def step(self, name: str, after: tuple[str, ...] = ()) -> Tree:
        """Add a step with a drawn command, and ask for it."""
        image = self.draw.choice(f"{name} image", _IMAGES)
        flag, value = self.draw.choice(
            f"{name} option", (("--limit", "100"), ("--seed", "7"), ("--mode", "full"),
                               ("--date", "today"), ("--verbose", "2"))
        )  # fmt: skip
        program = self.draw.choice(f"{name} program", (f"{name}.py", f"steps/{name}.py"))
        line = f"python {program} {flag} {value}"
        box = {"image": image, "command": line.split()}
        self.templates[name] = {"name": name, "container": box}
        self.tasks[name] = {"name": name, "template": name}
        self.after[name] = list(after)
        self.want(argo.step, step=name, image=image, command=line)
        for other in after:
            self.want(argo.step_after, step=name, other=other)
        return self.templates[name]

    def in_line(self) -> bool:
        """Whether the reference writes steps: each task waits for the one before it."""
        waits = [self.after[name] for name in self.tasks]
        return self.serial and waits == [[], *([name] for name in [*self.tasks][:-1])]

    def main(self) -> Tree:
        """Return the template of the entrypoint: a DAG, or steps."""
        if self.in_line():
            return {"name": "main", "steps": [[task] for task in self.tasks.values()]}
        tasks = []
        for name, task in self.tasks.items():
            waits = {"dependencies": self.after[name]} if self.after[name] else {}
            tasks.append({**task, **waits})
        return {"name": "main", "dag": {"tasks": tasks}}

    def reference(self, other: str, kind: str, name: str) -> str:
        """Return the expression of an output of a step."""
        scope = "steps" if self.in_line() else "tasks"
        return f"{{{{{scope}.{other}.outputs.{kind}.{name}}}}}"

    def trees(self) -> list[Tree]:
        """Return the objects of the reference."""
        self.templates = {"main": self.main(), **self.templates}
        self.spec["templates"] = [in_order(one, _TEMPLATE) for one in self.templates.values()]
        if self.kind == "CronWorkflow":
            self.tree["spec"] = {**self.outer, "workflowSpec": self.spec}
        else:
            self.tree["spec"] = self.spec
        return super().trees()


def _retries(draw: Draw, one: Flow) -> None:
    step = draw.choice("retried", ("train", "preprocess"))
    count = draw.integer("retries", 1, 5)
    one.templates[step]["retryStrategy"] = {"limit": count}
    one.want(argo.step_retries, step=step, count=count)


def _gpus(draw: Draw, one: Flow) -> None:
    count = draw.choice("gpus", (1, 2, 4))
    limits = {"limits": {"nvidia.com/gpu": count}}
    one.templates["train"]["container"]["resources"] = limits
    one.want(gpus.part_gpus, part="train", count=count)


def _node(draw: Draw, one: Flow) -> None:
    key = draw.choice("node label", tuple(choices.NODE_LABELS))
    value = draw.choice("node value", choices.NODE_LABELS[key])
    one.templates["train"]["nodeSelector"] = {key: value}
    one.want(gpus.part_node_label, part="train", key=key, value=value)


def _parameter(draw: Draw, one: Flow) -> None:
    """A parameter of the workflow that the training gets."""
    name, value = draw.choice(
        "parameter",
        (("epochs", "10"), ("epochs", "25"), ("learning-rate", "0.001"), ("model", "resnet50")),
    )
    given = one.spec.setdefault("arguments", {}).setdefault("parameters", [])
    given.append({"name": name, "value": value})
    tag = f"{{{{workflow.parameters.{name}}}}}"
    box = one.templates["train"]["container"]
    if draw.phrase("by input", (True, False)):
        task = one.tasks["train"]
        task["arguments"] = {"parameters": [{"name": name, "value": tag}]}
        one.templates["train"]["inputs"] = {"parameters": [{"name": name}]}
        tag = f"{{{{inputs.parameters.{name}}}}}"
    box.setdefault("env", []).append({"name": name.upper().replace("-", "_"), "value": tag})
    one.want(argo_data.workflow_parameter, parameter=name, value=value)
    one.want(argo_data.parameter_used, step="train", parameter=name)


def _artifact(draw: Draw, one: Flow) -> None:
    """The model goes from the training to the evaluation."""
    name = draw.choice("artifact", ("model", "weights", "checkpoint"))
    source = draw.choice("artifact source", ("/out/model", "/tmp/model.pt", "/work/model"))
    target = draw.choice("artifact target", ("/in/model", "/models/candidate", "/tmp/in.pt"))
    one.templates["train"]["outputs"] = {"artifacts": [{"name": name, "path": source}]}
    one.templates["evaluate"].setdefault("inputs", {})["artifacts"] = [
        {"name": name, "path": target}
    ]
    arguments = one.tasks["evaluate"].setdefault("arguments", {})
    arguments["artifacts"] = [{"name": name, "from": one.reference("train", "artifacts", name)}]
    one.want(
        argo_data.artifact_passed, other="train", artifact=name, source=source, step="evaluate",
        target=target,
    )  # fmt: skip


def _account(draw: Draw, one: Flow) -> None:
    name = draw.choice("account", ("argo-runner", "pipeline", "workflow", "ml-pipelines"))
    one.spec["serviceAccountName"] = name
    one.want(argo.workflow_account, account=name)


def _deadline(draw: Draw, one: Flow) -> None:
    seconds = draw.choice("deadline", (3600, 7200, 14400, 86400))
    one.spec["activeDeadlineSeconds"] = seconds
    one.want(argo.workflow_deadline, seconds=seconds)


def _ttl(draw: Draw, one: Flow) -> None:
    seconds = draw.choice("ttl", (600, 3600, 86400))
    one.spec["ttlStrategy"] = {"secondsAfterCompletion": seconds}
    one.want(argo.workflow_ttl, seconds=seconds)


def _space(draw: Draw, one: Flow) -> None:
    name = draw.choice("namespace", choices.SPACES)
    for tree in one.objects:
        tree["metadata"]["namespace"] = name
    one.want(workloads.in_namespace, namespace=name)


@family(LANGUAGE, levels=(3, 4, 5))
def argo_pipeline(draw: Draw) -> Draft:
    """A pipeline of preprocessing, training and evaluation with parameters and artifacts."""
    one = Flow(draw, "Workflow")
    one.ask(argo.workflow(name=one.name))
    one.step("preprocess")
    one.step("train", ("preprocess",))
    one.step("evaluate", ("train",))
    one.with_parts(
        one, (2, _parameter), _gpus, _artifact, _retries, _node, _account, _deadline, _ttl, _space
    )
    return one.draft(
        "Write our training pipeline as an Argo Workflow",
        "Preprocess, train and evaluate with Argo Workflows",
    )


@family(LANGUAGE, levels=(3, 4, 5))
def argo_fan(draw: Draw) -> Draft:
    """Trainings side by side, after one preparation and before one comparison."""
    one = Flow(draw, "Workflow")
    one.serial = False
    one.ask(argo.workflow(name=one.name))
    first, second = draw.sample("models", ("xgboost", "lightgbm", "forest", "mlp", "linear"), 2)
    one.step("prepare")
    one.step(f"train-{first}", ("prepare",))
    one.step(f"train-{second}", ("prepare",))
    one.want(argo.steps_parallel, step=f"train-{first}", other=f"train-{second}")

    def compare(draw: Draw, one: Flow) -> None:
        one.step("compare", (f"train-{first}", f"train-{second}"))

    def few(draw: Draw, one: Flow) -> None:
        count = draw.integer("parallelism", 2, 6)
        one.spec["parallelism"] = count
        one.want(argo.workflow_parallelism, count=count)

    one.with_parts(one, few, (3, compare), _deadline, _account, _ttl, _space)
    return one.draft(
        "Train two models side by side with Argo",
        "Write an Argo Workflow that compares two kinds of models",
    )


@family(LANGUAGE, levels=(3, 4, 5))
def argo_gate(draw: Draw) -> Draft:
    """A deployment that depends on what the evaluation has measured."""
    one = Flow(draw, "Workflow")
    one.ask(argo.workflow(name=one.name))
    one.step("evaluate")
    output = draw.choice("output", ("accuracy", "auc", "f1", "verdict"))
    file = draw.choice("file", ("/tmp/metric.txt", "/tmp/result", "/out/score.txt"))
    source = {"valueFrom": {"path": file}, "name": output}
    one.templates["evaluate"]["outputs"] = {"parameters": [source]}
    one.step("deploy", ("evaluate",))
    if output == "verdict":
        relation, value = draw.choice(
            "word", (("is", "pass"), ("is", "approved"), ("is not", "fail"))
        )
    else:
        relation, value = draw.choice(
            "bound", (("is greater than", "0.9"), ("is at least", "0.85"), ("is at least", "0.75"))
        )
    operator = {"is": "==", "is not": "!=", "is greater than": ">", "is at least": ">="}[relation]
    tag = one.reference("evaluate", "parameters", output)
    one.tasks["deploy"]["when"] = f"{tag} {operator} {value}"
    one.want(argo_data.output_parameter, other="evaluate", output=output, file=file)
    one.want(
        argo_data.step_condition, step="deploy", other="evaluate", output=output, relation=relation,
        value=value,
    )  # fmt: skip

    def handler(draw: Draw, one: Flow) -> None:
        image, line = draw.choice(
            "handler",
            (("ghcr.io/acme/notify:1.1", "notify --channel ml"),
             ("curlimages/curl:8.9.1", "curl -X POST http://hooks.ml/done"),
             ("python:3.12-slim", "python -m hooks.send --channel ml")),
        )  # fmt: skip
        one.spec["onExit"] = "notify"
        one.templates["notify"] = {
            "name": "notify", "container": {"image": image, "command": line.split()},
        }  # fmt: skip
        one.want(argo.exit_handler, template="notify", command=line, image=image)

    one.with_parts(one, handler, _deadline, _account, _ttl, _space)
    return one.draft(
        "Deploy a model only when its evaluation is good enough, with Argo",
        "Write an Argo Workflow with a quality gate",
    )


@family(LANGUAGE, levels=(1, 2, 3, 4, 5))
def argo_retraining(draw: Draw) -> Draft:
    """A CronWorkflow that trains anew on a schedule."""
    one = Flow(draw, "CronWorkflow")
    one.ask(argo.cron_workflow(name=one.name))
    time = draw.choice("time", choices.TIMES)
    if draw.chance("weekly", 0.5):
        day = draw.choice("day", choices.DAYS)
        one.outer["schedules"] = [choices.cron_weekly(day, time)]
        one.want(jobs.weekly_at, day=day, time=time)
    else:
        one.outer["schedules"] = [choices.cron_daily(time)]
        one.want(jobs.daily_at, time=time)
    one.step("train")

    def policy(draw: Draw, one: Flow) -> None:
        value = draw.choice("policy", ("Forbid", "Replace"))
        one.outer["concurrencyPolicy"] = value
        one.want(jobs.concurrency, policy=value)

    def zone(draw: Draw, one: Flow) -> None:
        value = draw.choice("zone", choices.ZONES)
        one.outer["timezone"] = value
        one.want(jobs.time_zone, zone=value)

    def history(draw: Draw, one: Flow) -> None:
        count = draw.integer("history", 2, 8)
        one.outer["failedJobsHistoryLimit"] = count
        one.want(argo.failed_history, count=count)

    def check(draw: Draw, one: Flow) -> None:
        one.step("evaluate", ("train",))

    one.with_parts(one, policy, zone, _gpus, (2, check), history, (2, _parameter), _account)
    return one.draft(
        "Retrain our model on a schedule with Argo",
        "Write a CronWorkflow for our retraining",
    )


@family(LANGUAGE, levels=(1, 2, 3, 4), held_out=True)
def argo_shared_template(draw: Draw) -> Draft:
    """A WorkflowTemplate, and a Workflow that uses its template."""
    one = Flow(draw, "Workflow")
    source = draw.name("library", ("steps", "library", "templates"), choices.FIRST)
    template = draw.choice("template", ("score", "train-model", "profile-data", "publish"))
    image = draw.choice("image", _IMAGES)
    line = draw.choice(
        "line", ("python run.py --full", "python -m steps.main --quick", "python job.py --check")
    )
    box = {"image": image, "command": line.split()}
    spec = {"templates": [{"name": template, "container": box}]}
    one.add(_VERSION, "WorkflowTemplate", source, spec=spec)
    one.ask(
        argo.workflow_template(name=source, template=template, image=image, command=line),
        argo.workflow(name=one.name),
    )
    one.tasks["shared"] = {"name": "shared", "templateRef": {"name": source, "template": template}}
    one.after["shared"] = []
    one.want(argo.step_reuses, step="shared", template=template, source=source)

    def loop(draw: Draw, one: Flow) -> None:
        values = list(draw.sample("values", ("eu", "us", "apac", "latam", "mea"), 3))
        shard: Tree = {"name": "report", "template": "report", "withItems": values}
        shard["arguments"] = {"parameters": [{"name": "region", "value": "{{item}}"}]}
        one.tasks["report"], one.after["report"] = shard, ["shared"]
        tag = "{{inputs.parameters.region}}"
        one.templates["report"] = {
            "name": "report",
            "inputs": {"parameters": [{"name": "region"}]},
            "container": {"image": image, "command": ["python", "report.py", "--region", tag]},
        }
        one.want(argo.step, step="report", image=image, command="python report.py")
        one.want(argo.step_after, step="report", other="shared")
        one.want(argo_data.step_loop, step="report", values=values, flag="--region")

    one.with_parts(one, _account, (2, loop), _deadline, _ttl)
    return one.draft(
        "Share a step between Argo workflows",
        "Put a step into a WorkflowTemplate and use it from a Workflow",
    )
