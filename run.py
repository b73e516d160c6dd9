"""Set up and run on a machine that has only Python: `python3 run.py demo`, `python3 run.py test`.

Makes the virtual environment `.venv` if needed, installs exactly what `requirements.lock` pins, and
runs the command. Uses the standard library alone.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"

#: What each command runs, one after the other; the first that fails ends it.
COMMANDS = {
    "setup": [],
    "demo": [["-m", "agents.dapo", "--env", "IaC-K8s-v0"]],
    "lint": [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy"],
    ],
    "test": [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy"],
        ["-m", "pytest", "-n", "2", "--dist", "worksteal"],
    ],
    "bench": [["-m", "bench.performance"]],
}


def run(*command: str | Path) -> None:
    """Run a command in the repository; its failure ends this script with the same exit code."""
    code = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)


def set_up() -> None:
    """Create the environment and install the pinned packages, once for each lock file."""
    stamp = VENV / ".installed"
    pins = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    digest = hashlib.sha256(pins).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    print(f"Setting up {VENV.name} from {LOCK.name}; this is done once.", flush=True)
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    install = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*install, "-r", LOCK)
    run(*install, "--no-build-isolation", "--no-deps", "-e", ROOT)
    stamp.write_text(digest, encoding="utf-8")


def main() -> None:
    """Run the command that was asked for; further arguments go to its last step."""
    if sys.version_info < (3, 11):  # noqa: UP036  the one file that an old Python may run
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"run.py: this is Python {found}; 3.11 or newer is needed. Run it with that one.")
    name, *rest = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        sys.exit(f"run.py: unknown command {name!r}. Allowed: {', '.join(COMMANDS)}.")
    set_up()
    steps = [[*step] for step in COMMANDS[name]]
    if steps:
        steps[-1] += rest
    for step in steps:
        print("$ python", *step, flush=True)
        run(PYTHON, *step)


if __name__ == "__main__":
    main()
