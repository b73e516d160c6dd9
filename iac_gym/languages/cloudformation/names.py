"""What a template names: parameters, resources and their attributes, conditions."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.cloudformation.facts import Conditions
from iac_gym.languages.cloudformation.model import (
    LANGUAGE_EXTENSIONS,
    SERVERLESS,
    Template,
)
from iac_gym.languages.cloudformation.pack import attribute as find_attribute
from iac_gym.languages.cloudformation.pack import attributes
from iac_gym.languages.cloudformation.parameters import PSEUDO, is_list

Edges = dict[str, dict[str, Mark]]

#: Resources that the serverless transform makes without being asked for by name.
_GENERATED = frozenset(
    {
        *("ServerlessRestApi", "ServerlessRestApiStage", "ServerlessRestApiProdStage"),
        *("ServerlessHttpApi", "ServerlessHttpApiStage", "ServerlessHttpApiApiGatewayDefaultStage"),
        *(
            "ServerlessDeploymentApplication",
            "CodeDeployServiceRole",
            "ServerlessRestApiDeployment",
        ),
    }
)
#: What the serverless transform makes of a resource, under a name after a dot.
_MADE = ("Version", "Alias", "Stage", "DeploymentGroup")
#: Most names that are compared with one that does not exist.
_MOST_CANDIDATES = 30
#: What a resource of the serverless transform becomes, whose attributes it has.
_PLAIN = {
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::Application": "AWS::CloudFormation::Stack",
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
}


class Names:
    """Checks names in one template; `edges` collects what each resource refers to.

    `resources_known` says whether resources may be named at all (not in Conditions and exports);
    `lists` are the parameters that hold lists, `pending` what is still to be walked.
    """

    def __init__(self, template: Template) -> None:
        self.template = template
        self.edges: Edges = {}
        self.extended = LANGUAGE_EXTENSIONS in template.transform
        self.resources_known = True
        resources, parameters = template.resources, template.parameters
        self.lists = {
            name
            for name, one in parameters.items()
            if one.__class__ is YamlMap
            and one.get("Type").__class__ is str
            and is_list(one["Type"])
        }
        self.lists.add("AWS::NotificationARNs")
        self.texts = PSEUDO - {"AWS::NotificationARNs", "AWS::NoValue"}
        #: Whose sub-resources cannot be known: modules, and what the serverless transform makes.
        self._makers = tuple(
            [
                name
                for name, one in resources.items()
                if one.type.endswith("::MODULE") or one.type.startswith("AWS::Serverless::")
            ]
        )
        self._generated = _GENERATED if SERVERLESS in template.transform else frozenset()
        self.pending: list[Any] = []
        self.links: dict[str, Mark] | None = None
        self.owner = ""
        self.tree_mark: Mark = (0, 0)

    @lazy
    def conditions(self) -> Conditions:
        """The conditions of the template as formulas."""
        return Conditions(self.template)

    def refer(self, name: str, mark: Mark) -> None:
        """Check the name in a `Ref`, or in a variable of `Fn::Sub`."""
        template = self.template
        if name in template.parameters or name in PSEUDO:
            return
        if self.resources_known:
            if self.is_resource(name, mark):
                return
            known: list[str] = [*template.parameters, *template.resources, *PSEUDO]
            message = f"`{name[:80]}` is no parameter, resource or pseudo-parameter"
        else:
            known = [*template.parameters, *PSEUDO]
            message = f"`{name[:80]}` is no parameter; resources cannot be referred to here"
        template.fault("references-exist", mark, message, near(template, name, known))

    def is_resource(self, name: str, mark: Mark) -> bool:
        """Whether a name is that of a resource (also one that a transform makes)."""
        template = self.template
        if name in template.resources:
            if self.links is not None:
                self.links.setdefault(name, mark)
            return True
        return self.may_be_made(name)

    def may_be_made(self, name: str) -> bool:
        """Whether a transform or a module may make a resource of this name."""
        resources = self.template.tree.get("Resources")
        if isinstance(resources, dict) and (name in resources or "Fn::Transform" in resources):
            return True
        if "Resources" in self.template.loops:
            return True
        if name in self._generated:
            return True
        return any(name.startswith(one) and name != one for one in self._makers)

    def attribute(self, name: str, attribute: str, mark: Mark) -> None:
        """Check a resource and its attribute, as in `Fn::GetAtt`."""
        template = self.template
        if not self.resources_known:
            message = f"attributes of resources cannot be used here (`{name[:60]}`)"
            template.fault("references-exist", mark, message)
            return
        if not self.is_resource(name, mark):
            message = f"there is no resource `{name[:80]}`"
            template.fault(
                "references-exist", mark, message, near(template, name, template.resources)
            )
            return
        resource = template.resources.get(name)
        if resource is None:
            return
        if resource.type.startswith("AWS::Serverless::") and attribute.startswith(_MADE):
            return
        kind = _PLAIN.get(resource.type, resource.type)
        known = attributes(kind)
        if known is None or find_attribute(kind, attribute) is not None:
            return
        message = f"{resource.type} has no attribute `{attribute[:80]}`"
        template.fault("attributes-exist", mark, message, near(template, attribute, known))

    def condition(self, name: str, mark: Mark) -> None:
        """Check the name of a condition."""
        template = self.template
        if name not in template.conditions and not self.has_transform("Conditions"):
            message = f"there is no condition `{name[:80]}`"
            hint = near(template, name, template.conditions)
            template.fault("conditions-exist", mark, message, hint)

    def has_transform(self, section: str) -> bool:
        """Whether a transform adds to a section."""
        tree = self.template.tree.get(section)
        return isinstance(tree, dict) and "Fn::Transform" in tree

    def is_known(self, name: str) -> bool:
        """Whether a variable of a text names something of the template."""
        template = self.template
        if name in template.parameters or name in template.resources or name in PSEUDO:
            return True
        resource, dot, attribute = name.partition(".")
        if not dot or resource not in template.resources:
            return False
        return find_attribute(template.resources[resource].type, attribute) is not None

    def is_substituted(self, name: str) -> bool:
        """Whether a state machine replaces the variable in its own definition."""
        resource = self.template.resources.get(self.owner)
        given = resource.properties.get("DefinitionSubstitutions") if resource else None
        return isinstance(given, dict) and name in given


def near(template: Template, given: str, names: Collection[str]) -> str:
    """Return "did you mean `x`?" for a name that does not exist, looking at a few candidates."""
    if len(names) > _MOST_CANDIDATES:
        start = given[:2].lower()
        alike = (one for one in names if one[:2].lower() == start)
        names = list(islice(alike, _MOST_CANDIDATES))
    return template.near(given, names)
