"""Texts that are not quite Terraform."""

from __future__ import annotations

import random
import re

from bench.agreements.terraform_mutants.register import mutation, pick, substituted, with_value
from bench.agreements.terraform_text import Text


@mutation
def unquoted_text(rng: random.Random, text: Text) -> str | None:
    """A text without its quotes."""
    one = pick(rng, [a for a in text.arguments if re.fullmatch(r'"[^"]*"', a.value)])
    return with_value(text, one, one.value.strip('"') or "nothing") if one else None


@mutation
def missing_bracket(rng: random.Random, text: Text) -> str | None:
    """A bracket is gone."""
    return substituted(rng, text, r"[{}\[\]()]", "")


@mutation
def missing_quote(rng: random.Random, text: Text) -> str | None:
    """A quote is gone."""
    return substituted(rng, text, '"', "")


@mutation
def missing_comma(rng: random.Random, text: Text) -> str | None:
    """A comma is gone."""
    return substituted(rng, text, ",", "")


@mutation
def foreign_syntax(rng: random.Random, text: Text) -> str | None:
    """JSON, YAML or Python habits."""
    one = pick(rng, text.arguments)
    if one is None:
        return None
    lines = (f'{one.indent}"{one.name}" = {one.value}', f"{one.indent}{one.name}: {one.value}",
             f"{one.indent}{one.name} = {one.value},", f"{one.indent}{one.name} = {one.value};",
             f"{one.indent}{one.name} == {one.value}", f"{one.indent}{one.name} {one.value}",
             f"{one.indent}{one.name} = {one.value} -- note", f"{one.indent}{one.name} = True",
             f"{one.indent}{one.name} = None", f"```\n{one.indent}{one.name} = {one.value}",
             f"{one.indent}...")  # fmt: skip
    return text.replaced(one.line, rng.choice(lines))


@mutation
def cut_off(rng: random.Random, text: Text) -> str | None:
    """The text ends early, as an answer that was too long."""
    if len(text.text) < 100:
        return None
    return text.text[: rng.randrange(len(text.text) // 2, len(text.text) - 2)]
