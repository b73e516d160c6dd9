"""cfn-lint, as ground truth: its rules are read once and reused, its errors (E...) mean "invalid".

It is used in process where it is importable (`pip install cfn-lint`). Otherwise a Python that has
it may be named in `IAC_GYM_CFN_LINT`: one process of it answers about many templates. Only the
region us-east-1 is judged, without network; what cfn-lint itself fails at is unscored.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from iac_gym.language import Opinion
from iac_gym.verdict import Finding

VARIABLE = "IAC_GYM_CFN_LINT"
PACKAGE = "cfn-lint"
#: Seconds for one process.
TIME_LIMIT = 600

Files = Mapping[str, str]

#: Defines `lint(path, text) -> [[rule, message, line, column], ...]`, in process or in another.
PROGRAM = """
import logging
from pathlib import Path
import cfnlint.rules
from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode_str
from cfnlint.rules import Rules
from cfnlint.runner.template import runner
logging.disable(logging.CRITICAL)
rules = Rules.create_from_directory(str(Path(cfnlint.rules.__file__).parent))
config = ConfigMixIn([], regions=["us-east-1"])

def lint(path, text):
    template, matches = decode_str(text)
    matches = list(matches or [])
    if template is not None and not matches:
        matches = list(runner._run_template(path, template, config, rules))
    return [[one.rule.id, one.message, one.linenumber, one.columnnumber]
            for one in matches if one.rule.id.startswith("E")]
"""
_ANSWER = """
import json, sys
for line in sys.stdin:
    path, text = json.loads(line)
    try:
        said = lint(path, text)
    except Exception as error:
        said = [["E0002", repr(error), 0, 0]]
    print(json.dumps(said), flush=True)
"""


def interpreter() -> str:
    """Return the Python that has cfn-lint, "" for none."""
    return os.environ.get(VARIABLE, "") or (sys.executable if _is_importable() else "")


def _is_importable() -> bool:
    return find_spec("cfnlint") is not None


def missing_tool() -> str:
    """Say why cfn-lint cannot be asked; "" where it can."""
    if _is_importable() or interpreter():
        return ""
    return (
        f"{PACKAGE} is not installed; install it with: pip install {PACKAGE} "
        f"(or name a Python that has it in {VARIABLE})"
    )


def versions() -> dict[str, str]:
    """Return the version of cfn-lint, where it is known."""
    try:
        return {PACKAGE: version(PACKAGE)}
    except PackageNotFoundError:
        pass
    if not interpreter():
        return {}
    code = f"from importlib.metadata import version; print(version({PACKAGE!r}))"
    run = subprocess.run(
        [interpreter(), "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    return {PACKAGE: run.stdout.strip()}


@cache
def _linter() -> Callable[[str, str], list[list[Any]]]:
    """Return cfn-lint in process, its rules read once."""
    space: dict[str, Any] = {}
    exec(compile(PROGRAM, PACKAGE, "exec"), space)
    found: Callable[[str, str], list[list[Any]]] = space["lint"]
    return found


def ask_cfn_lint(files: Files) -> Opinion:
    """Ask about one template."""
    return ask_many([files])[0]


def ask_many(inputs: Sequence[Files]) -> list[Opinion]:
    """Ask about templates, in their order."""
    if reason := missing_tool():
        return [Opinion(None, (), reason) for _ in inputs]
    pairs = [next(iter(files.items()), ("", "")) for files in inputs]
    said = _in_process(pairs) if _is_importable() else _elsewhere(pairs)
    return [_opinion(path, lines) for (path, _), lines in zip(pairs, said, strict=True)]


def _in_process(pairs: Sequence[tuple[str, str]]) -> list[list[list[Any]]]:
    lint = _linter()
    answers = []
    for path, text in pairs:
        try:
            answers.append(lint(path, text))
        except Exception as error:  # the tool broke: unscored
            answers.append([["E0002", repr(error), 0, 0]])
    return answers


def _elsewhere(pairs: Sequence[tuple[str, str]]) -> list[list[list[Any]]]:
    lines = "".join(json.dumps(pair) + "\n" for pair in pairs)
    run = subprocess.run(
        [interpreter(), "-c", PROGRAM + _ANSWER],
        input=lines, capture_output=True, text=True, check=False, timeout=TIME_LIMIT,
    )  # fmt: skip
    answers = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("[")]
    broken = [["E0002", run.stderr[-300:] or "no answer", 0, 0]]
    return (answers + [broken] * len(pairs))[: len(pairs)]


def _opinion(path: str, lines: list[list[Any]]) -> Opinion:
    broken = [message for rule, message, _, _ in lines if rule == "E0002"]
    if broken:
        return Opinion(None, (), f"{PACKAGE} failed: {broken[0][:300]}")
    findings = [Finding(f"{message} [{rule}]", path, line, at) for rule, message, line, at in lines]
    return Opinion(not findings, tuple(findings))
