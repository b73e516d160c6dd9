"""The configuration as it would be applied: what requirements look at.

Variables have their defaults, `count` and `for_each` are expanded, dynamic blocks are written out,
modules are entered. What only the provider knows is an `Unknown` that says which attribute of
which resource it is (`Unknown.ref`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from iac_gym.formats import hcl
from iac_gym.formats.hcl.nodes import Block, Body, Key, Literal, Node, Traversal
from iac_gym.languages.terraform.access import Whole
from iac_gym.languages.terraform.computed import policy_document
from iac_gym.languages.terraform.evaluate import EvalError, evaluate, follow
from iac_gym.languages.terraform.kinds import bounded
from iac_gym.languages.terraform.model import Configuration, Module, ModuleCall, Resource
from iac_gym.languages.terraform.types import ConversionError, convert, without_optional
from iac_gym.languages.terraform.values import ANY, ANYTHING, STRING, Ref, SetValue, Unknown, Value

#: Limits on what is written out: instances of one resource; instances and views of all; references
#: that lead to one another; characters of a text.
MOST_INSTANCES = 200
MOST_VIEWS = 2_000
MOST_CHAINED = 50
MOST_TEXT = 1 << 16
#: Deepest nesting of module calls.
MOST_DEPTH = 8

#: The roots of references that are no resource types.
_ROOTS = frozenset(
    "var local module path terraform data ephemeral resource each count self".split()
)
Names = Mapping[str, Value]
InstanceKey = str | int | None
#: Attributes that are texts in every resource that has them.
_TEXTS = frozenset({("id",), ("arn",)})
_NO_NAMES: Names = {}


class View:
    """A body with its values: `get` an attribute, `blocks` of a type (dynamic ones written out)."""

    __slots__ = ("_inner", "_known", "_names", "_scope", "at", "body")

    def __init__(self, body: Body, scope: Scope, names: Names, at: int) -> None:
        self.body = body
        self._scope = scope
        self._names = names
        self._known: dict[str, Value] = {}
        self._inner: dict[str, list[View | ValueView]] = {}
        self.at = at

    def get(self, name: str) -> Value:
        """Return the value of an attribute; None where it is not set, or set to null."""
        if name in self._known:
            return self._known[name]
        found = self.body.attributes.get(name)
        if found is None:
            return None
        node = found.value
        literal = node.__class__ is Literal
        value = node.value if literal else self._scope.value(node, self._names)  # type: ignore[attr-defined]
        self._known[name] = value
        return value

    def where(self, name: str) -> int:
        """Return the offset of an attribute, or that of the body."""
        found = self.body.attributes.get(name)
        return self.at if found is None else found.at

    def blocks(self, name: str) -> list[View | ValueView]:
        """Return the nested blocks of a type, or the objects of an attribute of that name."""
        if name not in self._inner:
            self._inner[name] = self._blocks(name)
        return self._inner[name]

    def _blocks(self, name: str) -> list[View | ValueView]:
        body, views = self.body, list[View | ValueView]()
        for block in body.blocks:
            if block.type == name:
                views.append(View(block.body, self._scope, self._names, block.at))
            elif block.type == "dynamic" and block.labels == [name]:
                views += self._scope.dynamic(block, self._names)
        found = body.attributes.get(name)
        if found is None:
            return views
        if body.json:
            blocks = hcl.json_blocks(found.value, name, 0, problems=[])
            return [View(block.body, self._scope, self._names, block.at) for block in blocks]
        return _value_views(self.get(name), found.at)

    def block(self, name: str) -> View | ValueView | None:
        """Return the last nested block of a type, None where there is none."""
        found = self.blocks(name)
        return found[-1] if found else None

    def at_path(self, path: str) -> list[Value]:
        """Return the values of a dotted path (`versioning_configuration.status`), one per block."""
        *outer, name = path.split(".")
        views: list[View | ValueView] = [self]
        for kind in outer:
            views = [inner for view in views for inner in view.blocks(kind)]
        return [view.get(name) for view in views]


class ValueView:
    """An object value read as a block: for attributes that hold what others write as blocks."""

    __slots__ = ("_value", "at")

    def __init__(self, value: Mapping[str, Value], at: int) -> None:
        self._value = value
        self.at = at

    def get(self, name: str) -> Value:
        """Return the value of an attribute."""
        return self._value.get(name)

    def where(self, name: str) -> int:
        """Return the offset of the whole."""
        return self.at

    def blocks(self, name: str) -> list[View | ValueView]:
        """Return the objects in an attribute."""
        return _value_views(self._value.get(name), self.at)

    def block(self, name: str) -> View | ValueView | None:
        """Return the last object in an attribute."""
        found = self.blocks(name)
        return found[-1] if found else None

    def at_path(self, path: str) -> list[Value]:
        """Return the values of a dotted path."""
        first, _, rest = path.partition(".")
        if not rest:
            return [self.get(first)]
        return [value for view in self.blocks(first) for value in view.at_path(rest)]


def _value_views(value: Value, at: int) -> list[View | ValueView]:
    items = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
    return [ValueView(item, at) for item in items if isinstance(item, dict)]


class Instance(View):
    """One instance of a resource or data source that would exist after apply."""

    __slots__ = ("key", "module", "resource")

    def __init__(self, resource: Resource, key: InstanceKey, scope: Scope, names: Names) -> None:
        super().__init__(resource.body, scope, names, resource.at)
        self.resource = resource
        self.key = key
        self.module = scope.path

    @property
    def address(self) -> str:
        """The full address: `module.net.aws_subnet.a["x"]`."""
        outer = "".join(f"module.{name}." for name in self.module)
        key = "" if self.key is None else f"[{self.key!r}]".replace("'", '"')
        return f"{outer}{self.resource.address}{key}"

    def ref(self, *path: str | int) -> Ref:
        """Return the reference to one of its attributes."""
        own = self.resource
        return Ref(own.mode, own.type, own.name, self.key, path, self.module)

    def is_source_of(self, value: Value, *attributes: str) -> bool:
        """Whether a value is one of the attributes of this instance (any, where none is given)."""
        ref = value.ref if isinstance(value, Unknown) else None
        if ref is None or ref[:4] != self.ref()[:4] or ref.module != self.module:
            return False
        return not attributes or (bool(ref.path) and ref.path[0] in attributes)


#: What an attribute is that a data source works out by itself.
COMPUTED: Mapping[tuple[str, str, str], Callable[[Instance], Value]] = {
    ("data", "aws_iam_policy_document", "json"): policy_document,
    ("data", "aws_iam_policy_document", "minified_json"): policy_document,
}


class Scope:
    """The names of one module instance. `path` are the calls that lead to it.

    `resolved` lets `try` take what is known in part; `steps` are those that evaluation may take.
    """

    resolved = True
    steps = 50_000

    def __init__(
        self,
        world: Resolved,
        module: Module,
        path: tuple[str, ...] = (),
        inputs: Mapping[str, tuple[Node, Scope, Names]] | None = None,
        given: Mapping[str, Value] | None = None,
    ) -> None:
        self.world = world
        self.module = module
        self.path = path
        self._inputs = inputs or {}
        self._variables: dict[str, Value] = dict(given or {})
        self._locals: dict[str, Value] = {}
        self._instances: dict[tuple[str, str, str], list[Instance]] = {}
        self._calls: dict[str, list[tuple[InstanceKey, Scope]]] = {}
        self._context: Names = _NO_NAMES
        self._busy: set[tuple[Any, ...]] = set()

    def value(self, node: Node, names: Names) -> Value:
        """Evaluate an expression; one that fails is an unknown value."""
        try:
            value = evaluate(node, self, names or None)
        except EvalError:
            return ANYTHING
        return ANYTHING if isinstance(value, str) and len(value) > MOST_TEXT else value

    def read_file(self, path: str) -> str | None:
        """Return the text of one of the answer's own files."""
        return self.world.config.read_file(path)

    def resolve(self, traversal: Traversal) -> Value:
        """Return the value of a reference."""
        root, steps, at = traversal.root, traversal.steps, traversal.at
        if root not in _ROOTS:
            if not steps:
                return ANYTHING
            return self._resource_value("resource", root, str(steps[0]), steps[1:], at)
        if not steps:
            return ANYTHING
        first = str(steps[0])
        if root in ("data", "ephemeral", "resource"):
            if len(steps) < 2:
                return ANYTHING
            return self._resource_value(root, first, str(steps[1]), steps[2:], at)
        if root in ("path", "terraform"):
            known = {"module": self.module.folder or ".", "root": ".", "workspace": "default"}
            return known.get(first, ANYTHING)
        reader = {"var": self._variable, "local": self._local, "module": self._module_value}
        return follow(reader[root](first), steps[1:], at) if root in reader else ANYTHING

    # -- what the module declares ----------------------------------------------------------------

    def _once(self, place: tuple[Any, ...], make: Callable[[], Value]) -> Value:
        """Work out a value; one that needs itself, or too many others in a row, is unknown."""
        if place in self._busy or self.world.chained >= MOST_CHAINED:
            return ANYTHING
        self._busy.add(place)
        self.world.chained += 1
        try:
            return make()
        finally:
            self.world.chained -= 1
            self._busy.discard(place)

    def _variable(self, name: str) -> Value:
        if name not in self._variables:
            self._variables[name] = self._once(("var", name), lambda: self._input(name))
        return self._variables[name]

    def _input(self, name: str) -> Value:
        declared = self.module.variables.get(name)
        if declared is None:
            return ANYTHING
        ref = Ref("var", "", name, None, (), self.path)
        kind = without_optional(declared.type)
        value: Value = Unknown(kind, ref)
        if name in self._inputs:
            node, scope, names = self._inputs[name]
            value = scope.value(node, names)
        elif declared.default is not None:
            value = self.value(declared.default.value, _NO_NAMES)
        try:
            return bounded(convert(value, declared.type, declared.defaults))
        except ConversionError:
            return Unknown(kind, ref)

    def _local(self, name: str) -> Value:
        if name not in self._locals:
            found = self.module.locals.get(name)
            self._locals[name] = (
                ANYTHING
                if found is None
                else self._once(
                    ("local", name), lambda: bounded(self.value(found.value, _NO_NAMES))
                )
            )
        return self._locals[name]

    def _module_value(self, name: str) -> Value:
        """The outputs of a module call as an object; a list or map of them where it is expanded."""
        call = self.module.calls.get(name)
        if call is None or call.module is None:
            return Unknown(
                ANY, Ref("module", call.source if call else "", name, None, (), self.path)
            )
        return self._once(("module", name), lambda: self._outputs(call))

    def _outputs(self, call: ModuleCall) -> Value:
        made = [(key, scope.outputs()) for key, scope in self.calls(call)]
        return _keyed(made, single=call.count is None and call.for_each is None)

    def outputs(self) -> dict[str, Value]:
        """Return the outputs of this module instance."""
        return {
            name: self.value(output.value.value, _NO_NAMES) if output.value else None
            for name, output in self.module.outputs.items()
        }

    def calls(self, call: ModuleCall) -> list[tuple[InstanceKey, Scope]]:
        """Return the instances of a module call, by key."""
        if call.name not in self._calls:
            self._calls[call.name] = []
            if call.module is not None and len(self.path) < MOST_DEPTH:
                self._calls[call.name] = [
                    (key, self._enter(call, call.module, key, names))
                    for key, names in self.expand(call.count, call.for_each)
                ]
        return self._calls[call.name]

    def _enter(self, call: ModuleCall, module: Module, key: InstanceKey, names: Names) -> Scope:
        inputs = {
            name: (attribute.value, self, names)
            for name, attribute in call.body.attributes.items()
            if name in module.variables
        }
        step = call.name if key is None else f"{call.name}[{key!r}]"
        return Scope(self.world, module, (*self.path, step), inputs)

    def expand(self, count: Any, for_each: Any) -> list[tuple[InstanceKey, Names]]:
        """Return the (key, names) of the instances that `count` and `for_each` make."""
        if count is not None:
            number = self.value(count.value, _NO_NAMES)
            if isinstance(number, str):
                number = int(number) if number.isdecimal() and len(number) < 6 else ANYTHING
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                return [(None, {"count": {"index": ANYTHING}})]
            most = int(max(0, min(number, MOST_INSTANCES)))
            return [(index, {"count": {"index": index}}) for index in range(most)]
        if for_each is not None:
            value = self.value(for_each.value, _NO_NAMES)
            pairs = _pairs(value)
            if pairs is None:
                return [(None, {"each": {"key": ANYTHING, "value": ANYTHING}})]
            return [
                (str(key), {"each": {"key": key, "value": bounded(item)}})
                for key, item in pairs[:MOST_INSTANCES]
            ]
        return [(None, _NO_NAMES)]

    # -- resources -------------------------------------------------------------------------------

    def instances(self, resource: Resource) -> list[Instance]:
        """Return the instances of a resource of this module."""
        place = (resource.mode, resource.type, resource.name)
        if place not in self._instances:
            self._instances[place] = []  # what a resource sees that counts its own instances
            expanded: list[tuple[InstanceKey, Names]] = [(None, _NO_NAMES)]
            if resource.count is not None or resource.for_each is not None:
                pairs = self._once(place, lambda: self.expand(resource.count, resource.for_each))
                expanded = pairs if isinstance(pairs, list) else []
            if self.world.spend(len(expanded)):
                made = [Instance(resource, key, self, names) for key, names in expanded]
                self._instances[place] = made
        return self._instances[place]

    def _resource_value(
        self, mode: str, kind: str, name: str, steps: tuple[Any, ...], at: int
    ) -> Value:
        resource = self.module.find(mode, kind, name)
        if resource is None:
            return Unknown(ANY, Ref(mode, kind, name, None, (), self.path))
        found = self.instances(resource)
        if resource.count is None and resource.for_each is None:
            return self._attribute(found[0], steps, at) if found else ANYTHING
        if (steps and isinstance(steps[0], (int, Key))) or (
            steps and len(found) == 1 and found[0].key is None
        ):
            for instance in found:
                if instance.key is None or instance.key == steps[0]:
                    after = steps[1:] if isinstance(steps[0], (int, Key)) else steps
                    return self._attribute(instance, after, at)
            return ANYTHING
        whole = [(one.key, self._attribute(one, (), at)) for one in found]
        return follow(_keyed(whole, single=False), steps, at)

    def _attribute(self, instance: Instance, path: tuple[Any, ...], at: int) -> Value:
        if not path:
            return Whole(
                instance.ref(), lambda name, at: self._attribute(instance, (name,), at)
            )  # fmt: skip
        name = path[0]
        own = instance.resource
        if isinstance(name, str) and name in own.body.attributes:
            place = (own.address, instance.key, name)
            value = self._once(place, lambda: instance.get(name))
            if value is not None and value is not ANYTHING:
                return follow(value, path[1:], at)
        elif own.mode == "data" and (make := COMPUTED.get((own.mode, own.type, str(name)))):
            place = (own.address, instance.key, str(name))
            return follow(self._once(place, lambda: make(instance)), path[1:], at)
        return Unknown(STRING if path in _TEXTS else ANY, instance.ref(*path))

    def dynamic(self, block: Block, names: Names) -> list[View | ValueView]:
        """Write out a dynamic block: one view of its content for each item."""
        attributes = block.body.attributes
        contents = [inner.body for inner in block.body.blocks if inner.type == "content"]
        source = attributes.get("for_each")
        if not contents or source is None:
            return []
        given = attributes.get("iterator")
        iterator = block.labels[0]
        if given is not None and isinstance(given.value, Traversal):
            iterator = given.value.root
        pairs = _pairs(self.value(source.value, names), lists=True)
        if pairs is None:
            pairs = [(ANYTHING, ANYTHING)]
        pairs = pairs[:MOST_INSTANCES]
        if not self.world.spend(len(pairs)):
            return []
        return [
            View(contents[0], self, {**names, iterator: {"key": key, "value": item}}, block.at)
            for key, item in pairs
        ]


def _keyed(made: list[tuple[InstanceKey, Any]], *, single: bool) -> Value:
    """Make the value of something expanded: one object, a list by index, or a map by key."""
    if single:
        return made[0][1] if made else ANYTHING
    if any(key is None for key, _ in made):
        return made[0][1] if len(made) == 1 and isinstance(made[0][1], Unknown) else ANYTHING
    if all(isinstance(key, int) for key, _ in made):
        return [value for _, value in made]
    return {str(key): value for key, value in made}


def _pairs(value: Value, *, lists: bool = False) -> list[tuple[Value, Value]] | None:
    """Return the (key, value) pairs of what `for_each` iterates over, None where it is unknown."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, SetValue) or (isinstance(value, list) and not lists):
        return [(item, item) for item in value if not isinstance(item, Unknown)]
    if isinstance(value, list):
        return list(enumerate(value))
    return None


class Resolved:
    """All instances of a configuration. `given` are values for variables of the root module."""

    def __init__(self, config: Configuration, given: Mapping[str, Value] | None = None) -> None:
        self.config = config
        self.root = Scope(self, config.root, given=given)
        #: What readers have worked out once for this configuration, by a key of theirs.
        self.kept: dict[Any, Any] = {}
        #: How many values are being worked out, each for the one before.
        self.chained = 0
        self._all: dict[tuple[str, str], list[Instance]] | None = None
        self._views = 0

    def spend(self, views: int) -> bool:
        """Count instances and views of dynamic blocks; say whether there may be so many."""
        self._views += views
        return self._views <= MOST_VIEWS

    def scopes(self) -> Iterator[Scope]:
        """Yield the module instances, the root first."""
        pending = [self.root]
        for scope in pending:  # grows as it is read
            yield scope
            for call in scope.module.calls.values():
                if len(pending) < MOST_INSTANCES:
                    pending += [inner for _, inner in scope.calls(call)]

    def instances(self, type: str, mode: str = "resource") -> list[Instance]:
        """Return the instances of a type that would exist, in all modules."""
        if self._all is None:
            self._all = {}
            for scope in self.scopes():
                for resource in scope.module.all_resources():
                    if resource.provider not in self.config.unjudged:
                        found = self._all.setdefault((resource.mode, resource.type), [])
                        found += scope.instances(resource)
        return self._all.get((mode, type), [])

    def outputs(self) -> dict[str, Value]:
        """Return the outputs of the root module."""
        return self.root.outputs()
