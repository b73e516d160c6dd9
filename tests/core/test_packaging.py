"""What is installed: the right packages and data, light dependencies, no tests."""

import re
import tomllib
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = {"torch", "transformers", "trl", "peft", "datasets", "jsonschema", "kubernetes-validate"}


def test_the_metadata_on_this_machine_is_that_of_the_checkout():
    """Fails after an edit of the entry points without a reinstall."""
    declared = PROJECT["entry-points"]["iac_gym.envs"]
    assert {e.name: e.value for e in entry_points(group="iac_gym.envs")} == declared


def test_the_core_needs_nothing_heavy():
    names = {re.split(r"[<>=\[ ]", each)[0] for each in PROJECT["dependencies"]}
    assert not names & HEAVY


def test_the_lock_pins_every_declared_dependency():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = dict(line.lower().split("==") for line in lines if "==" in line and line[0] != "#")
    assert pins["torch"] == "2.13.0"
    wanted = [*PROJECT["dependencies"]]
    for extra in PROJECT["optional-dependencies"].values():
        wanted += extra
    names = {re.split(r"[<>=\[ ]", each)[0].lower() for each in wanted}
    known = {name.replace("_", "-") for name in pins}
    assert {name.replace("_", "-") for name in names} <= known


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from the checkout, without network: the build back end is installed."""
    import os

    from setuptools import build_meta

    target = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        name = build_meta.build_wheel(str(target), {"--build-option": ["--quiet"]})
    finally:
        os.chdir(before)
    with zipfile.ZipFile(target / name) as archive:
        return archive.namelist(), (target / name).stat().st_size


def test_the_wheel_holds_packages_and_data_and_no_tests(wheel):
    names, size = wheel
    tops = {name.split("/")[0] for name in names}
    assert {"iac_gym", "envs", "agents", "bench"} <= tops
    assert "tests" not in tops
    assert any(name.endswith("kubernetes/data/SOURCE.md") for name in names)
    assert any(name.startswith("agents/data/") and name.endswith(".safetensors") for name in names)
    assert "iac_gym/py.typed" in names
    assert size < 16 << 20
