"""A Terraform program as lines of text, with what stands in each: enough to damage it on purpose.

Programs are written as `terraform fmt` writes them: one argument or block header a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from iac_gym.languages.terraform.pack import provider
from iac_gym.languages.terraform.schemas import BodySchema

_HEADER = re.compile(r'^(\s*)([A-Za-z_]\w*)((?:\s+"[^"]*")*)\s*\{\s*(\})?\s*$')
_ARGUMENT = re.compile(r"^(\s*)([A-Za-z_][\w-]*)(\s*=\s*)(\S.*?)\s*$")
_HEREDOC = re.compile(r"<<-?(\w+)\s*$")
REFERENCE = re.compile(
    r"(?<![\w.\"])((?:data\.)?aws_\w+)\.([A-Za-z_][\w-]*)((?:\[[^\]\n]*\])?)\.(\w+)"
)


@dataclass(frozen=True)
class Argument:
    """An argument of a block in one line; `path` are the block types around it."""

    line: int
    indent: str
    name: str
    value: str
    owner: str
    path: tuple[str, ...]

    @property
    def literal(self) -> bool:
        """Whether the value is a text without interpolation, a number or a bool."""
        return bool(re.fullmatch(r'"[^"$%]*"|-?\d+(\.\d+)?|true|false', self.value))


@dataclass(frozen=True)
class Part:
    """A block: lines `start` to `end`, its type, labels, and the block types around it."""

    start: int
    end: int
    indent: str
    kind: str
    labels: tuple[str, ...]
    owner: str
    path: tuple[str, ...]


def _code(line: str) -> str:
    """Return a line without texts and comments, to count its brackets."""
    line = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)
    return re.sub(r"(#|//).*", "", line)


class Text:
    """The arguments and blocks of a program."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.arguments: list[Argument] = []
        self.blocks: list[Part] = []
        self._read()

    def _read(self) -> None:
        open_blocks: list[tuple[int, str, str, tuple[str, ...]]] = []
        depth = 0  # brackets of values that are open
        heredoc = ""
        for number, line in enumerate(self.lines):
            if heredoc:
                heredoc = "" if line.strip() == heredoc else heredoc
                continue
            header = _HEADER.match(line) if not depth else None
            if header:
                labels = tuple(re.findall(r'"([^"]*)"', header[3]))
                open_blocks.append((number, header[1], header[2], labels))
                if header[4]:
                    self._close(open_blocks, number)
                continue
            if not depth and line.strip() == "}" and open_blocks:
                self._close(open_blocks, number)
                continue
            code = _code(line)
            change = sum(map(code.count, "{[(")) - sum(map(code.count, "}])"))
            if not depth and not change and open_blocks:
                self._argument(number, line, open_blocks)
            depth = max(0, depth + change)
            found = _HEREDOC.search(line)
            heredoc = found[1] if found else ""

    def _place(
        self, around: list[tuple[int, str, str, tuple[str, ...]]]
    ) -> tuple[str, tuple[str, ...]]:
        if not around:
            return "", ()
        _, _, kind, labels = around[0]
        owner = f"{'data.' if kind == 'data' else ''}{labels[0]}" if len(labels) == 2 else ""
        inner = [
            labels[0] if kind == "dynamic" and labels else kind for _, _, kind, labels in around
        ]
        return owner, (inner[0], *[kind for kind in inner[1:] if kind != "content"])

    def _close(self, around: list[tuple[int, str, str, tuple[str, ...]]], end: int) -> None:
        start, indent, kind, labels = around[-1]
        owner, path = self._place(around)
        around.pop()
        self.blocks.append(Part(start, end, indent, kind, labels, owner, path))

    def _argument(
        self, number: int, line: str, around: list[tuple[int, str, str, tuple[str, ...]]]
    ) -> None:
        found = _ARGUMENT.match(line)
        if found and not _HEREDOC.search(line):
            owner, path = self._place(around)
            self.arguments.append(Argument(number, found[1], found[2], found[4], owner, path))

    # -- what mutations ask for ------------------------------------------------------------------

    def of_resources(self) -> list[Argument]:
        """Return the arguments of resources and data sources."""
        return [one for one in self.arguments if one.owner.removeprefix("data.")[:4] == "aws_"]

    def resources(self) -> list[Part]:
        """Return the resource blocks."""
        return [b for b in self.blocks if b.kind == "resource" and len(b.path) == 1]

    def inner(self) -> list[Part]:
        """Return the nested blocks of resources and data sources."""
        return [b for b in self.blocks if b.owner[:4] in ("aws_", "data") and len(b.path) > 1]

    def replaced(self, line: int, new: str, last: int | None = None) -> str:
        """Return the text with other lines in the place of some."""
        end = line if last is None else last
        return "\n".join([*self.lines[:line], *new.split("\n"), *self.lines[end + 1 :]])

    def without(self, line: int, last: int | None = None) -> str:
        """Return the text without some lines."""
        end = line if last is None else last
        return "\n".join([*self.lines[:line], *self.lines[end + 1 :]])

    def inserted(self, after: int, new: str) -> str:
        """Return the text with lines more after one."""
        return "\n".join([*self.lines[: after + 1], *new.split("\n"), *self.lines[after + 1 :]])

    def plus(self, block: str) -> str:
        """Return the text with a block more at its end."""
        return f"{self.text.rstrip()}\n\n{block.rstrip()}\n"


def schema_of(owner: str, path: tuple[str, ...]) -> BodySchema | None:
    """Return the schema of the body of a resource, or of a block in it."""
    aws = provider("aws", 5)
    if aws is None:
        return None
    kind = owner.removeprefix("data.")
    body = aws.data(kind) if owner.startswith("data.") else aws.resource(kind)
    for name in path[1:]:
        if body is None or name not in body.blocks:
            return None
        body = body.blocks[name].body
    return body
