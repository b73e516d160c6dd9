"""Scripts with compound commands, read by tree-sitter's bash grammar."""

from __future__ import annotations

import re
from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from iac_gym.formats.shell import (
    Command,
    Lookup,
    Script,
    is_stop,
    mark_certain,
    strip_wrappers,
    unquote,
)

#: Deepest nesting that is followed.
MOST_DEPTH = 60
_UNSURE = frozenset(
    """if_statement elif_clause else_clause for_statement while_statement case_statement case_item
    c_style_for_statement do_group negated_command""".split()
)


#: `${...}` that is more than a name.
_SPECIAL = re.compile(r"\$\{(?![A-Za-z_]\w*\})")


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def read_tree(text: str, env: Lookup) -> Script:
    """Read a script into its commands; an error gives its offset."""
    source = text.encode("utf-8", "surrogatepass")
    root = _parser().parse(source).root_node
    if root.has_error:
        bad = _first_error(root)
        if bad is not None:
            offset = len(source[: bad.start_byte].decode("utf-8", "replace"))
            return Script([], f"the shell cannot read {_quote(source, bad)}", offset)
    walker = _Walker(source, env)
    walker.sequence(root, True, 0)
    return Script(walker.commands)


def _quote(source: bytes, node: Node) -> str:
    text = source[node.start_byte : node.end_byte].decode("utf-8", "replace").strip()
    if node.is_missing:
        return f"the script: `{node.type}` is missing"
    return f"`{text[:40]}`" if text else "the end of the script"


def _first_error(root: Node) -> Node | None:
    """Return the first node that is wrong. Goes down only where the tree has an error."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type == "ERROR" or node.is_missing:
            return node
        stack.extend(child for child in reversed(node.children) if child.has_error)
    return None


class _Walker:
    """Collects the commands of a tree."""

    def __init__(self, source: bytes, env: Lookup) -> None:
        self._source = source
        self._env = env
        self._pipe = 0
        self.commands: list[Command] = []

    def sequence(self, node: Node, certain: bool, depth: int) -> bool:
        """Visit the statements of a body; returns whether what follows it still runs."""
        for child in node.named_children:
            if child.type == "comment":
                continue
            before = len(self.commands)
            self.visit(child, certain, depth + 1)
            made = self.commands[before:]
            if certain and any(one.certain and is_stop(one) for one in made):
                certain = False
        return certain

    def visit(self, node: Node, certain: bool, depth: int) -> None:
        """Visit one statement."""
        if depth > MOST_DEPTH:
            return
        kind = node.type
        if kind in ("command", "declaration_command", "unset_command"):
            self._pipe += 1
            self._command(node, certain)
        elif kind == "list":
            self._list(node, certain, depth)
        elif kind == "pipeline":
            self._pipeline(node, certain, depth)
        elif kind in ("subshell", "compound_statement"):
            self.sequence(node, certain, depth)
        elif kind == "redirected_statement":
            body = node.child_by_field_name("body")
            if body is not None:
                self.visit(body, certain, depth + 1)
        elif kind == "test_command":
            self._pipe += 1
            self.commands.append(Command(("[",), self._offset(node), certain, self._pipe))
        elif kind in _UNSURE:
            self.sequence(node, False, depth)

    def _offset(self, node: Node) -> int:
        return len(self._source[: node.start_byte].decode("utf-8", "replace"))

    def _command(self, node: Node, certain: bool) -> None:
        words: list[str] = []
        for child in node.children:
            if child.type in ("file_redirect", "heredoc_redirect", "herestring_redirect"):
                continue
            words.extend(self._word(child))
        stripped, wrapper = strip_wrappers(words)
        offset = self._offset(node)
        self.commands.append(Command(tuple(stripped), offset, certain, self._pipe, wrapper))

    def _word(self, node: Node) -> list[str]:
        text = self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")
        if "$(" in text or "`" in text or _SPECIAL.search(text):
            return [_bare(text)]
        return unquote(text, self._env)

    def _pipeline(self, node: Node, certain: bool, depth: int) -> None:
        self._pipe += 1
        pipe = self._pipe
        before = len(self.commands)
        for child in node.named_children:
            self.visit(child, certain, depth + 1)
        for command in self.commands[before:]:
            command.pipe = pipe

    def _list(self, node: Node, certain: bool, depth: int) -> None:
        items: list[tuple[str, Node]] = []
        op = ""
        for operator, child in _unfold(node):
            op = operator
            items.append((op, child))
        groups: list[tuple[str, list[Command]]] = []
        for operator, child in items:
            before = len(self.commands)
            self.visit(child, certain, depth + 1)
            made = self.commands[before:]
            groups.append((operator, made or [Command((":",), 0, certain, 0)]))
        self._mark(groups, certain)

    def _mark(self, groups: list[tuple[str, list[Command]]], certain: bool) -> None:
        """Weigh the list as if each item were one command, then pass the result down."""
        stand_ins: list[tuple[str, list[Command]]] = []
        for op, made in groups:
            ends = made[-1] if op == "||" and made[-1].program in ("exit", "false") else made[0]
            last = Command(ends.words, 0, True, 0, ends.wrapper)
            stand_ins.append((op, [last]))
        mark_certain(stand_ins, not certain)
        for (_, made), (_, [judged]) in zip(groups, stand_ins, strict=True):
            if not judged.certain:
                for command in made:
                    command.certain = False


def _bare(text: str) -> str:
    """Return a word without its quotes; what stands in `$(...)` and `${...}` is left as it is."""
    made: list[str] = []
    quote, depth, at = "", 0, 0
    while at < len(text):
        char = text[at]
        if text[at : at + 2] in ("$(", "${") and quote != "'":
            made.append(text[at : at + 2])
            depth, at = depth + 1, at + 2
            continue
        if depth:
            depth += (char in "({") - (char in ")}")
            made.append(char)
        elif char == "\\" and quote != "'" and at + 1 < len(text):
            at += 1
            made.append(text[at])
        elif char == quote or (not quote and char in "'\""):
            quote = "" if quote else char
        else:
            made.append(char)
        at += 1
    return "".join(made)


def _unfold(node: Node) -> list[tuple[str, Node]]:
    """Unfold a left-leaning `a && b || c` into [("", a), ("&&", b), ("||", c)]."""
    out: list[tuple[str, Node]] = []
    while node.type == "list":
        children = node.children
        if len(children) < 3:
            break
        out.append((children[1].type, children[-1]))
        node = children[0]
    out.append(("", node))
    out.reverse()
    return out
