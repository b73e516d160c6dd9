"""What the options of one module may be: a record of the pack in a form that is quick to check."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from iac_gym.languages.ansible.modules.names import split
from iac_gym.languages.ansible.modules.pack import modules

#: Names of types by their letter in the pack.
TYPES: Mapping[str, str] = {
    "s": "str", "b": "bool", "i": "int", "f": "float", "p": "path", "l": "list", "d": "dict",
    "r": "raw", "j": "json", "J": "jsonarg", "y": "bytes", "Y": "bits", "-": "any",
}  # fmt: skip
#: Kinds of constraints: their letter in a record and their name in an argument specification.
CONSTRAINTS: Mapping[str, str] = {
    "m": "mutually_exclusive",
    "1": "required_one_of",
    "t": "required_together",
    "i": "required_if",
    "b": "required_by",
}


#: Mark of a record that an action plugin of ansible-core stands behind it.
_CORE_ACTION = 2


class Option:
    """One option: its type, `choices`, and for mappings the options `inside`.

    `elements` is the type of a list's items. `outside` tells that the value may come from an
    environment variable, `secret` that it is hidden from the log.
    """

    __slots__ = (
        "applied", "choices", "default", "defaulted", "elements", "inside", "name", "outside",
        "required", "secret", "shown", "type",
    )  # fmt: skip

    def __init__(self, name: str, code: Any) -> None:
        code = {"k": code} if isinstance(code, str) else code
        self.name = name
        #: The name by which it is documented.
        self.shown: str = code.get("N", name)
        #: Whether there is a default, so that an empty value is not the same as none.
        self.defaulted: bool = code["k"].endswith("*")
        self.type: str = code["k"].rstrip("*")
        self.required: bool = bool(code.get("r"))
        self.choices: list[Any] | None = code.get("c")
        self.elements: str = code.get("e", "")
        self.default: Any = code.get("d")
        self.outside: bool = bool(code.get("f"))
        self.secret: bool = bool(code.get("n"))
        self.applied: bool = bool(code.get("D"))
        nests = self.type == "d" or (self.type == "l" and self.elements == "d")
        self.inside: Spec | None = Spec(code) if nests and "o" in code else None


class Spec:
    """The options of a module, or of a mapping inside.

    `names` holds every name, aliases too. `open` modules take any option, `some` of them need one.
    `acts`: an action plugin of ansible-core stands there, for which an empty option is none.
    `documented` ones are known from their documentation alone: what it leaves out is not certain.
    """

    __slots__ = (
        "acts", "aliases", "defaults", "documented", "exclusive", "names", "one_of", "open",
        "options", "required", "required_by", "required_if", "some", "together",
    )  # fmt: skip

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.options = {name: Option(name, code) for name, code in record["o"].items()}
        self.names = dict(self.options)
        self.aliases: dict[str, str] = {}
        for name, code in record["o"].items():
            for alias in code.get("a", ()) if isinstance(code, dict) else ():
                self.aliases[alias] = name
                self.names.setdefault(alias, self.options[name])
        self.required = [name for name, option in self.options.items() if option.required]
        self.defaults = {n: o.default for n, o in self.options.items() if o.default is not None}
        self.open: bool = bool(record.get("*"))
        self.some: bool = bool(record.get("+"))
        self.acts: bool = record.get("a") == _CORE_ACTION
        self.documented: bool = record.get("s") == "d"
        self.exclusive: list[list[str]] = record.get("m", [])
        self.one_of: list[list[str]] = record.get("1", [])
        self.together: list[list[str]] = record.get("t", [])
        self.required_if: list[list[Any]] = record.get("i", [])
        self.required_by: dict[str, list[str]] = record.get("b", {})


@lru_cache(maxsize=512)
def spec(module: str) -> Spec | None:
    """Return the options of a module by its whole name, None where the pack does not know it."""
    collection, name = split(module)
    record = modules().record(collection, name)
    return Spec(record) if record is not None else None
