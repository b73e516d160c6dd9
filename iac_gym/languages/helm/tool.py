"""The real `helm`, as ground truth: `helm lint` and `helm template` without a cluster."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from iac_gym.language import Opinion
from iac_gym.languages.helm.parse import BUNDLE, chart_folder, unbundled
from iac_gym.verdict import Finding

#: Seconds that one run may take.
TIME_LIMIT = 60
_PLACE = re.compile(r"\(?([\w.-]+)/((?:templates|charts)/[\w./-]+):([0-9]+)")


def missing_tool() -> str:
    """Say why helm cannot be asked; "" where it can."""
    if shutil.which("helm") is None:
        return "helm is not on the PATH; install it from https://helm.sh/docs/intro/install/"
    return ""


def write_chart(files: Mapping[str, str], root: Path) -> tuple[Path, list[Path]]:
    """Write an answer's files: the chart's folder, and the values files beside it.

    Raises `ValueError` for a path that leaves the folder.
    """
    if len(files) == 1 and BUNDLE in files:
        files = unbundled(files[BUNDLE])
    folder = chart_folder(files)
    chart = root / (folder.rstrip("/") or "chart")
    for path, text in files.items():
        if ".." in PurePosixPath(path).parts or path.startswith("/"):
            raise ValueError(f"{path} leaves the folder")
        place = root / path if folder else chart / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", errors="surrogateescape")
    beside = [path for path in sorted(files) if folder and not path.startswith(folder)]
    return chart, [root / path for path in beside if path.endswith((".yaml", ".yml", ".json"))]


def ask_tool(files: Mapping[str, str]) -> Opinion:
    """Ask `helm lint` and then `helm template`; both must accept the chart."""
    if reason := missing_tool():
        return Opinion(None, reason=reason)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        try:
            chart, values = write_chart(files, root)
        except (ValueError, OSError) as error:
            return Opinion(None, reason=str(error))
        given = [f"--values={path}" for path in values]
        for command in (["lint", str(chart)], ["template", "release-name", str(chart)]):
            said = _run([*command, *given], root)
            if said is not None:
                return said
    return Opinion(True)


def _run(arguments: list[str], root: Path) -> Opinion | None:
    """Run helm; None where it accepts."""
    home = {f"HELM_{name}_HOME": str(root / f".{name}") for name in ("CACHE", "CONFIG", "DATA")}
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(root), **home}
    try:
        done = subprocess.run(
            ["helm", *arguments],
            capture_output=True, text=True, timeout=TIME_LIMIT, cwd=root, env=environment,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Opinion(None, reason=f"helm took more than {TIME_LIMIT} seconds")
    if done.returncode == 0:
        return None
    lines = (done.stdout + done.stderr).splitlines()
    errors = [line for line in lines if "[ERROR]" in line or line.startswith("Error:")]
    return Opinion(False, tuple(_finding(line) for line in errors[:20]) or (Finding("refused"),))


def _finding(line: str) -> Finding:
    place = _PLACE.search(line)
    return Finding(line, place[2] if place else "", int(place[3]) if place else 0)
