"""When a Jenkins stage runs: its `when` played through for builds of branches, tags and requests.

So `branch 'main'`, `expression { env.BRANCH_NAME == 'main' }` and `environment name: 'BRANCH_NAME',
value: 'main'` are equal. Source: the documentation of `when` and of the variables of a multibranch
project.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from envs.cicd.requirements.jenkins_find import spelled
from iac_gym.languages.jenkins.model import Condition, Stage
from iac_gym.languages.jenkins.values import Unknown

#: Variables of a build.
Facts = Mapping[str, str]


def branch(name: str) -> Facts:
    """Return a build of a branch."""
    return {"BRANCH_NAME": name, "GIT_BRANCH": name}


def tag(name: str) -> Facts:
    """Return a build of a tag."""
    return {"BRANCH_NAME": name, "TAG_NAME": name, "GIT_BRANCH": name}


def request(target: str = "a-target") -> Facts:
    """Return a build of a change request."""
    return {
        "BRANCH_NAME": "PR-7", "GIT_BRANCH": "PR-7", "CHANGE_ID": "7", "CHANGE_TARGET": target,
        "CHANGE_BRANCH": "feature/qx-81", "CHANGE_URL": "https://example.com/7",
    }  # fmt: skip


def may_run(stage: Stage, facts: Facts) -> bool | None:
    """Whether a stage runs in a build: True, False, or None where more decides."""
    held: list[bool | None] = []
    one: Stage | None = stage
    while one is not None:
        held += [holds(condition, facts) for condition in one.when.conditions] if one.when else []
        one = one.parent
    return _all(held)


def _all(values: Iterable[bool | None]) -> bool | None:
    given = list(values)
    if False in given:
        return False
    return None if None in given else True


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def holds(condition: Condition, facts: Facts) -> bool | None:
    """Whether a condition holds in a build."""
    children = [holds(child, facts) for child in condition.children]
    if condition.name == "allOf":
        return _all(children)
    if condition.name == "anyOf":
        return _not(_all([_not(one) for one in children]))
    if condition.name == "not":
        return _not(children[0]) if children else None
    simple = _SIMPLE.get(condition.name)
    return simple(condition, facts) if simple else condition.holds


def _branch(condition: Condition, facts: Facts) -> bool | None:
    return _fits(condition, facts["BRANCH_NAME"])


def _tag(condition: Condition, facts: Facts) -> bool | None:
    return _fits(condition, facts["TAG_NAME"]) if "TAG_NAME" in facts else False


_OF_REQUESTS = {"target": "CHANGE_TARGET", "branch": "CHANGE_BRANCH", "id": "CHANGE_ID"}


def _request(condition: Condition, facts: Facts) -> bool | None:
    if "CHANGE_ID" not in facts:
        return False
    for key, name in _OF_REQUESTS.items():
        if key in condition.args and not _compare(
            spelled(condition.args[key]), facts[name], condition.args.get("comparator", "EQUALS")
        ):
            return False
    return None if set(condition.args) - {*_OF_REQUESTS, "comparator"} else True


def _fits(condition: Condition, text: str) -> bool:
    pattern = spelled(condition.args.get("pattern"))
    return _compare(pattern, text, condition.args.get("comparator", "GLOB"))


def _compare(pattern: str, text: str, comparator: object) -> bool:
    if comparator == "EQUALS":
        return pattern == text
    if comparator == "REGEXP":
        return _regexp(pattern, text) is True
    return _glob(pattern).fullmatch(text) is not None


@lru_cache(maxsize=512)
def _glob(pattern: str) -> re.Pattern[str]:
    """Return an Ant pattern as an expression."""
    parts = re.split(r"(\*\*|\*|\?)", pattern[:200])
    known = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    made: list[str] = []
    for part in parts:
        step = known.get(part, re.escape(part))
        if not (made and made[-1] == step and part in known):
            made.append(step)
    return re.compile("".join(made))


#: Patterns without repeated groups, which take polynomial time on the short names of scenarios.
_TAME = re.compile(r"(?:[^(){}]|\{[0-9]{1,2}(?:,[0-9]{0,2})?\}|\((?:\?:)?[^(){}]*\)\??)*")


@lru_cache(maxsize=512)
def _regexp(pattern: str, text: str) -> bool | None:
    tame = len(pattern) < 200 and _TAME.fullmatch(pattern)
    if not tame or len(re.findall(r"[*+]", pattern)) > 6:
        return None
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return None


def _environment(condition: Condition, facts: Facts) -> bool | None:
    name, value = spelled(condition.args.get("name")), spelled(condition.args.get("value"))
    if condition.args.get("ignoreCase") is True:
        return None
    if name in _KNOWN:
        return facts.get(name) == _local(name, value)
    return None


def _local(name: str, value: str) -> str:
    """Return a branch without its remote: outside of multibranch projects Git says `origin/x`."""
    return value.removeprefix("origin/") if name == "GIT_BRANCH" else value


_KNOWN = frozenset(
    "BRANCH_NAME GIT_BRANCH TAG_NAME CHANGE_ID CHANGE_TARGET CHANGE_BRANCH CHANGE_URL".split()
)


def _equals(condition: Condition, facts: Facts) -> bool | None:
    given = [condition.args.get(key) for key in ("expected", "actual")]
    values = [_text(one, facts) for one in given]
    if None in values:
        return None
    remote = any("GIT_BRANCH" in str(one) for one in given)
    texts = [str(one).removeprefix("origin/") if remote else one for one in values]
    return texts[0] == texts[1]


def _text(value: object, facts: Facts) -> str | None:
    """Return a value as text where a build's variables are enough to know it."""
    source = value.source if isinstance(value, Unknown) else None
    name = (source or "").removeprefix("env.")
    if source is None and isinstance(value, str) and re.fullmatch(r"\$\{\w+\}", value):
        name = value[2:-1]
        source = name
    if source is None:
        return spelled(value) if isinstance(value, (str, int)) else None
    return facts.get(name, "null") if name in _KNOWN else None


_ATOM = re.compile(
    r"""\s*(?P<no>!\s*)?(?:env\.)?(?P<name>[A-Z_]+)\s*
    (?:(?P<operator>==~|==|!=|=~)\s*(?:(?P<quote>['"/])(?P<value>[^'"]*?)(?P=quote)|(?P<null>null)))?\s*""",
    re.VERBOSE,
)


def _expression(condition: Condition, facts: Facts) -> bool | None:
    value = condition.args.get("expression")
    if isinstance(value, bool):
        return value
    if (
        not isinstance(value, Unknown)
        or len(value.source) > 500
        or set("();\n") & set(value.source)
    ):
        return None
    either = [
        _all([_atom(part, facts) for part in one.split("&&")]) for one in value.source.split("||")
    ]
    return _not(_all([_not(one) for one in either]))


def _atom(text: str, facts: Facts) -> bool | None:
    found = _ATOM.fullmatch(text)
    if not found or found["name"] not in _KNOWN:
        return None
    given = facts.get(found["name"])
    operator = found["operator"]
    if operator is None:
        return (given is None) if found["no"] else (given is not None)
    if found["null"]:
        return (given is None) == (operator == "==")
    if operator in ("==", "!="):
        return (given == _local(found["name"], found["value"])) == (operator == "==")
    if given is None:
        return False
    pattern = found["value"] if operator == "==~" else f".*(?:{found['value']}).*"
    return _regexp(pattern, given)


_SIMPLE = {
    "branch": _branch,
    "tag": _tag,
    "buildingTag": lambda condition, facts: "TAG_NAME" in facts,
    "changeRequest": _request,
    "environment": _environment,
    "equals": _equals,
    "expression": _expression,
}


def named(stage: Stage) -> list[str]:
    """Return the words in a stage's conditions, among which are the names of branches."""
    found: set[str] = set()
    one: Stage | None = stage
    while one is not None:
        for condition in one.when.every() if one.when else ():
            for value in condition.args.values():
                text = value.source if isinstance(value, Unknown) else spelled(value)
                found.update(re.findall(r"(?<![$\w])\w[\w./-]*", text[:500]))
        one = one.parent
    return sorted(word for word in found if not word.startswith("env."))[:20]
