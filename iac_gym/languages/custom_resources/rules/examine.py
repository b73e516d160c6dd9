"""Examines the custom resources of a manifest once, for all rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iac_gym.languages.custom_resources.argo.validate import check_workflow
from iac_gym.languages.custom_resources.foreign import is_foreign
from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.custom_resources.operators import CHECKS
from iac_gym.verdict import Finding

if TYPE_CHECKING:
    from iac_gym.languages.custom_resources.model import CustomManifest


def examine(manifest: CustomManifest) -> dict[str, list[Finding]]:
    """Return what the operators would refuse, by the names of rules."""
    notes = Notes()
    for workflow in manifest.workflows:
        check_workflow(workflow, notes)
    for item in manifest.objects:
        group = item.api_version.rpartition("/")[0]
        check = CHECKS.get((group, item.kind.partition(".")[0])) if group else None
        if check is not None:
            check(item, manifest, notes)
        elif group and is_foreign(item.api_version, item.kind.partition(".")[0]):
            message = f"`{item.kind[:60]}` of `{group[:60]}` is not known; its metadata is judged"
            notes.add("foreign-kinds", item, message, "kind")
    return notes.faults
