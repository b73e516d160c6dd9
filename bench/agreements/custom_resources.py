"""Custom resources against their published definitions, applied by `jsonschema`.

Built-in kinds are asked of `kubernetes_validate`. What these do not look at is not compared: rules
in CEL, keys of lists, references, and what the operators' own validation finds.

Inputs are the manifests of `IaC-MLOps-v0`, or files of folders, both with the mistakes of
`tree_mutants` and the rewritings of the language's `equivalents`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.agreements.subject import Change, Files, Subject
from bench.agreements.tree_mutants import every
from iac_gym.check import ParseError
from iac_gym.formats.yaml import dump, load_all
from iac_gym.language import Opinion
from iac_gym.languages.custom_resources import LANGUAGE
from iac_gym.languages.custom_resources.equivalents import equivalents
from iac_gym.languages.custom_resources.pack import custom_kinds
from iac_gym.languages.custom_resources.tool import FOLDER, ask_library
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

PATH = LANGUAGE.path
MOST_TEXT = 60_000

#: Our rules about what a schema looks at; findings of others are not compared.
COMPARED = frozenset(("known-kind", "known-fields", "field-types", "required-fields"))
#: Argo reads numbers as texts, and JobSet fills in names: definitions alone do not say so.
FORGIVEN = ("argoproj.io/", "jobset.x-k8s.io/", "kubeflow.org/v1beta1")


def missing() -> str:
    """Say why the definitions cannot be asked, "" where they can."""
    if os.environ.get(FOLDER):
        return ""
    return f"set {FOLDER} to a folder of definitions, as `build_data` reads it"


def ask(files: Files) -> Opinion:
    """Ask the definitions, and leave out what they cannot judge."""
    if missing():
        return Opinion(None, reason=missing())
    said = ask_library(files)
    if said.valid is None:
        return said
    if not said.valid and any(prefix in text for text in files.values() for prefix in FORGIVEN):
        return Opinion(None, reason="earlier releases may take it")
    verdict = check_files(dict(files), dict.fromkeys(files, LANGUAGE.name))
    found = [one for one in verdict.diagnostics if one.stage <= Stage.SEMANTICS]
    if said.valid and found and not any(one.rule in COMPARED for one in found):
        return Opinion(None, reason=f"the definitions do not look at this: {found[0]}")
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _load(text: str) -> Any:
    return [_plain(document.value) for document in load_all(text)]


def _rewriting(name: str) -> Change:
    def changed(_: random.Random, text: str) -> str | None:
        return dict(equivalents({PATH: text})).get(name, {}).get(PATH)

    return changed


_EXAMPLE = "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\n"


def found(folders: Iterable[str]) -> Iterator[tuple[str, Files]]:
    """Yield names and files of the custom resources in folders, each file by itself."""
    known = custom_kinds()
    for folder in folders:
        root = Path(folder)
        for path in sorted(file for kind in ("*.yaml", "*.yml") for file in root.rglob(kind)):
            text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
            if not 0 < len(text) <= MOST_TEXT:
                continue
            try:
                objects = LANGUAGE.parse({PATH: text}).objects
            except ParseError:
                continue
            if any((item.api_version, item.kind.partition(".")[0]) in known for item in objects):
                yield f"{root.name}/{path.relative_to(root)}", {PATH: text}


def ask_all(inputs: Sequence[Files]) -> Sequence[Opinion]:
    """Ask about many files."""
    return [ask(files) for files in inputs]


def versions() -> Mapping[str, str]:
    """Return the versions that the answers depend on."""
    return {name: version(name) for name in ("jsonschema", "kubernetes-validate")}


SUBJECT = Subject(
    language=LANGUAGE.name,
    env="IaC-MLOps-v0",
    tool="the published definitions",
    missing=missing,
    versions=versions,
    ask=ask_all,
    mistakes=every(_load, dump),
    rewritings={name: _rewriting(name) for name, _ in equivalents({PATH: _EXAMPLE})},
    found=lambda folders: list(found(folders)),
    ask_alone=ask,
)
