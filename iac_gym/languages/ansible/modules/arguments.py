"""The arguments of a module against its options, as ansible-core validates them.

Each level goes through ansible-core's own order: aliases, names, what excludes each other, what is
missing, types, choices, and what is needed together; then the mappings inside. Values that only a
run can tell are taken as right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from iac_gym.languages.ansible.modules.specs import Option, Spec
from iac_gym.languages.ansible.modules.values import (
    Wrong,
    convert,
    in_choices,
    is_open,
    loosely_in_choices,
    said,
)

UNKNOWN_OPTION = "options-are-known"
MISSING = "required-options-are-given"
TYPE = "option-types-are-right"
CHOICE = "option-values-are-allowed"
TOGETHER = "options-fit-together"

#: Deepest mapping that is examined, and most items of a list.
_MOST_DEPTH = 12
_MOST_ITEMS = 500
_MOST_FAULTS = 30
#: How alike words must be for one to be suggested for the other.
_NEAR = 0.65

Path = tuple[Any, ...]


class Fault(NamedTuple):
    """One wrong thing: the rule, the message, the path of keys in the arguments.

    `given` is the word that is wrong, and `known` are those that are right, for a suggestion;
    where there is nothing to suggest, `given` is the hint itself.
    """

    rule: str
    message: str
    path: Path
    given: str = ""
    known: Collection[str] = ()

    @property
    def hint(self) -> str:
        """What to write instead, '' where nothing is near. Not cheap: for a few faults only."""
        if not self.known:
            return self.given
        near = get_close_matches(self.given, self.known, 1, _NEAR)
        return f"did you mean `{near[0]}`?" if near else ""


def check(spec: Spec, given: Mapping[Any, Any], lenient: bool = False) -> list[Fault]:
    """Return what is wrong with arguments.

    `lenient`: more arguments come from elsewhere (`module_defaults`, a template), so that nothing
    is missing.
    """
    checker = _Checker(lenient, spec.documented)
    checker.level(spec, given, (), 0)
    return checker.faults


class _Checker:
    def __init__(self, lenient: bool, windows: bool) -> None:
        self.lenient = lenient
        self.windows = windows
        self.faults: list[Fault] = []

    def add(
        self, rule: str, message: str, path: Path, given: str = "", known: Collection[str] = ()
    ) -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(rule, message, path, given, known))

    def level(self, spec: Spec, given: Mapping[Any, Any], path: Path, depth: int) -> None:
        """Check one mapping."""
        values: dict[str, Any] = {}
        written: dict[str, Any] = {}
        for key, value in given.items():
            option = spec.names.get(key) if isinstance(key, str) else None
            if option is None:
                if not spec.open:
                    self._unknown(spec, key, path)
            elif key != option.name or key not in values:  # an alias goes before the own name
                values[option.name] = value
                written[option.name] = key
        certain = self._certain(values)
        self._exclusive(spec, certain, written, path)
        values = {**spec.defaults, **values} if spec.defaults else values
        if not self.lenient:
            self._missing(spec, values, path)
            if spec.some and spec.names.keys() >= given.keys():
                self.add(MISSING, "nothing is given", path)
        for name, key in written.items():
            values[name] = self._value(spec.options[name], values[name], (*path, key), depth)
        if not self.lenient:
            self._together(spec, values, certain, path)

    def _missing(self, spec: Spec, values: Mapping[str, Any], path: Path) -> None:
        where = f" in `{_said(path)}`" if path else ""
        for name in spec.required:
            if name not in values or (spec.acts and values[name] is None):
                shown = spec.options[name].shown
                self.add(MISSING, f"the option `{shown}`{where} is missing", path)

    def _unknown(self, spec: Spec, key: Any, path: Path) -> None:
        if key == "_raw_params":
            self.add(UNKNOWN_OPTION, "the module takes no free text", path, "write `option: value`")
            return
        message = f"there is no option `{str(key)[:60]}`"
        self.add(UNKNOWN_OPTION, message, (*path, key), str(key)[:60], spec.names)

    @staticmethod
    def _certain(values: Mapping[str, Any]) -> set[str]:
        """Return the options that are surely given: no template may leave them out."""
        return {
            name
            for name, value in values.items()
            if not (is_open(value) and (not isinstance(value, str) or "omit" in value))
        }

    def _exclusive(
        self, spec: Spec, certain: set[str], written: Mapping[str, Any], path: Path
    ) -> None:
        for group in spec.exclusive:
            both = [name for name in written if name in group and name in certain]
            if len(set(both)) > 1:
                names = " and ".join(f"`{name}`" for name in both)
                self.add(TOGETHER, f"{names} exclude each other", (*path, written[both[1]]))

    # --- values -----------------------------------------------------------------------------------

    def _value(self, option: Option, value: Any, path: Path, depth: int) -> Any:
        """Check one value and return it converted."""
        if is_open(value):
            return value
        if value is None and not option.required and not option.defaulted:
            if option.choices is not None and None not in option.choices:
                self._choice(option, value, path)
            return value
        try:
            made = convert(value, option.type)
        except Wrong as error:
            wanted = said(option.type)
            self.add(TYPE, f"`{path[-1]}` must be {wanted}, {error}: {_shown(value)}", path)
            return value
        if isinstance(made, list) and option.elements:
            made = self._elements(option, made, path, value)
        elif option.type == "s" and made.__class__ is not str:
            made = str(made)
        if option.choices is not None and not self._allowed(made, option.choices):
            self._choice(option, made, path)
        if option.inside is not None and depth < _MOST_DEPTH:
            self._inside(option, option.inside, made, path, depth)
        return made

    def _allowed(self, made: Any, choices: list[Any]) -> bool:
        return in_choices(made, choices) or (self.windows and loosely_in_choices(made, choices))

    def _elements(self, option: Option, items: list[Any], path: Path, value: Any) -> list[Any]:
        found = []
        for at, item in enumerate(items[:_MOST_ITEMS]):
            if is_open(item):
                found.append(item)
                continue
            try:
                found.append(convert(item, option.elements))
            except Wrong as error:
                place = (*path, at) if isinstance(value, list) else path
                wanted = said(option.elements)
                message = f"an item of `{path[-1]}` must be {wanted}, {error}: {_shown(item)}"
                self.add(TYPE, message, place)
                found.append(item)
        return found

    def _choice(self, option: Option, made: Any, path: Path) -> None:
        choices = option.choices or []
        wrong = [one for one in made if one not in choices] if isinstance(made, list) else [made]
        allowed = ", ".join(f"`{one}`" for one in choices[:12]) + (", ..." if choices[12:] else "")
        message = f"`{path[-1]}` cannot be {_shown(wrong[0])}, but one of {allowed}"
        self.add(CHOICE, message, path, str(wrong[0])[:60], [str(one) for one in choices])

    def _inside(self, option: Option, spec: Spec, made: Any, path: Path, depth: int) -> None:
        items = made if isinstance(made, list) else [made]
        for at, item in enumerate(items[:_MOST_ITEMS]):
            if isinstance(item, Mapping):
                place = (*path, at) if isinstance(made, list) else path
                self.level(spec, item, place, depth + 1)

    # --- what belongs together --------------------------------------------------------------------

    def _together(
        self, spec: Spec, values: Mapping[str, Any], certain: set[str], path: Path
    ) -> None:
        for group in spec.together:
            given = [name for name in group if name in values]
            if given and len(given) < len(set(group)) and self._sure(spec, group, values, certain):
                names = ", ".join(f"`{name}`" for name in group)
                self.add(TOGETHER, f"{names} must be given together", path)
        for group in spec.one_of:
            given = [n for n in group if n in values and not (spec.acts and values[n] is None)]
            if not given and not _outside(spec, group):
                names = ", ".join(f"`{name}`" for name in group)
                self.add(MISSING, f"one of {names} is missing", path)
        for rule in spec.required_if:
            self._conditional(spec, rule, values, path)
        for name, needed in spec.required_by.items():
            if name in certain and values.get(name) is not None:
                self._needed(spec, name, needed, values, path)

    def _needed(
        self, spec: Spec, name: str, needed: list[str], values: Mapping[str, Any], path: Path
    ) -> None:
        for other in needed:
            if values.get(other) is None and not _outside(spec, [other]):
                self.add(TOGETHER, f"`{name}` needs `{other}`", path)

    @staticmethod
    def _sure(
        spec: Spec, group: Sequence[str], values: Mapping[str, Any], certain: set[str]
    ) -> bool:
        given = [name for name in group if name in values]
        return not _outside(spec, group) and any(n in certain or n in spec.defaults for n in given)

    def _conditional(
        self, spec: Spec, rule: list[Any], values: Mapping[str, Any], path: Path
    ) -> None:
        name, wanted, needed = rule[:3]
        value = values.get(name)
        if name not in values or is_open(value) or value != wanted:
            return
        missing = [one for one in needed if one not in values and not _outside(spec, [one])]
        least = len(needed) if rule[3:] == [True] else 1
        if missing and len(missing) >= least:
            names = (" or " if least > 1 else " and ").join(f"`{one}`" for one in missing)
            self.add(MISSING, f"{names} must be given where `{name}` is {_shown(wanted)}", path)


def _outside(spec: Spec, names: Sequence[str]) -> bool:
    """Say whether one of these options may come from an environment variable."""
    return any(name in spec.options and spec.options[name].outside for name in names)


def _said(path: Path) -> str:
    """Put a path into words: `networks[0].name`."""
    made = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)
    return made.removeprefix(".")


def _shown(value: Any) -> str:
    if value is True or value is False:
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f"`{str(value)[:60]}`"


def canonical(spec: Spec, given: Mapping[Any, Any]) -> dict[str, Any]:
    """Return arguments in one form: options by their own names, values of their types.

    What is not known, or cannot be converted, stays as it is. Defaults are not filled in.
    """
    return dict(_canonical(spec, given, 0))


def _canonical(spec: Spec, given: Mapping[Any, Any], depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in given.items():
        option = spec.names.get(key) if isinstance(key, str) else None
        yield (key, value) if option is None else (option.shown, _made(option, value, depth))


def _made(option: Option, value: Any, depth: int) -> Any:
    if value is None or is_open(value):
        return value
    try:
        made = convert(value, option.type)
    except Wrong:
        return value
    if isinstance(made, list) and option.elements:
        made = [_element(option, one) for one in made]
    inside = option.inside
    if inside is None or depth >= _MOST_DEPTH:
        return made
    if isinstance(made, dict):
        return dict(_canonical(inside, made, depth + 1))
    if isinstance(made, list):
        return [
            dict(_canonical(inside, one, depth + 1)) if isinstance(one, dict) else one
            for one in made
        ]
    return made


def _element(option: Option, value: Any) -> Any:
    if is_open(value):
        return value
    try:
        return convert(value, option.elements)
    except Wrong:
        return value
