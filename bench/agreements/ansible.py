"""Ansible projects against ansible-core itself: its loader, its templates, its specifications.

ansible-core loads the playbooks as `--syntax-check` does, compiles every template of a task and
validates arguments with the module's own specification. Its action plugins are not run, and what
is found only by running is not judged: where only such rules of ours object, the input is unscored.

Inputs are the references of `IaC-Ansible-v0`, or folders of projects, with mistakes in their trees
and in their templates, and with the rewritings of the language's `equivalents`.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.agreements.subject import Change, Files, Subject
from bench.agreements.tree_mutants import every
from iac_gym.check import ParseError
from iac_gym.formats.yaml import YamlError, dump, load
from iac_gym.formats.yaml_scalars import ANSIBLE
from iac_gym.language import Opinion
from iac_gym.languages.ansible import LANGUAGE
from iac_gym.languages.ansible.equivalents import equivalents
from iac_gym.languages.ansible.modules.core_actions import (
    BASED,
    CONSTRAINED,
    MORE,
    SPECIFICATIONS,
    UNIONS,
)
from iac_gym.languages.ansible.tool import ask_ansible, ask_many, missing_tool, python_of_ansible
from iac_gym.verdict import Diagnostic, Stage
from iac_gym.verifier import check_files

PATH = "playbook.yml"
MOST_TEXT = 60_000
#: Rules whose subject ansible-core sees only when it runs: plugins of its own, other files.
BEYOND_STAGES = (Stage.REFERENCES, Stage.SEMANTICS)
_OPTIONS = frozenset(
    """options-are-known required-options-are-given option-types-are-right
    option-values-are-allowed options-fit-together""".split()
)
_PLUGINS = frozenset(
    name for table in (SPECIFICATIONS, UNIONS, MORE, CONSTRAINED, BASED) for name in table
) | {"command", "shell", "service", "template", "uri", "copy"}
_ACTION = re.compile(r"`(?:ansible\.(?:builtin|legacy)\.)?(\w+)`:")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PIECES = "| ( ) [ ] ' \" . , == not is in {{ }} % + ~".split()


def judged(opinion: Opinion, files: Files) -> Opinion:
    """Leave out what ansible-core would find only by running the project."""
    if opinion.valid is not True:
        return opinion
    verdict = check_files(dict(files), dict.fromkeys(files, "ansible"))
    found = [one for one in verdict.diagnostics if one.stage <= Stage.SEMANTICS]
    if found and all(map(_beyond, found)):
        return Opinion(None, reason=f"only a run would show this: {found[0]}")
    return opinion


def _beyond(one: Diagnostic) -> bool:
    if one.stage in BEYOND_STAGES:
        return True
    action = _ACTION.match(one.finding.message)
    return one.rule in _OPTIONS and action is not None and action[1] in _PLUGINS


def _ask(inputs: Sequence[Files]) -> Sequence[Opinion]:
    return [judged(one, files) for one, files in zip(ask_many(inputs), inputs, strict=True)]


def _ask_alone(files: Files) -> Opinion:
    return judged(ask_ansible(files), files)


# --- changes --------------------------------------------------------------------------------------


def _load(text: str) -> Any:
    return _plain(load(text, ANSIBLE).value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _safe(change: Change) -> Change:
    """Leave out texts that are no YAML, or whose tags a change of the tree would lose."""

    def changed(rng: random.Random, text: str) -> str | None:
        if re.search(r"!(?:vault|unsafe)\b", text):
            return None
        try:
            return change(rng, text)
        except (YamlError, ParseError):
            return None

    return changed


def _broken_template(rng: random.Random, text: str) -> str | None:
    found = list(_TEMPLATE.finditer(text))
    if not found:
        return None
    one = rng.choice(found)
    at = rng.randrange(one.start(), one.end())
    kept = at if rng.random() < 0.5 else at + 1
    return text[:at] + rng.choice(["", *_PIECES]) + text[kept:]


def _rewriting(name: str) -> Change:
    def changed(_: random.Random, text: str) -> str | None:
        return dict(equivalents({PATH: text})).get(name, {}).get(PATH)

    return changed


_EXAMPLE = """- hosts: web
  roles: [a]
  tasks:
    - ansible.builtin.apt: {name: nginx, update_cache: true}
      when: [a, b]
      tags: x
      loop: [1]
    - apt: {name: b}
      notify: c
"""


def found(folders: Iterable[str]) -> Iterator[tuple[str, Files]]:
    """Yield names and files of the playbooks in folders, each by itself."""
    for folder in folders:
        root = Path(folder)
        for path in sorted({one for kind in ("*.yml", "*.yaml") for one in root.rglob(kind)}):
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            if 0 < len(text) <= MOST_TEXT and re.search(LANGUAGE.content, text):
                yield f"{root.name}/{path.relative_to(root)}", {PATH: text}


def versions() -> Mapping[str, str]:
    """Return the versions that the answers depend on."""
    code = "import ansible.release, jinja2; print(ansible.release.__version__, jinja2.__version__)"
    command = [python_of_ansible(), "-I", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return dict(zip(("ansible-core", "jinja2"), ran.stdout.split(), strict=False))


SUBJECT = Subject(
    language="ansible",
    env="IaC-Ansible-v0",
    tool="ansible-core",
    missing=missing_tool,
    versions=versions,
    ask=_ask,
    mistakes={
        **{name: _safe(one) for name, one in every(_load, lambda t: dump([t])).items()},
        "broken template": _broken_template,
    },
    rewritings={name: _safe(_rewriting(name)) for name, _ in equivalents({PATH: _EXAMPLE})},
    weights={"broken template": 3},
    found=lambda folders: list(found(folders)),
    ask_alone=_ask_alone,
)
