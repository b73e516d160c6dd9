"""Checks of the header document: `spec` with the inputs that a file takes."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.gitlab_ci.checker import Checker, is_text, kind
from iac_gym.languages.gitlab_ci.regexps import regexp_error

RULE = "inputs-are-right"
SPEC_KEYS = frozenset(("component", "description", "include", "inputs"))
INPUT_KEYS = frozenset(("default", "description", "options", "regex", "rules", "type"))
COMPONENT = ("name", "reference", "sha", "version")
MOST_OPTIONS = 50
_TYPES: dict[str, tuple[type, ...]] = {
    "array": (YamlList,),
    "boolean": (bool,),
    "number": (int, float),
    "string": (str,),
}


def header(check: Checker, tree: YamlMap) -> None:
    """The whole header."""
    check.keys(tree, ("spec",), "the header")
    spec = tree.get("spec")
    if spec is None:
        return
    if spec.__class__ is not YamlMap:
        check.bad(RULE, f"`spec` must be a mapping, not {kind(spec)}", tree.marks["spec"])
        return
    check.keys(spec, SPEC_KEYS, "spec")
    _component(check, spec)
    inputs = spec.get("inputs")
    if inputs is None:
        return
    if inputs.__class__ is not YamlMap:
        check.bad(
            RULE, f"`spec:inputs` must be a mapping, not {kind(inputs)}", spec.marks["inputs"]
        )
        return
    for name, given in inputs.items():
        if given is not None:
            _input(check, given, inputs.marks[name], f"input `{str(name)[:60]}`")


def _component(check: Checker, spec: YamlMap) -> None:
    given = spec.get("component")
    if given is not None and not (
        given.__class__ is YamlList and all(one in COMPONENT for one in given)
    ):
        message = f"`spec:component` takes {', '.join(COMPONENT)}"
        check.bad(RULE, message, spec.marks["component"])


def _input(check: Checker, tree: Any, mark: Mark, where: str) -> None:
    if tree.__class__ is not YamlMap:
        check.bad(RULE, f"{where} must be a mapping, not {kind(tree)}", mark)
        return
    check.keys(tree, INPUT_KEYS, where)
    check.choice(tree, "type", tuple(_TYPES), RULE, where)
    check.test(is_text, tree, "regex", RULE, f"{where}: `regex` must be text")
    check.test(is_text, tree, "description", RULE, f"{where}: `description` must be text")
    named = tree.get("type")
    wanted = _TYPES.get(named if named.__class__ is str else "string", (str,))
    default, options, rules = tree.get("default"), tree.get("options"), tree.get("rules")
    if default is not None and (default.__class__ not in wanted):
        message = f"{where}: its `default` is {kind(default)}, not of its type"
        check.bad(RULE, message, tree.marks["default"])
    if options is not None and (options.__class__ is not YamlList or len(options) > MOST_OPTIONS):
        message = f"{where}: `options` must be a list of up to {MOST_OPTIONS}"
        check.bad(RULE, message, tree.marks["options"])
    elif options and default is not None and default not in options:
        check.bad(RULE, f"{where}: its `default` is not among its `options`", tree.marks["default"])
    _regex(check, tree, where)
    if rules is not None:
        _rules(check, tree, rules, where)


def _regex(check: Checker, tree: YamlMap, where: str) -> None:
    pattern = tree.get("regex")
    if pattern.__class__ is str and (problem := regexp_error(pattern)):
        check.bad(RULE, f"{where}: its `regex` is not valid: {problem}", tree.marks["regex"])


def _rules(check: Checker, tree: YamlMap, rules: Any, where: str) -> None:
    for key in ("default", "options"):
        if key in tree:
            message = f"{where}: `rules` and `{key}` exclude each other"
            check.bad(RULE, message, tree.key_marks[key])
    for one in rules if rules.__class__ is YamlList else [rules]:
        if one.__class__ is not YamlMap or "default" not in one:
            check.bad(RULE, f"{where}: each rule is a mapping with `default`", tree.marks["rules"])
        else:
            check.keys(one, ("default", "if", "options"), f"{where}: rules")
