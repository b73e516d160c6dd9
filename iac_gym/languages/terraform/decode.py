"""Bodies of files -> modules. What is wrong with names, labels and places becomes a fault.

The contents of the blocks (arguments, nested blocks, values) are examined later.
Source: the pages on blocks of the Terraform language documentation, and `terraform validate`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from iac_gym.formats import hcl
from iac_gym.formats.hcl.nodes import Attribute, Block, Body, Literal, Node, Object, Traversal
from iac_gym.languages.terraform.model import (
    Configuration,
    Module,
    ModuleCall,
    Output,
    ProviderConfig,
    ProviderRequirement,
    Resource,
    Variable,
)

#: Labels of the top-level blocks.
LABELS = {
    "terraform": (),
    "provider": ("name",),
    "variable": ("name",),
    "locals": (),
    "output": ("name",),
    "module": ("name",),
    "resource": ("type", "name"),
    "data": ("type", "name"),
    "ephemeral": ("type", "name"),
    "moved": (),
    "import": (),
    "removed": (),
    "check": ("name",),
}
#: Names that no variable may have: arguments of `module` blocks.
RESERVED_VARIABLES = frozenset(
    "source version provider providers count for_each lifecycle depends_on locals _".split()
)
_NAME = re.compile(r"[^\W\d][\w-]*")
_META_BLOCKS = frozenset(("lifecycle", "connection", "provisioner"))


def text_of(node: Node | None) -> str:
    """Return the text of a literal string, or of a bare word; "" for anything else."""
    if node.__class__ is Literal and isinstance(value := node.value, str):
        return value
    if isinstance(node, Traversal) and not node.steps:
        return node.root
    return ""


def nested(body: Body, kind: str, labels: int = 0) -> list[Block]:
    """Return the nested blocks of a type, in either syntax; others report what is no block."""
    if body.json:
        found = body.attributes.get(kind)
        return hcl.json_blocks(found.value, kind, labels, []) if found else []
    return [block for block in body.blocks if block.type == kind]


class Decoder:
    """Fills the modules of a configuration."""

    def __init__(self, config: Configuration) -> None:
        self._config = config
        self._module = config.root
        self._overriding = False
        self._readers: dict[str, Callable[[Block], None]] = {
            "terraform": self._terraform,
            "provider": self._provider,
            "variable": self._variable,
            "locals": self._locals,
            "output": self._output,
            "module": self._call,
            "resource": self._resource,
            "data": self._resource,
            "ephemeral": self._resource,
        }

    def read(self, module: Module, body: Body, *, overriding: bool = False) -> None:
        """Add what a file declares to its module; an override file changes what is there."""
        self._module = module
        self._overriding = overriding
        for block in self._top_level(body):
            if self._labelled(block):
                self._readers.get(block.type, module.others.append)(block)

    def _fault(self, rule: str, at: int, message: str, hint: str = "") -> None:
        self._config.fault(rule, at, message, hint)

    def _top_level(self, body: Body) -> list[Block]:
        blocks = list(body.blocks)
        for name, attribute in body.attributes.items():
            if body.json and name in LABELS:
                problems: list[hcl.HclError] = []
                blocks += hcl.json_blocks(attribute.value, name, len(LABELS[name]), problems)
                for problem in problems:
                    self._fault("unsupported-block", problem.at, problem.message, problem.hint)
            elif not (body.json and name == "//"):
                self._fault(
                    "unsupported-argument", attribute.at,
                    f"`{name}` is not an argument of a file",
                    "a file holds blocks such as resource, variable, output",
                )  # fmt: skip
        return blocks

    def _labelled(self, block: Block) -> bool:
        """Check the type and the labels of a top-level block."""
        wanted = LABELS.get(block.type)
        if wanted is None:
            self._fault(
                "unsupported-block", block.at,
                f"blocks of type `{block.type[:60]}` are not expected here",
                self._config.near(block.type, LABELS),
            )  # fmt: skip
            return False
        given = len(block.labels)
        if given != len(wanted):
            problem = f"has no {wanted[given]}" if given < len(wanted) else "has a label too many"
            form = " ".join([block.type, *(f'"{label}"' for label in wanted)])
            self._fault(
                "block-labels", block.at, f"this {block.type} block {problem}", f"write {form} {{"
            )
            return False
        for label in block.labels:
            if not _NAME.fullmatch(label):
                self._fault(
                    "block-labels", block.at, f"`{label[:60]}` is not a valid name",
                    "a name begins with a letter or underscore, and holds letters, digits, _ and -",
                )  # fmt: skip
                return False
        return True

    def _add(self, table: dict[object, object], key: object, made: object, block: Block) -> None:
        """Keep the first declaration of a name; another one is a fault."""
        if key in table and self._overriding:
            _override(table, key, made)
        elif key in table:
            name = ".".join(key) if isinstance(key, tuple) else str(key)
            self._fault(
                "unique-names", block.at, f"{block.type} `{name.strip('.')}` is declared twice",
                "names must be unique in a module",
            )  # fmt: skip
        else:
            table[key] = made

    def _terraform(self, block: Block) -> None:
        self._module.others.append(block)
        for required in nested(block.body, "required_providers"):
            for name, attribute in required.body.attributes.items():
                made = _requirement(name, attribute)
                self._add(self._module.requirements, name, made, required)  # type: ignore[arg-type]

    def _provider(self, block: Block) -> None:
        name = block.labels[0]
        given = block.body.attributes.get("alias")
        alias = text_of(given.value) if given else ""
        made = ProviderConfig(name, alias, block.at, block.body)
        self._add(self._module.providers, (name, alias), made, block)  # type: ignore[arg-type]

    def _variable(self, block: Block) -> None:
        name = block.labels[0]
        if name in RESERVED_VARIABLES:
            self._fault("block-labels", block.at, f"the variable name `{name}` is reserved")
        self._add(self._module.variables, name, Variable(name, block.at, block.body), block)  # type: ignore[arg-type]

    def _locals(self, block: Block) -> None:
        for name, attribute in block.body.attributes.items():
            if not (block.body.json and name == "//"):
                self._add(self._module.locals, name, attribute, block)  # type: ignore[arg-type]
        for inner in block.body.blocks:
            self._fault(
                "unsupported-block", inner.at,
                f"blocks are not allowed in `locals`, and `{inner.type}` is one",
                f"write {inner.type} = {{ ... }}",
            )  # fmt: skip

    def _output(self, block: Block) -> None:
        name = block.labels[0]
        self._add(self._module.outputs, name, Output(name, block.at, block.body), block)  # type: ignore[arg-type]

    def _call(self, block: Block) -> None:
        attributes = block.body.attributes
        given = attributes.get("source")
        source = text_of(given.value) if given and given.value.__class__ is Literal else ""
        made = ModuleCall(
            block.labels[0], block.at, block.body, source, None,
            attributes.get("count"), attributes.get("for_each"),
        )  # fmt: skip
        if not made.remote:
            folder = posixpath.normpath(posixpath.join(self._module.folder or ".", source))
            made.module = self._config.modules.get("" if folder == "." else folder)
        self._add(self._module.calls, made.name, made, block)  # type: ignore[arg-type]

    def _resource(self, block: Block) -> None:
        kind, name = block.labels
        attributes = block.body.attributes
        mode = block.type
        made = Resource(
            mode, kind, name, block.at, block.body, kind.split("_", 1)[0], "",
            attributes.get("count"), attributes.get("for_each"),
        )  # fmt: skip
        if chosen := attributes.get("provider"):
            made.provider, made.alias = _provider_named(chosen.value)
        if block.body.json:
            for inner in sorted(_META_BLOCKS):
                labels = int(inner == "provisioner")
                made.meta += nested(block.body, inner, labels)
        elif block.body.blocks:
            made.meta = [inner for inner in block.body.blocks if inner.type in _META_BLOCKS]
        module = self._module
        table = {"resource": module.resources, "data": module.data}.get(mode, module.ephemerals)
        self._add(table, (kind, name), made, block)  # type: ignore[arg-type]


def _provider_named(node: Node) -> tuple[str, str]:
    """Read the meta-argument `provider`: `aws.west`, or the old quoted form."""
    if isinstance(node, Traversal):
        alias = node.steps[0] if node.steps else ""
        return node.root, alias if isinstance(alias, str) else ""
    name, _, alias = text_of(node).partition(".")
    return name, alias


def _requirement(name: str, attribute: Attribute) -> ProviderRequirement:
    """Read one entry of `required_providers`: an object, or the old form of a version alone."""
    value = attribute.value
    if not isinstance(value, Object):
        return ProviderRequirement(name, f"hashicorp/{name}", text_of(value), attribute.at)
    given: dict[str, Node] = {text_of(key): item for key, item in value.items}
    source = text_of(given.get("source")) or f"hashicorp/{name}"
    aliases = tuple(
        str(item.steps[0])
        for item in getattr(given.get("configuration_aliases"), "items", ())
        if isinstance(item, Traversal) and item.steps
    )
    return ProviderRequirement(name, source, text_of(given.get("version")), attribute.at, aliases)


def _override(table: dict[object, object], key: object, made: object) -> None:
    """Merge a declaration of an override file into the one that is there.

    Arguments are replaced one by one, nested blocks type by type. Source: the page "Override files"
    of the Terraform language documentation.
    """
    old, new = getattr(table[key], "body", None), getattr(made, "body", None)
    if old is None or new is None:
        table[key] = made
        return
    changed = {block.type for block in new.blocks}
    old.attributes.update(new.attributes)
    old.blocks = [block for block in old.blocks if block.type not in changed] + new.blocks


def _is_override(path: str) -> bool:
    name = posixpath.basename(path).removesuffix(".json").removesuffix(".tf")
    return name == "override" or name.endswith("_override")


def decode(config: Configuration, bodies: Mapping[str, Body]) -> None:
    """Fill the modules from the bodies of the files (by path)."""
    decoder = Decoder(config)
    for path in sorted(bodies, key=lambda path: (_is_override(path), path)):
        module = config.modules[posixpath.dirname(path)]
        decoder.read(module, bodies[path], overriding=_is_override(path))
