"""Second opinions: promtool as ground truth, and the promql-parser library on expressions.

promtool is found on the PATH, or `IAC_GYM_PROMTOOL` names it. It is asked for the syntax of a
configuration alone: files that it names are on another machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from iac_gym.check import ParseError
from iac_gym.language import Opinion
from iac_gym.languages.prometheus.model import Monitoring
from iac_gym.languages.prometheus.parse import kind_of, parse
from iac_gym.verdict import Finding

VARIABLE = "IAC_GYM_PROMTOOL"
#: Seconds that one run may take, and how many files are checked in one.
TIME_LIMIT = 120
MOST_AT_ONCE = 100
_COMMANDS = {
    "rules": ("check", "rules", "--lint=none"),
    "config": ("check", "config", "--syntax-only", "--lint=none"),
}
_PLACE = re.compile(r"(\d+):(\d+): (?:\d+:\d+: )?(.*)")

Files = Mapping[str, str]


def promtool() -> str:
    """Return the path of promtool, "" where there is none."""
    return os.environ.get(VARIABLE) or shutil.which("promtool") or ""


def missing_tool() -> str:
    """Say why promtool cannot be asked; "" where it can."""
    return "" if promtool() else f"promtool is not on the PATH, and {VARIABLE} does not name it"


def version() -> str:
    """Return the version of promtool."""
    run = subprocess.run([promtool(), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"version (\S+)", run.stdout + run.stderr)
    return found[1] if found else "unknown"


def ask_promtool(files: Files) -> Opinion:
    """Ask promtool about the files of one answer."""
    opinions = ask_many([files])
    return opinions[0]


def _kind(text: str) -> str:
    """Tell what a text is by its keys, without parsing it."""
    return "rules" if re.search(r"^[\"']?groups[\"']? *:|^\{ *\"?groups", text, re.M) else "config"


def ask_many(inputs: Sequence[Files]) -> list[Opinion]:
    """Ask promtool about many answers."""
    if problem := missing_tool():
        return [Opinion(None, reason=problem)] * len(inputs)
    with tempfile.TemporaryDirectory() as folder:
        asked: list[tuple[int, str, str, Path]] = []
        for index, files in enumerate(inputs):
            for number, (path, text) in enumerate(files.items()):
                place = Path(folder) / f"{index}-{number}.yml"
                place.write_text(text, encoding="utf-8", errors="replace")
                asked.append((index, path, _kind(text), place))
        found: list[list[Finding]] = [[] for _ in inputs]
        for index, path, kind, place in asked:
            found[index] += _ask(kind, place, path)
    return [Opinion(not one, tuple(one)) for one in found]


def _ask(kind: str, place: Path, path: str) -> Iterator[Finding]:
    command = [promtool(), *_COMMANDS[kind], str(place)]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=TIME_LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        yield Finding("promtool took too long", path)
        return
    if run.returncode == 0:
        return
    lines = [one.strip() for one in (run.stderr + run.stdout).splitlines() if one.strip()]
    told = [one for one in lines if not one.startswith("Checking") and "SUCCESS" not in one]
    for one in told[:20]:
        text = one.replace(f"{place}: ", "").removeprefix("FAILED:").strip()
        match = _PLACE.match(text)
        line, column = (int(match[1]), int(match[2])) if match else (0, 0)
        if text:
            yield Finding(match[3] if match else text, path, line, column)


def ask_library(files: Files) -> Opinion:
    """Ask the promql-parser library about every expression of the answer's rules.

    It knows PromQL alone: a configuration without rules gets no verdict, and so do answers that we
    refuse for something else.
    """
    try:
        import promql_parser  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return Opinion(None, reason="the library promql-parser is not installed")
    try:
        model = parse(files)
    except ParseError as error:
        return Opinion(None, reason=f"the files cannot be read: {error}")
    if not any(kind_of(tree) == "rules" for tree in model.trees.values()):
        return Opinion(None, reason="promql-parser judges rules alone, and there are none")
    found = []
    for text, path, mark in _expressions(model):
        try:
            promql_parser.parse(text)
        except ValueError as error:
            found.append(Finding(str(error)[:300], path, *mark))
    return Opinion(not found, tuple(found))


def _expressions(model: Monitoring) -> Iterator[tuple[str, str, tuple[int, int]]]:
    for group in model.groups:
        for one in group.rules:
            yield one.text, one.file, one.mark_of("expr")
