"""Argument specifications and documentation of modules -> the records of the data pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from iac_gym.languages.ansible.modules import core_actions as core
from iac_gym.languages.ansible.modules.specs import CONSTRAINTS, TYPES

_LETTERS = {name: letter for letter, name in TYPES.items()}
_MOST_CHOICES = 400


def _letter(name: Any) -> str:
    return _LETTERS.get(name if isinstance(name, str) else "any", "-")


def _constrained(spec: Mapping[str, Any]) -> set[str]:
    """Return the options whose default matters: those that a constraint names."""
    names: set[str] = set()
    for group in (*(spec.get("required_one_of") or ()), *(spec.get("required_together") or ())):
        names.update([group] if isinstance(group, str) else group)
    for rule in spec.get("required_if") or ():
        names.update((rule[0], *rule[2]))
    for name, others in (spec.get("required_by") or {}).items():
        names.update((name, *([others] if isinstance(others, str) else others)))
    return names


def _constraints(spec: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for letter, name in CONSTRAINTS.items():
        given = spec.get(name)
        if not given:
            continue
        if letter == "b":
            made[letter] = {k: [v] if isinstance(v, str) else v for k, v in given.items()}
        elif letter == "i":
            made[letter] = given
        else:
            groups = [given] if all(isinstance(one, str) for one in given) else given
            made[letter] = [[one] if isinstance(one, str) else one for one in groups]
    return made


def option(given: Mapping[str, Any], keep_default: bool, nested: str) -> Any:
    """Return the code of one option: a letter of its type, or a mapping where there is more.

    `nested` is where options inside are found: `options` of a specification, `suboptions` of a
    documentation. A `*` behind the type tells that there is a default. The mapping's keys: `k`
    type, `r` required, `c` choices, `a` aliases, `e` type of elements, `o` options inside, `d`
    default, `D` defaults inside apply, `f` it may come from elsewhere, `n` secret, `N` its name in
    the documentation where that is an alias.
    """
    kind = _letter(given.get("type") or "str")
    if given.get("default") is not None:
        kind += "*"
    made: dict[str, Any] = {"k": kind}
    _presence(given, made)
    _kinds(given, made)
    inside = given.get(nested)
    if isinstance(inside, Mapping) and inside:
        made["o"] = options(inside, _constrained(given), nested)
        made.update(_constraints(given))
        if given.get("apply_defaults"):
            made["D"] = 1
    if keep_default and given.get("default") is not None:
        made["d"] = given["default"]
    return kind if len(made) == 1 else made


def _presence(given: Mapping[str, Any], made: dict[str, Any]) -> None:
    fallback = given.get("fallback")
    if fallback and fallback != [None]:
        made["f"] = 1
    elif given.get("required"):
        made["r"] = 1
    if given.get("no_log") is True:
        made["n"] = 1


def _kinds(given: Mapping[str, Any], made: dict[str, Any]) -> None:
    choices = given.get("choices")
    if isinstance(choices, Mapping):
        choices = list(choices)
    if choices is not None and isinstance(choices, list) and len(choices) <= _MOST_CHOICES:
        made["c"] = choices
    if given.get("aliases"):
        made["a"] = list(given["aliases"])
    if given.get("elements"):
        made["e"] = _letter(given["elements"])


def options(spec: Mapping[str, Any], constrained: set[str], nested: str) -> dict[str, Any]:
    """Return the codes of options, in the order of their names."""
    return {
        name: option(spec[name], name in constrained, nested)
        for name in sorted(spec)
        if isinstance(spec[name], Mapping)
    }


def record(found: Mapping[str, Any], action: bool) -> dict[str, Any] | None:
    """Return the record of a module from what was captured: `spec`, or else `docs`.

    `action`: an action plugin of this name stands before the module. Then what the documentation
    knows more is an option too.
    """
    captured, docs = found["spec"], found.get("docs") or {}
    documented = docs.get("options") or {}
    made: dict[str, Any]
    if captured.get("spec") is None:
        if "options" not in docs:
            return None
        made = _documented(captured, documented)
    else:
        made = _specified(captured)
        _show(made["o"], documented)
        if action:
            made["o"].update(_more(documented, made["o"]))
    if action:
        made["a"] = 1
    return made


#: How the documentation calls the command that a module takes as free text.
_FREE_TEXT = "free_form"


def _documented(captured: Mapping[str, Any], documented: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a module that is known from its documentation alone.

    What its own text does not say is not taken for certain: other options are, where it is not
    `strict`, and what is required.
    """
    needed = captured.get("needed", ())
    sure = {name: {**one, "required": name in needed} for name, one in documented.items()}
    made: dict[str, Any] = {"o": options(sure, set(), "suboptions"), "s": "d"}
    for name in captured.get("names", ()):
        made["o"].setdefault(name, "-")
    if not captured.get("strict") or _FREE_TEXT in documented:
        made["*"] = 1
    if _FREE_TEXT in documented:
        made["o"]["_raw_params"] = "r"
    return made


def _specified(captured: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"o": options(captured["spec"], _constrained(captured), "options")}
    made.update(_constraints(captured))
    if captured.get("open"):
        made["*"] = 1
    if captured.get("some"):
        made["+"] = 1
    return made


def _show(made: Mapping[str, Any], documented: Mapping[str, Any]) -> None:
    """Mark the alias `N` by which an option is documented where its own name is not."""
    for name, code in made.items():
        if name not in documented and isinstance(code, dict):
            alias = next((one for one in code.get("a", ()) if one in documented), None)
            if alias is not None:
                code["N"] = alias


def _more(documented: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    extra = {name: one for name, one in documented.items() if name not in known}
    free = {name: {**one, "required": False} for name, one in extra.items()}
    return options(free, set(), "suboptions")


def core_records(found: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the records of ansible-core's modules where its action plugins know more."""
    made: dict[str, dict[str, Any]] = {}
    for name, given in core.SPECIFICATIONS.items():
        made[name] = _specified(given)
    for name, parts in core.UNIONS.items():
        made[name] = _union([_specified(found[part]["spec"]) for part in parts])
    for name, (base, required) in core.BASED.items():
        record_of = _specified(found[base]["spec"])
        record_of["o"].update(_more(found[name]["docs"]["options"], record_of["o"]))
        for one in required:
            record_of["o"][one] = {"k": "p", "r": 1}
        made[name] = record_of
    for name in {*core.MORE, *core.CONSTRAINED} - set(made):
        made[name] = _specified(found[name]["spec"])
    for name, extra in core.MORE.items():
        made[name]["o"].update(options(extra, set(), "options"))
    for name, constraints in core.CONSTRAINED.items():
        made[name].update(_constraints(constraints))
    for name, refused in core.REFUSED.items():
        for one in refused:
            made[name]["o"].pop(one)
    return made


def _union(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what any of several modules takes: nothing is required that one can do without."""
    made: dict[str, Any] = {}
    for part in reversed(parts):
        made.update(part["o"])
    for name, code in made.items():
        if isinstance(code, dict):
            each = [one["o"][name] for one in parts if name in one["o"]]
            made[name] = {key: one for key, one in code.items() if key not in ("r", "d", "c")}
            choices = [one.get("c") if isinstance(one, dict) else None for one in each]
            if None not in choices:
                made[name]["c"] = sorted({one for some in choices for one in some or ()})
    same = {key: one for key, one in parts[0].items() if key in CONSTRAINTS}
    kept = {key: one for key, one in same.items() if all(p.get(key) == one for p in parts)}
    if "1" in kept:
        kept["1"] = [group for group in kept["1"] if not _has_default(group, parts)]
    return {"o": made, **{key: one for key, one in kept.items() if one}}


def _has_default(names: Iterable[str], parts: list[dict[str, Any]]) -> bool:
    """Say whether a module gives one of these options a value, so that it is never missing."""
    codes = [part["o"].get(name) for part in parts for name in names]
    return any(isinstance(code, dict) and code.get("d") is not None for code in codes)
