"""Whether a glob of `rule_files` or `file_sd_configs` names a file of the answer."""

from __future__ import annotations

from functools import lru_cache
from posixpath import dirname, normpath

from iac_gym.formats.go_regexp import GoRegexpError, go_regexp

_SPECIAL = frozenset(".+()|^${}")


@lru_cache(maxsize=1024)
def names_file(pattern: str, path: str, base: str = "") -> bool:
    """Tell whether a glob in the file `base` names the file `path` of the same answer.

    A relative glob starts at the folder of `base`. An absolute one names files of a server whose
    folders an answer does not show: its last parts are compared, as many as both have.
    """
    if not pattern.startswith("/"):
        folder = dirname(base)
        joined = normpath(f"{folder}/{pattern}" if folder else pattern)
        return fits(joined, normpath(path))
    wanted = normpath(pattern).strip("/").split("/")
    given = normpath(path).strip("/").split("/")
    count = min(len(wanted), len(given))
    return fits("/".join(wanted[-count:]), "/".join(given[-count:]))


def fits(pattern: str, path: str) -> bool:
    """Tell whether a path fits a glob of Go: `*` and `?` stay inside one part."""
    try:
        return go_regexp(_regexp(pattern)).fullmatch(path)
    except GoRegexpError:
        return False


def _regexp(pattern: str) -> str:
    made: list[str] = []
    in_class = False
    skip = False
    for index, char in enumerate(pattern):
        if skip:
            skip = False
        elif char == "\\":
            made.append("\\" + pattern[index + 1 : index + 2])
            skip = True
        elif in_class:
            made.append(char)
            in_class = char != "]"
        elif char == "[":
            made.append(char)
            in_class = True
        elif char in "*?":
            made.append("[^/]" + ("*" if char == "*" else ""))
        else:
            made.append("\\" + char if char in _SPECIAL else char)
    return "".join(made)
