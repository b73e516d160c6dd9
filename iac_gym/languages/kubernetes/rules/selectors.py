"""Label selectors: whether they are well formed, and whether they match labels.

Source: apimachinery, `pkg/apis/meta/v1/validation/validation.go` (`ValidateLabelSelector`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iac_gym.languages.kubernetes.model import Path, as_list, as_map
from iac_gym.languages.kubernetes.rules.forms import is_label_value, is_qualified_name
from iac_gym.languages.kubernetes.rules.views import entries


def label_problems(labels: Any) -> list[tuple[Path, str]]:
    """Return (path below the labels, what is wrong) of a mapping of labels."""
    found: list[tuple[Path, str]] = []
    for key, value in as_map(labels).items():
        if isinstance(key, str) and not is_qualified_name(key):
            found.append(((key,), f"`{key}` is not a label key"))
        if isinstance(value, str) and not is_label_value(value):
            found.append(((key,), f"`{value}` is not a label value"))
    return found


def selector_problems(selector: Any) -> Iterator[tuple[Path, str]]:
    """Yield (path below the selector, what is wrong) of a label selector."""
    if not isinstance(selector, dict):
        return
    for path, message in label_problems(selector.get("matchLabels")):
        yield ("matchLabels", *path), message
    for path, expression in entries(selector.get("matchExpressions"), ("matchExpressions",)):
        for message in _expression_problems(expression):
            yield path, message


def _expression_problems(expression: Mapping[Any, Any]) -> Iterator[str]:
    operator, values = expression.get("operator"), as_list(expression.get("values"))
    if operator in ("In", "NotIn"):
        if not values:
            yield f"operator {operator} needs `values`"
    elif operator in ("Exists", "DoesNotExist") and values:
        yield f"operator {operator} takes no `values`"
    key = expression.get("key")
    if isinstance(key, str) and not is_qualified_name(key):
        yield f"`{key}` is not a label key"
    for value in values:
        if isinstance(value, str) and not is_label_value(value):
            yield f"`{value}` is not a label value"


def _holds(expression: Mapping[Any, Any], labels: Mapping[Any, Any]) -> bool:
    key, operator = expression.get("key"), expression.get("operator")
    if not isinstance(key, str):
        return True
    values = as_list(expression.get("values"))
    if operator == "In":
        return key in labels and labels[key] in values
    if operator == "NotIn":
        return key not in labels or labels[key] not in values
    if operator == "Exists":
        return key in labels
    return operator != "DoesNotExist" or key not in labels


def matches(selector: Any, labels: Mapping[Any, Any]) -> bool:
    """Whether a label selector matches labels; an empty one matches all. Ill forms match."""
    if not isinstance(selector, dict):
        return True
    wanted = as_map(selector.get("matchLabels"))
    if any(key not in labels or labels[key] != value for key, value in wanted.items()):
        return False
    expressions = as_list(selector.get("matchExpressions"))
    return all(_holds(e, labels) for e in expressions if isinstance(e, dict))
