"""What Groovy's compiler refuses behind the syntax: names declared twice, stray jumps, classes.

Source: VariableScopeVisitor, LabelVerifier and ResolveVisitor of Groovy 2.4. Classes are judged
only where every one that the script could mean is known: not with imports of whole packages, nor
with a shared library, which may bring classes of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files as resource
from typing import Any

from iac_gym.formats.groovy import nodes
from iac_gym.formats.groovy.nodes import Node

Report = Callable[[str, str, Node, str], None]

#: Words without which none of these mistakes can be made, but for typed declarations.
WORDS = frozenset("def new as instanceof catch break continue -> for".split())
_TYPED = re.compile(
    r"\b(?:[A-Z]\w*(?:<[^>\n]*>)?|boolean|byte|char|short|int|float|long|double)(?:\[\])*[ \t]+"
    r"[A-Za-z_]\w*[ \t]*[=,;\n]|@(?!Library\b|NonCPS\b)[A-Z]"
)
_BUILT_IN = frozenset("void boolean byte char short int float long double".split())
_LIBRARY = re.compile(r"@Library\b|\blibrary\b|\blibraries\b|\bimport\s+[\w.]+\.\*|\bload\b")
_HINTS = {
    "Field": "groovy.transform.Field",
    "JsonSlurper": "groovy.json.JsonSlurper",
    "JsonSlurperClassic": "groovy.json.JsonSlurperClassic",
    "JsonOutput": "groovy.json.JsonOutput",
    "JsonBuilder": "groovy.json.JsonBuilder",
    "Pattern": "java.util.regex.Pattern",
    "SimpleDateFormat": "java.text.SimpleDateFormat",
    "FlowInterruptedException": "org.jenkinsci.plugins.workflow.steps.FlowInterruptedException",
    "AbortException": "hudson.AbortException",
}


@cache
def known_classes() -> frozenset[str]:
    """Return the classes that need no import."""
    path = resource("iac_gym.languages.jenkins") / "data" / "classes.json"
    return frozenset(json.loads(path.read_text(encoding="utf-8")))


def check_script(script: nodes.Script, report: Report) -> None:
    """Report what Groovy's compiler would refuse: rule, message, place, hint."""
    if script.words & WORDS or _TYPED.search(script.text):
        _Walker(script, report).run()


class _Walker:
    """Goes over a script once. `scopes` are the names declared around, innermost last."""

    def __init__(self, script: nodes.Script, report: Report) -> None:
        self.script = script
        self.report = report
        self.scopes: list[set[str]] = []
        self.loops: list[str] = []
        self.labels: frozenset[str] = frozenset()
        self.classes = self._classes()

    def _classes(self) -> frozenset[str] | None:
        """Return the classes that the script may name, None where that cannot be known."""
        if _LIBRARY.search(self.script.text):
            return None
        own: set[str] = set()
        for node in self.script.statements:
            if isinstance(node, nodes.Class):
                own.add(node.name)
            elif isinstance(node, nodes.Import):
                own.add(node.name.rpartition(" as ")[2].rpartition(".")[2])
        return known_classes() | own

    def run(self) -> None:
        """Go over the whole script."""
        statements = self.script.statements
        with self.scope():
            for node in statements:
                if not isinstance(node, (nodes.Method, nodes.Class, nodes.Import)):
                    self.visit(node)
        for node in statements:
            if isinstance(node, nodes.Method):
                self.method(node)

    @contextmanager
    def scope(self, names: Iterable[str] = ()) -> Iterator[None]:
        """Stand inside a block."""
        self.scopes.append(set(names))
        yield
        self.scopes.pop()

    def declare(self, name: str, node: Node) -> None:
        """Note a variable; one of that name must not be there already."""
        if any(name in scope for scope in self.scopes):
            message = f"a variable `{name}` is declared here already"
            hint = "assign to it without `def`, or take another name"
            self.report("declared-once", message, node, hint)
        self.scopes[-1].add(name)

    def type_of(self, name: nodes.TypeName | None) -> None:
        """Check that a class is known."""
        if name is None or self.classes is None:
            return
        word = name.name.partition("[")[0]
        first = word.partition(".")[0]
        if first in self.classes or first in _BUILT_IN or (first != word and first[:1].islower()):
            return
        full = _HINTS.get(first)
        hint = f"write `import {full}` at the top" if full else "import it, or define it"
        self.report("known-class", f"the class `{word}` is not known", name, hint)

    def annotations(self, modifiers: Iterable[Any]) -> None:
        """Check the classes of annotations."""
        for one in modifiers:
            if isinstance(one, nodes.Annotation):
                self.type_of(nodes.TypeName(one.at, one.end, one.name))

    # Nodes

    def visit(self, node: Node | None) -> None:
        """Go over a node."""
        if node is None or isinstance(node, (nodes.Constant, nodes.Name)):
            return
        reader = _READERS.get(type(node))
        if reader is not None:
            reader(self, node)

    def body(self, statements: Iterable[Node], names: Iterable[str] = ()) -> None:
        """Go over a block."""
        with self.scope(names):
            for node in statements:
                self.visit(node)

    def method(self, node: nodes.Method) -> None:
        """Go over a method, which sees no variable of the script."""
        outer, self.scopes = self.scopes, []
        loops, self.loops = self.loops, []
        self.annotations(node.modifiers)
        self.type_of(node.type)
        with self.scope():
            self.params(node.params)
            self.body(node.body or ())
        self.scopes, self.loops = outer, loops

    def params(self, params: Iterable[nodes.Parameter]) -> None:
        """Declare parameters."""
        for one in params:
            self.type_of(one.type)
            self.visit(one.default)
            self.declare(one.name, one)

    def _closure(self, node: nodes.Closure) -> None:
        loops, self.loops = self.loops, []
        with self.scope(() if node.params is not None else ("it",)):
            self.params(node.params or ())
            for one in node.body:
                self.visit(one)
        self.loops = loops

    def _declaration(self, node: nodes.Declaration) -> None:
        self.annotations(node.modifiers)
        self.type_of(node.type)
        self.visit(node.value)
        for one in node.variables:
            self.visit(one.value)
            self.declare(one.name, one)

    def _block(self, node: nodes.Block) -> None:
        self.body(node.body)

    def _if(self, node: nodes.If) -> None:
        current: Node | None = node
        while isinstance(current, nodes.If):
            self.visit(current.condition)
            self.body([current.then])
            current = current.otherwise
        if current is not None:
            self.body([current])

    def _loop(self, node: nodes.Loop) -> None:
        with self.scope():
            for head in node.heads:
                self.visit(head)
            self.loops.append("loop")
            if node.body is not None:
                self.body([node.body])
            self.loops.pop()

    def _switch(self, node: nodes.Switch) -> None:
        self.visit(node.value)
        self.loops.append("switch")
        for cases, statements in node.groups:
            for case in cases:
                self.visit(case)
            self.body(statements)
        self.loops.pop()

    def _try(self, node: nodes.Try) -> None:
        self.body(node.body)
        for caught, statements in zip(node.caught, node.handlers, strict=True):
            for one in caught.types:
                self.type_of(one)
            with self.scope():
                self.declare(caught.name, caught)
                self.body(statements)
        self.body(node.last or ())

    def _jump(self, node: nodes.Jump) -> None:
        for value in node.values:
            self.visit(value)
        inside = "loop" in self.loops or (node.keyword == "break" and "switch" in self.loops)
        if node.keyword in ("break", "continue") and not inside:
            where = "loops and switches" if node.keyword == "break" else "loops"
            message = f"`{node.keyword}` may stand in {where} only, not in a block of a method"
            self.report("jump-in-loop", message, node, "use `return` in a block")

    def _cast(self, node: nodes.Cast) -> None:
        self.type_of(node.type)
        self.visit(node.value)

    def _new(self, node: nodes.New) -> None:
        self.type_of(node.type)
        self.all(node.args)

    def _call(self, node: nodes.Call) -> None:
        self.visit(node.target)
        self.all(node.args)

    def _map(self, node: nodes.MapLiteral) -> None:
        for entry in node.entries:
            self.visit(entry.key)
            self.visit(entry.value)

    def _gstring(self, node: nodes.GString) -> None:
        for value in node.values:
            self.body([value])

    def _binary(self, node: nodes.Binary) -> None:
        while isinstance(node.left, nodes.Binary):
            self.visit(node.right)
            node = node.left
        self.visit(node.left)
        self.visit(node.right)

    def _ternary(self, node: nodes.Ternary) -> None:
        self.all([one for one in (node.condition, node.then, node.otherwise) if one is not None])

    def all(self, items: Iterable[Node]) -> None:
        """Go over nodes in their order."""
        for one in items:
            self.visit(one)


_READERS: dict[type, Callable[[_Walker, Any], None]] = {
    nodes.Closure: _Walker._closure,
    nodes.Declaration: _Walker._declaration,
    nodes.Block: _Walker._block,
    nodes.If: _Walker._if,
    nodes.Loop: _Walker._loop,
    nodes.Switch: _Walker._switch,
    nodes.Try: _Walker._try,
    nodes.Jump: _Walker._jump,
    nodes.Cast: _Walker._cast,
    nodes.New: _Walker._new,
    nodes.Call: _Walker._call,
    nodes.MapLiteral: _Walker._map,
    nodes.GString: _Walker._gstring,
    nodes.Binary: _Walker._binary,
    nodes.Ternary: _Walker._ternary,
    nodes.Property: lambda walker, node: walker.visit(node.target),
    nodes.Index: lambda walker, node: walker.all([node.target, *node.items]),
    nodes.ListLiteral: lambda walker, node: walker.all(node.items),
    nodes.Unary: lambda walker, node: walker.visit(node.operand),
    nodes.Spread: lambda walker, node: walker.visit(node.value),
}
