"""CloudFormation against cfn-lint, its rules read once: errors (E...) mean "invalid".

Inputs are the references of `IaC-CloudFormation-v0`, or the templates of folders, both with
mistakes (`cloudformation_mutants`, `tree_mutants`) and with rewritings that change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.agreements.cloudformation_mutants import MUTATIONS, REWRITINGS
from bench.agreements.subject import Files, Subject
from iac_gym.languages.cloudformation.tool import PACKAGE, ask_many, missing_tool, versions

#: Most characters of a template.
MOST_TEXT = 120_000
_ENDINGS = (".yaml", ".yml", ".json", ".template")
#: What tells the tool itself what to overlook, or is for another tool that runs before it.
_NOT_ALONE = re.compile(r"cfn-lint|Rain::")
_RESOURCES = re.compile(r"^[\"']?Resources[\"']?[ \t]*:|^[ \t]*\"Resources\"[ \t]*:", re.MULTILINE)


def found(folders: Iterable[str]) -> Iterator[tuple[str, Files]]:
    """Yield names and files of the templates in folders, each by itself."""
    for folder in folders:
        root = Path(folder)
        for path in sorted(root.rglob("*")):
            if path.suffix not in _ENDINGS or not path.is_file():
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            if _NOT_ALONE.search(text):
                continue
            if len(text) <= MOST_TEXT and _RESOURCES.search(text):
                yield f"{root.name}/{path.relative_to(root)}", {"template.yaml": text}


SUBJECT = Subject(
    language="cloudformation",
    env="IaC-CloudFormation-v0",
    tool=PACKAGE,
    missing=missing_tool,
    versions=versions,
    ask=ask_many,
    mistakes=MUTATIONS,
    rewritings=REWRITINGS,
    found=lambda folders: list(found(folders)),
    at_once=100,
)
