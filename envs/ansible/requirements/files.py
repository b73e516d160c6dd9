"""Requirements about files and folders on the hosts: where they come from, what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from envs.ansible.requirements.patterns import finds
from envs.ansible.requirements.reading import (
    Arguments,
    Done,
    done,
    given_last,
    missing,
    path_of,
    same,
    shown,
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
ARCHIVE = "community.general.archive"
#: Modules that write a file, and the option that names it.
WRITERS = {
    COPY: "dest", TEMPLATE: "dest", LINE: "path", BLOCK: "path", INI: "path", REPLACE: "path",
    GET_URL: "dest", "ansible.builtin.assemble": "dest",
    "community.crypto.openssl_privatekey": "path", "community.crypto.openssl_csr": "path",
    "community.crypto.x509_certificate": "path",
}  # fmt: skip
ATTRIBUTES = {**WRITERS, FILE: "path"}
_MAKERS = {**ATTRIBUTES, ARCHIVE: "dest", "ansible.builtin.git": "dest"}
_EDITORS = (LINE, BLOCK, INI)


def place(task: Task, given: Arguments) -> str:
    """Return the path that a task writes or looks after, '' if it is not known."""
    path = text(given.get(_MAKERS.get(task.module, "path")))
    source = shown(given.get("src") or given.get("url"))
    if path.endswith("/") and source and task.module in (COPY, TEMPLATE, GET_URL):
        return path + source.rpartition("/")[2]
    return path_of(path)


def removals(model: Project, path: str) -> Iterator[Done]:
    """Yield the tasks that certainly remove a path or a folder around it."""
    for task, given in done(model, (FILE,)):
        gone = path_of(given.get("path"))
        around = bool(gone) and f"{path}/".startswith(gone.rstrip("/") + "/")
        if around and same(given.get("state"), "absent"):
            yield task, given


def writers(model: Project, path: str, *, kept: bool = True) -> list[Done]:
    """Return the tasks that certainly write a file, in order.

    There are none where the file is removed after them, unless it need not be `kept`.
    """
    found = []
    for task, given in done(model, WRITERS):
        absent = text(given.get("state")) == "absent" and task.module not in _EDITORS
        if not absent and place(task, given) == path:
            found.append((task, given))
    if kept and found:
        order = {id(task): at for at, task in enumerate(model.tasks)}
        last = max(order[id(task)] for task, _ in found)
        if any(order[id(task)] > last for task, _ in removals(model, path)):
            return []
    return found


@requirement(
    "`{path}` is written from the template `{source}`",
    "the template `{source}` is rendered to `{path}`",
)
def file_from_template(model: Project, path: str, source: str) -> Iterable[Finding]:
    """The template module; the source may stand in a folder `templates`."""
    found = [one for one in writers(model, path) if one[0].module in (TEMPLATE, COPY)]
    task, given = found[-1] if found else (None, {})
    good = task is not None and task.module == TEMPLATE
    if not good or not _named(shown(given.get("src")), source, "templates/"):
        yield from missing(f"`{path}` is not written from the template `{source}`")


def _named(written: str, wanted: str, folder: str) -> bool:
    written = written.removeprefix("./")
    for start in ("playbook_dir", "role_path"):
        written = written.removeprefix("{{ %s }}/" % start)  # noqa: UP031
    return written.removeprefix(folder) == wanted.removeprefix(folder)


@requirement(
    "`{path}` is a copy of the file `{source}` of the project",
    "the project's file `{source}` is copied to `{path}`",
)
def file_copied(model: Project, path: str, source: str) -> Iterable[Finding]:
    """The copy module with `src` on the controller."""
    found = [one for one in writers(model, path) if one[0].module in (TEMPLATE, COPY)]
    task, given = found[-1] if found else (None, {})
    good = task is not None and task.module == COPY and not truth(given.get("remote_src"))
    if not good or not _named(shown(given.get("src")), source, "files/"):
        yield from missing(f"`{source}` is not copied to `{path}`")


@requirement(
    "the whole content of the file `{path}` is `{content}`",
    "`{path}` is written with the content `{content}` and nothing else",
)
def file_says(model: Project, path: str, content: str) -> Iterable[Finding]:
    """The copy module with that content; an end of line more or less does not matter."""
    found = writers(model, path)
    if not found:
        yield from missing(f"no task writes `{path}`")
        return
    task, given = found[-1]
    if task.module != COPY or text(given.get("content")).strip() != content:
        yield task.finding(f"this does not write `{content}`", "content")


@requirement("`{path}` has the line `{line}`", "the line `{line}` stands in `{path}`")
def file_has_line(model: Project, path: str, line: str) -> Iterable[Finding]:
    """As a line, in a block, or in the whole content that is written."""
    there = False
    for task, given in writers(model, path):
        if task.module in (COPY, TEMPLATE):
            there = False
        if line in [one.strip() for one in lines_of(task, given)]:
            there = True
        elif _drops(task, given, line):
            there = False
    if not there:
        yield from missing(f"no task puts the line `{line}` into `{path}`")


def _drops(task: Task, given: Arguments, line: str) -> bool:
    """Whether a task takes a line away again, or writes another one over it."""
    if task.module != LINE:
        return False
    pattern = text(given.get("regexp"))
    same_line = text(given.get("line")).strip() == line
    if text(given.get("state")) == "absent":
        return same_line or (bool(pattern) and finds(pattern, line))
    return bool(pattern) and finds(pattern, line)


def lines_of(task: Task, given: Arguments) -> list[str]:
    """Return the lines that a task certainly puts into its file."""
    if text(given.get("state")) == "absent":
        return []
    if task.module == LINE:
        return [] if truth(given.get("backrefs")) else shown(given.get("line")).splitlines()
    key = {BLOCK: "block", COPY: "content"}.get(task.module)
    return shown(given.get(key)).splitlines() if key else []


@requirement(
    "a line of `{path}` that gives `{start}` another value is replaced by `{line}`, so that there "
    "are not two of them",
    "in `{path}` the line `{line}` takes the place of one that gives `{start}` another value",
)
def line_replaced(model: Project, path: str, start: str, line: str) -> Iterable[Finding]:
    """`lineinfile` with a regular expression that finds such lines."""
    rest = line.removeprefix(start)
    between = rest[: len(rest) - len(rest.lstrip(" =\t"))]
    others = [f"{start}{between}{value}" for value in ("other", "1", "off")]
    for task, given in writers(model, path):
        if task.module == LINE and line in lines_of(task, given):
            pattern, starts = text(given.get("regexp")), text(given.get("search_string"))
            if pattern and all(finds(pattern, other) for other in others):
                return
            if starts and all(starts in other for other in others):
                return
    yield from missing(f"no task replaces the lines of `{path}` that set `{start}`")


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
    listed = given.get("values")
    only = listed[0] if isinstance(listed, list) and len(listed) == 1 else None
    good = same(given.get("value"), value) or same(only, value)
    if not good or text(given.get("state")) == "absent":
        yield task.finding(f"`{option}` is not `{value}`", "value")


@requirement("the folder `{path}` exists", "`{path}` is a directory")
def folder_exists(model: Project, path: str) -> Iterable[Finding]:
    """The file module with `state: directory`, which makes the folders around it as well."""
    there = False
    for task, given in done(model, (FILE,)):
        found = place(task, given)
        if same(given.get("state"), "directory") and (found + "/").startswith(path + "/"):
            there = True
        elif same(given.get("state"), "absent") and found and (path + "/").startswith(found + "/"):
            there = False
    if not there:
        yield from missing(f"no task makes the folder `{path}`")


@requirement(
    "`{path}` is a symbolic link to `{target}`", "the symbolic link `{path}` points to `{target}`"
)
def link_exists(model: Project, path: str, target: str) -> Iterable[Finding]:
    """The file module with `state: link`."""
    found = [
        (task, given)
        for task, given in done(model, (FILE,))
        if place(task, given) == path and given.get("state") is not None
    ]
    if not found or not same(found[-1][1].get("state"), "link"):
        yield from missing(f"no task makes the link `{path}`")
    elif path_of(found[-1][1].get("src")) != target:
        yield found[-1][0].finding(f"the link does not point to `{target}`", "src")


@requirement(
    "`{path}` does not exist at the end", "`{path}` is removed where it exists, and stays away"
)
def path_absent(model: Project, path: str) -> Iterable[Finding]:
    """The file module with `state: absent`, and nothing that makes the path again."""
    gone = False
    for task, given in done(model, _MAKERS):
        found = place(task, given)
        if task.module == FILE and same(given.get("state"), "absent"):
            gone = gone or (bool(found) and (path + "/").startswith(found + "/"))
        elif found == path and (task.module != FILE or given.get("state") is not None):
            gone = False
    if not gone:
        yield from missing(f"no task removes `{path}`")


@requirement(
    "`{path}` from the host is fetched into the folder `{folder}` of the controller",
    "a copy of the host's `{path}` is fetched to `{folder}` on the controller",
)
def fetched(model: Project, path: str, folder: str) -> Iterable[Finding]:
    """The fetch module; a `flat` one must tell the hosts apart."""
    for _, given in done(model, ("ansible.builtin.fetch",)):
        there = shown(given.get("dest")).removeprefix("./").removeprefix("{{ playbook_dir }}/")
        inside = f"{there.rstrip('/')}/".startswith(folder.rstrip("/") + "/")
        mixed = truth(given.get("flat")) and "{{" not in there
        if same(given.get("src"), path) and inside and not mixed:
            return
    yield from missing(f"`{path}` is not fetched into `{folder}`")


@requirement(
    "`{source}` is packed into the archive `{path}`", "the archive `{path}` is made of `{source}`"
)
def archived(model: Project, source: str, path: str) -> Iterable[Finding]:
    """The archive module; without a format it is gz."""
    found = [
        (task, given) for task, given in done(model, (ARCHIVE,)) if same(given.get("dest"), path)
    ]
    for _, given in found:
        sources = [one.removesuffix("/*").rstrip("/") for one in words(given.get("path"))]
        if source in sources and text(given.get("format")) in ("", "gz"):
            return
    last = given_last(found, "path")
    message = f"`{source}` is not packed into `{path}`"
    yield from missing(message) if last is None else [last[0].finding(message, "path")]
