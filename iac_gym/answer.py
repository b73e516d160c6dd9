"""A completion becomes files, in one documented way.

1. Everything up to the last `</think>` is dropped; a `<think>` that is never closed is an error.
2. Without a code fence the whole rest is the answer (tasks of one file only).
3. With fences (three or more backticks or tildes at the start of a line) the answer is the fenced
   text. A task of one file takes the block whose info word names the language; if there is none,
   the block without an info word. Exactly one such block must exist: two are two answers.
4. A task of several files takes every block that has a path: as the second word of the fence's info
   string, or alone on the last non-blank line before the fence (headings, bold, backticks and a
   colon around it are allowed). A path may occur once.

Nothing is repaired and nothing guessed: ambiguity is a FORMAT finding that says what to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from iac_gym.check import ParseError
from iac_gym.language import load_language
from iac_gym.verdict import Finding, Stage

#: Largest completion that is read, and largest sum of its files, in characters.
MOST_COMPLETION = 1 << 20
MOST_FILES = 1 << 16

_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*([^`\r\n]*)\r?")
_PATH = re.compile(
    r"(?:#+[ \t]*)?[*_`]*(?:(?:file|path):[ \t]*)?[*_`]*([\w.-][\w./-]*?)[`*_:]*", re.IGNORECASE
)


@dataclass(frozen=True)
class Answer:
    """The files of an answer: path -> text."""

    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Block:
    tag: str
    path: str
    text: str


def _refuse(message: str, hint: str = "") -> ParseError:
    return ParseError(Finding(message, hint=hint), stage=Stage.FORMAT, rule="answer-format")


def _after_thinking(text: str) -> str:
    end = text.rfind("</think>")
    rest = text[end + len("</think>") :] if end >= 0 else text
    if "<think>" in rest:
        raise _refuse("`<think>` is never closed, so there is no answer after it")
    return rest


def _path_above(line: str) -> str:
    found = _PATH.fullmatch(line.strip()[:200])
    return found.group(1) if found else ""


def _blocks(text: str) -> list[_Block]:
    """Find the fenced blocks. One pass over the lines."""
    blocks: list[_Block] = []
    mark, tag, path, above, body = "", "", "", "", list[str]()
    for line in text.split("\n"):
        found = _FENCE.fullmatch(line) if line[:3] in ("```", "~~~") else None
        if mark:
            if found and found[1].startswith(mark) and not found[2].strip():
                blocks.append(_Block(tag, path, "\n".join(body) + "\n" if body else ""))
                mark, above = "", ""
            else:
                body.append(line)
        elif found:
            words = found[2].split()
            tag = words[0].lower() if words else ""
            path = words[1] if len(words) > 1 else _path_above(above)
            mark, body = found[1], []
        elif line.strip():
            above = line
    if mark:
        raise _refuse(
            "a code fence is opened and never closed", hint="the answer may have been cut off"
        )
    return blocks


def _one_file(blocks: Sequence[_Block], path: str, language: str) -> dict[str, str]:
    tags = tuple(dict.fromkeys((*load_language(language).tags, language)))
    fitting = [b for b in blocks if b.tag in tags] or [b for b in blocks if not b.tag]
    if not fitting:
        words = ", ".join(sorted({b.tag for b in blocks}))
        raise _refuse(
            f"no code block is marked as {language}: the blocks say {words}",
            hint=f"mark it with one of: {', '.join(tags)}",
        )
    if len(fitting) > 1:
        raise _refuse(
            f"{len(fitting)} code blocks could be the answer; it must be exactly one",
            hint="put everything into one block",
        )
    return {path: fitting[0].text}


def _several_files(blocks: Sequence[_Block], expected: Sequence[tuple[str, str]]) -> dict[str, str]:
    files: dict[str, str] = {}
    for block in blocks:
        path = block.path.removeprefix("./")
        if not path:
            raise _refuse("a code block has no path", hint="write its path on the line before it")
        if path in files:
            raise _refuse(f"{path} is answered twice; each file must occur once")
        if language_of(path, expected) is None:
            listed = ", ".join(pattern for pattern, _ in expected)
            raise _refuse(f"{path} was not asked for", hint=f"the files are: {listed}")
        files[path] = block.text
    for pattern, _ in expected:
        if "*" not in pattern and pattern not in files:
            raise _refuse(f"{pattern} is missing from the answer")
    return files


def language_of(path: str, expected: Sequence[tuple[str, str]]) -> str | None:
    """Return the language of a path by the task's expected files, None where none fits."""
    for pattern, language in expected:
        if path == pattern or fnmatchcase(path, pattern):
            return language
    return None


def extract(text: str, expected: Sequence[tuple[str, str]]) -> Answer:
    """Turn a completion into the expected files (path or pattern, language).

    Raises `ParseError` at stage FORMAT where the completion is no unambiguous answer.
    """
    if len(text) > MOST_COMPLETION:
        raise _refuse(f"the answer has {len(text)} characters, more than {MOST_COMPLETION}")
    if "<" in text:  # one sign is looked for much faster than a word
        text = _after_thinking(text)
    single = len(expected) == 1 and "*" not in expected[0][0]
    fenced = ("`" in text and "```" in text) or ("~" in text and "~~~" in text)
    blocks = _blocks(text) if fenced else []
    if single:
        path, language = expected[0]
        files = _one_file(blocks, path, language) if blocks else {path: text}
    elif not blocks:
        raise _refuse("the task asks for several files, but no code block was found")
    else:
        files = _several_files(blocks, expected)
    whole = "".join(files.values())
    if len(whole) > MOST_FILES:
        raise _refuse(f"the files have {len(whole)} characters, more than {MOST_FILES}")
    if not whole or whole.isspace():
        raise _refuse("the answer is empty")
    return Answer(files)
