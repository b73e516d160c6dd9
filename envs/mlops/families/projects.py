"""Families about MLflow projects: the MLproject file and its environment."""

from __future__ import annotations

from functools import partial

from envs.mlops import choices
from envs.mlops.recipe import Stack, Tree
from envs.mlops.requirements import projects
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.yaml import dump

_FLAGS = {
    "alpha": ("float", (0.1, 0.5, 0.05)),
    "epochs": ("float", (5, 10, 30)),
    "data": ("path", ("data/train.csv", "data/all.parquet")),
    "source": ("uri", ("s3://ml-data/train.csv", "https://data.acme.io/train.csv")),
    "optimizer": ("string", ("adam", "sgd")),
}
_PACKAGES = tuple(
    "scikit-learn==1.7.2 mlflow==3.4.0 pandas==2.3.2 xgboost==3.0.5 torch==2.8.0".split()
)
_IMAGES = ("ghcr.io/acme/ml-project:1.2", "python:3.12", "quay.io/lumen/fit:3")
_FILES = {"conda": "conda.yaml", "python": "python_env.yaml"}


class Project(Stack):
    """An MLflow project under construction: the trees of its files by path."""

    def __init__(self, draw: Draw, kind: str) -> None:
        super().__init__(draw)
        self.kind = kind
        self.name = draw.name("project", ("project", "training", "model"), choices.FIRST)
        self.points: Tree = {}
        self.environment: Tree = {}
        self.tree: Tree = {"name": self.name}
        self.files: dict[str, Tree] = {"MLproject": self.tree}
        self.ask(projects.project_name(name=self.name))
        if kind == "docker":
            self._docker()
        else:
            self._packages()
        self.tree["entry_points"] = self.points

    def _docker(self) -> None:
        image = self.draw.choice("image", _IMAGES)
        self.tree["docker_env"] = self.environment
        self.environment["image"] = image
        self.ask(projects.docker_environment(image=image))

    def _packages(self) -> None:
        path, python = _FILES[self.kind], self.draw.choice("python", ("3.10", "3.11", "3.12"))
        self.tree[f"{self.kind}_env"] = path
        self.files[path] = self.environment
        self.ask(projects.environment_file(kind=self.kind, path=path, python=python))
        packages = list(
            self.draw.sample("packages", _PACKAGES, self.draw.integer("package count", 1, 2))
        )
        for package in packages:
            self.ask(projects.environment_package(package=package))
        if self.kind == "python":
            self.environment.update({"python": python, "dependencies": packages})
            return
        listed = [f"python={python}", "pip", {"pip": packages}]
        made = {"name": self.name, "channels": ["conda-forge"], "dependencies": listed}
        self.environment.update(made)

    def point(self, title: str, program: str, flags: tuple[str, ...]) -> None:
        """Add an entry point whose command gets some parameters."""
        point: Tree = {}
        words = f"python {program}"
        self.ask(projects.entry_point(name=title, program=words))
        for flag in flags:
            kind, values = _FLAGS[flag]
            default = self.draw.choice(f"{title} {flag}", values)
            point.setdefault("parameters", {})[flag] = {"type": kind, "default": default}
            words += f" --{flag} {{{flag}}}"
            self.ask(
                projects.entry_parameter(
                    entry=title, name=flag, kind=kind, default=default, flag=f"--{flag}"
                )
            )
        self.points[title] = {**point, "command": words}


def _validate(draw: Draw, one: Project) -> None:
    program = draw.choice("second program", ("validate.py", "evaluate.py", "src/check.py"))
    one.point("validate", program, ("data",))


def _prepare(draw: Draw, one: Project) -> None:
    one.point("prepare", draw.choice("third program", ("prepare.py", "etl.py")), ())


def _volume(draw: Draw, one: Project) -> None:
    value = draw.choice("volume", ("/data:/data", "/mnt/cache:/root/.cache"))
    one.environment["volumes"] = [value]
    one.ask(projects.docker_volume(volume=value))


def _draft(draw: Draw, kind: str) -> Draft:
    one = Project(draw, kind)
    flags = draw.sample("flags", tuple(_FLAGS), draw.integer("flag count", 1, 2))
    one.point("main", draw.choice("program", ("train.py", "fit.py", "src/train.py")), flags)
    one.with_parts(one, (2, _validate), _prepare, *((_volume,) if kind == "docker" else ()))
    return Draft(
        (
            "Package our training as an MLflow project",
            "Write the MLproject file of our training, with its environment",
        ),
        one.asks,
        partial(_render, one.files),
        tuple((path, "mlflow") for path in one.files),
    )


def _render(files: dict[str, Tree]) -> dict[str, str]:
    return {path: dump([tree]) for path, tree in files.items()}


@family("mlflow", levels=(2, 3, 4))
def mlflow_docker_project(draw: Draw) -> Draft:
    """An MLflow project that runs in a container."""
    return _draft(draw, "docker")


@family("mlflow", levels=(3, 4))
def mlflow_conda_project(draw: Draw) -> Draft:
    """An MLflow project with a conda environment file."""
    return _draft(draw, "conda")


@family("mlflow", levels=(3, 4))
def mlflow_python_project(draw: Draw) -> Draft:
    """An MLflow project with a Python environment file."""
    return _draft(draw, "python")
