"""Jenkinsfiles against Groovy's own compiler, up to its conversion phase: the syntax alone.

Inputs are the references of `IaC-CICD-v0` that are Jenkins', or files of folders, both with
mistakes in their text and with rewritings that change nothing. What a Jenkins judges beyond the
syntax needs a server: an input that Groovy reads and only our other rules refuse is unscored.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bench.agreements.subject import Change, Files, Subject
from iac_gym.check import ParseError
from iac_gym.formats.groovy import GroovyError
from iac_gym.language import Opinion
from iac_gym.languages.jenkins.equivalents import equivalents
from iac_gym.languages.jenkins.parse import parse
from iac_gym.languages.jenkins.tool import ask_groovy, check_many, missing_tool

#: Most characters of a file.
MOST_TEXT = 60_000
_NAME = re.compile(r"Jenkinsfile.*|.*\.(?:jenkinsfile|groovy)", re.IGNORECASE)
_WORD = re.compile(r"\w+|[^\w\s]")
_PIECES = """{ } ( ) [ ] , ; : . ? * - ! @ < > | ~ $ \\ / ' " -> = == ?: ++ && =~ .. ${ // /* */
''' if else in new return case class def as final String""".split()


def found(folders: Iterable[str]) -> Iterator[tuple[str, Files]]:
    """Yield names and files of the Jenkinsfiles and Groovy scripts in folders."""
    for folder in folders:
        root = Path(folder)
        for path in sorted(root.rglob("*")):
            if path.is_file() and _NAME.fullmatch(path.name):
                text = path.read_text(encoding="utf-8", errors="replace")
                if len(text) <= MOST_TEXT:
                    yield f"{root.name}/{path.relative_to(root)}", {"Jenkinsfile": text}


def _deleted(rng: random.Random, text: str) -> str | None:
    place = rng.randrange(len(text))
    return text[:place] + text[place + rng.choice((1, 1, 1, 8)) :]


def _inserted(rng: random.Random, text: str) -> str | None:
    place = rng.randrange(len(text))
    return text[:place] + rng.choice(_PIECES) + text[place:]


def _repeated(rng: random.Random, text: str) -> str | None:
    place = rng.randrange(len(text))
    return text[:place] + text[place : place + 8] + text[place:]


def _line_deleted(rng: random.Random, text: str) -> str | None:
    lines = text.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


def _swapped(rng: random.Random, text: str) -> str | None:
    words = list(_WORD.finditer(text))
    if len(words) < 2:
        return None
    place = rng.randrange(len(words) - 1)
    first, second = words[place], words[place + 1]
    middle = text[first.end() : second.start()]
    return f"{text[: first.start()]}{second[0]}{middle}{first[0]}{text[second.end() :]}"


def _joined(rng: random.Random, text: str) -> str | None:
    ends = [one.start() for one in re.finditer(r"\n", text)]
    if not ends:
        return None
    place = rng.choice(ends)
    return text[:place] + " " + text[place + 1 :]


def _safe(change: Change) -> Change:
    def apply(rng: random.Random, text: str) -> str | None:
        return change(rng, text) if text else None

    return apply


def _rewriting(name: str) -> Change:
    def apply(_: random.Random, text: str) -> str | None:
        try:
            made = dict(equivalents({"Jenkinsfile": text}))[name]["Jenkinsfile"]
        except GroovyError:
            return None
        return made if made != text else None

    return apply


_MISTAKES: Mapping[str, Callable[[random.Random, str], str | None]] = {
    "deleted text": _deleted,
    "inserted piece": _inserted,
    "repeated text": _repeated,
    "deleted line": _line_deleted,
    "swapped words": _swapped,
    "joined lines": _joined,
}
_NAMES = [name for name, _ in equivalents({"Jenkinsfile": "pipeline {\n}\n"})]


def _ask(inputs: Sequence[Files]) -> Sequence[Opinion]:
    opinions = check_many([next(iter(files.values())) for files in inputs])
    return [_judged(one, files) for one, files in zip(opinions, inputs, strict=True)]


def _ask_alone(files: Files) -> Opinion:
    return _judged(ask_groovy(files), files)


def _judged(opinion: Opinion, files: Files) -> Opinion:
    """Leave out what only a Jenkins server could confirm: a fault behind a valid syntax."""
    if opinion.valid:
        try:
            faults = parse(files).faults
        except ParseError:
            return opinion
        if faults:
            return Opinion(None, reason=f"only a Jenkins server judges {sorted(faults)}")
    return opinion


def _version() -> dict[str, str]:
    ran = subprocess.run(["groovy", "--version"], capture_output=True, text=True, check=False)
    return {"groovy": " ".join(ran.stdout.split()[:3])}


SUBJECT = Subject(
    language="jenkins",
    env="IaC-CICD-v0",
    tool="groovyc, conversion phase",
    missing=missing_tool,
    versions=_version,
    ask=_ask,
    mistakes={name: _safe(change) for name, change in _MISTAKES.items()},
    rewritings={name: _rewriting(name) for name in _NAMES},
    found=lambda folders: list(found(folders)),
    ask_alone=_ask_alone,
    at_once=400,
)
