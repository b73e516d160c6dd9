# ruff: noqa: E501
"""Argo, Kubeflow Pipelines, MLflow projects, Terraform: right answers pass, near misses fail."""

from __future__ import annotations

import pytest

from envs.mlops import CATEGORY
from tests.envs.mlops import test_cluster, test_custom_resources, test_servers
from tests.envs.mlops.changes import Case, changed, faults, findings, judge

ARGO = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: flow}
spec:
  entrypoint: start
  serviceAccountName: runner
  activeDeadlineSeconds: 3600
  parallelism: 3
  ttlStrategy: {secondsAfterCompletion: 600}
  onExit: bye
  arguments: {parameters: [{name: epochs, value: 5}]}
  templateDefaults: {retryStrategy: {limit: "2"}}
  nodeSelector: {pool: gpu}
  templates:
  - name: start
    steps:
    - - {name: load, template: load}
    - - name: fit
        template: graph
        arguments: {parameters: [{name: num, value: "{{workflow.parameters.epochs}}"}]}
  - name: load
    container: {image: ghcr.io/acme/steps:1, command: [sh, -c], args: ["python load.py --limit 100"]}
  - name: graph
    inputs: {parameters: [{name: num}]}
    dag:
      tasks:
      - name: train
        template: train
        arguments: {parameters: [{name: e, value: "{{inputs.parameters.num}}"}]}
      - name: side
        template: load
      - name: check
        depends: train.Succeeded && side
        template: check
        arguments: {artifacts: [{name: candidate, from: "{{tasks.train.outputs.artifacts.model}}"}]}
      - name: ship
        depends: check
        when: '{{tasks.check.outputs.parameters.auc}}  >= "0.8"'
        templateRef: {name: lib, template: ship}
      - name: report
        depends: check.Succeeded
        template: report
        withItems: [eu, us]
        arguments: {parameters: [{name: r, value: "{{ item }}"}]}
      - name: never
        when: "false"
        template: unused
  - name: train
    inputs: {parameters: [{name: e}]}
    outputs: {artifacts: [{name: model, path: /out/m}]}
    script:
      image: ghcr.io/acme/steps:1
      command: [bash]
      source: |
        set -e
        python train.py --epochs {{inputs.parameters.e}}
      resources: {limits: {nvidia.com/gpu: 2}}
  - name: check
    inputs: {artifacts: [{name: candidate, path: /in/m}]}
    outputs: {parameters: [{name: auc, valueFrom: {path: /tmp/auc}}]}
    container: {image: ghcr.io/acme/steps:1, command: [python, check.py]}
  - name: report
    inputs: {parameters: [{name: r}]}
    container: {image: ghcr.io/acme/steps:1, command: [python, report.py, "--region={{inputs.parameters.r}}"]}
  - name: unused
    container: {image: ghcr.io/acme/steps:1, command: [python, unused.py]}
  - name: bye
    container: {image: curlimages/curl:8.9.1, command: [curl], args: [http://hooks/done]}
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: lib}
spec:
  templates:
  - name: ship
    container: {image: ghcr.io/acme/steps:1, command: [python, ship.py]}
---
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: weekly}
spec:
  schedule: "0 3 * * 1"
  timezone: UTC
  concurrencyPolicy: Replace
  failedJobsHistoryLimit: 4
  workflowSpec:
    workflowTemplateRef: {name: lib}
    entrypoint: ship
"""
OF = {"of": "flow"}
STEPS = "ghcr.io/acme/steps:1"
ARGO_CASES = [
    Case("workflow", {"name": "flow"}, [("entrypoint: start", "entrypoint: begin"), ("  parallelism: 3", "  suspend: true")]),
    Case("cron-workflow", {"name": "weekly"}, [('schedule: "0', 'suspend: true\n  schedule: "0'), ("entrypoint: ship", "entrypoint: none")]),
    Case("workflow-template", {"name": "lib", "template": "ship", "image": STEPS, "command": "python ship.py"}, [("ship.py", "sink.py"), ("  - name: ship", "  - name: sink")]),
    Case("step", {**OF, "step": "load", "image": STEPS, "command": "python load.py --limit 100"}, [("--limit 100", "--limit 10"), ("image: ghcr.io/acme/steps:1, command: [sh", "image: ghcr.io/acme/steps:2, command: [sh"), ("python load.py", "echo load.py")]),
    Case("step", {**OF, "step": "train", "image": STEPS, "command": "python train.py --epochs 5"}, [("value: 5", "value: 6"), ("entrypoint: start", "entrypoint: load"), ("command: [bash]", "command: [python]"), ("        python train.py", "        # python train.py"), ("--epochs {{", "--fast --epochs {{")]),
    Case("step", {**OF, "step": "train", "image": STEPS, "command": "python train.py"}, [("--epochs {{inputs.parameters.e}}", "--epochs 5"), ("train.py --epochs", "fit.py --epochs")]),
    Case("step-after", {**OF, "step": "train", "other": "load"}, [("    - - name: fit", "      - name: fit")]),
    Case("step-after", {**OF, "step": "report", "other": "side"}, [("train.Succeeded && side", "train"), ("depends: check.Succeeded", "depends: train")]),
    Case("steps-parallel", {**OF, "step": "train", "other": "side"}, [("      - name: side\n", "      - name: side\n        depends: train\n"), ("      - name: side\n", "      - name: other\n")]),
    Case("workflow-parameter", {**OF, "parameter": "epochs", "value": "5"}, [("value: 5", "value: 50"), ("{name: epochs,", "{name: rounds,")]),
    Case("parameter-used", {**OF, "step": "train", "parameter": "epochs"}, [("--epochs {{inputs.parameters.e}}", "--epochs 5"), ('value: "{{workflow.parameters.epochs}}"', 'value: "5"'), ('value: "{{inputs.parameters.num}}"', 'value: "{{inputs.parameters.m}}"')], [("{{inputs.parameters.e}}", "{{workflow.parameters.epochs}}")]),
    Case("step-retries", {**OF, "step": "train", "count": 2}, [('limit: "2"', 'limit: "3"')], [('limit: "2"', "limit: 2")]),
    Case("step-condition", {**OF, "step": "ship", "other": "check", "output": "auc", "relation": "is at least", "value": "0.8"}, [('>= "0.8"', '> "0.8"'), ("tasks.check.outputs", "tasks.train.outputs"), ('"0.8"', '"0.9"')], [("""'{{tasks.check.outputs.parameters.auc}}  >= "0.8"'""", "'0.8 <= {{tasks.check.outputs.parameters.auc}}'"), ("""'{{tasks.check.outputs.parameters.auc}}  >= "0.8"'""", "'{{=asFloat(tasks.check.outputs.parameters.auc) >= 0.8}}'")]),
    Case("output-parameter", {**OF, "other": "check", "output": "auc", "file": "/tmp/auc"}, [("/tmp/auc", "/tmp/f1"), ("{name: auc,", "{name: f1,")]),
    Case("artifact-passed", {**OF, "other": "train", "artifact": "model", "source": "/out/m", "step": "check", "target": "/in/m"}, [("path: /out/m", "path: /out/x"), ("path: /in/m", "path: /in/x"), ("artifacts.model}}", "artifacts.other}}"), ("tasks.train.outputs.artifacts", "tasks.side.outputs.artifacts")]),
    Case("step-loop", {**OF, "step": "report", "values": ["eu", "us"], "flag": "--region"}, [("[eu, us]", "[eu]"), ('value: "{{ item }}"', "value: eu"), ("--region=", "--area=")], [("withItems: [eu, us]", """withParam: '["eu", "us"]'""")]),
    Case("exit-handler", {**OF, "template": "bye", "command": "curl http://hooks/done", "image": "curlimages/curl:8.9.1"}, [("  onExit: bye\n", ""), ("hooks/done", "hooks/fail"), ("curl:8.9.1", "curl:8.8.0")], [("command: [curl], args", "args"), ("command: [curl], args: [", "args: [curl, ")]),
    Case("step-reuses", {**OF, "step": "ship", "template": "ship", "source": "lib"}, [("{name: lib, template: ship}", "{name: lib, template: ship, clusterScope: true}"), ("      - name: ship", "      - name: sink")]),
    Case("workflow-deadline", {**OF, "seconds": 3600}, [("3600", "360")]),
    Case("workflow-ttl", {**OF, "seconds": 600}, [("secondsAfterCompletion: 600", "secondsAfterSuccess: 600")]),
    Case("workflow-parallelism", {**OF, "count": 3}, [("parallelism: 3", "parallelism: 4")]),
    Case("workflow-account", {**OF, "account": "runner"}, [("serviceAccountName: runner", "serviceAccountName: x")]),
    Case("part-gpus", {**OF, "part": "train", "count": 2}, [("gpu: 2", "gpu: 1")]),
    Case("part-node-label", {**OF, "part": "train", "key": "pool", "value": "gpu"}, [("{pool: gpu}", "{pool: cpu}")]),
    Case("weekly-at", {"of": "weekly", "day": "Monday", "time": "03:00"}, [("* * 1", "* * 2")], [('schedule: "0 3 * * 1"', 'schedules: ["00 3 * * MON"]')]),
    Case("time-zone", {"of": "weekly", "zone": "UTC"}, [("timezone: UTC", "timezone: Asia/Tokyo")]),
    Case("concurrency", {"of": "weekly", "policy": "Replace"}, [("Replace", "Forbid")]),
    Case("failed-history", {"of": "weekly", "count": 4}, [("Limit: 4", "Limit: 1")]),
]  # fmt: skip

KFP = """
pipeline_info: {name: churn}
schema_version: 2.1.0
root:
  dag:
    tasks:
      guard:
        component_ref: {name: comp-guard}
        inputs: {parameters: {outer: {component_input_parameter: epochs}}}
      bye:
        task_info: {name: notify}
        component_ref: {name: comp-bye}
        dependent_tasks: [guard]
        trigger_policy: {strategy: ALL_UPSTREAM_TASKS_COMPLETED}
      direct:
        component_ref: {name: comp-train}
        inputs: {parameters: {n: {component_input_parameter: epochs}}}
        retry_policy: {max_retry_count: "2"}
        caching_options: {enable_cache: true}
      score:
        task_info: {name: evaluate}
        component_ref: {name: comp-eval}
        inputs: {artifacts: {m: {task_output_artifact: {producer_task: direct, output_artifact_key: model}}}}
  input_definitions: {parameters: {epochs: {parameter_type: NUMBER_INTEGER, default_value: 10.0}}}
components:
  comp-guard:
    input_definitions: {parameters: {outer: {parameter_type: NUMBER_INTEGER}}}
    dag:
      tasks:
        load: {component_ref: {name: comp-load}}
        clean: {component_ref: {name: comp-load}, dependent_tasks: [load]}
        pub: {component_ref: {name: comp-load}, dependent_tasks: [clean]}
  comp-load: {executor_label: exec-load}
  comp-bye: {executor_label: exec-load}
  comp-train:
    executor_label: exec-train
    input_definitions: {parameters: {n: {parameter_type: NUMBER_INTEGER}}}
    output_definitions: {artifacts: {model: {artifact_type: {schema_title: system.Model}}}}
  comp-eval:
    executor_label: exec-eval
    input_definitions: {artifacts: {m: {artifact_type: {schema_title: system.Model}}}}
deployment_spec:
  executors:
    exec-load: {container: {image: python:3.12, command: [sh, -c, python load.py]}}
    exec-train:
      container:
        image: ghcr.io/acme/train:2
        command: [python, train.py]
        args: [--epochs, "{{$.inputs.parameters['n']}}", --out, "{{$.outputs.artifacts['model'].path}}"]
        env: [{name: LOG, value: debug}]
        resources: {resource_memory_limit: 16384Mi, accelerator: {resource_type: nvidia.com/gpu, resource_count: "1"}}
    exec-eval: {container: {image: python:3.12, command: [python, eval.py, "--model={{$.inputs.artifacts['m'].uri}}"]}}
"""
KFP_CASES = [
    Case("pipeline-name", {"name": "churn"}, [("name: churn", "name: fraud")]),
    Case("pipeline-parameter", {"name": "epochs", "kind": "NUMBER_INTEGER", "default": 10}, [("default_value: 10.0", "default_value: 1"), ("default_value: 10.0", "default_value: '10'"), ("{parameters: {epochs: {parameter_type: NUMBER_INTEGER", "{parameters: {epochs: {parameter_type: NUMBER_DOUBLE")]),
    Case("pipeline-task", {"task": "load", "image": "python:3.12", "command": "python load.py"}, [("python load.py", "echo load.py"), ("image: python:3.12, command: [sh", "image: python:3.11, command: [sh"), ("component_ref: {name: comp-guard}", "component_ref: {name: comp-bye}"), ("component_ref: {name: comp-guard}", "component_ref: {name: comp-guard}\n        trigger_policy: {condition: 'false'}")]),
    Case("pipeline-task", {"task": "direct", "image": "ghcr.io/acme/train:2", "command": "python train.py"}, [("[python, train.py]", "[echo, train.py]")]),
    Case("pipeline-order", {"task": "clean", "other": "load"}, [("dependent_tasks: [load]", "dependent_tasks: []")]),
    Case("pipeline-order", {"task": "notify", "other": "load"}, [("dependent_tasks: [guard]", "dependent_tasks: [direct]")]),
    Case("pipeline-order", {"task": "evaluate", "other": "direct"}, [("producer_task: direct", "producer_task: guard")]),
    Case("parameter-reaches", {"task": "direct", "parameter": "epochs"}, [("{n: {component_input_parameter: epochs}}", "{n: {runtime_value: {constant: 1}}}"), ("parameters['n']", "parameters['m']")]),
    Case("artifact-flows", {"task": "evaluate", "other": "direct", "artifact": "model", "schema": "system.Model"}, [("output_artifact_key: model", "output_artifact_key: other"), ("artifacts['m']", "artifacts['x']"), ("outputs.artifacts['model']", "outputs.artifacts['x']"), ("{model: {artifact_type: {schema_title: system.Model", "{model: {artifact_type: {schema_title: system.Dataset")]),
    Case("pipeline-accelerator", {"task": "direct", "kind": "nvidia.com/gpu", "count": 1}, [('count: "1"', 'count: "2"'), ("nvidia.com/gpu", "amd.com/gpu")]),
    Case("pipeline-memory", {"task": "direct", "amount": "16Gi"}, [("16384Mi", "16384M")], [("resource_memory_limit: 16384Mi", "memory_limit: 17.179869184")]),
    Case("pipeline-retries", {"task": "direct", "count": 2}, [('"2"', '"3"')]),
    Case("pipeline-cache", {"task": "direct"}, [("enable_cache: true", "enable_cache: false")]),
    Case("pipeline-env", {"task": "direct", "variable": "LOG", "value": "debug"}, [("value: debug", "value: info")]),
    Case("exit-task", {"task": "notify", "other": "load"}, [("_COMPLETED", "_SUCCEEDED"), ("dependent_tasks: [guard]", "dependent_tasks: [direct]")]),
]  # fmt: skip

PROJECT = """
name: churn
entry_points:
  main:
    parameters:
      rate: {default: 0.10, type: float}
      data: {type: path, default: d/train.csv}
    command: |
      set -e
      python train.py \\\\
        --rate={rate} --data "{data}"
  check:
    command: python check.py
"""
DOCKER = PROJECT + "docker_env: {image: 'docker.io/library/python:3.12', volumes: ['/d:/d']}\n"
CONDA = {
    "MLproject": PROJECT + "conda_env: ./env/conda.yaml\n",
    "env/conda.yaml": "channels: [conda-forge]\ndependencies: [python=3.11, 'pandas = 2.3.2', {pip: ['torch == 2.8.0']}]\n",
}
PYTHON = {
    "MLproject": PROJECT,
    "python_env.yaml": 'python: "3.12"\nbuild_dependencies: [pip]\ndependencies: ["xgboost==3.0.5"]\n',
}
PROJECT_CASES = [
    Case("project-name", {"name": "churn"}, [("name: churn", "name: x")]),
    Case("docker-environment", {"image": "python:3.12"}, [("python:3.12", "python:3.11"), ("docker_env", "docker")]),
    Case("docker-volume", {"volume": "/d:/d"}, [("/d:/d", "/e:/e")]),
    Case("entry-point", {"name": "main", "program": "python train.py"}, [("python train.py", "echo train.py"), ("  main:", "  train:")]),
    Case("entry-parameter", {"entry": "main", "name": "rate", "kind": "float", "default": 0.1, "flag": "--rate"}, [("0.10", "0.2"), ("type: float", "type: string"), ("{rate}", "0.1"), ("--rate=", "--lr="), ("default: 0.10, ", "")], [("--rate={rate}", "--rate {rate}")]),
    Case("entry-parameter", {"entry": "main", "name": "data", "kind": "path", "default": "d/train.csv", "flag": "--data"}, [("d/train.csv", "d/all.csv")]),
]  # fmt: skip

SAGEMAKER = """
variable "name" {
  default = "scorer"
}
locals {
  types = { blue = 2, green = 1 }
}
data "aws_iam_role" "ml" {
  name = "ml-runtime"
}
resource "aws_sagemaker_model" "m" {
  name               = var.name
  execution_role_arn = data.aws_iam_role.ml.arn
  container {
    image          = "123456789012.dkr.ecr.us-east-1.amazonaws.com/p:1"
    model_data_url = "s3://b/${var.name}.tar.gz"
    environment    = { TOP_K = 20 }
  }
}
resource "aws_sagemaker_endpoint_configuration" "c" {
  name = "${var.name}-config"
  dynamic "production_variants" {
    for_each = local.types
    content {
      variant_name           = production_variants.key
      model_name             = aws_sagemaker_model.m.name
      initial_instance_count = production_variants.value
      instance_type          = "ml.m5.large"
      initial_variant_weight = 0.5
    }
  }
  data_capture_config {
    enable_capture              = true
    initial_sampling_percentage = 50
    destination_s3_uri          = "s3://capture"
    capture_options {
      capture_mode = "InputAndOutput"
    }
  }
}
resource "aws_sagemaker_endpoint" "e" {
  name                 = "online"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.c.name
}
resource "aws_appautoscaling_target" "t" {
  min_capacity       = 1
  max_capacity       = 6
  resource_id        = "endpoint/${aws_sagemaker_endpoint.e.name}/variant/blue"
  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
  service_namespace  = "sagemaker"
}
"""
SAGEMAKER_CASES = [
    Case("sagemaker-model", {"name": "scorer", "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/p:1", "data": "s3://b/scorer.tar.gz"}, [("/p:1", "/p:2"), ("tar.gz", "zip"), ('"aws_sagemaker_model" "m" {', '"aws_sagemaker_model" "m" {\n  count = 0')]),
    Case("sagemaker-role", {"of": "scorer", "role": "ml-runtime"}, [('name = "ml-runtime"', 'name = "other"')], [("data.aws_iam_role.ml.arn", '"arn:aws:iam::123456789012:role/ml-runtime"')]),
    Case("sagemaker-env", {"of": "scorer", "key": "TOP_K", "value": "20"}, [("TOP_K = 20", "TOP_K = 10")]),
    Case("sagemaker-variant", {"name": "scorer-config", "variant": "blue", "model": "scorer", "type": "ml.m5.large", "count": 2}, [("blue = 2", "blue = 3"), ("blue = 2", "red = 2"), ("ml.m5.large", "ml.m5.xlarge"), ("aws_sagemaker_model.m.name", '"other"')]),
    Case("variant-weight", {"of": "scorer-config", "variant": "green", "weight": 0.5}, [("= 0.5", "= 1")]),
    Case("data-capture", {"of": "scorer-config", "percent": 50, "uri": "s3://capture"}, [("= 50", "= 5"), ("enable_capture              = true", "enable_capture              = false"), ('"InputAndOutput"', '"Input"')]),
    Case("sagemaker-endpoint", {"name": "online", "configuration": "scorer-config"}, [("aws_sagemaker_endpoint_configuration.c.name", '"other"'), ('"online"', '"offline"')]),
    Case("variant-scaling", {"endpoint": "online", "variant": "blue", "low": 1, "high": 6}, [("variant/blue", "variant/green"), ("max_capacity       = 6", "max_capacity       = 7"), ('service_namespace  = "sagemaker"', 'service_namespace  = "ecs"')]),
]  # fmt: skip

VERTEX = """
resource "google_vertex_ai_endpoint" "e" {
  name         = "1234"
  display_name = "online"
  location     = "europe-west4"
  labels       = { team = "ml" }
}
resource "google_vertex_ai_featurestore" "f" {
  name   = "store"
  region = "europe-west4"
  online_serving_config {
    fixed_node_count = 2
  }
}
resource "google_vertex_ai_featurestore_entitytype" "u" {
  for_each     = toset(["user", "item"])
  name         = each.key
  featurestore = google_vertex_ai_featurestore.f.id
}
resource "google_vertex_ai_featurestore_entitytype_feature" "a" {
  name       = "age"
  entitytype = google_vertex_ai_featurestore_entitytype.u["user"].id
  value_type = "INT64"
}
resource "google_vertex_ai_tensorboard" "b" {
  display_name = "runs"
  region       = "europe-west4"
}
"""
VERTEX_CASES = [
    Case("vertex-endpoint", {"name": "1234", "region": "europe-west4", "label": "online"}, [('location     = "europe-west4"', 'location     = "us-central1"'), ('"online"', '"x"')]),
    Case("vertex-label", {"of": "1234", "key": "team", "value": "ml"}, [('"ml"', '"x"')]),
    Case("featurestore", {"name": "store", "region": "europe-west4", "nodes": 2}, [("count = 2", "count = 1")]),
    Case("entity-type", {"name": "user", "store": "store"}, [('"user", "item"', '"item"'), ("google_vertex_ai_featurestore.f.id", '"x"')]),
    Case("feature", {"name": "age", "kind": "INT64", "entity": "user"}, [('u["user"]', 'u["item"]'), ("INT64", "DOUBLE")]),
    Case("tensorboard", {"label": "runs", "region": "europe-west4"}, [('"runs"\n  region       = "europe-west4"', '"runs"\n  region       = "us-east4"')]),
]  # fmt: skip

ANSWERS = {
    "argo": ("custom_resources", ARGO, ARGO_CASES),
    "kfp": ("kfp", KFP, KFP_CASES),
    "mlflow": ("mlflow", DOCKER, PROJECT_CASES),
    "sagemaker": ("terraform", SAGEMAKER, SAGEMAKER_CASES),
    "vertex": ("terraform", VERTEX, VERTEX_CASES),
}
EVERY = [(lang, text, case) for lang, text, cases in ANSWERS.values() for case in cases]


@pytest.mark.parametrize("name", list(ANSWERS))
def test_the_answers_are_valid(name: str) -> None:
    language, text, _ = ANSWERS[name]
    assert faults(language, text) == []


@pytest.mark.parametrize(("language", "text", "case"), EVERY, ids=[str(c) for _, _, c in EVERY])
def test_requirements(language: str, text: str, case: Case) -> None:
    judge(language, text, case)


ENVIRONMENTS = [
    (CONDA, Case("environment-file", {"kind": "conda", "path": "env/conda.yaml", "python": "3.11"}, [("3.11", "3.12"), ("conda_env", "python_env")])),
    (CONDA, Case("environment-package", {"package": "pandas==2.3.2"}, [("2.3.2", "2.3.1")])),
    (CONDA, Case("environment-package", {"package": "torch==2.8.0"}, [("torch", "torchvision")])),
    (PYTHON, Case("environment-file", {"kind": "python", "path": "python_env.yaml", "python": "3.12"}, [("3.12", "3.11")])),
    (PYTHON, Case("environment-package", {"package": "xgboost==3.0.5"}, [("3.0.5", "3.0.4")])),
]  # fmt: skip


@pytest.mark.parametrize(("files", "case"), ENVIRONMENTS, ids=[str(c) for _, c in ENVIRONMENTS])
def test_environments_of_projects(files: dict[str, str], case: Case) -> None:
    assert faults("mlflow", files) == []
    assert findings("mlflow", files, case) == []
    for change in case.wrong:
        path = next(path for path, text in files.items() if change[0] in text)
        assert findings("mlflow", {**files, path: changed(files[path], change)}, case)


def test_every_requirement_type_has_a_case() -> None:
    cases = [case for _, _, case in EVERY] + [case for _, case in ENVIRONMENTS]
    cases += [case for _, case in (*test_cluster.EVERY, *test_custom_resources.EVERY)]
    cases += [*test_servers.VLLM_CASES, *test_servers.OLLAMA_CASES, *test_servers.MORE_CASES]
    assert set(CATEGORY.requirements) - {case.name for case in cases} == set()
    assert all(case.wrong for case in cases)
