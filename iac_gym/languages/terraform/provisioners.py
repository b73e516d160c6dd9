"""Provisioners and connections of resources.

Source: https://developer.hashicorp.com/terraform/language/resources/provisioners and `terraform
validate` 1.11.4. A connection is looked at only where a provisioner uses it.
"""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.formats.hcl.nodes import Block, Body
from iac_gym.languages.terraform.bodies import Walk
from iac_gym.languages.terraform.decode import text_of
from iac_gym.languages.terraform.forms import Fault, Form, Meta
from iac_gym.languages.terraform.schemas import AttributeSchema, BodySchema
from iac_gym.languages.terraform.values import BOOL, NUMBER, STRING, Type

_STRINGS: Type = ("list", STRING)
_TEXTS: Type = ("map", STRING)
_REMOVED = frozenset(("chef", "habitat", "puppet", "salt-masterless"))
_KEYWORDS = {"when": ("create", "destroy"), "on_failure": ("continue", "fail")}


def _schema(required: str = "", **optional: Type) -> BodySchema:
    attributes = {name: AttributeSchema(STRING, "required") for name in required.split()}
    attributes |= {name: AttributeSchema(kind, "optional") for name, kind in optional.items()}
    return BodySchema(attributes, {})


_META = Meta(
    frozenset(("when", "on_failure")), {"connection": 0, "_": 0}, frozenset(("lifecycle",))
)
_FORMS = {
    "local-exec": Form(
        _schema(
            "command",
            interpreter=_STRINGS,
            working_dir=STRING,
            environment=_TEXTS,
            quiet=BOOL,
        ),
        meta=_META,
        nulls=True,
    ),
    "remote-exec": Form(
        _schema(inline=_STRINGS, script=STRING, scripts=_STRINGS),
        meta=_META,
        nulls=True,
    ),
    "file": Form(
        _schema("destination", source=STRING, content=STRING),
        meta=_META,
        nulls=True,
    ),
}
_TEXT_ARGUMENTS = """
type user password timeout script_path target_platform private_key certificate host_key
agent_identity proxy_scheme proxy_host proxy_user_name proxy_user_password bastion_host
bastion_host_key bastion_user bastion_password bastion_private_key bastion_certificate cacert
""".split()
_CONNECTION = Form(
    _schema(
        "host",
        **dict.fromkeys(_TEXT_ARGUMENTS, STRING),
        **dict.fromkeys(("port", "proxy_port", "bastion_port"), NUMBER),
        **dict.fromkeys(("agent", "https", "insecure", "use_ntlm"), BOOL),
    ),
    nulls=True,
)
#: Of these arguments exactly one must be set; one that is not known counts as set.
_ONE_OF = {"remote-exec": ("inline", "script", "scripts"), "file": ("source", "content")}


class Provisioners:
    """Judges the provisioners of one resource after the other."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    def judge(self, blocks: Iterable[Block]) -> list[Fault]:
        """Judge the blocks `provisioner` and `connection` of a resource."""
        faults: list[Fault] = []
        connections = [block for block in blocks if block.type == "connection"]
        faults += _single(connections)
        common = connections[0].body if connections else None
        for block in blocks:
            if block.type == "provisioner":
                faults += self._provisioner(block, common)
        return faults

    def _provisioner(self, block: Block, common: Body | None) -> list[Fault]:
        if len(block.labels) != 1:
            message = "a provisioner block takes one label, its type"
            return [Fault("block-labels", block.at, message)]
        kind = block.labels[0]
        form = _FORMS.get(kind)
        if form is None:
            gone = " any more" if kind in _REMOVED else ""
            hint = self._walk.config.near(kind, _FORMS) or "there are file, local-exec, remote-exec"
            message = f"there is no provisioner `{kind[:80]}`{gone}"
            return [Fault("known-provisioner", block.at, message, hint)]
        faults: list[Fault] = []
        body = form.native(block.body, faults) if block.body.json else block.body
        faults += self._walk.judge(form, body)
        faults += _keywords(body)
        if kind in _ONE_OF and not faults:
            faults += self._one_of(block.at, body, _ONE_OF[kind])
        own = [inner for inner in body.blocks if inner.type == "connection"]
        faults += _single(own)
        connection = own[0].body if own else None
        if connection is not None or common is not None:
            faults += self._walk.judge(_CONNECTION, _merged(common, connection))
        return faults

    def _one_of(self, at: int, body: Body, names: tuple[str, ...]) -> list[Fault]:
        values = self._walk.values
        given = [n for n in names if n in body.attributes and values.get(n, 0) is not None]
        if len(given) == 1:
            return []
        message = f"exactly one of {', '.join(names)} must be set, not {len(given)}"
        return [Fault("arguments-together", at, message)]


def _single(connections: list[Block]) -> list[Fault]:
    """Report all connections after the first one."""
    faults = [
        Fault("block-labels", block.at, "a connection block takes no labels")
        for block in connections
        if block.labels
    ]
    message = "there may be one `connection` block only"
    return faults + [Fault("block-count", block.at, message) for block in connections[1:]]


def _merged(common: Body | None, own: Body | None) -> Body:
    """Return a connection whose own arguments go before those of the resource's connection."""
    first, second = common or own, own or common
    if first is None or second is None or first is second:
        return first or second or Body(0, {}, [], 0)
    attributes = {**first.attributes, **second.attributes}
    return Body(second.at, attributes, [*first.blocks, *second.blocks], second.end)


def _keywords(body: Body) -> list[Fault]:
    """Check `when` and `on_failure`: single words."""
    faults = []
    for name, words in _KEYWORDS.items():
        attribute = body.attributes.get(name)
        if attribute is not None and text_of(attribute.value) not in words:
            message = f"`{name}` must be one of the words {words[0]} and {words[1]}"
            faults.append(Fault("provisioner-keyword", attribute.at, message))
    return faults
