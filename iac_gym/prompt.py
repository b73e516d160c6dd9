"""What the agent is told: the instruction in one of three styles, and how to write the answer.

Every style renders the same requirement texts, so that nothing is checked that was not said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iac_gym.draw import Draw

#: Prompt styles: a short ticket, sentences, a list.
STYLES = ("ticket", "prose", "list")

LEADS = ("Make sure of the following:", "What matters:", "It must have this:")


def render_instruction(
    draw: Draw, style: str, openings: Sequence[str], texts: Sequence[str]
) -> str:
    """Render an instruction from one of the openings and the texts of all requirements."""
    opening = draw.phrase("opening", openings)
    if style == "ticket":
        return f"{opening}: {'; '.join(texts)}."
    if style == "prose":
        listed = "; ".join(texts[:-1]) + ("; and " if len(texts) > 1 else "") + texts[-1]
        return f"{opening}. {draw.phrase('lead', LEADS)} {listed}."
    return f"{opening}:\n" + "\n".join(f"- {text}" for text in texts)


def render_given(given: Mapping[str, str]) -> str:
    """Render the files that the agent starts from, each in a fence under its path."""
    return "\n\n".join(f"{path}\n```\n{text.rstrip()}\n```" for path, text in given.items())


def system_prompt(files: Sequence[tuple[str, str]]) -> str:
    """Say how the answer must be written, for the expected files (path, language)."""
    if len(files) == 1 and "*" not in files[0][0]:
        path, language = files[0]
        return (
            f"You write infrastructure as code. Answer with the complete content of {path} "
            f"({language}) in exactly one fenced code block and no other code block."
        )
    listed = ", ".join(path for path, _ in files)
    return (
        f"You write infrastructure as code. Answer with these files: {listed}. Put each file into "
        "a fenced code block of its own, with its path alone on the line before the fence."
    )
