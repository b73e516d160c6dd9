"""Answer's files -> `Pipeline`: YAML, inputs, `extends`, `!reference`, in the order of GitLab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iac_gym.check import ParseError
from iac_gym.formats.yaml import Document, Mark, YamlError, YamlMap, load_all
from iac_gym.formats.yaml_scalars import PSYCH
from iac_gym.languages.gitlab_ci.expand import TAG, Budget, Extender, Note, Resolver
from iac_gym.languages.gitlab_ci.inputs import MARK, Interpolation
from iac_gym.languages.gitlab_ci.job import TOP_LEVEL
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.verdict import Finding

#: The rules that the names of `expand` stand for.
_RULES = {"extends": "extends-is-right", "reference": "references-are-found"}
#: Most jobs of one file, and most values that all of them inherit.
MOST_JOBS = 1_000
MOST_INHERITED = 20_000


def parse(files: Mapping[str, str]) -> Pipeline:
    """Read a pipeline (path -> text; the first file counts). Raises `ParseError`."""
    path = next(iter(files), "")
    text = files.get(path, "")
    header, tree = _documents(path, text)
    faults: dict[str, list[Finding]] = {}

    def note(kind: str, message: str, mark: Mark) -> None:
        finding = Finding(message, path, mark[0], mark[1])
        if kind == "size":
            raise ParseError(finding)
        faults.setdefault(_RULES[kind], []).append(finding)

    if header and MARK in text:
        inputs = Interpolation(header, note)
        tree = inputs.value(tree, tree.mark)
        faults |= _unknown(inputs, path)
    written, budget, partial = tree, Budget(), frozenset[Any]()
    opaque = tree.get("include") is not None
    if "extends" in text:
        extender = Extender(tree, opaque, note, budget)
        tree = extender.run()
        partial = frozenset(extender.partial)
    if TAG in text:
        tree = Resolver(tree, opaque, note, budget).run()
    _count(tree, note)
    return Pipeline(tree, written, path, header, partial, faults)


def _count(tree: YamlMap, note: Note) -> None:
    """Refuse files whose jobs are too many, alone or together with what they inherit."""
    if len(tree) <= 50:
        return
    if len(tree) > MOST_JOBS:
        note("size", f"there are {len(tree)} entries; at most {MOST_JOBS} are read", tree.mark)
    size = Budget().size
    given = sum(size(tree[key]) for key in ("default", "variables", *TOP_LEVEL) if key in tree)
    if given * len(tree) > MOST_INHERITED:
        note("size", "the jobs inherit more than can be examined", tree.mark)


def _unknown(inputs: Interpolation, path: str) -> dict[str, list[Finding]]:
    found = [
        Finding(f"`inputs.{name[:80]}` is not declared in `spec`", path, *mark)
        for name, mark in inputs.unknown
    ]
    return {"inputs-are-declared": found} if found else {}


def _documents(path: str, text: str) -> tuple[YamlMap, YamlMap]:
    """Return the header with `spec:` (empty without one) and the configuration."""
    try:
        documents = load_all(text, PSYCH)
    except YamlError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
    if not documents:
        raise ParseError(Finding("the pipeline is empty", path, hint="write a job"))
    first = documents[0].value
    if len(documents) > 1 and first.__class__ is YamlMap and "spec" in first:
        return first, _mapping(documents[1], path)
    return YamlMap(), _mapping(documents[0], path)


def _mapping(document: Document, path: str) -> YamlMap:
    if document.value.__class__ is not YamlMap or not document.value:
        message = "the top level of a pipeline must be a mapping of keywords and jobs"
        raise ParseError(Finding(message, path, *document.mark, "write `job: {script: ...}`"))
    tree: YamlMap = document.value
    return tree
