"""Which variables a template takes from outside: Jinja2's scopes of names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from iac_gym.formats.jinja.nodes import Node, walk

#: Statements with a scope of their own, which the scope around them does not look into.
_CLOSED = frozenset(("block", "autoescape"))


def undeclared(body: Node) -> frozenset[str]:
    """Return the names that a template looks up from outside."""
    found: set[str] = set()
    root = _Scope(None)
    if mentions(body, "self"):
        root.parameter("self")
    root.see(body.items)
    _Visit(found).enter(root, body.items)
    for node in walk(body):
        if node.kind == "block":
            scope = _Scope(None)
            for name in ("self", "super"):
                if mentions(node.items[0], name):
                    scope.parameter(name)
            scope.see(node.items[0].items)
            _Visit(found).enter(scope, node.items[0].items)
    return frozenset(found)


def mentions(body: Node | Iterable[Node], name: str) -> bool:
    """Say whether a name is read in these nodes before it is assigned, outside of blocks."""
    waiting = [body] if isinstance(body, Node) else list(body)
    waiting.reverse()
    while waiting:
        node = waiting.pop()
        if node.kind == "name" and node.value == name:
            return True
        if node.kind == "block":
            continue
        if node.kind in ("set", "set_block", "for") and name in _target_names(node.items[0]):
            return any(
                one is not None and mentions(one, name)
                for one in (node.items[1:2] if node.kind != "set_block" else ())
            )
        items = node.items[1:] if node.kind in ("set", "set_block", "for") else node.items
        waiting.extend(reversed([one for one in items if one is not None]))
    return False


def stores(root: Node, name: str) -> bool:
    """Say whether a name is assigned in these nodes, as a target of `set` or `for`."""
    if root.kind in ("name", "tuple", "nsref"):
        return name in _target_names(root)
    return any(
        node.kind in ("set", "set_block", "for") and name in _target_names(node.items[0])
        for node in walk(root)
    )


def _target_names(target: Node) -> list[str]:
    return [str(one.value) for one in walk(target) if one.kind == "name"]


class _Scope:
    """The names of one scope: those that are known, set, and looked up from outside."""

    __slots__ = ("known", "outer", "outside", "set")

    def __init__(self, outer: _Scope | None) -> None:
        self.outer = outer
        self.known: set[str] = set()
        self.set: set[str] = set()
        self.outside: set[str] = set()

    def copy(self) -> _Scope:
        made = _Scope(self.outer)
        made.known, made.set, made.outside = set(self.known), set(self.set), set(self.outside)
        return made

    def knows(self, name: str) -> bool:
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.known:
                return True
            scope = scope.outer
        return False

    def parameter(self, name: str) -> None:
        self.set.add(name)
        self.known.add(name)
        self.outside.discard(name)

    def store(self, name: str) -> None:
        self.set.add(name)
        self.known.add(name)

    def load(self, name: str) -> None:
        if not self.knows(name):
            self.known.add(name)
            self.outside.add(name)

    def join(self, branches: list[_Scope]) -> None:
        """Take over what branches of a condition did: what only some set may come from outside."""
        newly = set().union(*(one.set for one in branches)) - self.set
        for one in branches:
            self.known |= one.known
            self.outside |= one.outside
            self.set |= one.set
        for name in newly:
            if self.outer is not None and self.outer.knows(name):
                self.outside.discard(name)
            else:
                self.outside.add(name)

    # what the scope sees in its own statements, without those that have a scope of their own

    def see(self, nodes: Iterable[Node | None]) -> None:
        for node in nodes:
            if node is not None:
                _SEEN.get(node.kind, _Scope.expression)(self, node)

    def expression(self, node: Node) -> None:
        if node.kind == "name":
            self.load(node.value)
        elif node.kind == "nsref":
            self.load(node.value[0])
        elif node.kind not in _CLOSED:
            self.see(node.items)

    def target(self, node: Node, parameter: bool = False) -> None:
        for one in walk(node):
            if one.kind == "name":
                (self.parameter if parameter else self.store)(one.value)
            elif one.kind == "nsref":
                self.load(one.value[0])

    def see_if(self, node: Node) -> None:
        *branches, other = node.items
        first = branches[0]
        self.see((first.items[0],))
        made = [self.copy() for _ in range(3)]
        made[0].see(first.items[1].items)
        for branch in branches[1:]:
            made[1].see_if(Node("if", branch.at, None, (branch, None)))
        if other is not None:
            made[2].see(other.items)
        self.join(made)

    def see_set(self, node: Node) -> None:
        self.see((node.items[1],))
        self.target(node.items[0])

    def see_set_block(self, node: Node) -> None:
        self.target(node.items[0])

    def see_for(self, node: Node) -> None:
        self.see((node.items[1],))

    def see_named(self, node: Node) -> None:
        if node.kind == "import":
            self.see(node.items)
        self.store(node.value)

    def see_from(self, node: Node) -> None:
        self.see(node.items)
        for _, alias in node.value:
            self.store(alias)

    def see_call_block(self, node: Node) -> None:
        self.see((node.items[1],))

    def see_first(self, node: Node) -> None:
        self.see((node.items[0],))

    def see_with(self, node: Node) -> None:
        self.see(node.items[1:-1:2])


_SEEN: dict[str, Callable[[_Scope, Node], None]] = {
    "if": _Scope.see_if, "set": _Scope.see_set, "set_block": _Scope.see_set_block,
    "for": _Scope.see_for, "macro": _Scope.see_named, "import": _Scope.see_named,
    "from": _Scope.see_from, "call_block": _Scope.see_call_block,
    "filter_block": _Scope.see_first, "with": _Scope.see_with,
}  # fmt: skip


class _Visit:
    """Goes into every scope and collects what it looks up from outside."""

    def __init__(self, found: set[str]) -> None:
        self.found = found

    def enter(self, scope: _Scope, nodes: Iterable[Node | None]) -> None:
        self.found |= scope.outside
        self.inside(scope, nodes)

    def inside(self, scope: _Scope, nodes: Iterable[Node | None]) -> None:
        for node in nodes:
            if node is None:
                continue
            visit = _VISITS.get(node.kind)
            if visit is not None:
                visit(self, scope, node)

    def condition(self, scope: _Scope, node: Node) -> None:
        *branches, other = node.items
        for branch in branches:
            self.inside(scope, branch.items[1].items)
        if other is not None:
            self.inside(scope, other.items)

    def loop(self, scope: _Scope, node: Node) -> None:
        target, _, test, body, other = node.items
        made = _Scope(scope)
        if (
            node.value
            or mentions(body, "loop")
            or any(one.kind == "block" and one.value[1] for one in walk(node))
        ):
            made.parameter("loop")
        made.target(target, parameter=True)
        made.see(body.items)
        if test is not None:
            tested = _Scope(scope)
            tested.target(target, parameter=True)
            tested.see((test,))
            self.found |= tested.outside
        self.enter(made, body.items)
        if other is not None:
            made = _Scope(scope)
            made.see(other.items)
            self.enter(made, other.items)

    def macro(self, scope: _Scope, node: Node) -> None:
        signature, body = node.items[0], node.items[-1]
        made = _Scope(scope)
        for name in signature.value:
            made.parameter(name)
        made.see(signature.items)
        made.see(body.items)
        for name in ("caller", "kwargs", "varargs"):
            if mentions(body, name):
                made.parameter(name)
        self.enter(made, body.items)

    def filtered(self, scope: _Scope, node: Node) -> None:
        made = _Scope(scope)
        made.see((node.items[1] if node.kind == "set_block" else node.items[0],))
        made.see(node.items[-1].items)
        self.enter(made, node.items[-1].items)

    def captured(self, scope: _Scope, node: Node) -> None:
        made = _Scope(scope)
        made.see(node.items[-1].items)
        self.enter(made, node.items[-1].items)

    def given(self, scope: _Scope, node: Node) -> None:
        made = _Scope(scope)
        for target in node.items[:-1:2]:
            made.target(target, parameter=True)
        made.see(node.items[-1].items)
        self.enter(made, node.items[-1].items)

    def escaped(self, scope: _Scope, node: Node) -> None:
        made = _Scope(scope)
        made.see((node.items[0],))
        made.see(node.items[1].items)
        self.enter(made, node.items[1].items)


_VISITS: dict[str, Callable[[_Visit, _Scope, Node], None]] = {
    "if": _Visit.condition, "for": _Visit.loop, "macro": _Visit.macro,
    "call_block": _Visit.macro, "filter_block": _Visit.filtered, "set_block": _Visit.captured,
    "with": _Visit.given, "autoescape": _Visit.escaped,
}  # fmt: skip
