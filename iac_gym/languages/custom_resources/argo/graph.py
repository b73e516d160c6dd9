"""The order of the tasks of a DAG: what each depends on, directly and through others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from iac_gym.languages.kubernetes.model import as_list, as_text

#: A task's name in `depends`, alone or with the result that is waited for.
_TASK = re.compile(r"([a-zA-Z0-9][-a-zA-Z0-9]*?)\.([A-Z][a-zA-Z]+)|([a-zA-Z0-9][-a-zA-Z0-9]*)")
RESULTS = frozenset(
    "Succeeded Failed Errored Skipped Omitted Daemoned AnySucceeded AllFailed".split()
)
OF_ITEMS = frozenset(("AnySucceeded", "AllFailed"))


def depends_on(task: Mapping[Any, Any]) -> list[tuple[str, str]]:
    """Return (task, result waited for or '') of what a task depends on."""
    text = as_text(task.get("depends"))
    if text:
        return [(found[1] or found[3], found[2] or "") for found in _TASK.finditer(text)]
    return [(name, "") for name in as_list(task.get("dependencies")) if isinstance(name, str)]


def ancestors(tasks: Mapping[str, Mapping[Any, Any]]) -> dict[str, frozenset[str]]:
    """Return the tasks that come before each task; those in a cycle come before themselves."""
    direct = {
        name: {other for other, _ in depends_on(task) if other in tasks}
        for name, task in tasks.items()
    }
    found: dict[str, frozenset[str]] = {}
    for name in _in_order(direct):
        before = set(direct[name])
        for other in direct[name]:
            before |= found[other]
        found[name] = frozenset(before)
    for name in tasks:
        if name not in found:  # in a cycle, or after one
            found[name] = _reached(name, direct)
    return found


def _in_order(direct: Mapping[str, set[str]]) -> list[str]:
    """Return the tasks that neither are in a cycle nor follow one, each after its dependencies."""
    waits = {name: len(others) for name, others in direct.items()}
    followers: dict[str, list[str]] = {}
    for name, others in direct.items():
        for other in others:
            followers.setdefault(other, []).append(name)
    ready = [name for name, count in waits.items() if not count]
    for name in ready:  # grows as it is read
        for follower in followers.get(name, ()):
            waits[follower] -= 1
            if not waits[follower]:
                ready.append(follower)
    return ready


def _reached(name: str, direct: Mapping[str, set[str]]) -> frozenset[str]:
    seen: set[str] = set()
    queue = list(direct[name])
    while queue:
        other = queue.pop()
        if other not in seen:
            seen.add(other)
            queue += direct[other]
    return frozenset(seen)
