"""What a step of relabeling must contain.

Source: https://github.com/prometheus/prometheus/blob/v3.14.0/model/relabel/relabel.go
"""

from __future__ import annotations

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.prometheus.checks_http import ALLOWED
from iac_gym.languages.prometheus.faults import mark_of, number_of, text_of
from iac_gym.languages.prometheus.schema import Note

RIGHT = "relabel-steps-are-right"
ACTIONS = (
    "replace", "keep", "drop", "keepequal", "dropequal", "hashmod", "labelmap", "labeldrop",
    "labelkeep", "lowercase", "uppercase",
)  # fmt: skip
_WITH_TARGET = frozenset(("replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"))
_WITHOUT_REPLACEMENT = frozenset(("lowercase", "uppercase", "keepequal", "dropequal"))
#: Action -> the only fields that it may have.
_ONLY = {
    "keepequal": ("source_labels", "target_label"),
    "dropequal": ("source_labels", "target_label"),
    "labeldrop": ("regex",),
    "labelkeep": ("regex",),
}
_DEFAULTS = {"regex": "(.*)", "separator": ";", "replacement": "$1", "target_label": ""}


def check_step(tree: YamlMap, note: Note) -> None:
    """Check one step."""
    action = "replace"
    if "action" in tree:
        action = text_of(tree["action"]).lower()
        if not action:
            note(ALLOWED, "`action` must not be empty", mark_of(tree, "action"))
            return
        if action not in ACTIONS:
            message = f"`action` is one of {', '.join(ACTIONS)}, not `{action[:40]}`"
            note(ALLOWED, message, mark_of(tree, "action"))
            return
    if action == "hashmod" and not number_of(tree.get("modulus")):
        note(RIGHT, "the action hashmod needs `modulus`", tree.mark)
    if action in _WITH_TARGET and not text_of(tree.get("target_label")):
        note(RIGHT, f"the action {action} needs `target_label`", tree.mark)
    only = _ONLY.get(action)
    if only:
        _check_only(tree, action, only, note)
    elif action in _WITHOUT_REPLACEMENT and _changed(tree, "replacement"):
        note(RIGHT, f"the action {action} has no `replacement`", mark_of(tree, "replacement"))
    if action == "labelmap" and "replacement" in tree and not text_of(tree["replacement"]):
        message = "the `replacement` of the action labelmap is the name of a label"
        note(RIGHT, message, mark_of(tree, "replacement"))
    _check_sources(tree, note)


def _check_sources(tree: YamlMap, note: Note) -> None:
    source = tree.get("source_labels")
    for one, mark in zip(source or (), getattr(source, "marks", ()), strict=False):
        if not text_of(one) and one is not None:
            note(RIGHT, "the name of a label is empty", mark)


def _changed(tree: YamlMap, key: str) -> bool:
    """Tell whether a field has a value other than its default."""
    if key not in tree:
        return False
    value = tree[key]
    if key == "source_labels":
        return value is not None
    if key == "modulus":
        return bool(number_of(value))
    return text_of(value) != _DEFAULTS[key]


def _check_only(tree: YamlMap, action: str, only: tuple[str, ...], note: Note) -> None:
    for key in ("source_labels", "modulus", "regex", "separator", "replacement", "target_label"):
        if key not in only and (_changed(tree, key) or (key == "regex" and "regex" in tree)):
            note(RIGHT, f"the action {action} has no `{key}`", mark_of(tree, key))
