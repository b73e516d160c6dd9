"""What the core knows about an IaC language: how it is parsed, its rules, its fence words.

Languages live in `iac_gym/languages/<name>/` and are found by folder name; each exposes `LANGUAGE`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from iac_gym.check import Rule
from iac_gym.errors import unknown
from iac_gym.verdict import Finding

#: The default tier, and the others: a library of the field, and the real tool.
TIERS = ("fast", "library", "tool")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What another tier says of some files: `valid` is None where it cannot judge (`reason`)."""

    valid: bool | None
    findings: tuple[Finding, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """One IaC language.

    `parse` takes the answer's files of this language (path -> text) and gives the model that rules
    and requirements read; it raises `ParseError`. `rules` run in this order. `tags` are the words
    that a code fence may carry for it beside its name (lower case), `path` the usual name of its
    file, `patterns` the file names (fnmatch; with `/` the whole path) by which the command line
    recognises it, and
    `content`, where names say too little, a regular expression that its texts contain.

    `select` may name the rules that can find anything in a model, a part of `rules` in the same
    order, so that a manifest without a CronJob does not pay for the rules of CronJobs. The others
    pass without being run, and leave no outcome.

    `tiers` names, for "library" and "tool", the function (`module:name`) from files to `Opinion`
    that asks a library of the field or the real tool.
    """

    name: str
    parse: Callable[[Mapping[str, str]], Any]
    rules: tuple[Rule, ...]
    tags: tuple[str, ...]
    path: str
    patterns: tuple[str, ...] = ()
    content: str = ""
    select: Callable[[Any], tuple[Rule, ...]] | None = None
    tiers: Mapping[str, str] = field(default_factory=dict)

    def rules_for(self, model: Any) -> tuple[Rule, ...]:
        """Return the rules to run over a model."""
        return self.select(model) if self.select else self.rules


def second_opinion(language: Language, tier: str, files: Mapping[str, str]) -> Opinion:
    """Ask another tier about files; raises `UnknownName` where the language has no such tier."""
    if tier not in language.tiers:
        raise unknown(f"tier of {language.name}", tier, ("fast", *language.tiers))
    module, _, name = language.tiers[tier].partition(":")
    opinion: Opinion = getattr(import_module(module), name)(files)
    return opinion


@cache
def language_names() -> tuple[str, ...]:
    """Return the names of the languages that are installed."""
    package = import_module("iac_gym.languages")
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))


@cache
def load_language(name: str) -> Language:
    """Import a language by name, or as `name@version` where it has versions ("kubernetes@1.31").

    An unknown name or version raises `UnknownName`.
    """
    base, _, version = name.partition("@")
    if base not in language_names():
        raise unknown("language", base, language_names())
    module = import_module(f"iac_gym.languages.{base}")
    if version and not hasattr(module, "versioned"):
        raise unknown(f"version of {base}", version, ())
    language: Language = module.versioned(version) if version else module.LANGUAGE
    return language
