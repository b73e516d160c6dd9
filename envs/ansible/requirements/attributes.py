"""Requirements about how a file is put into place: owner, mode, check before, backup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from envs.ansible.requirements.files import ATTRIBUTES, FILE, place, writers
from envs.ansible.requirements.reading import (
    Done,
    done,
    given_last,
    missing,
    same,
    text,
    truth,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Finding

_SYMBOLIC = re.compile(r"([ugoa]*)=([rwxXst]*)")
_SPECIAL = {("u", "s"): 0o4000, ("g", "s"): 0o2000, ("o", "t"): 0o1000}


def _attributes(model: Project, path: str) -> list[Done]:
    """Return the tasks that may set owner and mode of a path, in order."""
    found = []
    for task, given in done(model, ATTRIBUTES):
        if text(given.get("state")) == "absent":
            continue
        its = place(task, given)
        around = task.module == FILE and truth(given.get("recurse")) and its
        if its == path or (around and path.startswith(its.rstrip("/") + "/")):
            found.append((task, given))
    return found


@requirement("`{path}` belongs to the user `{owner}`", "the owner of `{path}` is `{owner}`")
def owner_is(model: Project, path: str, owner: str) -> Iterable[Finding]:
    """`owner` in the last task that sets it."""
    yield from _attribute(model, path, "owner", owner)


@requirement("`{path}` belongs to the group `{group}`", "the group of `{path}` is `{group}`")
def group_is(model: Project, path: str, group: str) -> Iterable[Finding]:
    """`group` in the last task that sets it."""
    yield from _attribute(model, path, "group", group)


def _attribute(model: Project, path: str, key: str, wanted: str) -> Iterable[Finding]:
    last = given_last(_attributes(model, path), key)
    if last is None:
        yield from missing(f"no task sets the {key} of `{path}`")
    elif not same(last[1], wanted):
        yield last[0].finding(f"the {key} of `{path}` is not `{wanted}`", key)


def mode_of(value: object, folder: bool = False) -> int | None:
    """Return the bits of a mode: octal text, the number YAML made of it, or `u=rw,g=r,o=`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    written = text(value).strip()
    if re.fullmatch(r"0?o?[0-7]{3,5}", written):
        return int(written.replace("o", ""), 8)
    return _symbolic(written, folder)


def _symbolic(written: str, folder: bool) -> int | None:
    """Return the bits where all three of user, group and others are given outright."""
    bits: dict[str, int] = {}
    special = 0
    for part in written.split(","):
        found = _SYMBOLIC.fullmatch(part.strip())
        if not found:
            return None
        letters = {"r": 4, "w": 2, "x": 1, "X": 1 if folder else 0, "s": 0, "t": 0}
        given = set(found[2]) - ({"X"} if "x" in found[2] else set())
        for who in "ugo" if not found[1] or "a" in found[1] else found[1]:
            bits[who] = sum(letters[letter] for letter in given)
            special |= sum(_SPECIAL.get((who, letter), 0) for letter in given)
    return special | bits["u"] << 6 | bits["g"] << 3 | bits["o"] if len(bits) == 3 else None


@requirement("the mode of `{path}` is {mode}", "`{path}` has the permissions {mode}")
def mode_is(model: Project, path: str, mode: str) -> Iterable[Finding]:
    """`mode` in the last task that sets it, in any spelling that means these bits."""
    found = _attributes(model, path)
    last = given_last(found, "mode")
    if last is None:
        yield from missing(f"no task sets the mode of `{path}`")
        return
    folder = any(same(given.get("state"), "directory") for _, given in found)
    if mode_of(last[1], folder) != int(mode, 8):
        yield last[0].finding(f"the mode of `{path}` is not {mode}", "mode")


@requirement(
    "a new `{path}` is put into place only after `{command}` has accepted it (`%s` stands for it)",
    "before `{path}` is replaced, the new version passes `{command}` (with `%s` for its path)",
)
def file_validated(model: Project, path: str, command: str) -> Iterable[Finding]:
    """`validate` of every task that writes the file."""
    found = writers(model, path)
    if not found:
        yield from missing(f"no task writes `{path}`")
    for task, given in found:
        words_of = text(given.get("validate")).replace("'", "").replace('"', "").split()
        if not words_of or [words_of[0].rpartition("/")[2], *words_of[1:]] != command.split():
            yield task.finding(f"`{path}` is not checked with `{command}`", "validate")


@requirement(
    "the previous version of `{path}` is kept as a backup",
    "a backup of `{path}` is made before it is changed",
)
def backup_kept(model: Project, path: str) -> Iterable[Finding]:
    """`backup` of every task that writes the file."""
    found = writers(model, path)
    if not found:
        yield from missing(f"no task writes `{path}`")
    for task, given in found:
        if not truth(given.get("backup")):
            yield task.finding(f"no backup of `{path}` is made", "backup")
