"""What may stand in the language's own blocks: arguments, blocks, labels, and constants.

`Shape`s say it for blocks that others evaluate (variables, outputs, `terraform`, ...); what is in
`lifecycle`, `provisioner` and `connection` blocks is judged here altogether.

Source: the pages on blocks of https://developer.hashicorp.com/terraform/language, and what
`terraform validate` 1.11.4 says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from iac_gym.formats.hcl import HclError, json_blocks
from iac_gym.formats.hcl.nodes import Attribute, Block, Body, Call, Literal, Node, Traversal
from iac_gym.languages.terraform.evaluate import EvalError, evaluate
from iac_gym.languages.terraform.model import Configuration, Module
from iac_gym.languages.terraform.types import ConversionError, convert
from iac_gym.languages.terraform.values import BOOL, STRING, Type, Value

#: How many nodes of a value are looked at in the search for function calls.
_MOST_NODES = 2_000


class Inner(NamedTuple):
    """A nested block type: the number of its labels, its shape (None: others look at it)."""

    labels: int = 0
    shape: Shape | None = None
    most: int = 0


class Shape(NamedTuple):
    """The arguments and blocks of a block. `constants` are arguments of which nothing depends."""

    required: frozenset[str]
    optional: frozenset[str]
    blocks: Mapping[str, Inner]
    constants: Mapping[str, Type]
    #: Names that get a fault of their own: reserved for later versions.
    reserved: frozenset[str] = frozenset()
    #: Whether other arguments may stand here, too (those of a module's variables).
    open: bool = False


def _shape(
    required: str = "",
    optional: str = "",
    blocks: Mapping[str, Inner] | None = None,
    constants: Mapping[str, Type] | None = None,
    reserved: str = "",
    *,
    open: bool = False,
) -> Shape:
    return Shape(
        frozenset(required.split()),
        frozenset(optional.split()),
        blocks or {},
        constants or {},
        frozenset(reserved.split()),
        open,
    )


CONDITION = _shape("condition error_message")
VARIABLE = _shape(
    optional="description default type sensitive nullable ephemeral",
    blocks={"validation": Inner(0, CONDITION)},
    constants={"description": STRING, "sensitive": BOOL, "nullable": BOOL, "ephemeral": BOOL},
)
OUTPUT = _shape(
    "value",
    "description sensitive depends_on ephemeral",
    {"precondition": Inner(0, CONDITION)},
    {"description": STRING, "sensitive": BOOL, "ephemeral": BOOL},
    "postcondition",
)
CALL = _shape(
    "source",
    "version count for_each depends_on providers",
    {"_": Inner()},
    None,
    "lifecycle locals provider",
    open=True,
)
TERRAFORM = _shape(
    optional="required_version language",
    blocks={
        "backend": Inner(1, None, 1),
        "cloud": Inner(0, None, 1),
        "required_providers": Inner(0, None, 1),
        "provider_meta": Inner(1),
    },
    constants={"required_version": STRING},
)
MOVED = _shape("from to")
IMPORT = _shape("to id", "provider for_each")
REMOVED = _shape(
    "from",
    blocks={
        "lifecycle": Inner(0, _shape(optional="destroy", constants={"destroy": BOOL})),
        "connection": Inner(),
        "provisioner": Inner(1),
    },
)
CHECK = _shape(blocks={"assert": Inner(0, CONDITION), "data": Inner(2, None, 1)})
LIFECYCLE = _shape(
    optional="create_before_destroy prevent_destroy ignore_changes replace_triggered_by",
    blocks={"precondition": Inner(0, CONDITION), "postcondition": Inner(0, CONDITION)},
    constants={"create_before_destroy": BOOL, "prevent_destroy": BOOL},
)
#: Data sources and ephemeral resources.
CONDITIONS = _shape(blocks=LIFECYCLE.blocks)
OTHERS = {
    "terraform": TERRAFORM,
    "moved": MOVED,
    "import": IMPORT,
    "removed": REMOVED,
    "check": CHECK,
}
#: What a provider block must not hold, whatever its schema says.
PROVIDER_RESERVED = frozenset(("count", "depends_on", "for_each", "source", "lifecycle", "locals"))


class Shapes:
    """Judges blocks of one configuration by their shapes."""

    def __init__(self, config: Configuration) -> None:
        self._config = config

    def judge(self, title: str, at: int, body: Body, shape: Shape) -> Body:
        """Judge a block; return its body with the blocks of the JSON syntax told apart."""
        if body.json:
            body = self._native(body, shape)
        attributes = body.attributes
        for name, attribute in attributes.items():
            if name in shape.constants:
                self._constant(attribute, shape.constants[name])
            elif name not in shape.required and name not in shape.optional and not shape.open:
                self._stranger(title, attribute, shape)
        for name in shape.required:
            if name not in attributes:
                self._config.fault(
                    "missing-argument", at, f"`{name}` is required in {title}, but it is not set"
                )
        if body.blocks:
            self._blocks(title, body, shape)
        return body

    def _native(self, body: Body, shape: Shape) -> Body:
        """Tell the blocks of a JSON body from its attributes."""
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        problems: list[HclError] = []
        for name, attribute in body.attributes.items():
            inner = shape.blocks.get(name)
            if inner is not None:
                blocks += json_blocks(attribute.value, name, inner.labels, problems)
            elif name != "//":
                attributes[name] = attribute
        for problem in problems:
            self._config.fault("unsupported-block", problem.at, problem.message, problem.hint)
        return Body(body.at, attributes, [*body.blocks, *blocks], body.end)

    def _stranger(self, title: str, attribute: Attribute, shape: Shape) -> None:
        name = attribute.name
        if name in shape.blocks:
            hint = f"write it as a block: {name} {{ ... }}"
        else:
            hint = self._config.near(name, (*shape.required, *shape.optional, *shape.blocks))
        message = f"an argument named `{name[:80]}` is not expected in {title}"
        self._config.fault("unsupported-argument", attribute.at, message, hint)

    def _blocks(self, title: str, body: Body, shape: Shape) -> None:
        counts: dict[str, int] = {}
        for block in body.blocks:
            kind = block.type
            inner = shape.blocks.get(kind)
            if inner is None:
                self._strange_block(title, block, shape)
                continue
            if len(block.labels) != inner.labels:
                wanted = ("no labels", "one label", "two labels")[inner.labels]
                message = f"a `{kind}` block takes {wanted}"
                self._config.fault("block-labels", block.at, message)
            counts[kind] = counts.get(kind, 0) + 1
            if inner.most and counts[kind] == inner.most + 1:
                message = f"there may be one `{kind}` block only"
                self._config.fault("block-count", block.at, message)
            if inner.shape is not None:
                self.judge(f"a `{kind}` block", block.at, block.body, inner.shape)

    def _strange_block(self, title: str, block: Block, shape: Shape) -> None:
        kind = block.type
        if kind in shape.reserved:
            hint = "blocks of that type are not allowed here"
        elif kind in shape.optional or kind in shape.required:
            hint = f"write it as an argument: {kind} = ..."
        else:
            hint = self._config.near(kind, (*shape.blocks, *shape.optional, *shape.required))
        message = f"blocks of type `{kind[:80]}` are not expected in {title}"
        self._config.fault("unsupported-block", block.at, message, hint)

    def _constant(self, attribute: Attribute, want: Type) -> None:
        """Check a value that must be known before anything is evaluated."""
        node = attribute.value
        if node.__class__ is Literal and want == STRING and node.value.__class__ is str:
            return
        try:
            value = constant(node)
            if value is not None:
                convert(value, want)
        except EvalError as error:
            self._config.fault("expression", error.at, error.message, error.hint)
        except ConversionError as error:
            message = f"the value of `{attribute.name}` does not fit: {error}"
            self._config.fault("argument-type", node.at, message)
        else:
            if value is None:
                message = f"`{attribute.name}` must not be null"
                self._config.fault("argument-type", node.at, message)


class _NoScope:
    """Refuses every reference."""

    def resolve(self, traversal: Traversal) -> Value:
        raise EvalError(f"`{traversal.root}`: no references are allowed here", traversal.at)

    def read_file(self, path: str) -> str | None:
        return None


def constant(node: Node) -> Value:
    """Return the value of an expression without references and calls; raises `EvalError`."""
    if node.__class__ is Literal:
        return node.value
    call = _call_in(node)
    if call is not None:
        raise EvalError(f"`{call.name}(...)`: no function calls are allowed here", call.at)
    return evaluate(node, _NoScope())


def _call_in(node: Node) -> Call | None:
    """Return a function call inside an expression."""
    pending: list[object] = [node]
    for _ in range(_MOST_NODES):
        if not pending:
            return None
        one = pending.pop()
        if isinstance(one, Call):
            return one
        if isinstance(one, (list, tuple)):
            pending += one
        elif isinstance(one, Node):
            pending += [getattr(one, name) for name in one.__slots__]
    return None


def examine(config: Configuration, module: Module) -> None:
    """Judge the own blocks of a module, those of its resources excepted."""
    shapes = Shapes(config)
    for variable in module.variables.values():
        shapes.judge("a variable block", variable.at, variable.body, VARIABLE)
    for output in module.outputs.values():
        shapes.judge("an output block", output.at, output.body, OUTPUT)
    for call in module.calls.values():
        shapes.judge("a module block", call.at, call.body, CALL)
    for provider in module.providers.values():
        _reserved(config, provider.body)
    single: dict[str, Block] = {}
    for block in module.others:
        shape = OTHERS.get(block.type)
        if shape is not None:
            body = shapes.judge(f"a {block.type} block", block.at, block.body, shape)
            if block.type == "terraform":
                _once(config, body, single)
            elif block.type == "check":
                _check(config, block, body)


def _reserved(config: Configuration, body: Body) -> None:
    """Report names in a provider block that are kept for later versions, used or not."""
    for name in body.attributes:
        if name in PROVIDER_RESERVED:
            message = f"`{name}` is reserved in a provider block"
            config.fault("unsupported-argument", body.attributes[name].at, message)
    for block in body.blocks:
        if block.type in PROVIDER_RESERVED:
            message = f"blocks of type `{block.type}` are reserved in a provider block"
            config.fault("unsupported-block", block.at, message)


def _once(config: Configuration, body: Body, seen: dict[str, Block]) -> None:
    """Check that a module has one backend, cloud or `required_providers` block only."""
    for inner in body.blocks:
        kind = inner.type
        other = {"backend": "cloud", "cloud": "backend"}.get(kind, kind)
        if kind in seen and seen[kind] not in body.blocks:
            message = f"there may be one `{kind}` block only in a module"
            config.fault("block-count", inner.at, message)
        elif other != kind and other in seen:
            message = "a `cloud` block and a `backend` block exclude each other"
            config.fault("block-count", inner.at, message)
        if kind in TERRAFORM.blocks and TERRAFORM.blocks[kind].most:
            seen.setdefault(kind, inner)


def _check(config: Configuration, block: Block, body: Body) -> None:
    """Check what a `check` block holds."""
    kinds = {inner.type for inner in body.blocks}
    if "assert" not in kinds:
        config.fault("block-count", block.at, "a check needs an `assert` block at least")
    for inner in body.blocks:
        for nested in inner.body.blocks:
            if inner.type == "data" and nested.type == "lifecycle":
                message = "the data source of a check has no `lifecycle`"
                config.fault("unsupported-block", nested.at, message)
