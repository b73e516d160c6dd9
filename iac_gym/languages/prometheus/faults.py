"""What the examination of a file finds, by rule, and how scalars of YAML are read."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.go_durations import prometheus_duration
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.formats.yaml_scalars import Spelled
from iac_gym.verdict import Finding

#: Most findings of one rule that are kept.
_MOST = 50

_SAID: dict[type, str] = {
    YamlMap: "a mapping",
    YamlList: "a list",
    str: "text",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "nothing",
}


class Faults(dict[str, list[Finding]]):
    """Findings by the name of their rule."""

    def add(self, rule: str, message: str, file: str, mark: Mark, hint: str = "") -> None:
        """Note a finding."""
        found = self.setdefault(rule, [])
        if len(found) < _MOST:
            found.append(Finding(message, file, mark[0], mark[1], hint))


def said(value: Any) -> str:
    """Say what a value is."""
    if isinstance(value, Spelled):
        return _SAID[type(value.value)]
    return _SAID.get(type(value), "something else")


def is_scalar(value: Any) -> bool:
    """Tell whether a value can stand in a field of text (`5` and `yes` can)."""
    return isinstance(value, (str, int, float))


def text_of(value: Any) -> str:
    """Return the text of a scalar as a field of text gets it; "" for everything else."""
    if value.__class__ is str:
        text: str = value
        return text
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else ""


def number_of(value: Any) -> float | None:
    """Return the number that a plain scalar stands for, None if it stands for none."""
    if isinstance(value, Spelled):
        value = value.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return None


def flag_of(value: Any, default: bool) -> bool:
    """Return the boolean that a plain scalar stands for."""
    if isinstance(value, Spelled):
        value = value.value
    return value if isinstance(value, bool) else default


def seconds_of(value: Any, default: float | None = None) -> float | None:
    """Return the seconds of a duration, the default where it is none."""
    found = prometheus_duration(text_of(value)) if is_scalar(value) else None
    return default if found is None else found / 1000


def texts_of(value: Any) -> dict[str, str]:
    """Return a mapping of text to text without what is neither."""
    if value.__class__ is not YamlMap:
        return {}
    if all(key.__class__ is str is item.__class__ for key, item in value.items()):
        return dict(value)
    return {text_of(key): text_of(item) for key, item in value.items()}


def mark_of(tree: YamlMap, key: str) -> Mark:
    """Return the place of the value under a key, or that of the mapping."""
    return tree.marks.get(key, tree.mark)
