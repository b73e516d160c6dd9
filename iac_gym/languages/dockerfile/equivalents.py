"""Rewritings of a Dockerfile that build the same image: for tests that they score the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from iac_gym.languages.dockerfile.instruction import Instruction
from iac_gym.languages.dockerfile.lines import read

_SIMPLE_ENV = re.compile(r"ENV (\w+)=([\w./:-]+)")
_SIMPLE_RUN = re.compile(r"RUN ((?:--\S+ )*)([^<>|;\\'\"\n]+(?:&&[^<>|;\\'\"\n]+)*)")


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    path, text = next(iter(files.items()))
    instructions, _, _ = read(text)
    lines = text.split("\n")
    heredocs = any(one.heredocs for one in instructions)
    yield "lower-case keywords", {path: _lower(lines, instructions)}
    yield "a syntax directive", {path: f"# syntax=docker/dockerfile:1\n{text}"}
    yield "another escape token", {path: "# escape=`\n" + _backticks(text)}
    if not heredocs:
        yield "CRLF line ends", {path: text.replace("\n", "\r\n")}
        yield "indentation", {path: "".join(f"  {line}\n" for line in lines)}
    yield "comments between instructions", {path: _commented(lines, instructions)}
    yield "ENV without equals signs", {path: _each(text, _SIMPLE_ENV, r"ENV \1 \2")}
    yield "ports with their protocol", {path: re.sub(r"(?m)^(EXPOSE \d+)$", r"\1/tcp", text)}
    yield "scripts as heredocs", {path: _each(text, _SIMPLE_RUN, _heredoc)}
    yield (
        "white space in JSON arrays",
        {path: re.sub(r'(?m)^((?:CMD|ENTRYPOINT) )\["', r'\1[ "', text)},
    )
    yield "base images from build arguments", {path: _arguments(text)}
    if text.startswith("FROM "):
        yield (
            "an unused stage in front",
            {path: f"FROM busybox:1.36 AS unused\nUSER root\n\n{text}"},
        )
    yield "an earlier CMD that is replaced", {path: _earlier(text)}


def _lower(lines: list[str], instructions: list[Instruction]) -> str:
    out = list(lines)
    for one in instructions:
        line = out[one.line - 1]
        keyword = line[: len(one.keyword)]
        out[one.line - 1] = keyword.lower() + line[len(one.keyword) :]
    return "\n".join(out)


def _backticks(text: str) -> str:
    return re.sub(r"(?m)\\$", "`", text)


def _commented(lines: list[str], instructions: list[Instruction]) -> str:
    starts = {one.line for one in instructions}
    out: list[str] = []
    for number, line in enumerate(lines, 1):
        out += ["", "# RUN apt-get install -y everything"] * (number in starts)
        out.append(line)
    return "\n".join(out)


def _each(text: str, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str]) -> str:
    return "\n".join(
        pattern.sub(new, line) if pattern.fullmatch(line) else line for line in text.split("\n")
    )


def _heredoc(found: re.Match[str]) -> str:
    commands = [part.strip() for part in found[2].split("&&")]
    return "\n".join([f"RUN {found[1]}<<EOF", "set -e", *commands, "EOF"])


def _arguments(text: str) -> str:
    base = re.match(r"FROM ([^-\s]\S*)", text)
    if not base:
        return text
    return f"ARG BASE={base[1]}\n\nFROM ${{BASE}}{text[base.end() :]}"


def _earlier(text: str) -> str:
    kinds = re.findall(r"(?m)^(CMD|ENTRYPOINT) ", text)
    dead = "".join(f'{kind} ["false"]\n' for kind in sorted(set(kinds)))
    head, _, tail = text.rpartition("\nFROM ") if "\nFROM " in text else ("", "", text[5:])
    first, _, rest = tail.partition("\n")
    start = f"{head}\nFROM " if head else "FROM "
    return f"{start}{first}\n{dead}{rest}"
