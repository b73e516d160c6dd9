"""Requirements about files and folders on the hosts: where they come from, who may do what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from envs.ansible.requirements.reading import (
    Arguments,
    done,
    missing,
    same,
    text,
    truth,
    words,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

COPY = "ansible.builtin.copy"
TEMPLATE = "ansible.builtin.template"
LINE = "ansible.builtin.lineinfile"
BLOCK = "ansible.builtin.blockinfile"
FILE = "ansible.builtin.file"
INI = "community.general.ini_file"
REPLACE = "ansible.builtin.replace"
GET_URL = "ansible.builtin.get_url"
#: Modules that write a file, and the option that names it.
WRITERS = {
    COPY: "dest", TEMPLATE: "dest", LINE: "path", BLOCK: "path", INI: "path", REPLACE: "path",
    GET_URL: "dest", "ansible.builtin.assemble": "dest",
}  # fmt: skip
_ATTRIBUTES = {**WRITERS, FILE: "path"}
_SYMBOLIC = re.compile(r"([ugoa]*)=([rwxX]*)")


def place(task: Task, given: Arguments) -> str:
    """Return the path that a task writes or looks after, '' if it is not known."""
    path = text(given.get(_ATTRIBUTES.get(task.module, "path")))
    source = text(given.get("src") or given.get("url"))
    if path.endswith("/") and source and task.module in (COPY, TEMPLATE, GET_URL):
        return path + source.rpartition("/")[2]
    return path.rstrip("/") if len(path) > 1 else path


def writers(model: Project, path: str) -> Iterator[tuple[Task, Arguments]]:
    """Yield the tasks that certainly write a file, in order."""
    for task, given in done(model, WRITERS):
        absent = text(given.get("state")) == "absent" and task.module not in (LINE, BLOCK, INI)
        if not absent and place(task, given) == path:
            yield task, given


def _attributes(model: Project, path: str) -> list[tuple[Task, Arguments]]:
    """Return the tasks that may set owner and mode of a path, in order."""
    return [
        (task, given)
        for task, given in done(model, _ATTRIBUTES)
        if place(task, given) == path and text(given.get("state")) != "absent"
    ]


@requirement(
    "`{path}` is written from the template `{source}`",
    "the template `{source}` is rendered to `{path}`",
)
def file_from_template(model: Project, path: str, source: str) -> Iterable[Finding]:
    """The template module; the source may stand in a folder `templates`."""
    for task, given in writers(model, path):
        if task.module == TEMPLATE and _named(text(given.get("src")), source, "templates/"):
            return
    yield from missing(f"`{path}` is not written from the template `{source}`")


def _named(written: str, wanted: str, folder: str) -> bool:
    return written.removeprefix("./").removeprefix(folder) == wanted.removeprefix(folder)


@requirement(
    "`{path}` is a copy of the file `{source}` of the project",
    "the project's file `{source}` is copied to `{path}`",
)
def file_copied(model: Project, path: str, source: str) -> Iterable[Finding]:
    """The copy module with `src` on the controller."""
    for task, given in writers(model, path):
        from_here = task.module == COPY and not truth(given.get("remote_src"))
        if from_here and _named(text(given.get("src")), source, "files/"):
            return
    yield from missing(f"`{source}` is not copied to `{path}`")


@requirement("the file `{path}` says `{content}`", "`{content}` is the content of `{path}`")
def file_says(model: Project, path: str, content: str) -> Iterable[Finding]:
    """The copy module with that content; an end of line more or less does not matter."""
    found = list(writers(model, path))
    if not found:
        yield from missing(f"no task writes `{path}`")
        return
    task, given = found[-1]
    if task.module != COPY or text(given.get("content")).strip() != content:
        yield task.finding(f"this does not write `{content}`", "content")


@requirement("`{path}` has the line `{line}`", "the line `{line}` stands in `{path}`")
def file_has_line(model: Project, path: str, line: str) -> Iterable[Finding]:
    """As a line, in a block, or in the whole content that is written."""
    for task, given in writers(model, path):
        if line in [one.strip() for one in _lines(task, given)]:
            return
    yield from missing(f"no task puts the line `{line}` into `{path}`")


def _lines(task: Task, given: Arguments) -> list[str]:
    """Return the lines that a task certainly puts into its file."""
    if text(given.get("state")) == "absent":
        return []
    if task.module == LINE:
        return [] if truth(given.get("backrefs")) else [text(given.get("line"))]
    key = {BLOCK: "block", COPY: "content"}.get(task.module)
    return text(given.get(key)).splitlines() if key else []


@requirement(
    "an existing line of `{path}` that starts with `{start}` is replaced by `{line}`, not joined "
    "by a second one",
    "in `{path}` the line `{line}` takes the place of any line that starts with `{start}`",
)
def line_replaced(model: Project, path: str, start: str, line: str) -> Iterable[Finding]:
    """`lineinfile` with a regular expression that finds lines with that start."""
    for task, given in writers(model, path):
        if task.module == LINE and line in _lines(task, given):
            pattern = text(given.get("regexp"))
            starts = text(given.get("search_string"))
            if pattern and all(finds(pattern, f"{start}{end}") for end in (" 1", "=other", " x y")):
                return
            if starts and starts == start:
                return
    yield from missing(f"no task replaces the lines of `{path}` that start with `{start}`")


def finds(pattern: str, line: str) -> bool:
    """Whether a regular expression of an answer finds something in a short line.

    One whose time could explode (a repeat in a repeat) is not tried and finds nothing.
    """
    if len(pattern) > 200 or len(line) > 200 or _NESTED.search(pattern):
        return False
    try:
        return re.search(pattern, line) is not None
    except (re.error, OverflowError, RecursionError):
        return False


#: A repeated group with a repeat or a choice in it.
_NESTED = re.compile(r"[*+}|][^()]*\)[^()]*\)*[*+{]")


@requirement(
    "the option `{option}` of the section `{section}` in `{path}` is `{value}`",
    "`{path}` has `{option} = {value}` in its section `{section}`",
)
def ini_option(
    model: Project, path: str, section: str, option: str, value: str
) -> Iterable[Finding]:
    """The ini_file module."""
    found = [
        (task, given)
        for task, given in writers(model, path)
        if task.module == INI
        and same(given.get("section"), section)
        and same(given.get("option"), option)
    ]
    if not found:
        yield from missing(f"`{option}` of `[{section}]` in `{path}` is not set")
        return
    task, given = found[-1]
    if not same(given.get("value"), value) or text(given.get("state")) == "absent":
        yield task.finding(f"`{option}` is not `{value}`", "value")


@requirement("the folder `{path}` exists", "`{path}` is a directory")
def folder_exists(model: Project, path: str) -> Iterable[Finding]:
    """The file module with `state: directory`."""
    for task, given in done(model, (FILE,)):
        if text(given.get("path")).rstrip("/") == path and same(given.get("state"), "directory"):
            return
    yield from missing(f"no task makes the folder `{path}`")


@requirement(
    "`{path}` is a symbolic link to `{target}`", "the symbolic link `{path}` points to `{target}`"
)
def link_exists(model: Project, path: str, target: str) -> Iterable[Finding]:
    """The file module with `state: link`."""
    for task, given in done(model, (FILE,)):
        if same(given.get("path"), path) and same(given.get("state"), "link"):
            if not same(given.get("src"), target):
                yield task.finding(f"the link does not point to `{target}`", "src")
            return
    yield from missing(f"no task makes the link `{path}`")


@requirement("`{path}` does not exist", "`{path}` is removed where it exists")
def path_absent(model: Project, path: str) -> Iterable[Finding]:
    """The file module with `state: absent`."""
    for _, given in done(model, (FILE,)):
        if text(given.get("path")).rstrip("/") == path and same(given.get("state"), "absent"):
            return
    yield from missing(f"no task removes `{path}`")


@requirement("`{path}` belongs to the user `{owner}`", "the owner of `{path}` is `{owner}`")
def owner_is(model: Project, path: str, owner: str) -> Iterable[Finding]:
    """`owner` in the last task that sets it."""
    yield from _attribute(model, path, "owner", owner)


@requirement("`{path}` belongs to the group `{group}`", "the group of `{path}` is `{group}`")
def group_is(model: Project, path: str, group: str) -> Iterable[Finding]:
    """`group` in the last task that sets it."""
    yield from _attribute(model, path, "group", group)


def _attribute(model: Project, path: str, key: str, wanted: str) -> Iterable[Finding]:
    found = [one for one in _attributes(model, path) if one[1].get(key) is not None]
    if not found:
        yield from missing(f"no task sets the {key} of `{path}`")
    elif not same(found[-1][1][key], wanted):
        yield found[-1][0].finding(f"the {key} of `{path}` is not `{wanted}`", key)


def mode_of(value: object) -> int | None:
    """Return the bits of a mode: octal text, the number YAML made of it, or `u=rw,g=r,o=`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    written = text(value).strip()
    if re.fullmatch(r"0?o?[0-7]{3,5}", written):
        return int(written.replace("o", ""), 8)
    bits = {"u": 0, "g": 0, "o": 0}
    if not written:
        return None
    for part in written.split(","):
        found = _SYMBOLIC.fullmatch(part.strip())
        if not found:
            return None
        number = sum({"r": 4, "w": 2, "x": 1, "X": 0}[letter] for letter in set(found[2]))
        for who in "ugo" if not found[1] or "a" in found[1] else found[1]:
            bits[who] = number
    return bits["u"] << 6 | bits["g"] << 3 | bits["o"]


@requirement("the mode of `{path}` is {mode}", "`{path}` has the permissions {mode}")
def mode_is(model: Project, path: str, mode: str) -> Iterable[Finding]:
    """`mode` in the last task that sets it, in any spelling that means these bits."""
    found = [one for one in _attributes(model, path) if one[1].get("mode") is not None]
    if not found:
        yield from missing(f"no task sets the mode of `{path}`")
    elif mode_of(found[-1][1]["mode"]) != int(mode, 8):
        yield found[-1][0].finding(f"the mode of `{path}` is not {mode}", "mode")


@requirement(
    "a new `{path}` is put into place only after `{command}` has accepted it (`%s` stands for it)",
    "before `{path}` is replaced, the new version passes `{command}` (with `%s` for its path)",
)
def file_validated(model: Project, path: str, command: str) -> Iterable[Finding]:
    """`validate` of every task that writes the file."""
    found = list(writers(model, path))
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
    found = list(writers(model, path))
    if not found:
        yield from missing(f"no task writes `{path}`")
    for task, given in found:
        if not truth(given.get("backup")):
            yield task.finding(f"no backup of `{path}` is made", "backup")


@requirement(
    "`{path}` from the host is fetched into the folder `{folder}` of the controller",
    "a copy of the host's `{path}` is fetched to `{folder}` on the controller",
)
def fetched(model: Project, path: str, folder: str) -> Iterable[Finding]:
    """The fetch module."""
    for _, given in done(model, ("ansible.builtin.fetch",)):
        there = text(given.get("dest")).removeprefix("./").rstrip("/")
        if same(given.get("src"), path) and there == folder.rstrip("/"):
            return
    yield from missing(f"`{path}` is not fetched into `{folder}`")


@requirement(
    "`{source}` is packed into the archive `{path}`", "the archive `{path}` is made of `{source}`"
)
def archived(model: Project, source: str, path: str) -> Iterable[Finding]:
    """The archive module."""
    for _, given in done(model, ("community.general.archive",)):
        sources = [one.rstrip("/*").rstrip("/") for one in words(given.get("path"))]
        if source in sources and same(given.get("dest"), path):
            return
    yield from missing(f"`{source}` is not packed into `{path}`")
