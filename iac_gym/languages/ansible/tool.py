"""ansible-core as ground truth: it loads the playbooks, compiles templates, validates arguments.

The Python that has ansible-core is named by the environment variable IAC_GYM_ANSIBLE, or is ours
where `ansible` can be imported. `worker.py` runs there, in a scratch folder: nothing is executed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from iac_gym.check import ParseError
from iac_gym.language import Opinion
from iac_gym.languages.ansible.modules import known_collection
from iac_gym.languages.ansible.parse import parse
from iac_gym.languages.ansible.paths import place_of
from iac_gym.verdict import Finding

#: Names the Python that has ansible-core installed.
VARIABLE = "IAC_GYM_ANSIBLE"
#: Seconds for the start, and for each project.
TIME_LIMIT, TIME_EACH = 60, 10
WORKER = Path(__file__).parent / "worker.py"
#: What is missing here only, or only known where the project runs.
_ABSENT = re.compile(
    r"the role '[^']*' was not found|Could not find or access|Unable to retrieve file contents"
    r"|could not be found|vault secrets"
    r"|The (?:file|playbook) .* (?:was not found|could not)|is not a file"
)
_MODULE = re.compile(r"couldn't resolve module/action '([\w-]+\.[\w-]+)\.\S+'")
_PLACE = re.compile(r"Origin: \S*?([^/\s]\S*):(\d+):(\d+)")


def python_of_ansible() -> str:
    """Return the Python that has ansible-core, "" where there is none."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return named if Path(named).is_file() else ""
    return sys.executable if find_spec("ansible") is not None else ""


def missing_tool() -> str:
    """Say why ansible-core cannot be asked; "" where it can."""
    if python_of_ansible():
        return ""
    return f"ansible-core is not installed; install `ansible` and name its Python in {VARIABLE}"


def ask_ansible(files: Mapping[str, str]) -> Opinion:
    """Ask ansible-core about one project."""
    return ask_many([files])[0]


def ask_many(projects: Sequence[Mapping[str, str]]) -> list[Opinion]:
    """Ask ansible-core about many projects in one process."""
    reason = missing_tool()
    if reason:
        return [Opinion(None, reason=reason) for _ in projects]
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        given = [_written(files, scratch / str(at)) for at, files in enumerate(projects)]
        limit = TIME_LIMIT + TIME_EACH * len(given)
        try:
            ran = subprocess.run(
                [python_of_ansible(), "-I", str(WORKER)], input=json.dumps(given), text=True,
                capture_output=True, timeout=limit, check=False, env=_environment(scratch),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return [Opinion(None, reason="ansible-core took too long") for _ in projects]
    said = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    silence = ran.stderr.strip()[-400:] or "ansible-core said nothing"
    return [
        _opinion(said[at] if at < len(said) else None, silence, bool(given[at]["playbooks"]))
        for at in range(len(given))
    ]


def _environment(scratch: Path) -> dict[str, str]:
    """Return an environment without settings of this machine's user."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(scratch),
        "ANSIBLE_HOME": str(scratch / "home"),
        "ANSIBLE_LOCAL_TEMP": str(scratch / "local"),
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
    }


def _written(files: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Write a project into a folder; roles that no playbook calls get one."""
    folder.mkdir(parents=True)
    for path, text in files.items():
        target = (folder / path).resolve()
        if target.is_relative_to(folder.resolve()):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
    playbooks, inventories, roles = _kinds(files)
    if roles and not playbooks:
        book = [{"hosts": "localhost", "gather_facts": False, "roles": roles}]
        (folder / "judged.yml").write_text(json.dumps(book), encoding="utf-8")
        playbooks = ["judged.yml"]
    return {
        "folder": str(folder),
        "playbooks": [str(folder / one) for one in playbooks],
        "inventories": [str(folder / one) for one in inventories],
    }


def _kinds(files: Mapping[str, str]) -> tuple[list[str], list[str], list[str]]:
    """Return the playbooks, the inventories and the roles of a project."""
    try:
        places = parse(files).places
    except ParseError:
        places = {path: place_of(path) for path in files}
    playbooks = [path for path, one in places.items() if one.kind in ("playbook", "yaml")]
    inventories = [path for path, one in places.items() if one.kind.startswith("inventory")]
    roles = sorted({one.role for one in places.values() if one.role})
    return playbooks, inventories, [role.rpartition("/")[2] for role in roles]


def _is_absent(error: str) -> bool:
    """Say whether something is missing that may be there where the project runs."""
    module = _MODULE.search(error)
    foreign = module is not None and not known_collection(module[1])
    return foreign or _ABSENT.search(error) is not None


def _opinion(said: Mapping[str, Any] | None, silence: str, asked: bool) -> Opinion:
    if not asked:
        return Opinion(None, reason="there is no playbook and no role")
    if said is None:
        return Opinion(None, reason=silence)
    errors = said["errors"]
    absent = [one for one in errors if _is_absent(one)]
    if absent:
        return Opinion(None, reason=absent[0])
    findings = []
    for one in errors:
        place = _PLACE.search(one)
        path, line, column = (place[1], int(place[2]), int(place[3])) if place else ("", 0, 0)
        findings.append(Finding(one.split("\n")[0], path, line, column))
    reason = f"not examined: {', '.join(sorted(set(said['open'])))[:300]}" if said["open"] else ""
    return Opinion(not findings, tuple(findings), reason)
