"""Cycles in a graph, in linear time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Owner = tuple[str, ...]
Vertex = tuple[int, Owner]


def acyclic(edges: Mapping[Vertex, list[Vertex]]) -> bool:
    """Whether all vertices can be taken away, one without remaining dependencies at a time."""
    waiting: dict[Vertex, list[Vertex]] = {}
    missing: dict[Vertex, int] = {}
    ready: list[Vertex] = []
    for vertex, targets in edges.items():
        count = 0
        for target in targets:
            if target in edges:
                count += 1
                if target in waiting:
                    waiting[target].append(vertex)
                else:
                    waiting[target] = [vertex]
        if count:
            missing[vertex] = count
        else:
            ready.append(vertex)
    while missing and ready:
        for vertex in waiting.get(ready.pop(), ()):
            missing[vertex] -= 1
            if not missing[vertex]:
                del missing[vertex]
                ready.append(vertex)
    return not missing


def cycles(edges: Mapping[Vertex, list[Vertex]]) -> list[list[Vertex]]:
    """Return the groups of vertices that depend on one another."""
    search = _Search(edges)
    for start in edges:
        if start not in search.index:
            search.from_(start)
    return search.found


class _Search:
    """Tarjan's search for strongly connected components, without recursion."""

    def __init__(self, edges: Mapping[Vertex, list[Vertex]]) -> None:
        self._edges = edges
        self.index: dict[Vertex, int] = {}
        self._low: dict[Vertex, int] = {}
        self._stack: list[Vertex] = []
        self._open: set[Vertex] = set()
        self.found: list[list[Vertex]] = []

    def _enter(self, vertex: Vertex) -> tuple[Vertex, Iterator[Vertex]]:
        self.index[vertex] = self._low[vertex] = len(self.index)
        self._stack.append(vertex)
        self._open.add(vertex)
        return vertex, iter(self._edges[vertex])

    def from_(self, start: Vertex) -> None:
        """Search from a vertex that was not seen yet."""
        work = [self._enter(start)]
        low = self._low
        while work:
            vertex, targets = work[-1]
            following = self._next(vertex, targets)
            if following is not None:
                work.append(self._enter(following))
                continue
            work.pop()
            if work:
                above = work[-1][0]
                low[above] = min(low[above], low[vertex])
            if low[vertex] == self.index[vertex]:
                self._close(vertex)

    def _next(self, vertex: Vertex, targets: Iterator[Vertex]) -> Vertex | None:
        """Return the next target that was not seen yet."""
        for target in targets:
            if target not in self._edges:
                continue
            if target not in self.index:
                return target
            if target in self._open:
                self._low[vertex] = min(self._low[vertex], self.index[target])
        return None

    def _close(self, vertex: Vertex) -> None:
        """Take a component off the stack; one of a single vertex is no cycle."""
        group: list[Vertex] = []
        while not group or group[-1] != vertex:
            group.append(self._stack.pop())
            self._open.discard(group[-1])
        if len(group) > 1:
            self.found.append(group)
