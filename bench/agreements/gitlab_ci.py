"""GitLab pipelines against GitLab's JSON schema, applied by the `jsonschema` library.

The schema is made for editors. Where GitLab's own classes are known to read more or less than it,
this says so: values that are null are left out first, as GitLab does (an entry that is null is not
specified), and a text that the schema takes is not judged where we only find what the schema does
not look at (`BEYOND`: names that are not defined, expressions, and a few mappings that the schema
leaves open).

Inputs are the references of `IaC-CICD-v0` that are GitLab's, or files of folders, both with the
mistakes of `tree_mutants` and the rewritings of the language's `equivalents`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.agreements.subject import Change, Files, Subject
from bench.agreements.tree_mutants import every
from iac_gym.formats.yaml import YamlError, dump, load_all
from iac_gym.formats.yaml_scalars import PSYCH
from iac_gym.language import Opinion, load_language
from iac_gym.languages.gitlab_ci.equivalents import equivalents
from iac_gym.languages.gitlab_ci.expand import TAG
from iac_gym.languages.gitlab_ci.tool import ask_library, plain
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

PATH = ".gitlab-ci.yml"
MOST_TEXT = 60_000

#: What the schema does not look at: rules, and beginnings of messages of others.
BEYOND = frozenset(
    """conditions-are-right inputs-are-declared inputs-are-right jobs-are-named-right
    jobs-have-work policies-are-right there-is-a-visible-job""".split()
)
BEYOND_MESSAGES = re.compile(
    r"cache\b.*not a known keyword|deployment_tier|:stage must be text|a rule is empty|matrix"
    r"|`when` is `never`|no duration|scripts? must be|each line must be|top level"
    r"|has no `paths`|is longer than allowed|`project` needs `file`|more than one|more than 150"
    r"|header: .* not a known keyword|workflow: .* not a known keyword|each rule must be"
)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def ask(files: Files) -> Opinion:
    """Ask the schema, and leave out what it cannot judge."""
    said = ask_library(_prepared(files))
    if said.valid is not True:
        return said
    verdict = check_files(dict(files), dict.fromkeys(files, "gitlab_ci"))
    found = [one for one in verdict.diagnostics if one.stage <= Stage.SEMANTICS]
    if found and all(
        one.stage == Stage.REFERENCES or one.rule in BEYOND
        or BEYOND_MESSAGES.search(one.finding.message)
        for one in found
    ):  # fmt: skip
        return Opinion(None, reason=f"the schema does not look at this: {found[0]}")
    return said


def _prepared(files: Files) -> Files:
    made = {}
    for path, text in files.items():
        try:
            trees = [document.value for document in load_all(text, PSYCH)]
        except YamlError:
            return files
        if not trees or not all(isinstance(tree, dict) for tree in trees):
            return files
        made[path] = dump([_without_nulls(plain(tree)) for tree in trees])
    return made


def _load(text: str) -> Any:
    return plain(load_all(text, PSYCH)[0].value)


def _single(change: Change) -> Change:
    """Leave out texts that a change of the tree would lose: references, headers."""

    def changed(rng: random.Random, text: str) -> str | None:
        return None if TAG in text or re.search(r"^---", text, re.MULTILINE) else change(rng, text)

    return changed


def _rewriting(name: str) -> Change:
    def changed(_: random.Random, text: str) -> str | None:
        return dict(equivalents({PATH: text})).get(name, {}).get(PATH)

    return changed


_EXAMPLE = "a: {extends: .b, script: [x]}\n.b: {image: c}\n"


def found(folders: Iterable[str]) -> Iterator[tuple[str, Files]]:
    """Yield names and files of the pipelines in folders, each file by itself."""
    fits = load_language("gitlab_ci").patterns
    for folder in folders:
        root = Path(folder)
        for path in sorted({file for pattern in fits for file in root.rglob(pattern)}):
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            if 0 < len(text) <= MOST_TEXT:
                yield f"{root.name}/{path.relative_to(root)}", {PATH: text}


def ask_all(inputs: Sequence[Files]) -> Sequence[Opinion]:
    """Ask about many files."""
    return [ask(files) for files in inputs]


def versions() -> Mapping[str, str]:
    """Return the versions that the answers depend on."""
    return {name: version(name) for name in ("check-jsonschema", "jsonschema")}


SUBJECT = Subject(
    language="gitlab_ci",
    env="IaC-CICD-v0",
    tool="GitLab's JSON schema",
    missing=lambda: "",
    versions=versions,
    ask=ask_all,
    mistakes={name: _single(change) for name, change in every(_load, lambda t: dump([t])).items()},
    rewritings={name: _single(_rewriting(name)) for name, _ in equivalents({PATH: _EXAMPLE})},
    found=lambda folders: list(found(folders)),
    ask_alone=ask,
)
