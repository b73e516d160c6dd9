"""What mutations share: the tables of them, and small changes of a text."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from bench.agreements.terraform_text import Argument, Text

Mutation = Callable[[random.Random, Text], str | None]
MUTATIONS: dict[str, Mutation] = {}
REWRITINGS: dict[str, Mutation] = {}


def mutation(function: Mutation) -> Mutation:
    """Register a mistake under its name in words."""
    MUTATIONS[function.__name__.replace("_", " ")] = function
    return function


def rewriting(function: Mutation) -> Mutation:
    """Register a change after which a program should still be valid."""
    REWRITINGS[function.__name__.replace("_", " ")] = function
    return function


def misspelt(rng: random.Random, word: str) -> str:
    """Return a word as a model misspells it."""
    place = rng.randrange(max(1, len(word) - 1))
    options = [
        word[:place] + word[place + 1 :],
        word[:place] + word[place] * 2 + word[place + 1 :],
        word + "s" if not word.endswith("s") else word[:-1],
        word.replace("_", "", 1),
        word.replace("_", "-", 1),
        word.rsplit("_", 1)[0] if "_" in word else word + "_name",
    ]
    made = [one for one in options if one not in (word, "") and not one[0].isdigit()]
    return rng.choice(made)


def pick(rng: random.Random, choices: list[Argument]) -> Argument | None:
    """Choose an argument, None where there is none."""
    return rng.choice(choices) if choices else None


def with_value(text: Text, one: Argument, value: str) -> str:
    """Return the text with another value for an argument."""
    return text.replaced(one.line, f"{one.indent}{one.name} = {value}")


def literals(text: Text, pattern: str) -> list[Argument]:
    """Return the arguments of resources with literals that match a pattern."""
    return [one for one in text.of_resources() if one.literal and re.search(pattern, one.value)]


def substituted(rng: random.Random, text: Text, pattern: str, made: str) -> str | None:
    """Return the text with one match of a pattern replaced, None where there is none."""
    found = list(re.finditer(pattern, text.text))
    if not found:
        return None
    one = rng.choice(found)
    return text.text[: one.start()] + one.expand(made) + text.text[one.end() :]
