"""Rules about the form of an MLproject file."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.mlflow.model import Project
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def one_environment(project: Project) -> Findings:
    """A project has one environment: docker, conda or Python.

    Source: https://github.com/mlflow/mlflow/blob/master/mlflow/projects/_project_spec.py

    Bad::

        name: churn
        docker_env: {image: "python:3.12"}
        conda_env: conda.yaml
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"

    Good::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"
    """
    return project.faults.get("one-environment", ())


@rule(Stage.SCHEMA)
def docker_environment(project: Project) -> Findings:
    """A docker environment has an image, and lists of volumes and variables.

    Source: https://github.com/mlflow/mlflow/blob/master/mlflow/projects/_project_spec.py

    Bad::

        name: churn
        docker_env: {tag: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"

    Good::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"
    """
    return project.faults.get("docker-environment", ())


@rule(Stage.SCHEMA)
def entry_point_form(project: Project) -> Findings:
    """Entry points are mappings under their names.

    Source: https://github.com/mlflow/mlflow/blob/master/mlflow/projects/_project_spec.py

    Bad::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points: [train]

    Good::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"
    """
    return project.faults.get("entry-point-form", ())


@rule(Stage.SCHEMA)
def command_given(project: Project) -> Findings:
    """An entry point has a command.

    Without one, the run fails when MLflow puts the parameters in.

    Source: https://github.com/mlflow/mlflow/blob/master/mlflow/projects/_project_spec.py

    Bad::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            cmd: "python train.py --rate {rate} --data {data}"

    Good::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"
    """
    return project.faults.get("command-given", ())


@rule(Stage.SCHEMA)
def parameter_form(project: Project) -> Findings:
    """A parameter is a type, or a mapping with `type` and `default`.

    Source: https://github.com/mlflow/mlflow/blob/master/mlflow/projects/_project_spec.py

    Bad::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: 5
            command: "python train.py --rate {rate} --data {data}"

    Good::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"
    """
    return project.faults.get("parameter-form", ())


@rule(Stage.REFERENCES)
def environment_file(project: Project) -> Findings:
    """The environment file that a project names is there, and has what MLflow reads.

    A Python environment has `python` (as text), `build_dependencies` and `dependencies` alone; a
    conda environment lists its dependencies. An MLproject file that is judged alone gets a
    notice instead.

    Source: https://github.com/mlflow/mlflow/blob/master/mlflow/projects/_project_spec.py

    Bad::

        name: churn
        conda_env: [conda.yaml]
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"

    Good::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"
    """
    return project.faults.get("environment-file", ())


@rule(Stage.REFERENCES)
def known_placeholders(project: Project) -> Findings:
    """A command uses only parameters that its entry point declares.

    The command is a format text: a shell's `${NAME}` is a placeholder, too; `{{` stands for `{`.

    Source: https://github.com/mlflow/mlflow/blob/master/mlflow/projects/_project_spec.py

    Bad::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {dataset}"

    Good::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"
    """
    return project.faults.get("known-placeholders", ())


@rule(Stage.NOTICE)
def unknown_field(project: Project) -> Findings:
    """A project has only fields that MLflow reads.

    Source: https://mlflow.org/docs/latest/ml/projects/

    Bad::

        name: churn
        version: 1.2.0
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"

    Good::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"
    """
    return project.faults.get("unknown-field", ())


@rule(Stage.NOTICE)
def parameter_type(project: Project) -> Findings:
    """A parameter's type is string, float, path or uri.

    Others are accepted, and nothing is checked for them.

    Source: https://mlflow.org/docs/latest/ml/projects/

    Bad::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: integer, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"

    Good::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"
    """
    return project.faults.get("parameter-type", ())


@rule(Stage.NOTICE)
def environment_not_seen(project: Project) -> Findings:
    """The environment file is judged with the project.

    Source: https://github.com/mlflow/mlflow/blob/master/mlflow/projects/_project_spec.py

    Bad::

        name: churn
        python_env: python_env.yaml
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"

    Good::

        name: churn
        docker_env: {image: "python:3.12"}
        entry_points:
          main:
            parameters:
              rate: {type: float, default: 0.1}
              data: path
            command: "python train.py --rate {rate} --data {data}"
    """
    return project.faults.get("environment-not-seen", ())
