"""When a GitLab job runs: `rules`, `only`, `except` and `workflow` played through for pipelines.

A scenario is one pipeline with the variables that GitLab sets for it. Playing a job through gives
how it starts there, so that `if: $CI_COMMIT_BRANCH == "main"`, `only: [main]` and every other
spelling of the same condition are equal. Source: the documentation of predefined variables and of
`rules`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from iac_gym.formats.lazy import kept
from iac_gym.languages.gitlab_ci.conditions import Token, read
from iac_gym.languages.gitlab_ci.job import Job
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.values import Clause, Policy

#: The default branch of scenarios that are not about it: no task names it.
OTHER_DEFAULT = "a-default-branch"
#: A branch that no task names.
FEATURE = "feature/qx-81"


@dataclass(frozen=True)
class Scenario:
    """One pipeline: its variables, its kind as `only` names it, and the files that changed.

    `changed` is None where any file may have changed.
    """

    kind: str
    variables: Mapping[str, str]
    changed: tuple[str, ...] | None = None

    @property
    def ref(self) -> str:
        """The branch or tag."""
        return self.variables["CI_COMMIT_REF_NAME"]


def _of_ref(ref: str, source: str, default: str) -> dict[str, str]:
    slug = re.sub(r"[^a-z0-9]", "-", ref.lower())[:63].strip("-")
    return {
        "CI": "true", "GITLAB_CI": "true", "CI_PIPELINE_SOURCE": source,
        "CI_COMMIT_REF_NAME": ref, "CI_COMMIT_REF_SLUG": slug, "CI_DEFAULT_BRANCH": default,
        "CI_COMMIT_SHA": "8a1f0c5d2b7e4f6a9c3d1e0b5a7f2c4d6e8b0a1f",
        "CI_COMMIT_SHORT_SHA": "8a1f0c5d",
        "CI_COMMIT_MESSAGE": "Work", "CI_COMMIT_TITLE": "Work", "CI_PROJECT_PATH": "team/project",
        "CI_PROJECT_NAMESPACE": "team", "CI_PROJECT_NAME": "project",
        "CI_SERVER_HOST": "gitlab.com",
    }  # fmt: skip


@lru_cache(maxsize=512)
def push(
    branch: str,
    default: str = OTHER_DEFAULT,
    changed: tuple[str, ...] | None = None,
    *,
    reviewed: bool = False,
) -> Scenario:
    """Return a pipeline of a push to a branch; `reviewed` says that it has a merge request."""
    variables = _of_ref(branch, "push", default) | {"CI_COMMIT_BRANCH": branch}
    if reviewed:
        variables["CI_OPEN_MERGE_REQUESTS"] = "team/project!7"
    return Scenario("pushes", variables, changed)


@lru_cache(maxsize=512)
def merge_request(
    target: str = OTHER_DEFAULT,
    default: str = OTHER_DEFAULT,
    changed: tuple[str, ...] | None = None,
) -> Scenario:
    """Return a pipeline of a merge request against a branch."""
    variables = _of_ref(FEATURE, "merge_request_event", default) | {
        "CI_MERGE_REQUEST_ID": "91", "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": FEATURE,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": target, "CI_MERGE_REQUEST_TITLE": "Work",
        "CI_MERGE_REQUEST_EVENT_TYPE": "detached", "CI_OPEN_MERGE_REQUESTS": "team/project!7",
        "CI_MERGE_REQUEST_REF_PATH": "refs/merge-requests/7/head",
    }  # fmt: skip
    return Scenario("merge_requests", variables, changed)


@lru_cache(maxsize=512)
def tag(name: str) -> Scenario:
    """Return a pipeline of a pushed tag."""
    return Scenario("pushes", _of_ref(name, "push", OTHER_DEFAULT) | {"CI_COMMIT_TAG": name})


@lru_cache(maxsize=512)
def schedule(branch: str = OTHER_DEFAULT) -> Scenario:
    """Return a scheduled pipeline."""
    variables = _of_ref(branch, "schedule", OTHER_DEFAULT) | {
        "CI_COMMIT_BRANCH": branch, "CI_PIPELINE_SCHEDULE_DESCRIPTION": "a schedule",
    }  # fmt: skip
    return Scenario("schedules", variables)


@lru_cache(maxsize=512)
def by_hand(branch: str = OTHER_DEFAULT) -> Scenario:
    """Return a pipeline that somebody starts in the browser."""
    variables = _of_ref(branch, "web", OTHER_DEFAULT) | {"CI_COMMIT_BRANCH": branch}
    return Scenario("web", variables)


@dataclass(frozen=True)
class Start:
    """How a job starts in a pipeline: `when` as in GitLab, and whether its failure is forgiven."""

    when: str
    allow_failure: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def automatic(self) -> bool:
        """Whether it starts by itself where all goes well."""
        return self.when in ("on_success", "always", "delayed")


def start_of(job: Job, scenario: Scenario) -> Start | None:
    """Return how a job starts in a pipeline, None where it is not in it."""
    if not job.runs or not creates(job.pipeline, scenario):
        return None
    if job.rules is not None:
        return _by_rules(job, scenario)
    if job.when == "never" or not _by_policies(job, scenario):
        return None
    return Start(job.when, job.may_fail_silently)


def _by_rules(job: Job, scenario: Scenario) -> Start | None:
    for clause in job.rules or ():
        if not _holds(clause, scenario, job.variables):
            continue
        when = clause.when or job.when
        if when == "never":
            return None
        given = clause.allow_failure
        forgiven = _forgives(job) if given is None else given
        return Start(when, forgiven, clause.variables)
    return None


def _forgives(job: Job) -> bool:
    return job.tree.get("allow_failure") is True or bool(job.exit_codes)


def creates(pipeline: Pipeline, scenario: Scenario) -> bool:
    """Whether `workflow:rules` let a pipeline come about."""
    if pipeline.workflow is None:
        return True
    known = pipeline.shared
    key = ("creates", id(scenario))  # the value keeps the scenario, and so its identity
    if key not in known:
        known[key] = (_creates(pipeline, pipeline.workflow, scenario), scenario)
    return known[key][0] is True


def _creates(pipeline: Pipeline, workflow: Sequence[Clause], scenario: Scenario) -> bool:
    for clause in workflow:
        if _holds(clause, scenario, pipeline.variables):
            return clause.when != "never"
    return False


def _holds(clause: Clause, scenario: Scenario, variables: Mapping[str, str]) -> bool:
    if clause.condition and not truth(clause.condition, variables, scenario.variables):
        return False
    if clause.exists is not None and not clause.exists:
        return False
    return clause.changes is None or touched(clause.changes, scenario.changed)


# --- all the pipelines that may hold a job -------------------------------------------------------

#: Most names of branches that are tried.
_MOST_NAMES = 20
#: Words of conditions that name no branch.
_KEYWORDS = frozenset(
    """null true false push web schedule schedules api trigger triggers pipeline pipelines chat
    merge_request_event merge_requests parent_pipeline external branches tags pushes""".split()
)


def _conditions(job: Job) -> list[str]:
    conditions = [clause.condition for clause in job.rules or ()]
    conditions += [clause.condition for clause in job.pipeline.workflow or ()]
    for policy in (job.only, job.excluded):
        conditions += [*(policy.refs or ()), *(policy.variables or ())] if policy else []
    return [one for one in conditions if one]


@kept
def words(job: Job) -> tuple[str, ...]:
    """Return the words in a job's conditions, among which are the names of its branches."""
    texts = _conditions(job)
    if not texts:
        return ()
    found = frozenset().union(*[_words_of(text[:500]) for text in texts])
    return tuple(sorted(found)[:_MOST_NAMES])


@lru_cache(maxsize=1024)
def _words_of(text: str) -> frozenset[str]:
    found = re.findall(r"(?<![$\w])\w[\w./-]*", text)
    named = frozenset([word.rstrip("/.-") for word in found if not word.startswith("CI_")])
    return named - _KEYWORDS - {""}


def everywhere(job: Job) -> tuple[Scenario, ...]:
    """Return pipelines of every kind, those with the names in a job's conditions first."""
    return _everywhere(words(job))


@lru_cache(maxsize=512)
def _everywhere(named: tuple[str, ...]) -> tuple[Scenario, ...]:
    return (
        *map(push, named), push(OTHER_DEFAULT, OTHER_DEFAULT), push(FEATURE), merge_request(),
        *(merge_request(name) for name in named), tag("v1.4.0"), *map(tag, named), schedule(),
        by_hand(), push(FEATURE, reviewed=True),
    )  # fmt: skip


def shares(job: Job, other: Job) -> tuple[bool, bool]:
    """Whether some pipeline has two jobs, and whether each that has the first has the second."""
    kept = job.pipeline.shared
    key = ("shares", job.name, other.name)
    if key not in kept:
        both = [
            start_of(other, one) is not None
            for one in (*everywhere(job), *map(push, words(other)))
            if start_of(job, one) is not None
        ]
        kept[key] = (any(both) or not both, all(both))
    found: tuple[bool, bool] = kept[key]
    return found


_PLAYED = frozenset(merge_request().variables) | {
    "CI_COMMIT_BRANCH", "CI_COMMIT_TAG", "CI_PIPELINE_SCHEDULE_DESCRIPTION",
}  # fmt: skip
_SOURCES = re.compile(
    r"\b(?:api|triggers?|pipelines?|chat|external\w*|parent_pipeline|ondemand_\w+|security_\w+|"
    r"webide|\w+@\S+)\b"
)


def never_created(job: Job) -> bool:
    """Whether no pipeline can hold a job: its conditions and those of `workflow` exclude it.

    False where that depends on more than is played through here.
    """
    if job.pipeline.workflow is None:
        return False
    kept = job.pipeline.shared
    key = ("never", job.name)
    if key not in kept:
        kept[key] = _never(job)
    return kept[key] is True


def _never(job: Job) -> bool:
    if any(start_of(job, one) is not None for one in everywhere(job)):
        return False
    texts = _conditions(job)
    names = {name for text in texts for name in re.findall(r"\$(\w+)", text[:500])}
    return names <= _PLAYED and not any(_SOURCES.search(one) or "~" in one for one in texts)


# --- changed files -------------------------------------------------------------------------------


def touched(patterns: Sequence[str], changed: tuple[str, ...] | None) -> bool:
    """Whether one of the changed files fits one of some patterns."""
    if changed is None:
        return bool(patterns)
    return any(_glob(pattern).fullmatch(path) for pattern in patterns for path in changed)


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    """Return a pattern of Ruby's `File.fnmatch` (PATHNAME, DOTMATCH, EXTGLOB) as an expression."""
    made, at, text = "", 0, pattern[:300]
    while at < len(text):
        if text.startswith("**/", at) and (at == 0 or text[at - 1] == "/"):
            made, at = made + "(?:[^/]+/)*", at + 3
        elif text[at] == "*":
            made, at = made + ("" if made.endswith("[^/]*") else "[^/]*"), at + 1
        elif text[at] == "?":
            made, at = made + "[^/]", at + 1
        elif text[at] == "{" and "}" in text[at:]:
            end = text.index("}", at)
            inner = [_glob(one).pattern for one in text[at + 1 : end].split(",")[:20]]
            made, at = f"{made}(?:{'|'.join(inner)})", end + 1
        else:
            made, at = made + re.escape(text[at]), at + 1
    return re.compile(made)


# --- only and except -----------------------------------------------------------------------------


def _by_policies(job: Job, scenario: Scenario) -> bool:
    # With `workflow:rules`, a job that says nothing is in every pipeline.
    anywhere = job.only is None and job.pipeline.workflow is not None
    only = job.only or Policy(refs=None if anywhere else ("branches", "tags"))
    if only.refs is None and job.only is not None:
        only = Policy(("branches", "tags"), only.variables, only.changes, only.kubernetes)
    known = job.variables
    if not _allowed(only, scenario, known):
        return False
    refused = job.excluded
    if refused is None:
        return True
    return not (
        (refused.refs is not None and _refs(refused.refs, scenario))
        or any(truth(one, known, scenario.variables) for one in refused.variables or ())
        or (refused.changes is not None and touched(refused.changes, scenario.changed))
    )


def _allowed(only: Policy, scenario: Scenario, known: Mapping[str, str]) -> bool:
    if only.refs is not None and not _refs(only.refs, scenario):
        return False
    asked = only.variables
    if asked is not None and not any(truth(one, known, scenario.variables) for one in asked):
        return False
    return only.changes is None or touched(only.changes, scenario.changed)


def _refs(refs: Sequence[str], scenario: Scenario) -> bool:
    return any(_ref(one.partition("@")[0], scenario) for one in refs)


def _ref(ref: str, scenario: Scenario) -> bool:
    request = scenario.kind == "merge_requests"
    if ref == "tags":
        return "CI_COMMIT_TAG" in scenario.variables
    if ref == "branches":
        return "CI_COMMIT_BRANCH" in scenario.variables
    if ref in ("pushes", "merge_requests", "schedules", "web", "api", "triggers", "pipelines",
               "chat", "external"):  # fmt: skip
        return ref == scenario.kind
    if request:
        return False
    found = re.fullmatch(r"/(.*)/(i?)", ref, re.DOTALL)
    if found:
        return _matches(scenario.ref, found[1], found[2]) is True
    return ref == scenario.ref


# --- expressions ---------------------------------------------------------------------------------


_NOTHING: Mapping[str, str] = {}


def truth(
    condition: str, variables: Mapping[str, str], stronger: Mapping[str, str] = _NOTHING
) -> bool:
    """Whether a `rules:if` holds; a variable that is not given is null."""
    names = _names(condition)
    if names is None:
        return False
    values = [stronger[one] if one in stronger else variables.get(one) for one in names]
    return _truth(condition, tuple(values))


@lru_cache(maxsize=2048)
def _names(condition: str) -> tuple[str, ...] | None:
    """Return the variables of an expression, None for one that is not valid."""
    steps, error = read(condition)
    if error:
        return None
    return tuple(dict.fromkeys([one.text[1:] for one in steps if one.kind == "variable"]))


@lru_cache(maxsize=1024)
def _truth(condition: str, values: tuple[str | None, ...]) -> bool:
    variables = dict(zip(_names(condition) or (), values, strict=True))
    stack: list[Any] = []
    for token in read(condition).steps:
        if token.kind != "operator":
            stack.append(_value(token, variables))
        elif token.text == "!":
            stack.append(not _present(stack.pop()))
        else:
            right, left = stack.pop(), stack.pop()
            stack.append(_apply(token.text, left, right))
    return _present(stack[0])


def _value(token: Token, variables: Mapping[str, str | None]) -> Any:
    if token.kind == "variable":
        return variables.get(token.text[1:])
    if token.kind == "string":
        return token.text[1:-1]
    if token.kind == "boolean":
        return token.text == "true"
    return token if token.kind == "pattern" else None


def _present(value: Any) -> bool:
    return (
        bool(value.strip()) if isinstance(value, str) else value is not None and value is not False
    )


def _apply(operator: str, left: Any, right: Any) -> Any:
    if operator == "&&":
        return right if _present(left) else left
    if operator == "||":
        return left if _present(left) else right
    if operator in ("==", "!="):
        return (left == right) == (operator == "==")
    found = _match(left, right)
    return found if operator == "=~" else not found


def _match(left: Any, right: Any) -> bool:
    text = right.text if isinstance(right, Token) else right
    found = re.fullmatch(r"/(.*)/([ismU]*)", text, re.DOTALL) if isinstance(text, str) else None
    if found is None or not isinstance(left, str):
        return False
    return _matches(left, found[1], found[2]) is True


_ATOM = r"[^(){}]|\{[0-9]{1,2}(?:,[0-9]{0,2})?\}"
#: Patterns without groups that are repeated, which take polynomial time.
_TAME = re.compile(rf"(?:{_ATOM}|\((?:\?:)?(?:{_ATOM})*\)\??)*")
#: Longest text on which others are tried: one repeated group may double the time per letter.
_SHORT = 16


def _tame(body: str, text: str) -> bool:
    if len(body) > 200 or len(re.findall(r"[*+]", body)) > 6:
        return False
    if _TAME.fullmatch(body):
        return True
    repeated = len(re.findall(r"\)[*+{]", body))
    return len(text) <= _SHORT and repeated <= 1 and "|" not in body


@lru_cache(maxsize=2048)
def _matches(text: str, body: str, flags: str) -> bool | None:
    """Whether an expression finds something in a text; None for expressions that are not tried."""
    body = body.replace("\\/", "/")
    if not _tame(body, text):
        return None
    body = body.replace("\\A", "^").replace("\\z", "$").replace("\\Z", "$")
    try:
        return bool(re.search(body, text, re.IGNORECASE if "i" in flags else 0))
    except re.error:
        return None
