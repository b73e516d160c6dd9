"""Rules (is the text valid?) and requirements (is it what was asked?): their types and decorators.

A check is a function that yields a `Finding` for each thing that is wrong and yields nothing when
all is well. It is pure, total (any parsed tree, however odd, without an exception) and knows no
weight: `iac_gym.reward` alone turns facts into numbers.
"""

from __future__ import annotations

import inspect
import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.errors import BadDraft
from iac_gym.verdict import Finding, Stage

Findings = Iterable[Finding]


class ParseError(Exception):
    """The text cannot be read: carries the findings, and whether FORMAT or SYNTAX failed."""

    def __init__(self, *findings: Finding, stage: Stage = Stage.SYNTAX, rule: str = "") -> None:
        super().__init__("; ".join(f.message for f in findings))
        self.findings = findings
        self.stage = stage
        self.rule = rule or stage.name.lower()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a language. `name` is the function's name in kebab-case; `doc` is its page."""

    stage: Stage
    name: str
    check: Callable[[Any], Findings]
    doc: str

    def section(self, title: str) -> str:
        """Return the text of one section of the page ("Source", "Bad", "Good"), or ''."""
        pattern = rf"^{title}::?[ \t]*(.*?)(?=^(?:Source|Bad|Good)::?|\Z)"
        found = re.search(pattern, self.doc, re.MULTILINE | re.DOTALL)
        return inspect.cleandoc("\n" + found.group(1)).strip() if found else ""


def rule(stage: Stage) -> Callable[[Callable[[Any], Findings]], Rule]:
    """Make a rule from a function over the parsed model.

    The docstring is the rule's page. It needs a first line that says what holds, a `Source:` line,
    and a `Bad::` and a `Good::` example; a test runs both.
    """

    def decorate(function: Callable[[Any], Findings]) -> Rule:
        doc = inspect.cleandoc(function.__doc__ or "")
        return Rule(stage, function.__name__.replace("_", "-"), function, doc)

    return decorate


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a task asks for: plain data that goes through JSON and pickle.

    `name` is that of its RequirementType, `args` its arguments, `text` the words in the prompt.
    """

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the requirement as plain dicts, lists and scalars."""
        return {"name": self.name, "args": dict(self.args), "text": self.text}


def say(value: object) -> str:
    """Put an argument into words, as wordings and the contract do: lists as `a, b and c`."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        words = [say(item) for item in value]
        return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return str(value)


@dataclass(frozen=True, slots=True)
class RequirementType:
    """A kind of requirement: its wordings and its check, in one object.

    Calling it with the check's arguments makes a `Requirement`. `language` names the language whose
    model the check reads ("" = the task's first). `ordered` marks a requirement that a larger or
    smaller value may also meet ("at least"), so that the one-parameter contract test allows it.
    """

    name: str
    wordings: tuple[str, ...]
    check: Callable[..., Findings]
    language: str = ""
    ordered: bool = False

    def __call__(self, **args: Any) -> Requirement:
        """Make a requirement of this type; unknown or missing arguments raise `BadDraft`."""
        try:
            inspect.signature(self.check).bind(None, **args)
        except TypeError as error:
            raise BadDraft(f"requirement {self.name!r}: {error}; given {sorted(args)}") from None
        return Requirement(self.name, args)

    def words(self, args: Mapping[str, Any], wording: int = 0) -> str:
        """Render one of the wordings with the arguments."""
        said = {key: say(value) for key, value in args.items()}
        return self.wordings[wording % len(self.wordings)].format(**said)


def requirement(
    *wordings: str, language: str = "", ordered: bool = False
) -> Callable[[Callable[..., Findings]], RequirementType]:
    """Make a requirement type from wordings and a check `(model, **args) -> Findings`.

    Every wording must mention every argument as `{name}`: what is checked is said. Keyword-only or
    positional arguments after the model are the requirement's arguments; no defaults are allowed.
    """

    def decorate(function: Callable[..., Findings]) -> RequirementType:
        names = list(inspect.signature(function).parameters)[1:]
        if not wordings:
            raise BadDraft(f"requirement {function.__name__!r} has no wording")
        for wording in wordings:
            said = {name for _, name, _, _ in string.Formatter().parse(wording) if name}
            if said != set(names):
                raise BadDraft(
                    f"requirement {function.__name__!r}: the wording {wording!r} mentions "
                    f"{sorted(said)}, but the check takes {sorted(names)}; they must be the same"
                )
        name = function.__name__.replace("_", "-")
        return RequirementType(name, wordings, function, language, ordered)

    return decorate


def requirement_types(namespace: object) -> dict[str, RequirementType]:
    """Collect the requirement types defined in a module, by name."""
    values = vars(namespace).values()
    return {value.name: value for value in values if isinstance(value, RequirementType)}
