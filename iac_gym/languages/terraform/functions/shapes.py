"""What functions of collections have in common: sorts of types, and unknown results."""

from __future__ import annotations

from iac_gym.languages.terraform.types import merged_refs
from iac_gym.languages.terraform.values import Type, Unknown, Value

Number = int | float


def sort_of(kind: Type) -> str:
    """Return "list", "map", "object" ... of a type."""
    return kind if isinstance(kind, str) else str(kind[0])


def unknown_of(kind: Type, *values: Value) -> Unknown:
    """Return an unknown value that is made of some values."""
    return Unknown(kind, None, merged_refs(*values))
