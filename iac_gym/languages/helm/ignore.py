"""`.helmignore`: which files of a chart's folder Helm does not load."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iac_gym.formats.lazy import lazy


@dataclass(frozen=True)
class _Pattern:
    glob: str
    negated: bool
    folder: bool

    @lazy
    def regex(self) -> re.Pattern[str]:
        return re.compile(_as_regex(self.glob.removeprefix("/")), re.DOTALL)

    def matches(self, path: str) -> bool:
        whole = "/" in self.glob
        return bool(self.regex.fullmatch(path if whole else path.rpartition("/")[2]))


def _as_regex(glob: str) -> str:
    """Translate a pattern of Go's filepath.Match. Raises `ValueError` for a wrong one."""
    made, at = [], 0
    while at < len(glob):
        char = glob[at]
        if char == "*":
            made.append("[^/]*")
        elif char == "?":
            made.append("[^/]")
        elif char == "[":
            end = glob.find("]", at + 2)
            if end < 0:
                raise ValueError(glob)
            made.append("[" + glob[at + 1 : end].replace("\\", "\\\\") + "]")
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


def _read(line: str) -> _Pattern | None:
    """Read a rule. Raises `ValueError` where Helm refuses it."""
    rule = line.strip()
    if not rule or rule.startswith("#"):
        return None
    if "**" in rule:
        raise ValueError("double-star (**) syntax is not supported")
    negated = rule.startswith("!")
    rule = rule.removeprefix("!")
    folder = rule.endswith("/")
    made = _Pattern(rule.removesuffix("/"), negated, folder)
    try:
        re.compile(_as_regex(made.glob))
    except (re.error, ValueError):
        raise ValueError(f"the pattern {rule[:60]!r} is not complete") from None
    return made


#: Hidden files among the templates are never loaded.
_DEFAULT = _Pattern("templates/.?*", negated=False, folder=False)


def kept(paths: Iterable[str], rules: str) -> list[str]:
    """Return the paths (relative to the chart) that Helm loads.

    `rules` is the text of `.helmignore`. Raises `ValueError` for a rule that Helm refuses.
    """
    patterns = [made for line in rules.splitlines() if (made := _read(line))]
    patterns.append(_DEFAULT)
    return [path for path in paths if not _is_ignored(path, patterns)]


def _is_ignored(path: str, patterns: list[_Pattern]) -> bool:
    parts = path.split("/")
    folders = ("/".join(parts[:end]) for end in range(1, len(parts)))
    return any(_hits(folder, patterns, is_folder=True) for folder in folders) or _hits(
        path, patterns, is_folder=False
    )


def _hits(path: str, patterns: list[_Pattern], *, is_folder: bool) -> bool:
    for pattern in patterns:
        if pattern.negated:
            if (pattern.folder and not is_folder) or not pattern.matches(path):
                return True
        elif (is_folder or not pattern.folder) and pattern.matches(path):
            return True
    return False
