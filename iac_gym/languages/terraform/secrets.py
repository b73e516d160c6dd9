"""Where sensitive and ephemeral values may not go.

Source: https://developer.hashicorp.com/terraform/language/manage-sensitive-data and what
`terraform validate` 1.11.4 says: the root module's outputs must say that they are sensitive, keys
of instances must not be, and ephemeral values must not be stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iac_gym.formats.hcl.nodes import Attribute, Block, Body, Literal
from iac_gym.languages.terraform.calls import given_inputs
from iac_gym.languages.terraform.decode import nested
from iac_gym.languages.terraform.marks import EPHEMERAL, SENSITIVE, Marks, contains
from iac_gym.languages.terraform.model import Configuration, Module, ModuleCall, Output, Resource
from iac_gym.languages.terraform.schemas import BodySchema
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.traversals import schema_of
from iac_gym.languages.terraform.uses import RESOURCE_META, RESOURCE_META_BLOCKS
from iac_gym.languages.terraform.variables import is_true

_SIGNS = ("sensitive", "ephemeral", "terraform.applying")


def check_secrets(
    config: Configuration, modules: Sequence[Module], scopes: Mapping[str, ValidateScope]
) -> None:
    """Check where marked values go, if there are any."""
    if not any(sign in source.text for source in config.sources for sign in _SIGNS):
        return
    for module in modules:
        scope = scopes[module.folder]
        checks = _Checks(config, module, scope)
        for output in module.outputs.values():
            checks.output(output)
        for resource in module.all_resources():
            checks.repetition(resource)
            if resource.mode != "ephemeral":
                checks.stored(resource)
        for call in module.calls.values():
            checks.repetition(call)
            checks.inputs(call)
        for block in module.others:
            if block.type == "import":
                checks.imported(block)


class _Checks:
    """The checks of one module."""

    def __init__(self, config: Configuration, module: Module, scope: ValidateScope) -> None:
        self._config = config
        self._module = module
        self._secret = Marks(SENSITIVE, module, scope)
        self._passing = Marks(EPHEMERAL, module, scope)

    def output(self, output: Output) -> None:
        """An output of the root must say that it is sensitive, and cannot be ephemeral."""
        body = output.body
        ephemeral = is_true(body.attributes.get("ephemeral"))
        in_root = self._module is self._config.root
        if ephemeral and in_root:
            message = "an output of the root module cannot be ephemeral"
            self._config.fault("ephemeral-value", output.at, message)
            return
        if output.value is None:
            return
        node = output.value.value
        secret = in_root and contains(self._secret.mark(node))
        if secret and not is_true(body.attributes.get("sensitive")):
            message = f"the output `{output.name}` shows sensitive values"
            hint = "add sensitive = true, if they are meant to be exported"
            self._config.fault("output-sensitive", output.at, message, hint)
        mark = self._passing.mark(node)
        if contains(mark) and not ephemeral:
            message = f"the output `{output.name}` would store an ephemeral value"
            self._config.fault("ephemeral-value", output.value.at, message)
        elif ephemeral and mark is not True:
            message = f"the output `{output.name}` is ephemeral, but its value is not"
            self._config.fault("ephemeral-value", output.value.at, message)

    def repetition(self, repeated: Resource | ModuleCall) -> None:
        """Instance keys can be neither sensitive nor ephemeral; a count cannot be ephemeral."""
        if repeated.for_each is not None:
            node = repeated.for_each.value
            if True in (self._secret.mark(node), self._passing.mark(node)):
                message = "`for_each` must not be sensitive or ephemeral: its keys are shown"
                hint = "use nonsensitive(...) where the keys may be seen"
                self._config.fault("repetition", repeated.for_each.at, message, hint)
        if repeated.count is not None and self._passing.mark(repeated.count.value) is True:
            message = "`count` must not be ephemeral: it is stored"
            self._config.fault("repetition", repeated.count.at, message)

    def stored(self, resource: Resource) -> None:
        """What is stored cannot be ephemeral, but for arguments that are write-only."""
        schema = schema_of(self._module, resource)
        for attribute in _arguments(resource.body, schema, RESOURCE_META, RESOURCE_META_BLOCKS):
            if contains(self._passing.mark(attribute.value)):
                message = f"`{attribute.name}` would store an ephemeral value"
                hint = "only write-only arguments take ephemeral values"
                self._config.fault("ephemeral-value", attribute.at, message, hint)

    def inputs(self, call: ModuleCall) -> None:
        """A variable takes an ephemeral value only where it is declared so."""
        if call.module is None:
            return
        for name, attribute in given_inputs(call).items():
            variable = call.module.variables.get(name)
            if variable is None or self._passing.declared(variable):
                continue
            if contains(self._passing.mark(attribute.value)):
                message = f"the variable `{name}` of `{call.name}` takes no ephemeral value"
                hint = "declare it with ephemeral = true"
                self._config.fault("ephemeral-value", attribute.at, message, hint)

    def imported(self, block: Block) -> None:
        """The id of an import is shown and stored."""
        attribute = block.body.attributes.get("id")
        if attribute is not None:
            node = attribute.value
            if True in (self._secret.mark(node), self._passing.mark(node)):
                message = "the id of an import must not be sensitive or ephemeral"
                self._config.fault("import-target", attribute.at, message)


def _arguments(
    body: Body,
    schema: BodySchema | None,
    left_out: frozenset[str] = frozenset(),
    blocks_left_out: frozenset[str] = frozenset(),
) -> Iterator[Attribute]:
    """Yield the arguments of a body and its blocks that are stored and not constant."""
    write_only = schema.write_only if schema is not None else frozenset[str]()
    for name, attribute in body.attributes.items():
        constant = attribute.value.__class__ is Literal
        if not constant and name not in left_out and name not in write_only:
            yield attribute
    for block in body.blocks:
        kind = block.labels[0] if block.type == "dynamic" and block.labels else block.type
        if block.type not in blocks_left_out:
            inner = schema.blocks.get(kind) if schema is not None else None
            bodies = [block.body] if block.type != "dynamic" else [
                content.body for content in nested(block.body, "content")
            ]  # fmt: skip
            for one in bodies:
                yield from _arguments(one, inner.body if inner is not None else None)
