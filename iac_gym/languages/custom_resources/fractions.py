"""Quantities such as 0.5 that are no text: definitions refuse them, built-in kinds take them."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.kubernetes.schema import Check, Place, Report

#: Kinds whose definitions leave pods to the operator, which reads fractions.
_READ_FRACTIONS = frozenset(
    "Workflow CronWorkflow WorkflowTemplate ClusterWorkflowTemplate WorkflowEventBinding".split()
)


def refuse_fraction(value: float, place: Place, report: Report) -> None:
    """Refuse a number that is not whole where a definition wants a quantity."""
    if not value.is_integer() and _root(place).get("kind") not in _READ_FRACTIONS:
        report.wrong_type("a whole number or a text", value, place)


def without_fractions(check: Check) -> Check:
    """Refuse quantities such as 0.5 that are no text in a built-in type of a custom resource.

    The API server reads them in pods, but a definition says that a quantity is a whole number or a
    text.
    """

    def checked(value: Any, place: Place, report: Report) -> None:
        before = len(report.problems)
        check(value, place, report)
        if len(report.problems) == before and value.__class__ is YamlMap:
            _find_fractions(value, place, report)

    return checked


def _find_fractions(tree: Any, place: Place, report: Report) -> None:
    stack: list[tuple[Any, Place]] = [(tree, place)]
    while stack and report.left > 0:  # aliases may make a small text a large tree
        holder, where = stack.pop()
        report.left -= len(holder)
        pairs = holder.items() if holder.__class__ is YamlMap else enumerate(holder)
        for key, value in pairs:
            kind = value.__class__
            if kind is YamlMap or kind is YamlList:
                stack.append((value, (where, holder, key)))
            elif kind is float:
                refuse_fraction(value, (where, holder, key), report)


def _root(place: Place) -> dict[Any, Any]:
    """Return the object in which a place is."""
    while place[0] is not None:
        place = place[0]
    found: dict[Any, Any] = place[1]
    return found
