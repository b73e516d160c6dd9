"""A verdict in words: what the next turn of an episode observes, and what the console shows."""

from __future__ import annotations

from iac_gym.verdict import Stage, Verdict

#: Most diagnostics in a report; more would crowd out the task.
MOST_LINES = 20


def report(verdict: Verdict) -> str:
    """Write the report on an answer: whether it is valid, how much of the task is met, and why."""
    if verdict.unscored:
        return f"The verifier failed, so this answer has no score: {verdict.unscored}"
    found = [d for d in verdict.diagnostics if d.stage is not Stage.SECURITY]
    if verdict.solved:
        return "The answer is valid and meets every requirement."
    state = "valid" if verdict.valid else "not valid"
    head = f"The answer is {state}; {verdict.met} of {verdict.asked} requirements are met."
    lines = [f"- {diagnostic}" for diagnostic in found[:MOST_LINES]]
    if len(found) > MOST_LINES:
        lines.append(f"- and {len(found) - MOST_LINES} more")
    return "\n".join([head, *lines])
