"""Terraform against `terraform validate`.

Programs are the references of `IaC-Terraform-v0` that use AWS, programs written by hand as weak and
strong models write them (`bench/programs/terraform`), both with mistakes (`terraform_mutants`), and
with rewritings that change nothing. All of them ask for the AWS provider that is installed, so that
both sides judge by the same version.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.agreements.subject import Change, Files, Subject
from bench.agreements.terraform_corpus import programs as programs_in
from bench.agreements.terraform_mutants import MUTATIONS, REWRITINGS
from bench.agreements.terraform_text import Text
from iac_gym.languages.terraform.tool import (
    ask_terraform,
    installed_providers,
    missing_tool,
    validate_many,
)

PROGRAMS = Path(__file__).parents[1] / "programs" / "terraform"
#: Classes that are tried three times as often: what a schema alone does not see.
OFTEN = frozenset(
    {"bad arn", "bad cidr", "bad enum", "bad json", "bad name", "conflicting arguments", "cycle",
     "expression mistake", "missing block", "number out of range", "wrong type of value"}
)  # fmt: skip
_REQUIRED = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

"""


def pinned(files: Files) -> Files:
    """Return the files with a constraint on the AWS provider, where they have none."""
    text = "\n".join(files.values())
    if "required_providers" in text or not re.search(r"aws", text):
        return files
    first = next(iter(files))
    return {**files, first: _REQUIRED + files[first]}


def written() -> list[tuple[str, str, Files]]:
    """Return the programs written by hand: origin, name, files."""
    return [
        (
            f"written as a {'weak' if path.stem.startswith('weak') else 'strong'} model",
            path.stem,
            pinned({"main.tf": path.read_text("utf-8")}),
        )
        for path in sorted(PROGRAMS.glob("*.tf"))
    ]


def _prepare(files: Files) -> Files | None:
    """Leave out references that need another provider than AWS."""
    text = "\n".join(files.values())
    if "aws_" in text and not re.search(r"google|azurerm|hashicorp/(?!aws)", text):
        return pinned(files)
    return None


def versions() -> dict[str, str]:
    """Return the versions of terraform and of the providers."""
    said = subprocess.run(
        ["terraform", "version", "-json"], capture_output=True, text=True, check=False
    ).stdout
    found = {"terraform": str(json.loads(said).get("terraform_version", "unknown"))}
    return found | {name: ", ".join(all_) for name, all_ in installed_providers().items()}


def _changes(table: Mapping[str, Callable[[random.Random, Text], str | None]]) -> dict[str, Change]:
    def change(name: str) -> Change:
        return lambda rng, text: table[name](rng, Text(text))

    return {name: change(name) for name in table}


SUBJECT = Subject(
    language="terraform",
    env="IaC-Terraform-v0",
    tool="terraform validate",
    missing=missing_tool,
    versions=versions,
    ask=validate_many,
    mistakes=_changes(MUTATIONS),
    rewritings=_changes(REWRITINGS),
    weights=dict.fromkeys(OFTEN, 3),
    by_hand=written,
    found=lambda folders: [(name, pinned(files)) for name, files in programs_in(folders)],
    prepare=_prepare,
    ask_alone=ask_terraform,
)
