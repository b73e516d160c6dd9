"""When a Jenkins stage runs: its `when` played through for builds of branches, tags and requests.

So `branch 'main'`, `expression { env.BRANCH_NAME == 'main' }` and `environment name: 'BRANCH_NAME',
value: 'main'` are equal. Source: the documentation of `when` and of the variables of a multibranch
project.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from envs.cicd.requirements.jenkins_find import spelled
from iac_gym.languages.jenkins.model import Condition, Stage
from iac_gym.languages.jenkins.values import Text, Unknown

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


_TEXT = r"""(?:'[^'\n]*'|"[^"\n$]*"|/(?:\\.|[^/\n\\])*/)"""
_COMPARISON = re.compile(
    rf"""(?:env\.)?\b(?P<name>[A-Z][A-Z_]+)\b(?:\??\.(?:trim|toString)\(\))?(?:
    \s*(?P<operator>==~|==|!=|=~)\s*(?P<value>{_TEXT}|null\b)
    |\??\.(?P<method>startsWith|endsWith|contains|equals|matches)\(\s*(?P<given>{_TEXT})\s*\)
    |\s+in\s*\[(?P<list>[^\]\n]*)\])?""",
    re.VERBOSE,
)
_TURNED = re.compile(
    rf"(?P<value>{_TEXT})\s*(?P<operator>==|!=)\s*(?P<name>(?:env\.)?[A-Z][A-Z_]+\b)"
)
_INNERMOST = re.compile(r"\(([^()]*)\)")
_WORDS = {"yes": True, "no": False, "true": True, "false": False}
#: Deepest parentheses in an expression that are followed.
_MOST_BRACKETS = 20


def _expression(condition: Condition, facts: Facts) -> bool | None:
    value = condition.args.get("expression")
    if isinstance(value, bool):
        return value
    if isinstance(value, Text) and len(value.holes) == 1:
        source = value.holes[0] if str(value) == f"${{{value.holes[0]}}}" else ""
    else:
        source = value.source if isinstance(value, Unknown) else ""
    if not source or len(source) > 500 or set(";{}") & set(source.replace("\\d{", "")):
        return None
    turned = _TURNED.sub(r"\g<name> \g<operator> \g<value>", source)
    text = _COMPARISON.sub(lambda found: _word(_compared(found, facts)), turned)
    text = _balanced(text)
    for _ in range(_MOST_BRACKETS):
        if "(" not in text:
            break
        text = _INNERMOST.sub(lambda found: _word(_flat(found[1])), text)
    return _flat(text)


def _balanced(text: str) -> str:
    """Give back the brackets that the source of an expression lacks at its ends."""
    depth = lowest = 0
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        lowest = min(lowest, depth)
    return "(" * -lowest + text + ")" * (depth - lowest)


def _word(value: bool | None) -> str:
    return "unsure" if value is None else "yes" if value else "no"


def _flat(text: str) -> bool | None:
    """Return the value of an expression without brackets whose comparisons are worked out."""
    return _not(_all(_not(_all(map(_fact, one.split("&&")))) for one in text.split("||")))


def _fact(text: str) -> bool | None:
    word = text.strip()
    bare = word.lstrip("! ")
    value = _WORDS.get(bare)
    return _not(value) if word.count("!") % 2 else value


def _compared(found: re.Match[str], facts: Facts) -> bool | None:
    """Whether a comparison of a variable of the build holds."""
    name = found["name"]
    if name not in _KNOWN:
        return None
    given = facts.get(name)
    if found["operator"]:
        return _operated(name, given, found["operator"], found["value"])
    if found["method"]:
        wanted = _local(name, _unquoted(found["given"]))
        return given is not None and _METHODS[found["method"]](given, wanted) is True
    if found["list"] is not None:
        return given in [_local(name, _unquoted(one.strip())) for one in found["list"].split(",")]
    return given is not None


def _operated(name: str, given: str | None, operator: str, value: str) -> bool | None:
    if value == "null":
        return (given is None) == (operator == "==")
    wanted = _unquoted(value)
    if operator in ("==", "!="):
        return (given == _local(name, wanted)) == (operator == "==")
    if given is None:
        return False
    pattern = wanted if operator == "==~" else f".*(?:{wanted}).*"
    results = [_regexp(pattern, one) for one in (given, f"origin/{given}")]
    return results[0] or results[1] if name == "GIT_BRANCH" else results[0]


def _unquoted(value: str) -> str:
    """Return the text of a literal."""
    inner = value[1:-1]
    return inner.replace("\\/", "/") if value[:1] == "/" else inner.replace("\\\\", "\\")


_METHODS: Mapping[str, Callable[[str, str], bool | None]] = {
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": lambda text, part: part in text,
    "equals": lambda text, other: text == other,
    "matches": lambda text, pattern: _regexp(pattern, text),
}


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
    words = {word.rstrip("/.-") for word in found if not word.startswith("env.")}
    return sorted(words - {""})[:20]
