"""References: does everything that an expression names exist, and may it be named there?

The real tool checks references by their names alone, whether they are ever evaluated or not:
attributes of a resource against its schema, its index against `count` and `for_each`. What else
follows (parts of locals, variables, outputs of modules) is found by evaluation.

Source: https://developer.hashicorp.com/terraform/language/expressions/references and what
`terraform validate` 1.11.4 says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iac_gym.formats.hcl.nodes import Block, Step, Traversal
from iac_gym.languages.terraform.cycles import find_cycles
from iac_gym.languages.terraform.decode import nested
from iac_gym.languages.terraform.evaluate import EvalError, evaluate
from iac_gym.languages.terraform.expression_references import PROVIDER_FUNCTION, OddKey, references
from iac_gym.languages.terraform.model import Configuration, Module, Resource
from iac_gym.languages.terraform.provider_use import provider_reference, used_configs
from iac_gym.languages.terraform.schemas import BodySchema
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.traversals import dotted, schema_of, traverse
from iac_gym.languages.terraform.uses import ANYWHERE, Dynamic, Place, Site, reachable, sites
from iac_gym.languages.terraform.values import Value

__all__ = ["Checker", "examine", "references"]

#: How many items of a dynamic block are tried out for the blocks inside.
_MOST_ITEMS = 20
_EACH = ("key", "value")
_COUNT = ("index",)
_PATH = ("cwd", "module", "root")
_TERRAFORM = ("workspace", "applying")
#: Words that Terraform keeps for later.
RESERVED = frozenset(("template", "lazy", "arg"))
_WORDS = ("var", "local", "module", "data", "each", "count", "self", "path", "terraform")
_SPELLINGS = {
    "vars": "var", "variable": "var", "variables": "var", "locals": "local", "modules": "module",
    "this": "self",
}  # fmt: skip
_PARTS = {
    "resource": "the resource type and the resource name",
    "data": "the data source type and the name",
    "ephemeral": "the ephemeral resource type and the name",
}
_TITLES = {"resource": "resource", "data": "data source", "ephemeral": "ephemeral resource"}


def scoped_data(module: Module) -> dict[tuple[str, str], tuple[str, Resource]]:
    """Return the data sources inside checks, with the names of the checks."""
    found: dict[tuple[str, str], tuple[str, Resource]] = {}
    for block in module.others:
        if block.type == "check":
            for inner in nested(block.body, "data", 2):
                if len(inner.labels) == 2:
                    made = _data(inner)
                    found.setdefault((made.type, made.name), (block.labels[0], made))
    return found


def _data(block: Block) -> Resource:
    kind, name = block.labels
    made = Resource("data", kind, name, block.at, block.body, kind.split("_", 1)[0])
    if "provider" in block.body.attributes:
        node = block.body.attributes["provider"].value
        made.provider, made.alias = provider_reference(node)
    return made


class Checker:
    """Checks the references of one module."""

    def __init__(self, config: Configuration, module: Module, scope: ValidateScope) -> None:
        self._config = config
        self._module = module
        self._scope = scope
        self._tables = {
            "resource": module.resources,
            "data": module.data,
            "ephemeral": module.ephemerals,
        }
        self._schemas: dict[int, BodySchema | None] = {}
        self._handlers: dict[str, Callable[[Traversal, Place], None]] = {
            "var": self._variable,
            "local": self._local,
            "module": self._output,
            "each": self._each,
            "count": self._count,
            "self": self._self,
            "path": self._path,
            "terraform": self._terraform,
            "data": self._prefixed,
            "resource": self._prefixed,
            "ephemeral": self._prefixed,
        }
        has_checks = any(block.type == "check" for block in module.others)
        self.scoped: Mapping[tuple[str, str], tuple[str, Resource]] = (
            scoped_data(module) if has_checks else {}
        )

    def site(self, site: Site) -> None:
        """Check references that have the same surroundings."""
        place = site.place
        if site.owner[0] == "provider" and self._passes(site):
            return
        for ref in site.references:
            self.check(ref, place)
        for dynamic in site.dynamics:
            self._dynamic(dynamic, place, {})

    def _passes(self, site: Site) -> bool:
        """Whether a provider block is fine at first sight, or is not looked at: nobody uses it."""
        tables: dict[str, Mapping[str, object]] = {
            "var": self._module.variables,
            "local": self._module.locals,
        }
        for ref in site.references:
            table = tables.get(ref.root, ())
            if not ref.steps or ref.steps[0].__class__ is not str or ref.steps[0] not in table:
                return (self._module.folder, *site.owner[1:]) not in used_configs(self._config)
        return not site.dynamics

    def _dynamic(self, dynamic: Dynamic, place: Place, names: dict[str, Value]) -> None:
        """Check the content of a dynamic block, if there is an item for certain."""
        items = self._items(dynamic, names)
        if not items:
            return
        for ref in dynamic.references:
            self.check(ref, place)
        for inner in dynamic.inner:
            for key, value in items[:_MOST_ITEMS]:
                own = {**names, dynamic.iterator: {"key": key, "value": value}}
                if self._items(inner, own):
                    self._dynamic(inner, place, own)
                    break

    def _items(self, dynamic: Dynamic, names: dict[str, Value]) -> list[tuple[Value, Value]]:
        """Return what a dynamic block goes through, as far as it is known."""
        try:
            value = evaluate(dynamic.for_each, self._scope, names)
        except EvalError:
            return []
        if isinstance(value, dict):
            return list(value.items())
        return list(enumerate(value)) if isinstance(value, list) else []

    def check(self, ref: Traversal, place: Place = ANYWHERE) -> None:
        """Check one reference."""
        handler = self._handlers.get(ref.root)
        if handler is not None:
            handler(ref, place)
            return
        if ref.root.startswith(PROVIDER_FUNCTION):
            self._function(ref)
            return
        if ref.root in RESERVED:
            message = f"`{ref.root}` is a word that Terraform keeps for later"
            self._config.fault("invalid-reference", ref.at, message)
            return
        self._resource(ref, "resource", ref.root, ref.steps, place)

    # -- names of the module ---------------------------------------------------------------------

    def _fault(self, rule: str, ref: Traversal, message: str, hint: str = "") -> None:
        self._config.fault(rule, ref.at, message, hint)

    def _name(self, ref: Traversal) -> str | None:
        """Return the name after `var`, `local` and the like; none is a fault."""
        steps = ref.steps
        if steps and steps[0].__class__ is str:
            return str(steps[0])
        self._fault(
            "invalid-reference", ref,
            f"`{ref.root}` cannot stand alone: a name must follow it", f"write {ref.root}.name",
        )  # fmt: skip
        return None

    def _variable(self, ref: Traversal, place: Place) -> None:
        name = self._name(ref)
        if name is None or name in self._module.variables:
            return
        hint = self._config.near(name, self._module.variables) or self._elsewhere(name)
        self._fault("undeclared-reference", ref, f"there is no variable `{name[:80]}`", hint)

    def _local(self, ref: Traversal, place: Place) -> None:
        name = self._name(ref)
        if name is None or name in self._module.locals:
            return
        hint = self._config.near(name, self._module.locals) or self._elsewhere(name)
        self._fault("undeclared-reference", ref, f"there is no local value `{name[:80]}`", hint)

    def _elsewhere(self, name: str) -> str:
        if name in self._module.locals:
            return f"there is a local value: local.{name}"
        if name in self._module.variables:
            return f"there is a variable: var.{name}"
        return ""

    def _output(self, ref: Traversal, place: Place) -> None:
        name = self._name(ref)
        if name is None:
            return
        if name not in self._module.calls:
            hint = self._config.near(name, self._module.calls)
            self._fault("undeclared-reference", ref, f"there is no module `{name[:80]}`", hint)
        elif len(ref.steps) > 1:
            self._index_of_call(ref)

    def _index_of_call(self, ref: Traversal) -> None:
        after = ref.steps[1]
        if isinstance(after, OddKey):
            self._odd_key(ref, after)
        elif after.__class__ is not str and any(s.__class__ is not str for s in ref.steps[2:3]):
            message = f"`{dotted(ref.root, ref.steps)}`: after the index follows an output"
            self._fault("invalid-reference", ref, message)

    def _odd_key(self, ref: Traversal, key: OddKey) -> None:
        message = f"an instance key is a text or a whole number, not {key}"
        self._fault("invalid-reference", ref, message)

    def _function(self, ref: Traversal) -> None:
        """Check a function of a provider: `provider::name::function`."""
        _, name, function = (*ref.root.split("::", 2), "", "")[:3]
        if name not in self._module.requirements:
            message = f"`{ref.root[:80]}`: the provider `{name[:60]}` is not declared here"
            self._fault("provider-function", ref, message, "declare it in required_providers")
            return
        provider = self._module.schemas.get(name)
        if provider is not None and function not in provider.functions:
            hint = self._config.near(function, provider.functions)
            message = f"the provider `{name}` has no function `{function[:60]}`"
            self._fault("provider-function", ref, message, hint)

    # -- names of the surroundings ---------------------------------------------------------------

    def _each(self, ref: Traversal, place: Place) -> None:
        self._context(ref, _EACH, place.each, "`each` is there only where `for_each` is set")

    def _count(self, ref: Traversal, place: Place) -> None:
        self._context(ref, _COUNT, place.counted, "`count` is there only where `count` is set")

    def _path(self, ref: Traversal, place: Place) -> None:
        self._context(ref, _PATH, True, "")

    def _terraform(self, ref: Traversal, place: Place) -> None:
        self._context(ref, _TERRAFORM, True, "")

    def _context(self, ref: Traversal, names: tuple[str, ...], present: bool, problem: str) -> None:
        name = self._name(ref)
        if name is None:
            return
        if name not in names:
            listed = ", ".join(f"{ref.root}.{known}" for known in names)
            message = f"there is no `{ref.root}.{name[:60]}`"
            self._fault("reference-context", ref, message, f"there is {listed}")
        elif not present:
            hint = "it is not there in `count`, `for_each`, `depends_on`, outputs and locals"
            self._fault("reference-context", ref, problem, hint)

    def _self(self, ref: Traversal, place: Place) -> None:
        if place.own is None:
            hint = "it is there in provisioners, connections and postconditions only"
            self._fault("reference-context", ref, "`self` is not there in this place", hint)
        else:
            self._attributes(ref, place.own, ref.steps)

    # -- resources -------------------------------------------------------------------------------

    def _prefixed(self, ref: Traversal, place: Place) -> None:
        steps = ref.steps
        if len(steps) < 2 or steps[0].__class__ is not str:
            message = f"`{ref.root}` must be followed by {_PARTS[ref.root]}"
            self._fault("invalid-reference", ref, message, f"write {ref.root}.type.name")
            return
        self._resource(ref, ref.root, str(steps[0]), steps[1:], place)

    def _resource(
        self, ref: Traversal, mode: str, kind: str, steps: tuple[Step, ...], place: Place
    ) -> None:
        """Check a reference to a resource; `steps` come after its type."""
        if not steps or steps[0].__class__ is not str:
            self._bare(ref, mode, kind)
            return
        found = self._tables[mode].get((kind, str(steps[0])))
        if found is None and mode == "data":
            found = self._in_check(ref, kind, str(steps[0]), place)
        if found is None:
            if mode != "data" or (kind, steps[0]) not in self.scoped:
                self._undeclared(ref, mode, kind, str(steps[0]))
            return
        if len(steps) > 1:
            self._part(ref, found, steps[1:])

    def _part(self, ref: Traversal, found: Resource, rest: tuple[Step, ...]) -> None:
        """Check the index and the attributes that follow a resource."""
        after = rest[0]
        repeated = found.count is not None or found.for_each is not None
        if after.__class__ is str:
            if repeated:
                self._missing_key(ref, found)
        elif isinstance(after, OddKey):
            self._odd_key(ref, after)
            return
        else:
            if not repeated:
                self._unexpected_key(ref, found)
            rest = rest[1:]
        if rest:
            self._attributes(ref, found, rest)

    def _bare(self, ref: Traversal, mode: str, kind: str) -> None:
        """Report a type without a name, or what was meant to be a text."""
        if ref.steps or mode != "resource":
            message = f"after the type `{kind[:60]}` must follow the name of a resource"
            self._fault("invalid-reference", ref, message, f"write {kind[:60]}.name")
            return
        hint = f'write "{kind}" in quotes if it is a text'
        if any(kind == declared for declared, _ in self._module.resources):
            hint = "name the resource, too"
        elif kind in self._module.variables or kind in self._module.locals:
            hint = self._elsewhere(kind)
        self._fault("invalid-reference", ref, f"`{kind[:80]}` is no reference", hint)

    def _in_check(self, ref: Traversal, kind: str, name: str, place: Place) -> Resource | None:
        """Return a data source inside a check, which only that check may use."""
        check, found = self.scoped.get((kind, name), ("", None))
        if found is not None and check != place.check:
            message = f"`data.{kind}.{name}` is there in the check `{check}` only"
            self._fault("reference-context", ref, message)
            return None
        return found

    def _undeclared(self, ref: Traversal, mode: str, kind: str, name: str) -> None:
        module = self._module
        hint = ""
        if mode != "data" and (kind, name) in module.data:
            hint = f"there is a data source: data.{kind}.{name}"
        elif mode != "resource" and (kind, name) in module.resources:
            hint = f"there is a resource: {kind}.{name}"
        elif mode == "resource" and kind in _SPELLINGS:
            hint = f"write {_SPELLINGS[kind]}.{name}"
        elif mode == "resource" and "_" not in kind:
            hint = (
                self._config.near(kind, _WORDS) or f'write "{dotted(kind, ref.steps)}" in quotes '
            )
            hint += "if it is a text" if hint.startswith("write") else ""
        else:
            given = f"{kind}.{name}"
            hint = self._config.near(given, (f"{t}.{n}" for t, n in self._tables[mode]))
        message = f"there is no {_TITLES[mode]} `{kind[:80]}.{name[:80]}`"
        self._fault("undeclared-reference", ref, message, hint)

    def _missing_key(self, ref: Traversal, found: Resource) -> None:
        set_by, key = ("count", "[0]") if found.count is not None else ("for_each", '["key"]')
        message = f"`{found.address}` has `{set_by}`, so it needs an index before its attributes"
        self._fault("instance-key", ref, message, f"write {found.address}{key} or a splat [*]")

    def _unexpected_key(self, ref: Traversal, found: Resource) -> None:
        message = f"`{found.address}` has neither `count` nor `for_each`, so it takes no index"
        self._fault("instance-key", ref, message, f"write {found.address}")

    # -- attributes ------------------------------------------------------------------------------

    def _attributes(self, ref: Traversal, found: Resource, steps: tuple[Step, ...]) -> None:
        """Check what follows a resource against its schema."""
        place = id(found)
        try:
            schema = self._schemas[place]
        except KeyError:
            schema = self._schemas[place] = schema_of(self._module, found)
        if schema is None or not steps:
            return
        first = steps[0]
        if len(steps) == 1 and first.__class__ is str and first in schema.attributes:
            return
        problem = traverse(schema, steps, ref.at)
        if problem is not None:
            hint = problem.hint
            if not hint and first.__class__ is str and first not in schema.attributes:
                hint = self._config.near(str(first), (*schema.attributes, *schema.blocks))
            message = f"`{dotted(ref.root, ref.steps)}`: {problem.message}"
            self._fault("unsupported-attribute", ref, message, hint)


def examine(config: Configuration, scopes: Mapping[str, ValidateScope]) -> None:
    """Check the references of all modules that are used."""
    found: dict[str, list[Site]] = {}
    for module in reachable(config):
        checker = Checker(config, module, scopes[module.folder])
        found[module.folder] = own = list(sites(module))
        for site in own:
            if site.checked:
                checker.site(site)
    find_cycles(config, found)
