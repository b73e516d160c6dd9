"""`permissions` in normal form: scope -> read, write or none."""

from __future__ import annotations

from dataclasses import dataclass, field

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.github_actions.values import is_scalar, text_of

_ORDER = {"none": 0, "read": 1, "write": 2}


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the token of a job may do.

    `every` is the level of the scopes that `scopes` does not name: "read" for `read-all`, "write"
    for `write-all`, "none" as soon as any scope is named, or for `{}`.
    """

    scopes: dict[str, str] = field(default_factory=dict)
    every: str = "none"
    mark: Mark = (0, 0)

    def level(self, scope: str) -> str:
        """Return "none", "read" or "write" for a scope such as `contents` or `id-token`."""
        return self.scopes.get(scope, self.every)

    def allows(self, scope: str, level: str = "read") -> bool:
        """Whether a scope has at least a level."""
        return _ORDER.get(self.level(scope), 0) >= _ORDER[level]

    @property
    def writes(self) -> frozenset[str]:
        """The scopes that may be written; "*" for `write-all`."""
        named = [scope for scope, level in self.scopes.items() if level == "write"]
        return frozenset([*named, "*"] if self.every == "write" else named)


def read_permissions(tree: YamlMap) -> Permissions | None:
    """Return the permissions of a workflow or job, None where nothing is said."""
    if "permissions" not in tree:
        return None
    value, mark = tree["permissions"], tree.marks["permissions"]
    if value.__class__ is YamlMap:
        scopes = {text_of(k): text_of(v) for k, v in value.items() if is_scalar(v)}
        return Permissions(scopes, "none", mark)
    every = {"read-all": "read", "write-all": "write"}.get(text_of(value), "none")
    return Permissions({}, every, mark)
