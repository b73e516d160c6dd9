"""What every requirement about compose files needs: the service that runs, and its findings."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from iac_gym.check import Findings
from iac_gym.formats.yaml import Mark
from iac_gym.languages.compose.model import ComposeFile, Service
from iac_gym.languages.compose.values import clean_path
from iac_gym.verdict import Finding

T = TypeVar("T")
Found = Generator[Finding, None, T]


def running(compose: ComposeFile, name: str) -> Found[Service | None]:
    """Return a service that runs; yield why there is none."""
    service = compose.services.get(name)
    if service is None:
        yield compose.finding(f"there is no service `{name}`")
    elif not service.enabled:
        message = f"`{name}` only runs with a profile"
        yield compose.finding(message, service.place("profiles"))
    elif not service.runs:
        yield compose.finding(f"`{name}` has no container that runs", service.mark)
    else:
        return service
    return None


def wrong(compose: ComposeFile, what: str, found: object, asked: object, mark: Mark) -> Findings:
    """Yield that something differs from what was asked."""
    shown = "not set" if found in (None, "") else f"`{str(found)[:100]}`"
    yield compose.finding(f"{what} is {shown}, asked for `{asked}`", mark)


def differs(compose: ComposeFile, what: str, found: object, asked: object, mark: Mark) -> Findings:
    """Yield that something differs from what was asked, if it does."""
    if found != asked:
        yield from wrong(compose, what, found, asked, mark)


def same_path(one: str, two: str) -> bool:
    """Whether two paths are the same as text."""
    return clean_path(one) == clean_path(two)
