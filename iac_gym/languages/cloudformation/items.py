"""Resources of a stack with folded values, and what they have in common.

`Item` is what requirements and rules about security look at; see `resolved.py`.
"""

from __future__ import annotations

from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark
from iac_gym.languages.cloudformation.folded import (
    Folded,
    Joined,
    Unknown,
    is_true,
    join,
    list_of,
    number_of,
    same,
    text_of,
)
from iac_gym.languages.cloudformation.folding import Folder
from iac_gym.languages.cloudformation.identity import (
    ARN_NAMES,
    ARNS,
    IDENTIFIED,
    REF_IS,
    name_attribute,
    name_property,
)
from iac_gym.languages.cloudformation.model import Resource, Template
from iac_gym.languages.cloudformation.policy_statements import Statement, statements
from iac_gym.verdict import Finding

Values = list[Folded]
_ACCOUNT = Unknown("pseudo", "AWS::AccountId")

#: Type -> where policy documents stand in it; elsewhere `PolicyDocument`.
DOCUMENTS: dict[str, tuple[str, ...]] = {
    "AWS::IAM::Role": ("Policies.PolicyDocument",),
    "AWS::IAM::User": ("Policies.PolicyDocument",),
    "AWS::IAM::Group": ("Policies.PolicyDocument",),
    "AWS::KMS::Key": ("KeyPolicy",),
    "AWS::KMS::ReplicaKey": ("KeyPolicy",),
    "AWS::ECR::Repository": ("RepositoryPolicyText",),
    "AWS::SecretsManager::ResourcePolicy": ("ResourcePolicy",),
    "AWS::EFS::FileSystem": ("FileSystemPolicy",),
    "AWS::OpenSearchService::Domain": ("AccessPolicies",),
    "AWS::Elasticsearch::Domain": ("AccessPolicies",),
    "AWS::ApiGateway::RestApi": ("Policy",),
    "AWS::S3::AccessPoint": ("Policy",),
    "AWS::Backup::BackupVault": ("AccessPolicy",),
    "AWS::EC2::VPCEndpoint": ("PolicyDocument",),
    "AWS::DynamoDB::Table": ("ResourcePolicy.PolicyDocument",),
    "AWS::Kinesis::ResourcePolicy": ("ResourcePolicy",),
    "AWS::Events::EventBusPolicy": ("Statement",),
    "AWS::Serverless::Function": ("Policies",),
}


class Item:
    """A resource that the stack would have."""

    def __init__(self, stack: World, resource: Resource) -> None:
        self.stack = stack
        self.resource = resource
        self.logical_id = resource.name
        self.type = resource.type
        self.mark = resource.mark
        self._values: dict[str, Folded] = {}

    # --- values -------------------------------------------------------------------------------

    def value(self, name: str) -> Folded:
        """Return one property, folded; None where it is not set."""
        if name not in self._values:
            tree = self._trees.get(name)
            self._values[name] = None if tree is None else self.stack.fold(tree)
        return self._values[name]

    @lazy
    def _trees(self) -> dict[str, Any]:
        """The properties as written; those of a whole that is computed are folded."""
        given = self.resource.tree.get("Properties")
        if isinstance(given, dict) and len(given) == 1 and "Fn::If" in given:
            given = self.stack.fold(given)
        return given if isinstance(given, dict) else {}

    @lazy
    def properties(self) -> dict[str, Folded]:
        """All properties that are set, folded."""
        values = {name: self.value(name) for name in self._trees}
        return {name: value for name, value in values.items() if value is not None}

    def get(self, path: str) -> Folded:
        """Return the value at a dotted path; numbers index lists. None where it is not set.

        Where the path meets an unknown value, that value is returned.
        """
        first, *rest = path.split(".")
        value = self.value(first)
        for index, step in enumerate(rest):
            if isinstance(value, Unknown):
                return value
            if isinstance(value, dict):
                left = ".".join(rest[index:])
                if left in value:  # a key with dots, such as that of an attribute or label
                    return value[left]
                value = value.get(step)
            elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            else:
                return None
        return value

    def each(self, path: str) -> Values:
        """Return every value at a dotted path, through all lists on the way and at its end."""
        first, *rest = path.split(".")
        values = list_of(self.value(first))
        for step in rest:
            found: Values = []
            for value in values:
                if isinstance(value, dict):
                    found += list_of(value.get(step))
                elif isinstance(value, Unknown):
                    found.append(value)
            values = found
        return values

    def list(self, path: str) -> Values:
        """Return the list at a path; a single value is a list of it, nothing an empty one."""
        return list_of(self.get(path))

    def text(self, path: str, default: str = "") -> str:
        """Return a known scalar at a path as text."""
        return text_of(self.get(path), default)

    def number(self, path: str, default: int | None = None) -> int | None:
        """Return a known whole number at a path."""
        return number_of(self.get(path), default)

    def flag(self, path: str) -> bool:
        """Whether the value at a path is known to be true."""
        return is_true(self.get(path))

    def has(self, path: str) -> bool:
        """Whether anything is set at a path."""
        return self.get(path) is not None

    # --- who it is ----------------------------------------------------------------------------

    @property
    def name(self) -> Folded:
        """Its physical name where the template gives one, else what only deployment will show."""
        given = self.value(prop) if (prop := name_property(self.type)) else None
        return Unknown("resource", self.logical_id) if given is None else given

    @property
    def ref(self) -> Unknown:
        """What `Ref` of it gives."""
        return Unknown("resource", self.logical_id)

    def att(self, attribute: str) -> Unknown:
        """Return what `Fn::GetAtt` of it gives."""
        return Unknown("resource", self.logical_id, attribute)

    def is_source_of(self, value: Folded, *attributes: str) -> bool:
        """Whether a value is what `Ref` of it gives, or one of the attributes (where given).

        The literal name is as good as a reference, an ARN written as text as `GetAtt`.
        """
        given = self.stack.canonical(value)
        wanted = [self.att(one) for one in attributes] if attributes else [self.ref]
        return any(same(given, self.stack.canonical(one)) for one in wanted)

    def is_named_in(self, value: Folded) -> bool:
        """Whether a value is a reference to it, any attribute of it, its name or its ARN."""
        return self.stack.named(value) == self.logical_id

    @property
    def arn(self) -> Folded:
        """Its ARN in canonical form; as far as the type's ARN can be told from its name."""
        attribute = ARNS[self.type][0] if self.type in ARNS else "Arn"
        return self.stack.canonical(self.att(attribute))

    def covers(self, value: Folded, *endings: str) -> bool:
        """Whether a value is its ARN followed by one of the endings ("", "/*")."""
        given, arn = self.stack.canonical(value), self.arn
        return any(same(given, join([arn, end])) for end in endings or ("",))

    @property
    def tags(self) -> dict[str, Folded]:
        """Its tags by key, however the type writes them (`Tags`, lists or mappings)."""
        for prop in ("Tags", "HostedZoneTags", "FileSystemTags", "UserPoolTags"):
            given = self.value(prop)
            if isinstance(given, dict):
                return given
            if isinstance(given, list):
                pairs = [one for one in given if isinstance(one, dict)]
                return {text_of(one.get("Key")): one.get("Value") for one in pairs}
        return {}

    @lazy
    def depends_on(self) -> frozenset[str]:
        """Logical ids in its `DependsOn`."""
        return frozenset(self.resource.depends_on)

    def policy(self, name: str) -> Folded:
        """Return `DeletionPolicy`, `UpdateReplacePolicy`, `UpdatePolicy` or `CreationPolicy`."""
        return self.stack.fold(self.resource.tree.get(name))

    # --- places -------------------------------------------------------------------------------

    def where(self, path: str = "") -> Mark:
        """Return the place of a property, or the deepest known step towards it."""
        tree, mark = self.resource.tree.get("Properties"), self.mark
        for step in path.split(".") if path else ():
            marks = getattr(tree, "marks", None)
            if isinstance(tree, dict) and step in tree and marks:
                mark = marks.get(step, mark)
                tree = tree[step]
            elif isinstance(tree, list) and tree and marks:
                index = int(step) if step.isdecimal() and int(step) < len(tree) else 0
                mark, tree = marks[index], tree[index]
                if not step.isdecimal() and isinstance(tree, dict) and step in tree:
                    mark, tree = getattr(tree, "marks", {}).get(step, mark), tree[step]
            else:
                break
        return mark

    def finding(self, message: str, path: str = "", hint: str = "") -> Finding:
        """Make a finding at a property; `{}` in the message is its logical id."""
        line, column = self.where(path)
        return Finding(message.replace("{}", self.logical_id), self.stack.path, line, column, hint)


class World:
    """What a stack knows apart from its resources as items, which refer to it.

    Nothing here refers back to items or the template, so that all of it goes without the garbage
    collector.
    """

    def __init__(self, template: Template) -> None:
        self.path = template.path
        self._folder = Folder(template)
        self.fold = self._folder.fold
        self.condition = self._folder.condition
        self.reference = self._folder.reference
        self._canonical: dict[Unknown, Folded] = {}
        self._busy: set[Unknown] = set()
        self._resources = template.resources

    def _item(self, name: str) -> Item | None:
        """Return a resource that may exist, for a moment."""
        found = self._resources.get(name)
        if found is None or (found.condition and self.condition(found.condition) is False):
            return None
        return Item(self, found)

    def statements(self, item: Item) -> list[Statement]:
        """Return the statements of every policy document in a resource's own properties."""
        found: list[Statement] = []
        for path in DOCUMENTS.get(item.type, ("PolicyDocument",)):
            for document in item.each(path):
                found += statements(document)
        return found

    def trust(self, role: Item) -> list[Statement]:
        """Return the statements of a role's trust policy."""
        return statements(role.get("AssumeRolePolicyDocument"))

    # --- which resource a value means ---------------------------------------------------------

    def canonical(self, value: Folded) -> Folded:
        """Write references the same way, whether by `Ref`, `GetAtt`, names or ARNs."""
        if isinstance(value, Unknown):
            return self._canonical_reference(value) if value.kind == "resource" else value
        if isinstance(value, Joined):
            return join([self.canonical(part) for part in value.parts])
        return value

    def _canonical_reference(self, value: Unknown) -> Folded:
        if value not in self._canonical:
            if value in self._busy or len(self._busy) > 20:
                return value
            self._busy.add(value)
            self._canonical[value] = self._identity(value)
            self._busy.discard(value)
        return self._canonical[value]

    def _identity(self, value: Unknown) -> Folded:
        item = self._item(value.name)
        if item is None:
            return value
        kind = item.type
        attribute = value.attribute or REF_IS.get(kind, "")
        if kind in ARNS and attribute == ARNS[kind][0]:
            return self._arn(item, ARNS[kind][1])
        if attribute and attribute == name_attribute(kind):
            given = item.value(name_property(kind))
            if given is not None:
                return self.canonical(given)
        return Unknown("resource", value.name, attribute)

    def _arn(self, item: Item, form: str) -> Folded:
        """Write the ARN of a resource with the parts that are known."""
        prop = "" if item.type in IDENTIFIED else name_property(item.type)
        given = item.value(prop) if prop else None
        if given is None:
            given = item.att(ARN_NAMES.get(item.type) or REF_IS.get(item.type, prop))
        given = self.canonical(given)
        path = text_of(item.value("Path"), "/")
        slash = "" if text_of(given).startswith("/") else "/"
        pieces: list[Folded] = ["arn:aws:"]
        for piece in form.replace("{path}", path).replace("{slash}", slash).split("{"):
            name, end, rest = piece.partition("}")
            if not end:
                pieces.append(piece)
                continue
            part = {"name": given, "region": "us-east-1", "account": _ACCOUNT}[name]
            pieces += [part, rest]
        return join(pieces)

    def named(self, value: Folded) -> str:
        """Return the logical id of what a value names: by a reference, its name, or its ARN."""
        if isinstance(value, Unknown) and value.kind == "resource":
            return value.name
        return self._named.get(str(self.canonical(value)), "") if _is_text(value) else ""

    @lazy
    def _named(self) -> dict[str, str]:
        """Names and ARNs that mean one resource alone -> its logical id."""
        found: dict[str, str] = {}
        for one in self._resources.values():
            if one.condition and not self.condition(one.condition):
                continue
            item = Item(self, one)
            means = {str(self.canonical(item.ref)), str(item.arn)}
            given = item.name
            if isinstance(given, str):
                means.add(given)
            for name in means:
                found[name] = "" if name in found else item.logical_id
        return found


def _is_text(value: Folded) -> bool:
    return isinstance(value, str | Joined)
