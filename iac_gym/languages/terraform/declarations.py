"""Declarations: variables, locals, outputs, calls of modules, checks, and all that they ask for.

Source: the pages of https://developer.hashicorp.com/terraform/language on these blocks, and what
`terraform validate` 1.11.4 says.
"""

from __future__ import annotations

from collections.abc import Mapping

from iac_gym.formats.hcl.nodes import Attribute, Block, Literal, Node, Traversal
from iac_gym.languages.terraform.addresses import Addresses
from iac_gym.languages.terraform.aliases import check_all
from iac_gym.languages.terraform.calls import (
    Inputs,
    check_call,
    check_circles,
    circular_modules,
)
from iac_gym.languages.terraform.decode import nested
from iac_gym.languages.terraform.dependencies import check_condition, check_depends_on, check_meta
from iac_gym.languages.terraform.evaluate import EvalError, evaluate, follow
from iac_gym.languages.terraform.expression_references import references
from iac_gym.languages.terraform.model import Configuration, Module, Output, Variable
from iac_gym.languages.terraform.references import Checker
from iac_gym.languages.terraform.requirements import check_terraform
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.secrets import check_secrets
from iac_gym.languages.terraform.types import ConversionError, convert
from iac_gym.languages.terraform.uses import reachable
from iac_gym.languages.terraform.values import ANYTHING, BOOL, STRING, Unknown, Value
from iac_gym.languages.terraform.variables import default_of

_ADDRESSED = frozenset(("moved", "import", "removed"))


def examine(config: Configuration, scopes: Mapping[str, ValidateScope]) -> None:
    """Check the declarations of all modules that are used."""
    modules = reachable(config)
    circular = circular_modules(modules) if config.root.calls else frozenset[str]()
    for module in modules:
        _Examination(config, module, scopes).run()
        for call in module.calls.values():
            check_circles(config, module, call, circular)
    check_all(config, modules)
    check_secrets(config, modules, scopes)


class _Examination:
    """The examination of one module."""

    def __init__(
        self, config: Configuration, module: Module, scopes: Mapping[str, ValidateScope]
    ) -> None:
        self._config = config
        self._module = module
        self._scope = scopes[module.folder]
        self._scopes = scopes
        self._checker = Checker(config, module, self._scope)
        self._addresses: Addresses | None = None
        self._checks: set[str] = set()
        self._requirements = 0

    def run(self) -> None:
        """Check everything."""
        module, config = self._module, self._config
        for problem in self._scope.problems:
            config.fault(*problem)
        for variable in module.variables.values():
            if variable.body.blocks or variable.body.json:
                self._validations(variable)
        self._locals()
        for output in module.outputs.values():
            self._output(output)
        for call in module.calls.values():
            inputs = check_call(config, module, call, self._scope)
            self._depends_on(call.body.attributes.get("depends_on"))
            if inputs is not None and call.module is not None:
                self._inputs(call.module, inputs, call.at)
        for resource in module.all_resources():
            self._depends_on(resource.body.attributes.get("depends_on"))
            if resource.meta:
                check_meta(config, resource)
        for block in module.others:
            self._other(block)

    def _depends_on(self, attribute: Attribute | None) -> None:
        if attribute is not None:
            check_depends_on(self._config, self._checker, attribute.value)

    def _error(self, error: EvalError) -> None:
        self._config.fault("expression", error.at, error.message, error.hint)

    def _evaluated(self, node: Node) -> Value:
        try:
            return evaluate(node, self._scope)
        except EvalError as error:
            self._error(error)
            return ANYTHING

    def _locals(self) -> None:
        scope = self._scope
        for name, attribute in self._module.locals.items():
            if attribute.value.__class__ is not Literal:
                scope.local(name)
        for error in scope.broken.values():
            self._error(error)

    # -- variables -------------------------------------------------------------------------------

    def _validations(self, variable: Variable) -> None:
        """Check the conditions of a variable: each must refer to it."""
        for block in nested(variable.body, "validation"):
            attribute = block.body.attributes.get("condition")
            if attribute is None:
                continue
            if not any(_names(ref, variable.name) for ref in references(attribute.value)):
                message = f"the condition must refer to var.{variable.name}"
                self._config.fault("condition-reference", attribute.at, message)
            if self._module is self._config.root:
                kind = Unknown(variable.type)
                self._validate(block, _WithVariable(self._scope, variable.name, kind), block.at)

    def _validate(self, block: Block, scope: _WithVariable, at: int) -> None:
        """Evaluate a validation block for a value; one that fails is a fault of its giver."""
        attributes = block.body.attributes
        result = _condition(self._config, attributes.get("condition"), scope)
        if "error_message" in attributes:
            try:
                evaluate(attributes["error_message"].value, scope)
            except EvalError as error:
                self._error(error)
        if result is False:
            message = f"the value of `{scope.name}` breaks a validation rule of the variable"
            self._config.fault("condition-holds", at, message, _text(attributes, scope))

    def _inputs(self, module: Module, inputs: Inputs, at: int) -> None:
        """Check the inputs of a module against the conditions of its variables."""
        scope = self._scopes.get(module.folder)
        if scope is None:
            return
        for variable in module.variables.values():
            if not (variable.body.blocks or variable.body.json):
                continue
            value = inputs[variable.name] if variable.name in inputs else default_of(variable)
            inner = _WithVariable(scope, variable.name, value)
            for block in nested(variable.body, "validation"):
                self._validate(block, inner, at)

    # -- outputs ---------------------------------------------------------------------------------

    def _output(self, output: Output) -> None:
        for block in nested(output.body, "precondition"):
            check_condition(self._config, block)
            self._precondition(block)
        attribute = output.value
        if attribute is not None:
            node = attribute.value
            kind = node.__class__
            if kind is not Literal and (kind is not Traversal or len(node.steps) > 1):  # type: ignore[attr-defined]
                self._evaluated(node)
        self._depends_on(output.body.attributes.get("depends_on"))

    def _precondition(self, block: Block) -> None:
        """Evaluate a precondition of an output, as far as it is known."""
        attributes = block.body.attributes
        self._message(block)
        if _condition(self._config, attributes.get("condition"), self._scope) is False:
            message = "this precondition does not hold, whatever is given"
            self._config.fault("condition-holds", block.at, message, _text(attributes, self._scope))

    def _message(self, block: Block) -> None:
        """Check an error message: a text, not null."""
        attribute = block.body.attributes.get("error_message")
        if attribute is None or (isinstance(attribute.value, Literal) and attribute.value.value):
            return
        value = self._evaluated(attribute.value)
        try:
            fine = convert(value, STRING) is not None
        except ConversionError:
            fine = False
        if not fine:
            message = "an error message must be a text"
            self._config.fault("condition-holds", attribute.at, message)

    # -- other blocks ----------------------------------------------------------------------------

    def _other(self, block: Block) -> None:
        if block.type == "terraform":
            self._terraform(block)
        elif block.type == "check":
            self._check(block)
        elif block.type in _ADDRESSED:
            if self._addresses is None:
                self._addresses = Addresses(self._config, self._module, self._scope, self._checker)
            self._addresses.check(block)

    def _check(self, block: Block) -> None:
        """Check a `check` block: its name, its assertions, its data source."""
        config = self._config
        if block.labels[0] in self._checks:
            message = f"check `{block.labels[0]}` is declared twice"
            config.fault("unique-names", block.at, message, "names must be unique in a module")
        self._checks.add(block.labels[0])
        for inner in nested(block.body, "assert"):
            check_condition(config, inner)
            self._message(inner)
        for data in nested(block.body, "data", 2):
            if tuple(data.labels) in self._module.data:
                message = f"data `{'.'.join(data.labels)}` is declared twice"
                config.fault("unique-names", data.at, message, "names must be unique in a module")
            for name in ("count", "for_each"):
                if name in data.body.attributes:
                    at = data.body.attributes[name].at
                    message = f"`{name}` is not allowed for a data source in a check"
                    config.fault("unsupported-argument", at, message)

    def _terraform(self, block: Block) -> None:
        """Check a `terraform` block; a module has one `required_providers` in all of them."""
        check_terraform(self._config, self._module, block)
        own = nested(block.body, "required_providers")
        if own and self._requirements:
            message = "a module has one `required_providers` block only"
            self._config.fault("block-count", own[0].at, message)
        self._requirements += len(own)


class _WithVariable:
    """A scope in which one variable has a value."""

    def __init__(self, scope: ValidateScope, name: str, value: Value) -> None:
        self.name = name
        self._scope = scope
        self._value = value

    def read_file(self, path: str) -> str | None:
        """Return the text of one of the answer's own files."""
        return self._scope.read_file(path)

    def resolve(self, traversal: Traversal) -> Value:
        """Return the value of a reference."""
        if _names(traversal, self.name):
            return follow(self._value, traversal.steps[1:], traversal.at)
        return self._scope.resolve(traversal)


def _names(ref: Traversal, variable: str) -> bool:
    return ref.root == "var" and ref.steps[:1] == (variable,)


def _condition(
    config: Configuration, attribute: Attribute | None, scope: ValidateScope | _WithVariable
) -> bool | None:
    """Return what a condition says, None where that is not known or it is broken."""
    if attribute is None:
        return None
    try:
        value = evaluate(attribute.value, scope)
    except EvalError as error:
        config.fault("expression", error.at, error.message, error.hint)
        return None
    if isinstance(value, Unknown):
        return None
    try:
        result = convert(value, BOOL)
    except ConversionError as error:
        config.fault("condition-holds", attribute.at, f"a condition must be a bool: {error}")
        return None
    if result is None:
        config.fault("condition-holds", attribute.at, "a condition must not be null")
    return result if isinstance(result, bool) else None


def _text(attributes: Mapping[str, Attribute], scope: ValidateScope | _WithVariable) -> str:
    """Return the message of a rule that is broken, where it is a text."""
    if "error_message" not in attributes:
        return ""
    try:
        value = evaluate(attributes["error_message"].value, scope)
    except EvalError:
        return ""
    return value[:200] if isinstance(value, str) else ""
