"""`.helmignore`: which files of a chart's folder Helm does not load."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple


@dataclass(frozen=True)
class _Pattern:
    """One rule: it looks at the whole path where it holds a `/`, else at the name alone."""

    regex: str
    whole: bool
    negated: bool
    folder: bool


def _as_regex(glob: str) -> str:
    """Translate a pattern of Go's filepath.Match. Raises `ValueError` for a wrong one."""
    made, at = [], 0
    while at < len(glob):
        char = glob[at]
        if char == "*":
            made.append("[^/]*")
            at += len(glob[at:]) - len(glob[at:].lstrip("*")) - 1
        elif char == "?":
            made.append("[^/]")
        elif char == "[":
            end = glob.find("]", at + 2)
            if end < 0:
                raise ValueError(glob)
            made.append("[" + glob[at + 1 : end].replace("\\", "\\\\").replace("[", "\\[") + "]")
            at = end
        elif char == "\\":
            if at + 1 == len(glob):
                raise ValueError(glob)
            at += 1
            made.append(re.escape(glob[at]))
        else:
            made.append(re.escape(char))
        at += 1
    return "".join(made)


#: Most stars of one pattern: each may take a turn at every letter of a path.
_MOST_STARS = 8


def _read(line: str) -> _Pattern | None:
    """Read a rule. Raises `ValueError` where Helm refuses it."""
    rule = line.strip()
    if not rule or rule.startswith("#"):
        return None
    if "**" in rule:
        raise ValueError("double-star (**) syntax is not supported")
    if rule.count("*") > _MOST_STARS:
        raise ValueError(f"the pattern {rule[:60]!r} has more than {_MOST_STARS} stars")
    negated = rule.startswith("!")
    rule = rule.removeprefix("!")
    folder = rule.endswith("/")
    glob = rule.removesuffix("/")
    try:
        regex = _as_regex(glob.removeprefix("/"))
        re.compile(regex)
    except (re.error, ValueError):
        raise ValueError(f"the pattern {rule[:60]!r} is not complete") from None
    return _Pattern(regex, "/" in glob, negated, folder)


#: Hidden files among the templates are never loaded.
_DEFAULT = _Pattern(_as_regex("templates/.?*"), whole=True, negated=False, folder=False)


class _Group(NamedTuple):
    """Rules without a negation among them: what they match as one expression each."""

    negated: bool
    files: re.Pattern[str]
    file_paths: re.Pattern[str]
    folders: re.Pattern[str]
    folder_paths: re.Pattern[str]
    #: A negated rule for folders, which every file meets.
    folder_only: bool


def _joined(patterns: Iterable[_Pattern]) -> re.Pattern[str]:
    return re.compile("|".join(one.regex for one in patterns) or "(?!)", re.DOTALL)


def _grouped(patterns: list[_Pattern]) -> _Group:
    plain = [one for one in patterns if not one.folder or one.negated]
    return _Group(
        patterns[0].negated,
        _joined(one for one in plain if not one.whole),
        _joined(one for one in plain if one.whole),
        _joined(one for one in patterns if not one.whole),
        _joined(one for one in patterns if one.whole),
        patterns[0].negated and patterns[0].folder,
    )


@lru_cache(maxsize=256)
def _groups(rules: str) -> tuple[_Group, ...]:
    """Read the rules: runs of plain ones together, each negated one by itself."""
    patterns = [made for line in rules.splitlines() if (made := _read(line))]
    runs: list[list[_Pattern]] = []
    for one in [*patterns, _DEFAULT]:
        if runs and not one.negated and not runs[-1][0].negated:
            runs[-1].append(one)
        else:
            runs.append([one])
    return tuple(_grouped(run) for run in runs)


def kept(paths: Iterable[str], rules: str) -> list[str]:
    """Return the paths (relative to the chart) that Helm loads.

    `rules` is the text of `.helmignore`. Raises `ValueError` for a rule that Helm refuses.
    """
    groups = _groups(rules)
    known: dict[str, bool] = {"": False}
    return [path for path in paths if not _is_ignored(path, groups, known)]


def _is_ignored(path: str, groups: tuple[_Group, ...], known: dict[str, bool]) -> bool:
    folder, _, name = path.rpartition("/")
    return _folder_is_ignored(folder, groups, known) or _hits(path, name, groups, is_folder=False)


def _folder_is_ignored(path: str, groups: tuple[_Group, ...], known: dict[str, bool]) -> bool:
    """Whether a folder or one above it is left out; paths are short, their folders few."""
    ends = [at for at, char in enumerate(path) if char == "/"]
    for end in [*ends, len(path)]:
        folder = path[:end]
        if folder not in known:
            name = folder.rpartition("/")[2]
            known[folder] = _hits(folder, name, groups, is_folder=True)
        if known[folder]:
            return True
    return False


def _hits(path: str, name: str, groups: tuple[_Group, ...], *, is_folder: bool) -> bool:
    for group in groups:
        names, paths = (
            (group.folders, group.folder_paths) if is_folder else (group.files, group.file_paths)
        )
        met = bool(names.fullmatch(name) or paths.fullmatch(path))
        if group.negated:
            if not met or (group.folder_only and not is_folder):
                return True
        elif met:
            return True
    return False
