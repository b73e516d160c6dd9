"""The real tool, as ground truth: `amtool check-config`, from `IAC_GYM_AMTOOL` or the PATH."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from iac_gym.language import Opinion
from iac_gym.languages.alertmanager.parse import YAML_FILES
from iac_gym.verdict import Finding

#: Seconds that one run may take.
TIME_LIMIT = 30
_LINE = re.compile(r"line (\d+):?\s*(.*)")


def amtool() -> str:
    """Return the program to run, '' if there is none."""
    return os.environ.get("IAC_GYM_AMTOOL") or shutil.which("amtool") or ""


def missing_tool() -> str:
    """Say why amtool cannot be asked; "" where it can."""
    if not amtool():
        return "amtool is not on the PATH and IAC_GYM_AMTOOL does not name it; install Alertmanager"
    return ""


def version() -> str:
    """Return amtool's version."""
    done = subprocess.run(
        [amtool(), "--version"], capture_output=True, text=True, timeout=TIME_LIMIT, check=False
    )
    found = re.search(r"version (\S+?),? ", done.stdout + done.stderr)
    return found[1] if found else ""


def ask_amtool(files: Mapping[str, str]) -> Opinion:
    """Ask amtool about the first YAML file, with the templates beside it."""
    if reason := missing_tool():
        return Opinion(None, reason=reason)
    path = next((one for one in files if one.endswith(YAML_FILES)), next(iter(files), ""))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for one, text in files.items():
            place = folder / one.lstrip("/")
            if folder.resolve() in place.resolve().parents:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8", errors="replace")
        try:
            done = subprocess.run(
                [amtool(), "check-config", str(folder / path.lstrip("/"))],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=TIME_LIMIT,
                check=False,
                env={"PATH": "/usr/bin:/bin", "HOME": name},
            )
        except subprocess.TimeoutExpired:
            return Opinion(None, reason=f"amtool took longer than {TIME_LIMIT} s")
    if done.returncode == 0:
        return Opinion(True)
    said = (done.stdout + done.stderr).replace(name, "")
    return Opinion(False, tuple(_findings(said, path)))


def _findings(said: str, path: str) -> list[Finding]:
    """Return what amtool says after FAILED, with lines where it names them."""
    words = said.partition("FAILED: ")[2].partition("amtool: error")[0] or said
    found = [
        Finding(line[2][:300], path, int(line[1])) for line in _LINE.finditer(words) if line[2]
    ]
    return found[:20] or [Finding(" ".join(words.split())[:300], path)]
