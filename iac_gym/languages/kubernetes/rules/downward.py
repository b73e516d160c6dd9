"""What the downward API can hand to a container: fields of the pod, and its resources.

Source: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
"""

from __future__ import annotations

import re
from typing import Any

from iac_gym.languages.kubernetes.rules.forms import is_qualified_name

_FIELDS_BOTH = ("metadata.name", "metadata.namespace", "metadata.uid")
_FIELDS_ENV = (
    *_FIELDS_BOTH,
    "spec.nodeName",
    "spec.host",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_FIELDS_VOLUME = (*_FIELDS_BOTH, "metadata.labels", "metadata.annotations")
_SUBSCRIPT = re.compile(r"metadata\.(labels|annotations)\['([^']*)'\]")
_RESOURCES = tuple(
    f"{side}.{name}"
    for side in ("limits", "requests")
    for name in ("cpu", "memory", "ephemeral-storage")
)
_HUGE_PAGES = ("limits.hugepages-", "requests.hugepages-")


def field_problem(reference: Any, *, volume: bool) -> str:
    """Say what is wrong with a `fieldRef` of a variable or a volume's file, '' if nothing is."""
    path = reference.get("fieldPath") if isinstance(reference, dict) else None
    if not isinstance(path, str):
        return ""
    if found := _SUBSCRIPT.fullmatch(path):
        key = found[2].lower() if found[1] == "annotations" else found[2]
        return "" if is_qualified_name(key) else f"`{found[2]}` is not a key of {found[1]}"
    allowed = _FIELDS_VOLUME if volume else _FIELDS_ENV
    if path in allowed:
        return ""
    return f"the field `{path[:80]}` is not available here; available: {', '.join(allowed)}"


def resource_problem(reference: Any, *, volume: bool) -> str:
    """Say what is wrong with a `resourceFieldRef`, '' if nothing is."""
    if not isinstance(reference, dict):
        return ""
    if volume and not reference.get("containerName"):
        return "`containerName` is required in a volume"
    name = reference.get("resource")
    if not isinstance(name, str) or name in _RESOURCES or name.startswith(_HUGE_PAGES):
        return ""
    return f"the resource `{name[:80]}` is none of {', '.join(_RESOURCES)}"
