"""What the rules of Kubernetes, custom resources included, say of rendered objects.

An object of a custom kind that nobody here knows is not judged: `unknown_of` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.custom_resources import LANGUAGE
from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.languages.custom_resources.pack import custom_kinds as known_custom_kinds
from iac_gym.languages.helm.rendered import RenderedObject, Source, placed
from iac_gym.languages.kubernetes.kinds import custom_kinds, default_version, served_kinds
from iac_gym.languages.kubernetes.model import Manifest
from iac_gym.verdict import Finding, Stage

#: Most findings that are kept of one rule.
_MOST_FINDINGS = 20
#: Looked up once: a member of an enum is slow to reach in Python 3.11.
_SECURITY = Stage.SECURITY


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a Kubernetes rule in a rendering."""

    stage: Stage
    rule: str
    finding: Finding


def objects_language() -> Language:
    """Return the language whose rules hold for rendered objects."""
    return LANGUAGE


@cache
def _built_in() -> frozenset[str]:
    return frozenset(kind for _, kind in served_kinds(default_version()))


@cache
def _groups() -> frozenset[str]:
    """Return the API groups that are known, built-in and custom."""
    versions = {version for version, _ in served_kinds(default_version())}
    versions |= {version for version, _ in known_custom_kinds()}
    return frozenset(version.rpartition("/")[0] for version in versions)


def manifest_of(objects: Sequence[RenderedObject]) -> CustomManifest:
    """Make the manifest that requirements and rules of Kubernetes read.

    A custom kind that a built-in kind has, too, gets its group into its kind, so that it does not
    pass for the built-in one.
    """
    own = custom_kinds(item.tree for item in objects)
    for item in objects:
        name = item.api_version, item.kind
        if item.kind in _built_in() and (name in own or name in known_custom_kinds()):
            item.__dict__["kind"] = f"{item.kind}.{item.api_version}"  # the kept property
    keys: set[Any] | None = set()
    for item in objects:
        if keys is None or item.keys is None:
            keys = None
            break
        keys |= item.keys
    return CustomManifest(tuple(objects), "", None if keys is None else frozenset(keys))


def _is_unknown(item: RenderedObject, own: set[tuple[str, str]]) -> bool:
    group = item.api_version.rpartition("/")[0]
    if "." not in group or group in _groups() or group.endswith(".k8s.io"):
        return False
    return (item.api_version, item.kind.partition(".")[0]) not in own


def unknown_of(manifest: Manifest) -> list[RenderedObject]:
    """Return the objects of custom kinds that nobody here knows."""
    own = custom_kinds(item.tree for item in manifest.objects)
    return [
        item
        for item in manifest.objects
        if isinstance(item, RenderedObject) and _is_unknown(item, own)
    ]


def judged_part(manifest: CustomManifest) -> CustomManifest:
    """Return a manifest without what is not judged."""
    unknown = {id(item) for item in unknown_of(manifest)}
    if not unknown:
        return manifest
    return CustomManifest(tuple(item for item in manifest.objects if id(item) not in unknown))


def rules_for(manifest: CustomManifest) -> tuple[Rule, ...]:
    """Return the rules that may find something in a judged part."""
    return LANGUAGE.rules_for(manifest) if manifest.objects else ()


def problems_of(manifest: CustomManifest, rules: Iterable[Rule]) -> list[Problem]:
    """Run rules over a judged part, those about security left out.

    Findings stand in the templates.
    """
    sources = _sources(manifest)
    found: list[Problem] = []
    for rule in rules:
        if rule.stage is not _SECURITY:
            found += _run(rule, manifest, sources)
    return found


def _run(rule: Rule, manifest: Manifest, sources: dict[str, Source]) -> Iterable[Problem]:
    findings: Any = rule.check(manifest)
    if findings == ():  # known without an iterator
        return ()
    return [
        Problem(rule.stage, rule.name, placed(finding, sources.get(finding.file)))
        for finding in islice(findings, _MOST_FINDINGS)
    ]


def problem_findings(rule: Rule, manifest: Manifest) -> Iterable[Finding]:
    """Run one rule over a judged part."""
    return [problem.finding for problem in _run(rule, manifest, _sources(manifest))]


def _sources(manifest: Manifest) -> dict[str, Source]:
    """Return which file of a rendering is traced how; traced findings name the template itself."""
    return {
        item.file: item.source
        for item in manifest.objects
        if isinstance(item, RenderedObject) and item.source is not None
    }
