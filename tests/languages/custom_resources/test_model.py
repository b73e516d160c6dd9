"""The model that requirements read: kinds by group, pods of every kind, Argo's nodes in order."""

from __future__ import annotations

from iac_gym.languages.custom_resources import LANGUAGE
from iac_gym.languages.custom_resources.argo.model import ArgoWorkflow, never_true
from iac_gym.languages.custom_resources.model import CustomManifest

_POD = "{metadata: {labels: {a: b}}, spec: {containers: [{name: main, image: 'x:1'}]}}"


def _model(text: str) -> CustomManifest:
    model = LANGUAGE.parse({"manifest.yaml": text})
    assert isinstance(model, CustomManifest)
    return model


def _workflow(text: str) -> ArgoWorkflow:
    return _model(text).workflows[0]


def _custom(api_version: str, kind: str, spec: str) -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: it}}\nspec: {spec}\n"


class TestKinds:
    TEXT = "---\n".join(
        [
            _custom("v1", "Service", "{ports: [{port: 80}]}"),
            _custom("serving.knative.dev/v1", "Service", f"{{template: {_POD}}}"),
            _custom("networking.istio.io/v1", "Gateway", "{}"),
            _custom("gateway.networking.k8s.io/v1", "Gateway", "{gatewayClassName: a}"),
        ]
    )

    def test_custom_kind_never_passes_for_the_built_in_one(self) -> None:
        model = _model(self.TEXT)
        assert [item.api_version for item in model.of_kind("Service")] == ["v1"]
        found = model.of_kind("Service.serving.knative.dev")
        assert [item.kind for item in found] == ["Service.serving.knative.dev/v1"]
        item = model.find("Service", "it")
        assert item is not None
        assert item.api_version == "v1"

    def test_group_tells_two_custom_kinds_apart(self) -> None:
        model = _model(self.TEXT)
        assert len(model.of_kind("Gateway")) == 2
        assert model.find("Gateway", "it") is None  # not clear which
        istio = model.find("Gateway.networking.istio.io", "it")
        other = model.find("Gateway.gateway.networking.k8s.io/v1", "it")
        assert istio is not None
        assert other is not None
        assert istio.api_version == "networking.istio.io/v1"
        assert other.api_version == "gateway.networking.k8s.io/v1"

    def test_unknown_group_is_not_found_by_a_known_one(self) -> None:
        model = _model(_custom("ray.example.com/v1", "RayCluster", "{}"))
        assert model.of_kind("RayCluster.ray.io") == []


#: (apiVersion, kind, spec, where the pods' specs stand).
_EMBEDDING = (
    ("ray.io/v1", "RayCluster",
     f"{{headGroupSpec: {{template: {_POD}}}, workerGroupSpecs: [{{template: {_POD}}}]}}",
     ["spec.headGroupSpec.template.spec", "spec.workerGroupSpecs.0.template.spec"]),
    ("ray.io/v1", "RayJob", f"{{rayClusterSpec: {{headGroupSpec: {{template: {_POD}}}}}}}",
     ["spec.rayClusterSpec.headGroupSpec.template.spec"]),
    ("kubeflow.org/v1", "PyTorchJob", f"{{pytorchReplicaSpecs: {{Master: {{template: {_POD}}}}}}}",
     ["spec.pytorchReplicaSpecs.Master.template.spec"]),
    ("jobset.x-k8s.io/v1alpha2", "JobSet",
     f"{{replicatedJobs: [{{name: a, template: {{spec: {{template: {_POD}}}}}}}]}}",
     ["spec.replicatedJobs.0.template.spec.template.spec"]),
    ("batch.volcano.sh/v1alpha1", "Job", f"{{tasks: [{{name: a, template: {_POD}}}]}}",
     ["spec.tasks.0.template.spec"]),
    ("serving.kserve.io/v1beta1", "InferenceService",
     "{predictor: {containers: [{name: kserve-container, image: 'x:1'}]}}", ["spec.predictor"]),
    ("serving.kserve.io/v1alpha1", "LLMInferenceService",
     "{template: {containers: [{name: main}]}}", ["spec.template"]),
    ("argoproj.io/v1alpha1", "Rollout", f"{{template: {_POD}}}", ["spec.template.spec"]),
    ("machinelearning.seldon.io/v1", "SeldonDeployment",
     f"{{predictors: [{{name: a, componentSpecs: [{_POD}]}}]}}",
     ["spec.predictors.0.componentSpecs.0.spec"]),
    ("apps/v1", "Deployment", f"{{template: {_POD}}}", ["spec.template.spec"]),
)  # fmt: skip


def test_pods_of_every_kind_that_embeds_them() -> None:
    for api_version, kind, spec, paths in _EMBEDDING:
        model = _model(_custom(api_version, kind, spec))
        pods = model.pods_of(model.objects[0])
        assert [".".join(map(str, pod.path)) for pod in pods] == paths, kind
        assert all(len(pod.containers) == 1 for pod in pods), kind


def test_claims_of_an_operator_are_volumes_of_its_pods() -> None:
    mount = "volumeMounts: [{name: data, mountPath: /d}]"
    template = f"{{spec: {{containers: [{{name: a, image: 'x:1', {mount}}}]}}}}"
    text = _custom(
        "leaderworkerset.x-k8s.io/v1",
        "LeaderWorkerSet",
        f"{{leaderWorkerTemplate: {{workerTemplate: {template}}},"
        " volumeClaimTemplates: [{metadata: {name: data}}]}",
    )
    model = _model(text)
    assert [volume["name"] for volume in model.pods_of(model.objects[0])[0].spec["volumes"]] == [
        "data"
    ]


def test_groups_of_a_rule_object() -> None:
    model = _model(
        _custom(
            "monitoring.coreos.com/v1",
            "PrometheusRule",
            "{groups: [{name: g, rules: [{alert: Down, expr: 'up == 0', for: 5m}]}]}",
        )
    )
    (group,) = model.rule_groups(model.objects[0])
    assert [(alert.name, alert.for_) for alert in group.alerts] == [("Down", 300.0)]


HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n"
LEAVES = """
    - name: work
      inputs: {parameters: [{name: what, default: nothing}]}
      container: {image: "x:1", volumeMounts: [{name: scratch, mountPath: /s}]}
"""


class TestWorkflows:
    def test_dag_and_steps_give_the_same_order(self) -> None:
        by_dependencies = (
            "[{name: a, template: work}, {name: b, template: work, dependencies: [a]}]"
        )
        by_depends = (
            "[{name: b, template: work, depends: a.Succeeded && !c.Failed},"
            " {name: a, template: work}, {name: c, template: work}]"
        )
        for body in (
            f"dag: {{tasks: {by_dependencies}}}",
            f"dag: {{tasks: {by_depends}}}",
            "steps: [[{name: a, template: work}], [{name: b, template: work}]]",
        ):
            text = f"{HEAD}  entrypoint: main\n  templates:\n    - name: main\n      {body}{LEAVES}"
            workflow = _workflow(text)
            first, second = workflow.node("a"), workflow.node("b")
            assert first is not None
            assert second is not None
            assert first.before(second)
            assert not second.before(first)

    def test_order_holds_through_nested_templates(self) -> None:
        workflow = _workflow(
            f"""{HEAD}  entrypoint: main
  templates:
    - name: main
      steps: [[{{name: one, template: inner}}], [{{name: two, template: inner}}]]
    - name: inner
      dag: {{tasks: [{{name: task, template: work}}]}}
{LEAVES}"""
        )
        tasks = [node for node in workflow.nodes if node.name == "task"]
        assert tasks[0].before(tasks[1])
        assert not tasks[1].before(tasks[0])

    def test_parameters_are_resolved_through_templates(self) -> None:
        workflow = _workflow(
            f"""{HEAD}  entrypoint: main
  arguments: {{parameters: [{{name: model, value: bert}}]}}
  templates:
    - name: main
      steps:
        - - name: first
            template: work
            arguments:
              parameters: [{{name: what, value: "{{{{workflow.parameters.model}}}}-base"}}]
          - {{name: second, template: work}}
          - name: third
            template: work
            withItems: [x]
            arguments: {{parameters: [{{name: what, value: "{{{{item}}}}"}}]}}
{LEAVES}"""
        )
        inputs = {node.name: node.inputs for node in workflow.nodes}
        assert inputs["first"] == {"what": "bert-base"}
        assert inputs["second"] == {"what": "nothing"}
        assert inputs["third"] == {}
        first = workflow.node("first")
        assert first is not None
        assert first.resolve("run {{inputs.parameters.what}}") == "run bert-base"

    def test_what_cannot_run_is_dead(self) -> None:
        workflow = _workflow(
            f"""{HEAD}  entrypoint: main
  arguments: {{parameters: [{{name: env, value: test}}]}}
  templates:
    - name: main
      dag:
        target: last
        tasks:
          - {{name: last, template: work, depends: skipped || never || late}}
          - {{name: skipped, template: work, when: "false"}}
          - {{name: never, template: work, withItems: []}}
          - {{name: late, template: work, when: "{{{{workflow.parameters.env}}}} == prod"}}
          - {{name: beside, template: work}}
{LEAVES}"""
        )
        dead = {node.name for node in workflow.nodes if node.dead}
        assert dead == {"skipped", "never", "late", "beside"}
        assert {node.name for node in workflow.live} == {"main", "last"}
        assert never_true("a == b")
        assert not never_true("{{inputs.parameters.x}} == b")

    def test_exit_handler_comes_after_everything(self) -> None:
        workflow = _workflow(
            f"{HEAD}  entrypoint: main\n  onExit: work\n  templates:\n    - name: main\n"
            f"      steps: [[{{name: a, template: work}}]]{LEAVES}"
        )
        last = next(node for node in workflow.nodes if node.on_exit)
        first = workflow.node("a")
        assert first is not None
        assert first.before(last)
        assert not last.before(first)

    def test_template_of_another_object_is_followed(self) -> None:
        workflow = _workflow(
            f"{HEAD}  workflowTemplateRef: {{name: shared}}\n---\n"
            + HEAD.replace("kind: Workflow", "kind: WorkflowTemplate").replace(
                "name: w", "name: shared"
            )
            + "  entrypoint: main\n  arguments: {parameters: [{name: p, value: v}]}\n  templates:\n"
            + f"    - name: main\n      steps: [[{{name: a, template: work}}]]{LEAVES}"
        )
        assert workflow.entrypoint == "main"
        assert workflow.parameters == {"p": "v"}
        assert [node.name for node in workflow.nodes] == ["main", "a"]

    def test_cron_workflow_is_unfolded(self) -> None:
        text = (
            f"{HEAD}  schedule: 0 2 * * *\n  workflowSpec:\n   entrypoint: main\n   templates:\n"
            "    - name: main\n      container: {image: 'x:1'}\n"
        ).replace("kind: Workflow", "kind: CronWorkflow")
        for spelt in (text, text.replace("schedule: 0 2 * * *", "schedules: [0 2 * * *]")):
            workflow = _workflow(spelt)
            assert workflow.schedules == ["0 2 * * *"]
            assert [node.template_name for node in workflow.nodes] == ["main"]

    def test_pods_have_the_volumes_of_the_workflow(self) -> None:
        workflow = _workflow(
            f"{HEAD}  entrypoint: work\n  volumeClaimTemplates: [{{metadata: {{name: scratch}}}}]\n"
            f"  templates:\n    - name: unused\n      container: {{image: 'y:1'}}{LEAVES}"
        )
        (pod,) = workflow.pods
        assert [container["image"] for _, container in pod.containers] == ["x:1"]
        assert [volume["name"] for volume in pod.spec["volumes"]] == ["scratch"]

    def test_recursion_ends(self) -> None:
        workflow = _workflow(
            f"{HEAD}  entrypoint: main\n  templates:\n    - name: main\n"
            "      steps: [[{name: again, template: main}, {name: more, template: main}]]\n"
        )
        assert 1 < len(workflow.nodes) < 20
