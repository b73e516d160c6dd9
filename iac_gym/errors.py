"""The errors that users of the package meet, and one sentence builder for them.

Every message says what was given, what is allowed, the nearest match, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class IaCGymError(Exception):
    """Base of every error that the package raises on purpose."""


class UnknownName(IaCGymError, ValueError):
    """A name (environment, family, language, option, ...) that does not exist."""


class BadTaskId(IaCGymError, ValueError):
    """A task id that does not name a task."""


class ResetNeeded(IaCGymError, RuntimeError):
    """`step` was called before `reset`, or after the episode had ended."""


class BadDraft(IaCGymError, ValueError):
    """A family or requirement that breaks the rules of its authoring: a defect of ours."""


class MissingExtra(IaCGymError, ImportError):
    """An optional dependency is not installed."""


def unknown(what: str, given: object, allowed: Iterable[object], todo: str = "") -> UnknownName:
    """Build the error for a name that does not exist.

    `what` is the noun ("family"), `allowed` the names that exist, `todo` what the reader can do.
    """
    names = sorted(str(name) for name in allowed)
    near = difflib.get_close_matches(str(given), names, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(names[:40]) + (f", ... ({len(names)} in all)" if len(names) > 40 else "")
    return UnknownName(
        f"Unknown {what} {given!r}.{hint} Allowed: {listed or 'nothing'}."
        + (f" {todo}" if todo else "")
    )


def missing_extra(package: str, extra: str) -> MissingExtra:
    """Build the error for an optional package that is not installed."""
    return MissingExtra(
        f"This needs the package {package!r}, which is not installed. "
        f"Install it with: pip install 'iac-gym[{extra}]'"
    )
