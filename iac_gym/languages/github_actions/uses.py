"""What a step or a job uses: `owner/repo/path@ref`, `./folder`, `docker://image`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from iac_gym.formats.yaml import Mark

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Uses:
    """A reference to an action or to a reusable workflow.

    `kind` is "repository" (owner, repo, path, ref), "local" (`path` starts with `./`), "docker"
    (`path` is the image) or "unknown" (an expression, or text of no known form).
    """

    text: str
    kind: str
    owner: str = ""
    repo: str = ""
    path: str = ""
    ref: str = ""
    mark: Mark = (0, 0)

    @property
    def name(self) -> str:
        """`owner/repo` or `owner/repo/path` in lower case, without the ref; else the path."""
        if self.kind != "repository":
            return self.path
        return _name(self.owner, self.repo, self.path)

    @property
    def pinned(self) -> bool:
        """Whether the ref is a full commit, or the image a digest."""
        if self.kind == "docker":
            return "@sha256:" in self.path
        return self.kind == "local" or bool(_COMMIT.fullmatch(self.ref))

    @property
    def major(self) -> int | None:
        """The major version that a ref such as `v4` or `4.1.2` names, None for any other ref."""
        digits = self.ref.lstrip("v").partition(".")[0]
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


@lru_cache(maxsize=1024)
def _name(*parts: str) -> str:
    return "/".join([part for part in parts if part]).lower()


#: Longest `uses` whose parts are kept for the next file that holds the same.
_MOST_KEPT = 300


def read_uses(text: str, mark: Mark = (0, 0)) -> Uses:
    """Split a `uses` text."""
    return Uses(text.strip(), *parts_of(text), mark)


def parts_of(text: str) -> tuple[str, str, str, str, str]:
    """Return the kind, owner, repo, path and ref of a `uses` text."""
    return _kept_parts(text) if len(text) <= _MOST_KEPT else _parts(text)


def _parts(text: str) -> tuple[str, str, str, str, str]:
    text = text.strip()
    if text.startswith("docker://"):
        return "docker", "", "", text[len("docker://") :], ""
    if text.startswith(("./", ".\\", "$/")) or text == ".":
        return "local", "", "", text, ""
    whole, _, ref = text.partition("@")
    parts = [part for part in re.split(r"[\\/]", whole) if part]
    if len(parts) < 2 or not ref or "@" in ref or "${{" in text:
        return "unknown", "", "", text, ""
    return "repository", parts[0], parts[1], "/".join(parts[2:]), ref


_kept_parts = lru_cache(maxsize=1024)(_parts)
