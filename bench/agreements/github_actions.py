"""GitHub Actions against GitHub's own parser of workflows and actions under node.

Inputs are the references of `IaC-CICD-v0` that are GitHub's, or files of folders, both with
mistakes (`github_actions_mutants`) and with rewritings that change nothing. The parser, and
GitHub's language service beside it, are found as `iac_gym.languages.github_actions.tool` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.agreements.github_actions_mutants import MUTATIONS, REWRITINGS
from bench.agreements.subject import Files, Subject
from iac_gym.languages.github_actions.tool import (
    PACKAGE,
    ask_many,
    ask_workflow_parser,
    missing_tool,
    versions,
)

#: Most characters of a file.
MOST_TEXT = 60_000
_WORKFLOW = re.compile(r"^[\"']?(?:on|jobs)[\"']?[ \t]*:|^\{", re.MULTILINE)
_ACTION = re.compile(r"^[\"']?runs[\"']?[ \t]*:", re.MULTILINE)


def found(folders: Iterable[str]) -> Iterator[tuple[str, Files]]:
    """Yield names and files of the workflows and actions in folders, each file by itself."""
    for folder in folders:
        root = Path(folder)
        for path in sorted([*root.rglob("*.yml"), *root.rglob("*.yaml")]):
            if not path.is_file():
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            name = _name(path.name, text)
            if name and len(text) <= MOST_TEXT:
                yield f"{root.name}/{path.relative_to(root)}", {name: text}


def _name(name: str, text: str) -> str:
    """Return the path that a file is asked about under; "" for one that is neither."""
    if name in ("action.yml", "action.yaml") or (
        _ACTION.search(text) and not _WORKFLOW.search(text)
    ):
        return "action.yml"
    return ".github/workflows/ci.yml" if _WORKFLOW.search(text) else ""


SUBJECT = Subject(
    language="github_actions",
    env="IaC-CICD-v0",
    tool=PACKAGE,
    missing=missing_tool,
    versions=versions,
    ask=ask_many,
    mistakes=MUTATIONS,
    rewritings=REWRITINGS,
    found=lambda folders: list(found(folders)),
    ask_alone=ask_workflow_parser,
    at_once=200,
)
