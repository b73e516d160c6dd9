"""Alertmanager configurations against `amtool check-config` (`IAC_GYM_AMTOOL`, or on the PATH).

Inputs are the references of `IaC-Monitoring-v0` that are Alertmanager's, or files of folders, both
with the mistakes of `tree_mutants` and mistakes of their own (names that are not defined,
durations, addresses, matchers, lines left out), and the rewritings of the language's `equivalents`.

amtool of another version than the one our data come from does not know all fields, and amtool never
parses the templates in texts: a text that only one of the two sides can judge is left out (`None`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bench.agreements.subject import Change, Files, Subject
from bench.agreements.tree_mutants import every
from iac_gym.formats.yaml import load_all
from iac_gym.formats.yaml_scalars import PROMETHEUS, Spelled
from iac_gym.language import Opinion
from iac_gym.languages.alertmanager import LANGUAGE
from iac_gym.languages.alertmanager.equivalents import equivalents
from iac_gym.languages.alertmanager.tool import ask_amtool, missing_tool, version
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

PATH = "alertmanager.yml"
MOST_TEXT = 60_000
#: Rules about what amtool does not look at.
BEYOND = frozenset(("templates-are-right", "template-fields-exist"))
#: What only an older amtool says: fields that came later, names of labels that it does not take.
_NEWER = re.compile(
    r"field (\w+) not found in type|is not a valid label name|invalid label name|bad matcher format"
)


def ask(files: Files) -> Opinion:
    """Ask amtool, and leave out what only one side can judge."""
    said = ask_amtool(files)
    verdict = check_files(dict(files), dict.fromkeys(files, "alertmanager"))
    found = {one.rule for one in verdict.diagnostics if one.stage <= Stage.SEMANTICS}
    if said.valid and found and found <= BEYOND:
        return Opinion(None, reason=f"amtool does not look at this: {sorted(found)}")
    words = " ".join(one.message for one in said.findings)
    if said.valid is False and not found and _NEWER.search(words) and not _same_version():
        return Opinion(None, reason=f"amtool {version()} is older: {words[:200]}")
    return said


def _same_version() -> bool:
    return version().startswith("0.28")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, Spelled) else value


def _load(text: str) -> Any:
    documents = load_all(text, PROMETHEUS)
    return _plain(documents[0].value) if documents else {}


def _dump(tree: Any) -> str:
    return yaml.safe_dump(tree, sort_keys=False)


def _swap(*pairs: tuple[str, str]) -> Change:
    """Return the change that writes one of the first texts as the second, at one place."""

    def changed(rng: random.Random, text: str) -> str | None:
        fits = [pair for pair in pairs if pair[0] in text]
        if not fits:
            return None
        old, new = rng.choice(fits)
        at = rng.choice([found.start() for found in re.finditer(re.escape(old), text)])
        return text[:at] + new + text[at + len(old) :]

    return changed


def _dangling(rng: random.Random, text: str) -> str | None:
    """Name a receiver or an interval that is not defined."""
    lines = text.split("\n")
    fits = [at for at, line in enumerate(lines) if re.search(r"receiver: *\S", line)]
    if not fits:
        return None
    at = rng.choice(fits)
    lines[at] = re.sub(r"(['\"]?) *$", r"x\1", lines[at])
    return "\n".join(lines)


def _line_left_out(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


def _one_character(rng: random.Random, text: str) -> str | None:
    if not text:
        return None
    at = rng.randrange(len(text))
    return text[:at] + rng.choice("{}[]:,\"'- \n#") + text[at + 1 :]


MISTAKES: Mapping[str, Change] = {
    **every(_load, _dump),
    "name not defined": _dangling,
    "durations": _swap(
        ("5m", "5 min"), ("30s", "30"), ("4h", "0h"), ("5m", "1.5m"), ("12h", "12hours")
    ),
    "addresses": _swap(
        ("http://", "httpx://"), ("https://", ""), (":587", ""), (":25", ":"),
        ("https://", "https//"),
    ),
    "matchers": _swap(
        ("=~", "~="), ('"', "'"), ("=", "=="), ('"', ""), (".*", "*"), ("|", "|("),
        ("match:", "matchers:"), ("matchers:", "match:"),
    ),
    "line left out": _line_left_out,
    "one character": _one_character,
}  # fmt: skip
_EXAMPLE = "route: {receiver: a}\nreceivers: [{name: a}]\n"


def _rewriting(name: str) -> Change:
    def changed(_: random.Random, text: str) -> str | None:
        return dict(equivalents({PATH: text})).get(name, {}).get(PATH)

    return changed


def found(folders: Iterable[str]) -> Iterator[tuple[str, Files]]:
    """Yield names and files of the configurations in folders, each file by itself."""
    for folder in folders:
        root = Path(folder)
        for path in sorted(root.rglob("*.y*ml")):
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            if len(text) <= MOST_TEXT and re.search(r"^route:", text, re.MULTILINE):
                yield f"{root.name}/{path.relative_to(root)}", {PATH: text}


def ask_all(inputs: Sequence[Files]) -> Sequence[Opinion]:
    """Ask about many files."""
    return [ask(files) for files in inputs]


def versions() -> Mapping[str, str]:
    """Return the versions that the answers depend on."""
    return {"amtool": version()}


SUBJECT = Subject(
    language=LANGUAGE.name,
    env="IaC-Monitoring-v0",
    tool="amtool check-config",
    missing=missing_tool,
    versions=versions,
    ask=ask_all,
    mistakes=MISTAKES,
    rewritings={name: _rewriting(name) for name, _ in equivalents({PATH: _EXAMPLE})},
    found=lambda folders: list(found(folders)),
    ask_alone=ask,
)
