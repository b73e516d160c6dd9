"""Rules about the form of a pipeline spec: fields, types, versions, names."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.kfp.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def known_fields(pipeline: Pipeline) -> Findings:
    """The messages of the spec have only fields that the proto defines, each once.

    An unknown field is an error for the API server, which reads the text as the JSON form of the
    proto. Both spellings of a field's name count (`componentRef`, `component_ref`).

    Source: https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentReference: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}

    Good::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    """
    return pipeline.faults.get("known-fields", ())


@rule(Stage.SCHEMA)
def value_types(pipeline: Pipeline) -> Findings:
    """A field holds a value of its type.

    Numbers are not text, and text that is not a number is no number.

    Source: https://protobuf.dev/programming-guides/json/

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: python fit.py}}

    Good::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    """
    return pipeline.faults.get("value-types", ())


@rule(Stage.SCHEMA)
def enum_values(pipeline: Pipeline) -> Findings:
    """An enum holds one of its names.

    Source: https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}

    Good::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    """
    return pipeline.faults.get("enum-values", ())


@rule(Stage.SCHEMA)
def one_of(pipeline: Pipeline) -> Findings:
    """Of the fields of a oneof, at most one is set.

    A component is a DAG or has an executor; an input comes from one place.

    Source: https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            dag: {tasks: {a: {componentRef: {name: comp-fit}}}}
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}

    Good::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    """
    return pipeline.faults.get("one-of", ())


@rule(Stage.SCHEMA)
def schema_version(pipeline: Pipeline) -> Findings:
    """The schema version is 2.1.0.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/apiserver/template/v2_template.go

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.0.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}

    Good::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    """
    return pipeline.faults.get("schema-version", ())


@rule(Stage.SCHEMA)
def pipeline_name(pipeline: Pipeline) -> Findings:
    """The pipeline has a name with a small letter or digit in it.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/apiserver/template/v2_template.go

    Bad::

        pipelineInfo: {name: ''}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}

    Good::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    """
    return pipeline.faults.get("pipeline-name", ())


@rule(Stage.SCHEMA)
def root_component(pipeline: Pipeline) -> Findings:
    """The spec has a root component.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/apiserver/template/v2_template.go

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        components: {}

    Good::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    """
    return pipeline.faults.get("root-component", ())
