"""Imports form a star: envs, agents and bench import the core alone, the core no language."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("iac_gym", "envs", "agents", "bench", "tests")


#: Languages whose output another language produces, or that others embed.
EMBEDDED = {
    "custom_resources": ("kubernetes", "prometheus", "alertmanager"),
    "helm": ("kubernetes", "custom_resources"),
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module


def allowed(path):
    """What a file may import of ours."""
    parts = path.relative_to(ROOT).parts
    if parts[0] != "iac_gym":
        core = ("iac_gym",) if parts[0] != "tests" else OURS
        return (*core, ".".join(parts[:2]) if parts[0] == "envs" else parts[0])
    if parts[1] == "formats":
        return ("iac_gym.formats",)
    if parts[1] == "languages":
        core = ("check", "verdict", "language", "errors", "formats", "draw")
        languages = (parts[2], *EMBEDDED.get(parts[2], ()))
        return (
            *(f"iac_gym.{name}" for name in core),
            *(f"iac_gym.languages.{name}" for name in languages),
        )
    return ("iac_gym",)


FILES = [p for top in OURS[:4] for p in sorted((ROOT / top).rglob("*.py"))]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_inwards(path):
    names = [n for n in imports(path) if n.split(".")[0] in OURS]
    bad = [n for n in names if not any(n == a or n.startswith(a + ".") for a in allowed(path))]
    core = path.relative_to(ROOT).parts
    if core[0] == "iac_gym" and core[1] not in ("formats", "languages"):
        bad += [n for n in names if n.startswith("iac_gym.languages.")]
    assert not bad, f"{path.relative_to(ROOT)} imports {bad}"


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, iac_gym; print([m for m in sys.modules if m.split('.')[0] in " + repr(
        ("torch", "transformers", "datasets", "yaml", "jsonschema", "kubernetes_validate",
         "tree_sitter", "pandas", "matplotlib", "envs", "rich")
    ) + "])"  # fmt: skip
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_top_level_packages_hold_a_docstring_only():
    for name in ("envs", "agents", "bench"):
        body = ast.parse((ROOT / name / "__init__.py").read_text(encoding="utf-8")).body
        assert len(body) == 1
        assert isinstance(body[0], ast.Expr)
