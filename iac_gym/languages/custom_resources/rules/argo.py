"""What Argo Workflows' own validation refuses: the controller marks such a workflow as an error."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.check import rule
from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.verdict import Finding, Stage


@rule(Stage.REFERENCES)
def argo_entrypoint(manifest: CustomManifest) -> Iterable[Finding]:
    """A workflow begins with, and ends in, a template that it has.

    Source: https://argo-workflows.readthedocs.io/en/latest/walk-through/hello-world/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: start
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
    """
    return manifest.faults.get("argo-entrypoint", ())


@rule(Stage.SCHEMA)
def argo_template_kinds(manifest: CustomManifest) -> Iterable[Finding]:
    """A template is of exactly one kind, and has only fields of that kind.

    Source: https://argo-workflows.readthedocs.io/en/latest/fields/#template
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
              suspend: {}

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
    """
    return manifest.faults.get("argo-template-kinds", ())


@rule(Stage.SCHEMA)
def argo_names(manifest: CustomManifest) -> Iterable[Finding]:
    """Templates, tasks, steps, parameters and artifacts have names of their own.

    Source: https://argo-workflows.readthedocs.io/en/latest/fields/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
            - name: other
              container:
                image: alpine:3.20
                command: ["true"]
    """
    return manifest.faults.get("argo-names", ())


@rule(Stage.REFERENCES)
def argo_template_references(manifest: CustomManifest) -> Iterable[Finding]:
    """Each task and step runs a template that exists.

    Source: https://argo-workflows.readthedocs.io/en/latest/walk-through/steps/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              steps:
                - - name: first
                    template: missing

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              steps:
                - - name: first
                    template: work
            - name: work
              container:
                image: alpine:3.20
                command: ["true"]
    """
    return manifest.faults.get("argo-template-references", ())


@rule(Stage.REFERENCES)
def argo_dependencies(manifest: CustomManifest) -> Iterable[Finding]:
    """Tasks of a DAG wait for tasks that exist, and not for themselves.

    Source: https://argo-workflows.readthedocs.io/en/latest/walk-through/dag/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              dag:
                tasks:
                  - name: build
                    template: work
                  - name: test
                    template: work
                    dependencies: [compile]
            - name: work
              container:
                image: alpine:3.20
                command: ["true"]

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              dag:
                tasks:
                  - name: build
                    template: work
                  - name: test
                    template: work
                    dependencies: [build]
            - name: work
              container:
                image: alpine:3.20
                command: ["true"]
    """
    return manifest.faults.get("argo-dependencies", ())


@rule(Stage.REFERENCES)
def argo_arguments(manifest: CustomManifest) -> Iterable[Finding]:
    """Whoever runs a template gives it the inputs that it needs.

    Source: https://argo-workflows.readthedocs.io/en/latest/walk-through/parameters/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              steps:
                - - name: first
                    template: say
            - name: say
              inputs:
                parameters:
                  - name: text
              container:
                image: alpine:3.20
                command: [echo, "{{inputs.parameters.text}}"]

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              steps:
                - - name: first
                    template: say
                    arguments:
                      parameters:
                        - name: text
                          value: hello
            - name: say
              inputs:
                parameters:
                  - name: text
              container:
                image: alpine:3.20
                command: [echo, "{{inputs.parameters.text}}"]
    """
    return manifest.faults.get("argo-arguments", ())


@rule(Stage.REFERENCES)
def argo_variables(manifest: CustomManifest) -> Iterable[Finding]:
    """Every `{{tag}}` refers to something that is there: an input, a parameter, an output.

    Source: https://argo-workflows.readthedocs.io/en/latest/variables/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: [echo, "{{workflow.parameters.text}}"]

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          arguments:
            parameters:
              - name: text
                value: hello
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: [echo, "{{workflow.parameters.text}}"]
    """
    return manifest.faults.get("argo-variables", ())


@rule(Stage.SCHEMA)
def argo_loops(manifest: CustomManifest) -> Iterable[Finding]:
    """A loop has one source of items.

    Source: https://argo-workflows.readthedocs.io/en/latest/walk-through/loops/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              steps:
                - - name: first
                    template: say
                    withItems: [a, b]
                    withSequence:
                      count: "3"
                    arguments:
                      parameters:
                        - name: text
                          value: "{{item}}"
            - name: say
              inputs:
                parameters:
                  - name: text
              container:
                image: alpine:3.20
                command: [echo, "{{inputs.parameters.text}}"]

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              steps:
                - - name: first
                    template: say
                    withItems: [a, b]
                    arguments:
                      parameters:
                        - name: text
                          value: "{{item}}"
            - name: say
              inputs:
                parameters:
                  - name: text
              container:
                image: alpine:3.20
                command: [echo, "{{inputs.parameters.text}}"]
    """
    return manifest.faults.get("argo-loops", ())


@rule(Stage.SCHEMA)
def argo_artifacts(manifest: CustomManifest) -> Iterable[Finding]:
    """Artifacts of a pod have a path; those of steps and DAGs have none.

    Source: https://argo-workflows.readthedocs.io/en/latest/walk-through/artifacts/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
              outputs:
                artifacts:
                  - name: report

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
              outputs:
                artifacts:
                  - name: report
                    path: /tmp/report.txt
    """
    return manifest.faults.get("argo-artifacts", ())


@rule(Stage.SCHEMA)
def argo_outputs(manifest: CustomManifest) -> Iterable[Finding]:
    """An output parameter has one source, of a kind that its template can give.

    Source: https://argo-workflows.readthedocs.io/en/latest/walk-through/output-parameters/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
              outputs:
                parameters:
                  - name: version
                    valueFrom:
                      parameter: "{{steps.a.outputs.result}}"

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
              outputs:
                parameters:
                  - name: version
                    valueFrom:
                      path: /tmp/version
    """
    return manifest.faults.get("argo-outputs", ())


@rule(Stage.SEMANTICS)
def argo_containers(manifest: CustomManifest) -> Iterable[Finding]:
    """Containers have images and names, and mount volumes that exist, each at its own path.

    Source: https://argo-workflows.readthedocs.io/en/latest/fields/#template
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                volumeMounts:
                  - name: data
                    mountPath: /data
                command: ["true"]

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          volumes:
            - name: data
              emptyDir: {}
          templates:
            - name: main
              container:
                image: alpine:3.20
                volumeMounts:
                  - name: data
                    mountPath: /data
                command: ["true"]
    """
    return manifest.faults.get("argo-containers", ())


@rule(Stage.SCHEMA)
def argo_resources(manifest: CustomManifest) -> Iterable[Finding]:
    """A resource template has an action that Argo knows and a manifest.

    Source: https://argo-workflows.readthedocs.io/en/latest/walk-through/kubernetes-resources/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              resource:
                action: make
                manifest: |
                  apiVersion: v1
                  kind: ConfigMap
                  metadata:
                    name: made

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              resource:
                action: create
                manifest: |
                  apiVersion: v1
                  kind: ConfigMap
                  metadata:
                    name: made
    """
    return manifest.faults.get("argo-resources", ())


@rule(Stage.SEMANTICS)
def argo_schedules(manifest: CustomManifest) -> Iterable[Finding]:
    """A CronWorkflow has schedules of five fields, a time zone and a policy that exist.

    Source: https://argo-workflows.readthedocs.io/en/latest/cron-workflows/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: CronWorkflow
        metadata:
          name: nightly
        spec:
          schedules:
            - "0 25 * * *"
          workflowSpec:
            entrypoint: main
            templates:
              - name: main
                container:
                  image: alpine:3.20
                  command: ["true"]

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: CronWorkflow
        metadata:
          name: nightly
        spec:
          schedules:
            - "0 2 * * *"
          workflowSpec:
            entrypoint: main
            templates:
              - name: main
                container:
                  image: alpine:3.20
                  command: ["true"]
    """
    return manifest.faults.get("argo-schedules", ())


@rule(Stage.SCHEMA)
def argo_policies(manifest: CustomManifest) -> Iterable[Finding]:
    """Retry policies, pod clean-up, hooks and metrics have values that Argo knows.

    Source: https://argo-workflows.readthedocs.io/en/latest/retries/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
              retryStrategy:
                limit: 3
                retryPolicy: OnError2

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: build
        spec:
          entrypoint: main
          templates:
            - name: main
              container:
                image: alpine:3.20
                command: ["true"]
              retryStrategy:
                limit: 3
                retryPolicy: OnError
    """
    return manifest.faults.get("argo-policies", ())


IN_ORDER = (
    argo_entrypoint,
    argo_template_kinds,
    argo_names,
    argo_template_references,
    argo_dependencies,
    argo_arguments,
    argo_variables,
    argo_loops,
    argo_artifacts,
    argo_outputs,
    argo_containers,
    argo_resources,
    argo_schedules,
    argo_policies,
)
