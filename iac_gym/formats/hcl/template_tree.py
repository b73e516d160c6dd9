"""The parts of a template, put together: neighbouring literals, directives, indentation."""

from __future__ import annotations

from typing import TypeAlias

from iac_gym.formats.hcl.errors import MAX_DEPTH, TOO_DEEP, HclError
from iac_gym.formats.hcl.lexicon import SPACES
from iac_gym.formats.hcl.literals import composed
from iac_gym.formats.hcl.nodes import Literal, Node, Template, TemplateFor, TemplateIf


class Directive:
    """`%{ word ... }`: for `if` the condition, for `for` the source and the names."""

    __slots__ = ("at", "names", "node", "word")

    def __init__(
        self, at: int, word: str, node: Node | None, names: tuple[str | None, str]
    ) -> None:
        self.at = at
        self.word = word
        self.node = node
        self.names = names


#: Literal text with its offset, an expression, or a directive.
Part: TypeAlias = "tuple[int, str] | Node | Directive"


class _Frame:
    """An open directive while the tree is built: its parts, and those of `if` once in `else`."""

    __slots__ = ("directive", "parts", "yes")

    def __init__(self, directive: Directive) -> None:
        self.directive = directive
        self.parts: list[Node] = []
        self.yes: list[Node] | None = None


def tree(at: int, parts: list[Part], depth: int) -> Node:
    """The node of a string at this offset, so deep in its text. Raises HclError."""
    if not parts:
        return Literal(at, "")
    if len(parts) == 1 and isinstance(parts[0], tuple):
        return Literal(at, composed(parts[0][1]))
    nodes = _nested(parts, depth)
    if len(nodes) == 1 and isinstance(parts[0], tuple):
        nodes[0].at = at
        return nodes[0]
    return Template(at, nodes)


def flat(at: int, parts: list[Part], depth: int) -> Node:
    """The node of a string in which no literals touch. Raises HclError."""
    if len(parts) < 2 or Directive in map(type, parts):
        return tree(at, parts, depth)
    nodes: list[Node] = []
    for part in parts:
        if isinstance(part, tuple):
            nodes.append(Literal(part[0], composed(part[1])))
        elif isinstance(part, Node):
            nodes.append(part)
    return Template(at, nodes)


def _nested(parts: list[Part], depth: int) -> list[Node]:
    """Put the parts between directives into these, and join neighbouring literals."""
    root: list[Node] = []
    current = root
    frames: list[_Frame] = []
    run: list[str] = []
    run_at = 0
    for part in parts:
        if isinstance(part, tuple):
            if not run:
                run_at = part[0]
            run.append(part[1])
            continue
        if run:
            current.append(Literal(run_at, composed("".join(run))))
            run.clear()
        if isinstance(part, Directive):
            if len(frames) + depth >= MAX_DEPTH:
                raise HclError(part.at, *TOO_DEEP)
            current = _directed(frames, part, root)
        else:
            current.append(part)
    if frames:
        left = frames[-1].directive
        hint = f"end it with `%{{end{left.word}}}`"
        raise HclError(left.at, f"this `%{{{left.word}}}` is never closed", hint)
    if run:
        current.append(Literal(run_at, composed("".join(run))))
    return root


def _directed(frames: list[_Frame], part: Directive, root: list[Node]) -> list[Node]:
    """Open or close what a directive says. Returns where the next parts go."""
    if part.word in ("if", "for"):
        frames.append(_Frame(part))
        return frames[-1].parts
    _match(frames, part)
    if part.word == "else":
        return frames[-1].parts
    node = _closed(frames.pop())
    outer = frames[-1].parts if frames else root
    outer.append(node)
    return outer


def _match(frames: list[_Frame], part: Directive) -> None:
    """Refuse `else`, `endif` or `endfor` where none may stand; open the `else` part."""
    word = frames[-1].directive.word if frames else ""
    if part.word == "else":
        if word != "if":
            raise HclError(part.at, "`%{else}` without an `%{if}`")
        frame = frames[-1]
        if frame.yes is not None:
            raise HclError(part.at, "a second `%{else}`", "an `%{if}` has one at most")
        frame.yes, frame.parts = frame.parts, []
    elif part.word != f"end{word}":
        hint = f"`%{{end{word}}}` is due" if word else ""
        raise HclError(part.at, f"`%{{{part.word}}}` closes nothing", hint)


def _closed(frame: _Frame) -> Node:
    opened = frame.directive
    node = opened.node or Literal(opened.at, None)
    if opened.word == "for":
        return TemplateFor(opened.at, *opened.names, node, Template(opened.at, frame.parts))
    if frame.yes is None:
        return TemplateIf(opened.at, node, Template(opened.at, frame.parts), None)
    yes, no = Template(opened.at, frame.yes), Template(opened.at, frame.parts)
    return TemplateIf(opened.at, node, yes, no)


def flush(parts: list[Part]) -> None:
    """Take the common indentation of the lines of a `<<-` heredoc away.

    Only the text that starts a line counts; blank lines do not, and a line that starts with a
    sequence has no indentation.
    """
    lines: list[int] = []
    least: int | None = None
    starts = True
    for index, part in enumerate(parts):
        literal = part[1] if isinstance(part, tuple) else None
        if starts:
            spaces = 0
            if literal is not None:
                stripped = literal.lstrip(SPACES)
                spaces = len(literal) - len(stripped)
                if not stripped and literal.endswith("\n"):
                    continue
                lines.append(index)
            least = spaces if least is None else min(least, spaces)
        starts = literal is not None and literal.endswith("\n")
    for index in lines:
        part = parts[index]
        if least and isinstance(part, tuple):
            parts[index] = (part[0] + least, part[1][least:])
