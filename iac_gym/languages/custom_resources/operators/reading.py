"""What the checks of all operators share: their shape, and how they read values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_map

LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")


class Objects(Protocol):
    """The manifest, as far as checks look for other objects in it."""

    def of_kind(self, *kinds: str) -> list[KubeObject]:
        """Return the objects of some kinds."""
        ...


CheckKind = Callable[[KubeObject, Objects, Notes], None]


def whole(value: Any) -> int | None:
    """Return a whole number, None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def within(tree: Any, *path: str) -> dict[Any, Any]:
    """Return the mapping at a path of keys, an empty one where there is none."""
    for key in path:
        tree = as_map(tree).get(key)
    return as_map(tree)


def listed(tree: Any, path: Path) -> Iterator[tuple[Path, dict[Any, Any]]]:
    """Yield (path, entry) of the mappings in the list that stands at `path`."""
    if isinstance(tree, list):
        for place, entry in enumerate(tree):
            if isinstance(entry, dict):
                yield (*path, place), entry


def check_name(item: KubeObject, rule: str, notes: Notes, longest: int = 63) -> None:
    """Note a name that is no DNS label beginning with a letter (RFC 1035)."""
    name = item.name
    if name and (len(name) > longest or not LABEL_1035.fullmatch(name)):
        message = (
            f"`{name[:70]}` is no name for this kind: at most {longest} lower case letters, "
            "digits and `-`, a letter first"
        )
        notes.add(rule, item, message, "metadata", "name")


def has_object(objects: Objects, kind: str, name: str) -> bool | None:
    """Whether the answer has an object; None where it has none of the kind, so that it may be
    in the cluster already.
    """
    found = objects.of_kind(kind)
    return any(item.name == name for item in found) if found else None
