"""Values as `terraform validate` sees them: variables and resources are unknown, locals are not.

Source: Terraform's evaluation during validation. A variable is an unknown value of its type,
whatever its default; a resource is unknown altogether, so that its attributes are checked by their
names alone (`references`), not by their types. A local module is an object of outputs that are
unknown; a counted one is a list of such objects, one with `for_each` a map.
"""

from __future__ import annotations

import posixpath

from iac_gym.formats.hcl.nodes import Literal, Traversal
from iac_gym.languages.terraform.evaluate import (
    EvalError,
    evaluate,
    follow,
)
from iac_gym.languages.terraform.model import Configuration, Module, ModuleCall
from iac_gym.languages.terraform.types import without_optional
from iac_gym.languages.terraform.values import (
    ANY,
    ANYTHING,
    BOOL,
    NUMBER,
    STRING,
    Type,
    Unknown,
    Value,
)
from iac_gym.languages.terraform.variables import declare

_EACH = {"key": Unknown(STRING), "value": ANYTHING}
_COUNT = {"index": Unknown(NUMBER)}
_TERRAFORM = {"workspace": "default", "applying": Unknown(BOOL)}


class ValidateScope:
    """The names of one module while it is validated."""

    def __init__(self, config: Configuration, module: Module) -> None:
        #: What is wrong with the declarations of variables.
        self.problems = declare(config, module)
        self._config = config
        self._module = module
        self._locals: dict[str, Value] = {}
        self._outputs: dict[str, Value] = {}
        #: Locals that cannot be evaluated, with the reason.
        self.broken: dict[str, EvalError] = {}
        self._variables = {
            name: Unknown(without_optional(variable.type))
            for name, variable in module.variables.items()
        }
        self._context: dict[str, dict[str, Value]] = {
            "var": self._variables,
            "each": _EACH,
            "count": _COUNT,
            "path": {"module": _path(config, module), "root": ".", "cwd": Unknown(STRING)},
            "terraform": _TERRAFORM,
        }

    def read_file(self, path: str) -> str | None:
        """Return the text of one of the answer's own files, None for any other."""
        return self._config.read_file(path)

    def resolve(self, traversal: Traversal) -> Value:
        """Return the value of a reference; what does not exist is unknown (and a fault elsewhere).

        Raises `EvalError` where the value has no such attribute or index.
        """
        root, steps = traversal.root, traversal.steps
        if not steps or steps[0].__class__ is not str:
            return ANYTHING
        name = str(steps[0])
        if root in self._context:
            table = self._context[root]
            value = table.get(name, ANYTHING)
        elif root == "local":
            value = self.local(name)
        elif root == "module":
            value = self._called(name)
        else:
            return ANYTHING
        return value if len(steps) == 1 else follow(value, steps[1:], traversal.at)

    def local(self, name: str) -> Value:
        """Return the value of a local; one that cannot be worked out is unknown."""
        if name in self._locals:
            return self._locals[name]
        found = self._module.locals.get(name)
        if found is None:
            return ANYTHING
        node = found.value
        value: Value
        if isinstance(node, Literal):
            value = node.value
        else:
            self._locals[name] = ANYTHING  # what a cycle sees
            try:
                value = evaluate(node, self)
            except EvalError as error:
                self.broken[name] = error
                value = ANYTHING
            except RecursionError:  # a chain of locals that is hostile
                value = ANYTHING
        self._locals[name] = value
        return value

    def _called(self, name: str) -> Value:
        """Return a called module: its outputs, one object for each instance."""
        if name not in self._outputs:
            call = self._module.calls.get(name)
            self._outputs[name] = ANYTHING if call is None else _outputs(call)
        return self._outputs[name]


def _outputs(call: ModuleCall) -> Value:
    if call.module is None:
        return ANYTHING
    outputs: Type = ("object", dict.fromkeys(call.module.outputs, ANY), frozenset())
    if call.count is not None:
        return Unknown(("list", outputs))
    return Unknown(("map", outputs) if call.for_each is not None else outputs)


def _path(config: Configuration, module: Module) -> str:
    """Return the folder of a module as `path.module` has it: seen from the root module."""
    if module is config.root:
        return "."
    return posixpath.relpath(module.folder or ".", config.root.folder or ".")
