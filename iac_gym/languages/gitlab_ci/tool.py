"""A second opinion: GitLab's JSON schema, applied by the `jsonschema` library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from iac_gym.formats.yaml import Document, YamlError, find, load_all
from iac_gym.formats.yaml_scalars import PSYCH
from iac_gym.language import Opinion
from iac_gym.languages.gitlab_ci.expand import TAG
from iac_gym.languages.gitlab_ci.pack import schema
from iac_gym.verdict import Finding

#: Most findings that are reported.
MOST_FINDINGS = 20


@cache
def _validator() -> Any:
    from jsonschema import Draft7Validator

    return Draft7Validator(schema())


def plain(value: Any) -> Any:
    """Return a tree of plain dicts and lists; a reference becomes its list, as in the schema."""
    if isinstance(value, dict):
        if len(value) == 1 and TAG in value:
            return plain(value[TAG])
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def ask_library(files: Mapping[str, str]) -> Opinion:
    """Validate every document with GitLab's schema, before `extends` and `!reference`."""
    found: list[Finding] = []
    for path, text in files.items():
        try:
            documents = load_all(text, PSYCH)
        except YamlError as error:
            return Opinion(False, (Finding(error.message, path, error.line, error.column),))
        if not documents:
            return Opinion(False, (Finding("the pipeline is empty", path),))
        for document in documents:
            found.extend(_findings(document, path))
    return Opinion(not found, tuple(found[:MOST_FINDINGS]))


def _findings(document: Document, path: str) -> Iterator[Finding]:
    tree = document.value
    for error in _validator().iter_errors(plain(tree)):
        steps = tuple(error.absolute_path)
        line, column = find(tree, steps)[1] if steps else document.mark
        place = ":".join(map(str, steps))[:120]
        yield Finding(f"{place}: {error.message[:300]}", path, line, column)
