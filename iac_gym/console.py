"""Verdicts for people and tools: text with source lines and carets, JSON, SARIF 2.1.0."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from iac_gym.grading import Grade
from iac_gym.verdict import Diagnostic, Stage, Verdict

#: File name in the verdict -> (name to show, text).
Sources = Mapping[str, tuple[str, str]]

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
#: What stands before the message of a finding that makes no answer invalid.
_SARIF_LEVELS = {Stage.SECURITY: "warning", Stage.NOTICE: "note"}
_LEVELS = {Stage.SECURITY: "warning: ", Stage.NOTICE: "note: "}
#: Longest part of a source line that is shown.
_WIDTH = 120


def _shown(diagnostic: Diagnostic, sources: Sources) -> tuple[str, str]:
    name = diagnostic.finding.file
    if name in sources:
        return sources[name]
    return next(iter(sources.values())) if len(sources) == 1 else (name, "")


def _snippet(diagnostic: Diagnostic, sources: Sources) -> list[str]:
    """Return the source line and a caret under the column, if the position is known."""
    found = diagnostic.finding
    lines = _shown(diagnostic, sources)[1].split("\n")
    if not 0 < found.line <= len(lines):
        return []
    column = max(found.column, 1)
    start = max(0, column - _WIDTH // 2) if column > _WIDTH else 0
    line = lines[found.line - 1].rstrip("\r")[start : start + _WIDTH].replace("\t", " ")
    number = str(found.line)
    clean = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
    return [f"  {number} | {clean}", f"  {' ' * len(number)} | {' ' * (column - 1 - start)}^"]


def as_text(verdict: Verdict, sources: Sources, result: Grade | None = None) -> str:
    """Write diagnostics as `file:line:column: message [rule]`, each with its source line."""
    lines: list[str] = []
    for diagnostic in verdict.diagnostics:
        found = diagnostic.finding
        name = _shown(diagnostic, sources)[0]
        place = ":".join(str(part) for part in (name, found.line, found.column) if part)
        level = _LEVELS.get(diagnostic.stage, "")
        hint = f" ({found.hint})" if found.hint else ""
        lines.append(f"{place}: {level}{found.message}{hint} [{diagnostic.rule}]")
        lines += _snippet(diagnostic, sources)
    if verdict.unscored:
        lines.append(f"there is no verdict: {verdict.unscored}")
    if result:
        reward = result.reward
        state = "solved" if reward.solved else "not solved"
        lines.append(
            f"{result.task_id}: {state}, {verdict.met} of {verdict.asked} requirements met, "
            f"{'valid' if verdict.valid else 'not valid'}, total {reward.total:.3f}"
        )
    elif not verdict.unscored:
        lines.append("valid" if verdict.valid else "not valid")
    return "\n".join(lines).encode("utf-8", "replace").decode()


def as_json(verdict: Verdict, sources: Sources, result: Grade | None = None) -> str:
    """Write the verdict as one JSON object."""
    data: dict[str, Any] = {
        "valid": verdict.valid,
        "unscored": verdict.unscored,
        "diagnostics": [
            {
                "stage": diagnostic.stage.name.lower(),
                "rule": diagnostic.rule,
                "message": diagnostic.finding.message,
                "hint": diagnostic.finding.hint,
                "file": _shown(diagnostic, sources)[0],
                "line": diagnostic.finding.line,
                "column": diagnostic.finding.column,
            }
            for diagnostic in verdict.diagnostics
        ],
    }
    if result:
        data.update(task_id=result.task_id, solved=verdict.solved, reward=result.reward.as_dict())
    return json.dumps(data, indent=2)


def as_sarif(verdict: Verdict, sources: Sources, result: Grade | None = None) -> str:
    """Write the diagnostics as SARIF 2.1.0, which code hosts and editors read."""
    from iac_gym import __version__

    results = []
    for diagnostic in verdict.diagnostics:
        found = diagnostic.finding
        location: dict[str, Any] = {
            "artifactLocation": {"uri": _shown(diagnostic, sources)[0]},
        }
        if found.line:
            location["region"] = {"startLine": found.line, "startColumn": max(found.column, 1)}
        text = found.message + (f" ({found.hint})" if found.hint else "")
        results.append(
            {
                "ruleId": diagnostic.rule,
                "level": _SARIF_LEVELS.get(diagnostic.stage, "error"),
                "message": {"text": text},
                "locations": [{"physicalLocation": location}],
            }
        )
    rules = [{"id": rule} for rule in sorted({d.rule for d in verdict.diagnostics})]
    driver = {"name": "iac-gym", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2)
