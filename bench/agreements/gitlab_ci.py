"""GitLab pipelines against GitLab's JSON schema, applied by the `jsonschema` library.

The schema is made for editors. Where GitLab's own classes are known to read more or less than it,
this says so: the schema is asked about what GitLab reads (after `extends` and `!reference`, without
nulls, nested lists flattened), and a text that it takes is not judged where we only find what it
does not look at (`BEYOND`: names that are not defined, expressions, and a few mappings that it
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
from iac_gym.check import ParseError
from iac_gym.formats.yaml import dump, load_all
from iac_gym.formats.yaml_scalars import PSYCH
from iac_gym.language import Opinion
from iac_gym.languages.gitlab_ci import LANGUAGE
from iac_gym.languages.gitlab_ci.equivalents import equivalents
from iac_gym.languages.gitlab_ci.expand import TAG, UNSEEN
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
#: Keywords whose lists may be nested.
FLATTENED = frozenset(
    "after_script before_script cache needs rules script services stages tags".split()
)
#: Keywords of which one may stand for a list of one, in GitLab's classes.
SINGLE: Mapping[str, type] = {"exists": str, "needs": dict}
#: Keywords whose empty list says nothing.
EMPTY = frozenset(("extends", "paths"))
BEYOND_MESSAGES = re.compile(
    r"cache\b.*not a known keyword|mapping has `files`|`entrypoint` must be"
    r"|deployment_tier|:stage must be text|a rule is empty|matrix"
    r"|`when` is `never`|no duration|scripts? must be|each line must be|top level"
    r"|has no `paths`|names neither|is longer than allowed|`project` needs `file`|more than one"
    r"|more than 150"
    r"|header: .* not a known keyword|workflow: .* not a known keyword|each rule must be"
)


def _as_read(value: Any, key: Any = None) -> Any:
    """Return a value as GitLab reads it: no nulls, no empty paths, nested rules flattened."""
    if isinstance(value, SINGLE.get(key, ())):
        value = [value]
    if isinstance(value, dict):
        return {
            name: _as_read(item, name)
            for name, item in value.items()
            if item is not None and item is not UNSEEN and not (name in EMPTY and item == [])
        }
    if not isinstance(value, list):
        return value
    items = _flat(value) if key in FLATTENED else value
    return [_as_read(item) for item in items if item is not UNSEEN]


def _flat(value: list[Any]) -> list[Any]:
    return [inner for one in value for inner in (_flat(one) if isinstance(one, list) else [one])]


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
    """Return the files after `extends` and `!reference`, where these can be followed."""
    made = {}
    for path, text in files.items():
        try:
            model = LANGUAGE.parse({path: text})
        except ParseError:
            return files
        if model.faults:
            return files
        trees = [tree for tree in (model.header, model.tree) if tree]
        made[path] = dump([_as_read(plain(tree)) for tree in trees])
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
    fits = LANGUAGE.patterns
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
