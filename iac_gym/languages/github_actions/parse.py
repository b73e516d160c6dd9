"""Answer's files -> `Repository`: YAML 1.2, then workflows and actions by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from iac_gym.check import ParseError
from iac_gym.formats.yaml import YAML_12, YamlError, YamlMap, load
from iac_gym.languages.github_actions.model import Action, Repository, Workflow
from iac_gym.verdict import Finding

_MARKER = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
#: Anything but blank lines, comments and directives; the marker of a document counts.
_CONTENT = re.compile(r"^[ \t]*[^ \t\n#%]", re.MULTILINE)
_ACTION_FILES = ("action.yml", "action.yaml")


def parse(files: Mapping[str, str]) -> Repository:
    """Read workflow and action files (path -> text). Raises `ParseError`."""
    repository = Repository()
    for path, text in files.items():
        tree = _tree(path, text)
        repository.texts[path] = text
        if is_action(path, tree):
            repository.actions[path] = Action(path, tree)
        else:
            repository.workflows[path] = Workflow(path, tree)
    return repository


def is_action(path: str, tree: YamlMap) -> bool:
    """Whether a file is an action: by its name, and by `runs` where there is nothing else."""
    if path.rpartition("/")[2].lower() in _ACTION_FILES:
        return True
    return "runs" in tree and "jobs" not in tree and "on" not in tree


def _one_document(path: str, text: str) -> None:
    """Refuse a second document, even an empty one: the service reads files with one alone."""
    for found in _MARKER.finditer(text):
        before = text[: found.start()]
        if _CONTENT.search(before):
            hint = "remove the `---`, or write two files"
            line = before.count("\n") + 1
            raise ParseError(Finding("there is a second document", path, line, 1, hint))


def _tree(path: str, text: str) -> YamlMap:
    if "\n---" in text:
        _one_document(path, text)
    try:
        document = load(text, YAML_12)
    except YamlError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
    if isinstance(document.value, YamlMap):
        return document.value
    if document.value is None:
        message, hint = "the file is empty", "write `on:` and `jobs:`"
    else:
        message, hint = "the top level must be a mapping", "start with `on:` and `jobs:`"
    raise ParseError(Finding(message, path, *document.mark, hint))
