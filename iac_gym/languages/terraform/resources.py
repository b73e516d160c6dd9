"""Resources, data sources, ephemeral resources and provider blocks of a module, judged.

Source: `terraform validate` 1.11.4. The body of a provider block is looked at only where a resource
uses that provider, and never when it is empty.
"""

from __future__ import annotations

from typing import Any

from iac_gym.formats.hcl.nodes import Body
from iac_gym.languages.terraform.bodies import Walk
from iac_gym.languages.terraform.demands import demands_of
from iac_gym.languages.terraform.forms import Fault, Form, Meta
from iac_gym.languages.terraform.lifecycle import Lifecycle
from iac_gym.languages.terraform.model import Configuration, ProviderConfig, Resource
from iac_gym.languages.terraform.providers import SUPERSETS, Choice
from iac_gym.languages.terraform.provisioners import Provisioners
from iac_gym.languages.terraform.repetition import check_count, check_for_each
from iac_gym.languages.terraform.structure import Shapes
from iac_gym.languages.terraform.value_rules import rules_for

_ARGUMENTS = frozenset(("count", "for_each", "provider", "depends_on"))
_RESERVED = frozenset(("locals",))
METAS = {
    "resource": Meta(
        _ARGUMENTS, {"lifecycle": 0, "connection": 0, "provisioner": 1, "_": 0}, _RESERVED
    ),
    "data": Meta(_ARGUMENTS, {"lifecycle": 0, "_": 0}, _RESERVED),
    "ephemeral": Meta(_ARGUMENTS, {"lifecycle": 0, "_": 0}, _RESERVED),
    "provider": Meta(
        frozenset(("alias", "version", "count", "depends_on", "for_each", "source")),
        {"_": 0, "lifecycle": 0, "locals": 0},
    ),
    "bare": Meta(),
}
_TITLES = {"resource": "resource", "data": "data source", "ephemeral": "ephemeral resource"}
_forms: dict[tuple[str, str, str, str, str], Form] = {}


def form_of(choice: Choice, mode: str, type: str, meta: str = "") -> Form | None:
    """Return the form of a type ("" for a provider's configuration); None for an unknown one."""
    schema = choice.schema
    if schema is None:
        return None
    place = (schema.name, schema.version, mode, type, meta)
    found = _forms.get(place)
    if found is not None:
        return found
    body = schema.config if mode == "provider" else getattr(schema, mode)(type)
    if body is None:
        return None
    name = SUPERSETS.get(schema.name, schema.name)
    rules = rules_for(name, mode, type, choice.major)
    demands = demands_of(schema.name, mode, type)
    made = _forms[place] = Form(body, rules, "", METAS[meta or mode], demands=demands)
    return made


class Resources:
    """Judges what one module declares with the help of providers' schemas.

    Faults that a `lenient` choice of version causes are kept by the provider's local name, in
    `doubtful`; all others are reported at once.
    """

    def __init__(self, config: Configuration, walk: Walk) -> None:
        self._config = config
        self._walk = walk
        self._provisioners = Provisioners(walk)
        self._lifecycle = Lifecycle(config, Shapes(config), walk)
        self.doubtful: dict[str, list[Fault]] = {}

    def _report(self, faults: list[Fault]) -> None:
        for fault in faults:
            self._config.fault(*fault)

    def _keep(self, choice: Choice, name: str, faults: list[Fault]) -> None:
        if choice.lenient:
            self.doubtful.setdefault(name, []).extend(faults)
        elif faults:
            self._report(faults)

    def resource(self, resource: Resource, choice: Choice) -> None:
        """Judge a resource, data source or ephemeral resource."""
        form = form_of(choice, resource.mode, resource.type)
        if form is not None:
            faults = self._judged(form, resource.body, choice, resource.mode, resource.type)
            if faults or choice.lenient:
                self._keep(choice, resource.provider, faults)
        elif choice.schema is not None:
            self._keep(choice, resource.provider, [self._unknown_type(resource, choice)])
        if resource.count is not None or resource.for_each is not None:
            self._repeated(resource)
        if resource.meta:
            self._meta(resource, form)

    def provider(self, provider: ProviderConfig, choice: Choice) -> None:
        """Judge the configuration of a provider that is used."""
        body = provider.body
        form = form_of(choice, "provider", "")
        if form is None or not (body.blocks or body.attributes.keys() - form.meta.attributes):
            return
        self._keep(choice, provider.name, self._judged(form, body, choice, "provider", ""))

    def _judged(self, form: Form, body: Body, choice: Choice, mode: str, type: str) -> list[Fault]:
        for block in body.blocks:
            if block.type == "_":
                return self._escaped(form, body, choice, mode, type)
        if body.json and "_" in body.attributes:
            return self._escaped(form, form.native(body, []), choice, mode, type)
        return self._walk.judge(form, body)

    def _escaped(self, form: Form, body: Body, choice: Choice, mode: str, type: str) -> list[Fault]:
        """Judge a body with a block `_`, in which the language's own arguments do not count."""
        bare = form_of(choice, mode, type, "bare") or form
        meta = form.meta
        attributes = {n: a for n, a in body.attributes.items() if n not in meta.attributes}
        blocks = [block for block in body.blocks if block.type not in meta.blocks]
        faults: list[Fault] = []
        escapes = [block for block in body.blocks if block.type == "_"]
        for block in escapes[1:]:
            faults.append(Fault("block-count", block.at, "there may be one `_` block only"))
        inner = bare.native(escapes[0].body, faults) if escapes[0].body.json else escapes[0].body
        for name, attribute in inner.attributes.items():
            if name in attributes:
                message = f"`{name}` is set twice"
                faults.append(Fault("unsupported-argument", attribute.at, message))
        merged = Body(body.at, {**attributes, **inner.attributes}, blocks + inner.blocks, body.end)
        return faults + self._walk.judge(bare, merged)

    def _unknown_type(self, resource: Resource, choice: Choice) -> Fault:
        schema: Any = choice.schema
        kind = resource.type
        title = _TITLES[resource.mode]
        if resource.mode != "data" and schema.data(kind) is not None:
            hint = f'it is a data source: write data "{kind}"'
        elif resource.mode != "resource" and schema.resource(kind) is not None:
            hint = f'it is a managed resource: write resource "{kind}"'
        else:
            hint = self._config.near(kind, getattr(schema, f"{resource.mode}_types"))
        message = f"the provider {schema.source} has no {title} `{kind[:80]}`"
        return Fault("known-resource-type", resource.at, message, hint)

    def _repeated(self, resource: Resource) -> None:
        """Judge `count` and `for_each`."""
        self._walk.faults = faults = []
        if resource.count is not None and resource.for_each is not None:
            message = "`count` and `for_each` exclude each other"
            faults.append(Fault("repetition", resource.for_each.at, message))
        if resource.count is not None:
            check_count(self._walk, resource.count)
        if resource.for_each is not None:
            check_for_each(self._walk, resource.for_each)
        self._report(faults)

    def _meta(self, resource: Resource, form: Form | None) -> None:
        """Judge the blocks `lifecycle`, `provisioner` and `connection`."""
        managed = resource.mode == "resource"
        blocks = [block for block in resource.meta if block.type == "lifecycle"]
        if blocks:
            self._lifecycle.judge(blocks, form.schema if form else None, managed=managed)
        if managed and len(blocks) < len(resource.meta):
            self._report(self._provisioners.judge(resource.meta))
