"""`ansible.cfg`: sections and settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iac_gym.languages.ansible.paths import Place

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

_SECTION = re.compile(r"\[([^\]]+)\]")
_RULE = "the-configuration-is-readable"


def read_configuration(project: Project, path: str, place: Place) -> None:
    """Read one file as Python's `configparser` does; faults are noted."""
    section = ""
    key = ""
    for number, line in enumerate(project.texts[path].splitlines(), 1):
        text = line.split(" ;", 1)[0].rstrip()
        stripped = text.strip()
        if not stripped or stripped[0] in "#;":
            continue
        found = _SECTION.match(stripped)
        if found is not None and not line[0].isspace():
            section, key = found[1], ""
            if section in project.config and section:
                project.note(
                    _RULE, f"the section `[{section[:60]}]` is given twice", path, (number, 1)
                )
            project.config.setdefault(section, {})
        elif line[0].isspace() and key:
            project.config[section][key] += "\n" + stripped
        else:
            key = _setting(project, path, section, stripped, number)


def _setting(project: Project, path: str, section: str, text: str, number: int) -> str:
    match = re.match(r"([^=:]+?)\s*[=:]\s*(.*)", text)
    if not section or match is None:
        what = "stands before the first section" if not section else "is no `key = value`"
        project.note(_RULE, f"`{text[:60]}` {what}", path, (number, 1))
        return ""
    key = match[1].lower()
    if key in project.config[section]:
        message = f"`{key[:60]}` is given twice in `[{section[:60]}]`"
        project.note(_RULE, message, path, (number, 1))
    project.config[section][key] = match[2]
    return key
