"""`moved`, `import` and `removed` blocks: the addresses that they name.

Source: https://developer.hashicorp.com/terraform/language/moved, .../import and
.../resources/syntax#removing-resources, and what `terraform validate` 1.11.4 says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from iac_gym.formats.hcl.nodes import (
    Attribute,
    Block,
    GetAttr,
    Index,
    Key,
    Literal,
    Node,
    Step,
    Traversal,
)
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.cycles import reference_of
from iac_gym.languages.terraform.decode import nested, text_of
from iac_gym.languages.terraform.dependencies import check_destroy
from iac_gym.languages.terraform.evaluate import evaluate
from iac_gym.languages.terraform.expression_references import references
from iac_gym.languages.terraform.model import Configuration, Module, Resource
from iac_gym.languages.terraform.references import Checker
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.types import ConversionError, convert
from iac_gym.languages.terraform.uses import Place
from iac_gym.languages.terraform.values import ANY, STRING, SetValue, Unknown, Value

_RESERVED = frozenset("count each local path self terraform var template lazy arg".split())
_MODES = frozenset(("data", "ephemeral", "resource"))


#: How many imports of one block are checked.
_MOST_IMPORTS = 100
Names = Mapping[str, Value]


class Address(NamedTuple):
    """What an address names. `modules` are the calls on the way; `type` "" is a module itself."""

    modules: tuple[str, ...]
    keys: bool
    mode: str = ""
    type: str = ""
    name: str = ""
    key: Step | None = None


class BadAddress(Exception):
    """An address that is none, with the reason."""


def read_address(ref: Traversal) -> Address:
    """Read an address; raises `BadAddress`."""
    steps: tuple[Step, ...] = (ref.root, *ref.steps)
    modules: list[str] = []
    keys = False
    while steps and steps[0] == "module" and steps[0].__class__ is str:
        if len(steps) < 2 or steps[1].__class__ is not str:
            raise BadAddress("after `module` must follow the name of a module")
        modules.append(str(steps[1]))
        steps = steps[2:]
        if steps and steps[0].__class__ is not str:
            keys = True
            steps = steps[1:]
    if not steps:
        return Address(tuple(modules), keys)
    return _resource(tuple(modules), keys, steps)


def _resource(modules: tuple[str, ...], keys: bool, steps: tuple[Step, ...]) -> Address:
    mode = "resource"
    first = str(steps[0])
    if first in _MODES:
        mode, steps = first, steps[1:]
    elif first in _RESERVED:
        raise BadAddress(f"`{first}` cannot be part of an address")
    if len(steps) < 2 or any(step.__class__ is not str for step in steps[:2]):
        raise BadAddress("an address needs a resource type and a name")
    key: Step | None = None
    if len(steps) > 2:
        key = steps[2]
        if key.__class__ is str or len(steps) > 3:
            raise BadAddress("an address ends with the name or an index")
    return Address(modules, keys, mode, str(steps[0]), str(steps[1]), key)


class Addresses:
    """Checks the blocks of one module that name addresses."""

    def __init__(
        self, config: Configuration, module: Module, scope: ValidateScope, checker: Checker
    ) -> None:
        self._config = config
        self._module = module
        self._scope = scope
        self._checker = checker
        self._imported: set[Address] = set()

    def check(self, block: Block) -> None:
        """Check a block."""
        if block.type == "moved":
            self._moved(block)
        elif block.type == "removed":
            self._removed(block)
        elif block.type == "import":
            self._import(block)

    def _address(self, block: Block, name: str, *, computed: bool = False) -> Address | None:
        """Return the address in an argument; a wrong one is a fault."""
        attribute = block.body.attributes.get(name)
        if attribute is None:
            return None
        node = attribute.value
        ref = _without_keys(node) if computed else None
        if ref is None and (block.body.json or not isinstance(node, Literal)):
            ref = reference_of(node)
        if ref is None:
            message = f"`{name}` must be an address, without quotes and expressions"
            self._config.fault("address-form", node.at, message, f"write {name} = type.name")
            return None
        try:
            return read_address(ref)
        except BadAddress as problem:
            self._config.fault("address-form", node.at, str(problem), f"write {name} = type.name")
            return None

    def _moved(self, block: Block) -> None:
        origin, target = self._address(block, "from"), self._address(block, "to")
        if origin is not None and target is not None and bool(origin.type) != bool(target.type):
            message = "`from` and `to` must both be resources, or both be modules"
            self._config.fault("address-form", block.at, message)

    def _removed(self, block: Block) -> None:
        target = self._address(block, "from")
        if target is not None:
            at = block.body.attributes["from"].value.at
            if target.keys or target.key is not None:
                message = "a `removed` block names a whole resource or module, without an index"
                self._config.fault("address-form", at, message)
            if target.type and target.mode != "resource":
                self._config.fault("address-form", at, "only managed resources can be removed")
        managed = target is not None and bool(target.type)
        for inner in (*nested(block.body, "provisioner", 1), *nested(block.body, "connection")):
            self._at_removal(inner, managed=managed)

    def _at_removal(self, block: Block, *, managed: bool) -> None:
        if not managed:
            message = f"a `{block.type}` is allowed only where a resource is removed"
            self._config.fault("provisioner-keyword", block.at, message)
        elif block.type == "provisioner":
            given = block.body.attributes.get("when")
            if given is None or text_of(given.value) != "destroy":
                message = "only destroy-time provisioners are allowed in a `removed` block"
                self._config.fault("provisioner-keyword", block.at, message, "add when = destroy")
            else:
                check_destroy(self._config, block)

    # -- imports ---------------------------------------------------------------------------------

    def _import(self, block: Block) -> None:
        if self._module is not self._config.root:
            message = "`import` blocks are allowed in the root module only"
            self._config.fault("import-target", block.at, message)
            return
        target = self._address(block, "to", computed=True)
        repeated = "for_each" in block.body.attributes
        each: list[Names] = [{}]
        if repeated:
            each = self._for_each(block.body.attributes["for_each"])
        if "id" in block.body.attributes:
            self._references_of_id(block.body.attributes["id"], target, repeated=repeated)
            for names in each[:_MOST_IMPORTS]:
                if not self._id(block.body.attributes["id"].value, names):
                    break
        if target is not None:
            static = reference_of(block.body.attributes["to"].value) is not None
            self._target(block, target, static=static and not repeated)

    def _fault(self, at: int, message: str, hint: str = "") -> None:
        self._config.fault("import-target", at, message, hint)

    def _target(self, block: Block, target: Address, *, static: bool) -> None:
        at = block.body.attributes["to"].value.at
        if not target.type or target.mode != "resource":
            self._config.fault("address-form", at, "only managed resources can be imported")
            return
        if target.modules and "provider" in block.body.attributes:
            self._fault(at, "`provider` cannot be given for a resource in a module")
        module = self._module_of(target)
        if module is None:
            return
        found = module.resources.get((target.type, target.name))
        if not self._declared(target, found, at, static=static) or not static:
            return
        if target in self._imported:
            message = f"`{target.type}.{target.name}` is imported twice"
            self._config.fault("unique-names", at, message)
        self._imported.add(target)
        if found is not None:
            self._key(target, found, at)

    def _module_of(self, target: Address) -> Module | None:
        module = self._config.root
        for name in target.modules:
            call = module.calls.get(name)
            if call is None:
                self._fault(0, f"there is no module `{name[:80]}` to import into")
                return None
            if call.module is None:
                return None
            module = call.module
        return module

    def _declared(self, target: Address, found: Resource | None, at: int, *, static: bool) -> bool:
        if found is not None:
            return True
        name = f"{target.type}.{target.name}"
        if target.modules:
            self._fault(at, f"there is no resource `{name}` in that module")
        elif target.key is not None or not static:
            self._fault(at, f"there is no resource `{name}`, and none can be made with an index")
        return not target.modules

    def _key(self, target: Address, found: Resource, at: int) -> None:
        """Compare the index of the target with `count` and `for_each` of the resource."""
        key = target.key
        if key is None and (found.count is not None or found.for_each is not None):
            self._fault(at, f"`{found.address}` has instances, so the address needs an index")
        elif isinstance(key, Key) and found.for_each is None:
            self._fault(at, f"`{found.address}` has no `for_each`, so it has no such index")
        elif isinstance(key, int) and found.count is None:
            self._fault(at, f"`{found.address}` has no `count`, so it has no such index")

    def _references_of_id(
        self, attribute: Attribute, target: Address | None, *, repeated: bool
    ) -> None:
        place = Place(each=repeated)
        for ref in references(attribute.value):
            self._checker.check(ref, place)
            if target is not None and (ref.root, *ref.steps[:1]) == (target.type, target.name):
                self._fault(ref.at, "the id cannot depend on the resource that is imported")

    def _id(self, node: Node, names: Names) -> bool:
        """Check the id of one import; say whether it is fine."""
        value = self._value(node, names)
        if isinstance(value, Unknown):
            return True
        try:
            fine = bool(convert(value, STRING))
        except ConversionError as error:
            self._fault(node.at, f"the id of an import must be a text: {error}")
            return False
        if not fine:
            self._fault(node.at, "the id of an import must not be empty")
        return fine

    def _value(self, node: Node, names: Names) -> Value:
        try:
            return evaluate(node, self._scope, names)
        except EvalError as error:
            self._config.fault("expression", error.at, error.message, error.hint)
            return Unknown()

    def _for_each(self, attribute: Attribute) -> list[Names]:
        """Check what an import goes through; return `each` for each, as far as it is known."""
        node = attribute.value
        for ref in references(node):
            self._checker.check(ref)
        value = self._value(node, {})
        if isinstance(value, dict):
            return [{"each": {"key": key, "value": item}} for key, item in value.items()]
        if isinstance(value, SetValue):
            return [{"each": {"key": item, "value": item}} for item in value]
        if isinstance(value, list):
            return [{"each": {"key": key, "value": item}} for key, item in enumerate(value)]
        if isinstance(value, Unknown):
            fine = value.type == ANY or not isinstance(value.type, str)
        else:
            fine = value is None
        if not fine:
            message = "`for_each` of an import needs a list, a set or a map"
            self._config.fault("repetition", node.at, message)
        return []


def _without_keys(node: Node) -> Traversal | None:
    """Return an address without its computed indexes."""
    if isinstance(node, Traversal):
        return node
    if isinstance(node, Index):
        return _without_keys(node.source)
    if isinstance(node, GetAttr):
        inner = _without_keys(node.source)
        return None if inner is None else Traversal(inner.at, inner.root, (*inner.steps, node.name))
    return None
