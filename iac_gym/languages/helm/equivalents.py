"""Rewritings of a chart that mean the same to Helm, for the contract's tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.yaml import dump, load_all
from iac_gym.languages.helm.reading import HELM

Files = dict[str, str]

_INCLUDE = re.compile(r'include "([^"]+)" \.(?=[ |)}])')
_QUOTED = re.compile(r"(\.Values\.[\w.]+) \| quote\b(?! *\|)")
_OPEN = re.compile(r"\{\{(-?) ")
_SPACED = re.compile(r"(?<=\S) (-?)\}\}")


def _is_template(path: str) -> bool:
    return "templates/" in f"/{path}" and path.endswith((".yaml", ".yml", ".tpl", ".txt"))


def _is_yaml(path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and not _is_template(path)


def _plain(value: Any, *, backwards: bool = False) -> Any:
    if isinstance(value, dict):
        items = reversed(value.items()) if backwards else value.items()
        return {key: _plain(item, backwards=backwards) for key, item in items}
    if isinstance(value, list):
        return [_plain(item, backwards=backwards) for item in value]
    return value


def _emitted(change: Callable[[list[Any]], str]) -> Callable[[str], str]:
    """Make a rewriting of a YAML text from one of its documents."""

    def rewritten(text: str) -> str:
        documents = [_plain(one.value) for one in load_all(text, HELM)]
        return change(documents) if documents else text

    return rewritten


def _as_json(documents: list[Any]) -> str:
    return "---\n".join(json.dumps(one, indent=2) + "\n" for one in documents)


_YAML: Mapping[str, Callable[[str], str]] = {
    "values with keys in the opposite order": _emitted(
        lambda documents: dump([_plain(one, backwards=True) for one in documents])
    ),
    "values by another emitter": _emitted(
        lambda documents: str(
            yaml.safe_dump_all(documents, indent=4, width=60, sort_keys=False, explicit_start=True)
        )
    ),
    "values as JSON": _emitted(_as_json),
    "comments in values": lambda text: f"# written by hand\n{text.rstrip()}\n# the end\n",
    "values with carriage returns": lambda text: text.replace("\n", "\r\n"),
}

_TEMPLATES: Mapping[str, Callable[[str], str]] = {
    "comments in templates": lambda text: "{{- /* written by hand */ -}}\n" + text,
    "actions without spaces": lambda text: _SPACED.sub(
        lambda found: f"{' ' if found[1] else ''}{found[1]}}}}}",
        _OPEN.sub(lambda found: "{{- " if found[1] else "{{", text),
    ),
    "functions before their argument": lambda text: _QUOTED.sub(r"(quote \1)", text),
    "templates with carriage returns": lambda text: text.replace("\n", "\r\n"),
}


def _rewritten(
    files: Mapping[str, str], fits: Callable[[str], bool], change: Callable[[str], str]
) -> Files:
    return {path: change(text) if fits(path) else text for path, text in files.items()}


def _through_helpers(files: Mapping[str, str]) -> Files | None:
    """Put a named template around each that is included; the file that defines most holds them."""
    names: set[str] = set()
    made = dict(files)
    for path, text in files.items():
        if _is_template(path) and not path.endswith(".tpl"):
            names.update(_INCLUDE.findall(text))
            made[path] = _INCLUDE.sub(r'include "\1.again" .', text)
    homes = [path for path in files if _is_template(path) and path.endswith(".tpl")]
    if not names or not homes:
        return None
    again = "".join(
        f'{{{{- define "{name}.again" -}}}}\n{{{{- include "{name}" . -}}}}\n{{{{- end }}}}\n'
        for name in sorted(names)
    )
    made[homes[0]] = f"{made[homes[0]].rstrip()}\n{again}"
    return made


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, Files]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    made: dict[str, Files | None] = {
        **{change: _rewritten(files, _is_yaml, rewrite) for change, rewrite in _YAML.items()},
        **{
            change: _rewritten(files, _is_template, rewrite)
            for change, rewrite in _TEMPLATES.items()
        },
        "helpers around helpers": _through_helpers(files),
    }
    for change, rewritten in made.items():
        if rewritten and rewritten != dict(files):
            yield change, rewritten
    if len(files) > 1:
        yield "files in the opposite order", dict(reversed(list(files.items())))
