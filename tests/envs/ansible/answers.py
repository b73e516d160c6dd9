"""Right answers in many styles, and nearly right ones, for one requirement at a time."""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from envs.ansible import CATEGORY
from iac_gym.languages.ansible import LANGUAGE
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

Answer = str | Mapping[str, str]
#: What makes any task worthless.
CHEATS: Sequence[Mapping[str, Any]] = (
    {"when": False}, {"when": "inventory_hostname == 'web01'"}, {"tags": ["never"]},
    {"ignore_errors": True}, {"failed_when": False}, {"check_mode": True}, {"loop": []},
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A requirement with its arguments, answers that meet it, and answers that do not.

    Texts are the tasks of a play on `web`, or whole playbooks. Unless `plain`, every task of the
    first right answer is also tried with each of `CHEATS`.
    """

    name: str
    args: Mapping[str, Any]
    right: Sequence[Answer]
    wrong: Sequence[Answer]
    plain: bool = False

    def __str__(self) -> str:
        return self.name


def files_of(answer: Answer) -> dict[str, str]:
    """Return the files of an answer."""
    if not isinstance(answer, str):
        return {path: textwrap.dedent(text).lstrip("\n") for path, text in answer.items()}
    text = textwrap.dedent(answer).strip("\n") + "\n"
    if not text.startswith(("- hosts", "- name: ", "---")) or "hosts:" not in text:
        text = "- hosts: web\n  tasks:\n" + textwrap.indent(text, "    ")
    return {"playbook.yml": text}


def unmet(case: Case, answer: Answer) -> list[str]:
    """Return what the requirement finds in an answer."""
    return unmet_files(case, files_of(answer))


def unmet_files(case: Case, files: Mapping[str, str]) -> list[str]:
    """Return the same for the texts of files."""
    found = CATEGORY.requirements[case.name].check(LANGUAGE.parse(dict(files)), **case.args)
    return [finding.message for finding in found]


def faults(answer: Answer) -> list[str]:
    """Return what makes an answer invalid."""
    files = files_of(answer)
    verdict = check_files(files, dict.fromkeys(files, "ansible"))
    return [str(one) for one in verdict.diagnostics if one.stage <= Stage.SEMANTICS]


def cheats(case: Case) -> Iterator[tuple[Mapping[str, Any], dict[str, str]]]:
    """Yield the first right answer with all its tasks made worthless, in each way."""
    first = files_of(case.right[0])
    for cheat in CHEATS:
        made = {}
        for path, text in first.items():
            tree = yaml.safe_load(text)
            for task in _tasks(tree):
                if "loop" in cheat and "loop" in task:
                    task.pop("loop")
                task.update(copy.deepcopy(dict(cheat)))
            made[path] = yaml.safe_dump(tree, sort_keys=False)
        yield cheat, made


def _tasks(tree: Any) -> Iterator[dict[str, Any]]:
    for play in tree if isinstance(tree, list) else []:
        for key in ("pre_tasks", "tasks", "post_tasks"):
            for task in play.get(key, []):
                parts = [*task.get("block", [])]
                yield from parts or [task]


def judge(case: Case) -> None:
    """Check every answer of a case."""
    for answer in case.right:
        assert unmet(case, answer) == [], f"should be met:\n{answer}"
        assert faults(answer) == [], f"should be valid:\n{answer}"
    for answer in case.wrong:
        assert unmet(case, answer), f"should not be met:\n{answer}"
    if not case.plain:
        for cheat, files in cheats(case):
            assert unmet_files(case, files), f"{cheat} should not be met:\n{files}"
