"""The ordered pipeline: FORMAT and SYNTAX are gates, after them every check runs.

`verify` is total (any text gets a verdict), pure and thread-safe. A check that breaks is our
defect: its outcome carries the error, and the verdict is "unscored".

What depends on the task or on the chosen rules alone (the checks to run, with their arguments and
the outcome of one that finds nothing) is prepared once: a group of answers asks for the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any

from iac_gym.answer import Answer, extract, language_of
from iac_gym.check import Findings, ParseError, Requirement, RequirementType, Rule
from iac_gym.language import Language, load_language
from iac_gym.registry import category_of
from iac_gym.task import Task
from iac_gym.verdict import Finding, Outcome, Stage, Verdict

#: Most findings that are kept of one check.
MOST_FINDINGS = 20
#: Most tasks, and most choices of rules, for which the checks are kept.
_MOST_KEPT = 4096
#: Looked up once: a member of an enum is slow to reach in Python 3.11.
_SECURITY = Stage.SECURITY
_ASKED = Stage.REQUIREMENTS

#: A check, the arguments behind the model, and the outcome of finding nothing, which is shared.
_Step = tuple[Callable[..., Findings], tuple[Any, ...], Outcome]


def _run(steps: list[_Step], model: Any, outcomes: list[Outcome]) -> None:
    """Run checks over a model and add their outcomes."""
    for check, values, clean in steps:
        try:
            findings = check(model, *values) if values else check(model)
            if findings == ():  # known without an iterator
                outcomes.append(clean)
                continue
            source = iter(findings)
            first = next(source, None)
            if first is None:
                outcomes.append(clean)
                continue
            found = (first, *islice(source, MOST_FINDINGS - 1))
        except Exception as error:  # the boundary: a broken check must not read as a wrong answer
            outcomes.append(replace(clean, error=f"{type(error).__name__}: {error}"))
            continue
        outcomes.append(Outcome(clean.stage, clean.rule, found, "", clean.requirement))


@dataclass(frozen=True, slots=True)
class _Rules:
    """The steps of some rules: those before the requirements, SECURITY, and NOTICE."""

    rules: tuple[Rule, ...]
    validity: list[_Step]
    security: list[_Step]
    notices: list[_Step]


#: By the identity of the tuple of rules, which is kept with them, so that no other can have it.
_kept_rules: dict[int, _Rules] = {}


def _steps_of(rules: tuple[Rule, ...]) -> _Rules:
    kept = _kept_rules.get(id(rules))
    if kept is None:
        steps: list[_Step] = [
            (rule.check, (), Outcome(rule.stage, rule.name))
            for rule in sorted(rules, key=attrgetter("stage"))
        ]
        validity = [step for step in steps if step[2].stage < _ASKED]
        security = [step for step in steps if step[2].stage is _SECURITY]
        kept = _Rules(rules, validity, security, steps[len(validity) + len(security) :])
        if len(_kept_rules) >= _MOST_KEPT:
            _kept_rules.clear()
        _kept_rules[id(rules)] = kept
    return kept


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the answers to a task are judged: its languages, and what it asks for of each."""

    task: Task
    types: Mapping[str, RequirementType]
    languages: dict[str, Language]
    asked: dict[str, list[_Step]]


_plans: dict[str, _Plan] = {}


def _plan_of(task: Task) -> _Plan:
    types = category_of(task.env).requirements
    plan = _plans.get(task.id)
    if plan is None or plan.task is not task or plan.types is not types:
        languages = {name: load_language(name) for _, name in task.files}
        asked: dict[str, list[_Step]] = {name: [] for name in languages}
        for place, wish in enumerate(task.requirements):
            kind = types[wish.name]
            clean = Outcome(_ASKED, wish.name, requirement=place)
            asked[kind.language or task.files[0][1]].append((*_call(wish, kind), clean))
        plan = _Plan(task, types, languages, asked)
        if len(_plans) >= _MOST_KEPT:
            _plans.clear()
        _plans[task.id] = plan
    return plan


def _call(
    wish: Requirement, kind: RequirementType
) -> tuple[Callable[..., Findings], tuple[Any, ...]]:
    """Return a check and its values by position, which is the quickest way to call it."""
    names = list(inspect.signature(kind.check).parameters)[1:]
    if set(names) == set(wish.args) and _by_position(kind.check):
        return kind.check, tuple([wish.args[name] for name in names])
    return partial(kind.check, **wish.args), ()


def _by_position(check: Callable[..., Findings]) -> bool:
    """Whether a check, or what is wrapped around it, takes its arguments by position."""
    taken = [one.kind for one in inspect.signature(check, follow_wrapped=False).parameters.values()]
    by_position, by_name = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    return by_position in taken or not {by_name, inspect.Parameter.KEYWORD_ONLY} & set(taken)


def _parse(
    files: Mapping[str, Mapping[str, str]], languages: Mapping[str, Language]
) -> tuple[dict[str, Any], list[Outcome]]:
    """Parse the files (language -> path -> text): the models, or what failed."""
    models: dict[str, Any] = {}
    failed: list[Outcome] = []
    for name, language in languages.items():
        try:
            models[name] = language.parse(files[name])
        except ParseError as error:
            failed.append(Outcome(error.stage, error.rule, error.findings))
        except Exception as error:  # the boundary again: our parser broke, not the answer
            failed.append(Outcome(Stage.SYNTAX, "syntax", (), f"{type(error).__name__}: {error}"))
    return models, failed


def _judge(
    models: Mapping[str, Any],
    languages: Mapping[str, Language],
    asked: Mapping[str, list[_Step]],
    *,
    security: bool,
) -> list[Outcome]:
    """Return the outcomes of rules and requirements, in the order of the stages."""
    outcomes: list[Outcome] = []
    for name, model in models.items():
        rules = _steps_of(languages[name].rules_for(model))
        _run(rules.validity, model, outcomes)
        _run(asked.get(name, []), model, outcomes)
        if security:
            _run(rules.security, model, outcomes)
        _run(rules.notices, model, outcomes)
    if len(models) > 1:
        outcomes.sort(key=attrgetter("stage", "requirement"))
    return outcomes


def check_files(files: Mapping[str, str], paths: Mapping[str, str]) -> Verdict:
    """Judge files by their languages alone, whatever the task. `paths`: path -> language."""
    languages = {name: load_language(name) for name in dict.fromkeys(paths.values())}
    sorted_out: dict[str, dict[str, str]] = {name: {} for name in languages}
    for path, text in files.items():
        sorted_out[paths[path]][path] = text
    models, failed = _parse(sorted_out, languages)
    return Verdict(tuple(failed or _judge(models, languages, {}, security=True)))


def verify(answer: str | Answer, task: Task, *, security: bool = True) -> Verdict:
    """Judge an answer (a completion, or files) to a task.

    Without `security` the rules of that stage, which no score depends on, are not run.
    """
    asked = len(task.requirements)
    try:
        files = (extract(answer, task.files) if isinstance(answer, str) else answer).files
    except ParseError as error:
        return Verdict((Outcome(error.stage, error.rule, error.findings),), asked)
    plan = _plan_of(task)
    sorted_out: dict[str, dict[str, str]] = {name: {} for name in plan.languages}
    for path, text in files.items():
        language = language_of(path, task.files)
        if not language:
            finding = Finding(f"{path} was not asked for", file=path)
            return Verdict((Outcome(Stage.FORMAT, "answer-format", (finding,)),), asked)
        sorted_out[language][path] = text
    if task.beside:
        sorted_out[task.beside] = {**task.given, **sorted_out[task.beside]}
    models, failed = _parse(sorted_out, plan.languages)
    outcomes = failed or _judge(models, plan.languages, plan.asked, security=security)
    return Verdict(tuple(outcomes), asked)
