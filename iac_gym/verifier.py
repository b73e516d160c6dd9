"""The ordered pipeline: FORMAT and SYNTAX are gates, after them every check runs.

`verify` is total (any text gets a verdict), pure and thread-safe. A check that breaks is our
defect: its outcome carries the error, and the verdict is "unscored".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any

from iac_gym.answer import Answer, extract, language_of
from iac_gym.check import Findings, ParseError, Requirement, RequirementType
from iac_gym.language import Language, load_language
from iac_gym.registry import category_of
from iac_gym.task import Task
from iac_gym.verdict import Finding, Outcome, Stage, Verdict

#: Most findings that are kept of one check.
MOST_FINDINGS = 20
_NONE: Mapping[str, Any] = {}
#: Looked up once: a member of an enum is slow to reach in Python 3.11.
_SECURITY = Stage.SECURITY
_ASKED = Stage.REQUIREMENTS


@lru_cache(maxsize=4096)
def _clean(stage: Stage, name: str, requirement: int) -> Outcome:
    """Return the outcome of a check that found nothing: one shared object, cheap to send about."""
    return Outcome(stage, name, (), "", requirement)


def _run(
    check: Callable[..., Findings],
    model: Any,
    args: Mapping[str, Any],
    stage: Stage,
    name: str,
    requirement: int = -1,
) -> Outcome:
    try:
        found = tuple(islice(check(model, **args) if args else check(model), MOST_FINDINGS))
    except Exception as error:  # the boundary: a broken check must not read as a wrong answer
        problem = f"{type(error).__name__}: {error}"
        return Outcome(stage, name, (), problem, requirement)
    if not found:
        return _clean(stage, name, requirement)
    return Outcome(stage, name, found, "", requirement)


def _parse(
    answer: Mapping[str, str], languages: Mapping[str, Language], expected: Mapping[str, str]
) -> tuple[dict[str, Any], list[Outcome]]:
    models: dict[str, Any] = {}
    failed: list[Outcome] = []
    for name, language in languages.items():
        files = {path: text for path, text in answer.items() if expected[path] == name}
        try:
            models[name] = language.parse(files)
        except ParseError as error:
            failed.append(Outcome(error.stage, error.rule, error.findings))
        except Exception as error:  # the boundary again: our parser broke, not the answer
            failed.append(Outcome(Stage.SYNTAX, "syntax", (), f"{type(error).__name__}: {error}"))
    return models, failed


def _rules(
    models: Mapping[str, Any], languages: Mapping[str, Language], *, security: bool = True
) -> list[Outcome]:
    return [
        _run(rule.check, model, _NONE, rule.stage, rule.name)
        for name, model in models.items()
        for rule in languages[name].rules_for(model)
        if security or rule.stage is not _SECURITY
    ]


def _requirement(
    asked: Requirement, kind: RequirementType, models: Mapping[str, Any], place: int
) -> Outcome:
    model = models[kind.language] if kind.language else next(iter(models.values()))
    return _run(kind.check, model, asked.args, _ASKED, asked.name, place)


def check_files(files: Mapping[str, str], paths: Mapping[str, str]) -> Verdict:
    """Judge files by their languages alone, whatever the task. `paths`: path -> language."""
    languages = {name: load_language(name) for name in dict.fromkeys(paths.values())}
    models, failed = _parse(files, languages, paths)
    outcomes = failed or sorted(_rules(models, languages), key=lambda o: o.stage)
    return Verdict(tuple(outcomes))


def verify(answer: str | Answer, task: Task, *, security: bool = True) -> Verdict:
    """Judge an answer (a completion, or files) to a task.

    Without `security` the rules of that stage, which no score depends on, are not run.
    """
    asked = len(task.requirements)
    try:
        files = (extract(answer, task.files) if isinstance(answer, str) else answer).files
    except ParseError as error:
        return Verdict((Outcome(error.stage, error.rule, error.findings),), asked)
    paths = {path: language_of(path, task.files) or "" for path in files}
    if stray := [path for path, language in paths.items() if not language]:
        finding = Finding(f"{stray[0]} was not asked for", file=stray[0])
        return Verdict((Outcome(Stage.FORMAT, "answer-format", (finding,)),), asked)
    languages = {name: load_language(name) for _, name in task.files}
    models, failed = _parse(files, languages, paths)
    if failed:
        return Verdict(tuple(failed), asked)
    types = category_of(task.env).requirements
    outcomes = _rules(models, languages, security=security)
    for place, wish in enumerate(task.requirements):
        outcomes.append(_requirement(wish, types[wish.name], models, place))
    outcomes.sort(key=attrgetter("stage"))
    return Verdict(tuple(outcomes), asked)
