"""What hangs below the paths of a type: read-only properties, checks of their own, exceptions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.cloudformation.walk_base import (
    UNKNOWN,
    Check,
    Place,
    Sink,
    State,
    function_of,
)

#: Places that also take a local path, which `aws cloudformation package` replaces.
_TEMPLATED = frozenset(
    {
        "AWS::ApiGateway::RestApi/BodyS3Location",
        "AWS::Lambda::Function/Code",
        "AWS::Lambda::LayerVersion/Content",
        "AWS::ElasticBeanstalk::ApplicationVersion/SourceBundle",
        "AWS::StepFunctions::StateMachine/DefinitionS3Location",
        "AWS::AppSync::GraphQLSchema/DefinitionS3Location",
        "AWS::AppSync::Resolver/RequestMappingTemplateS3Location",
        "AWS::AppSync::Resolver/ResponseMappingTemplateS3Location",
        "AWS::AppSync::FunctionConfiguration/RequestMappingTemplateS3Location",
        "AWS::AppSync::FunctionConfiguration/ResponseMappingTemplateS3Location",
        "AWS::CloudFormation::Stack/TemplateURL",
        "AWS::CodeCommit::Repository/Code/S3",
    }
)
#: Rules that read the engine of a database in lower case.
_LOWER_ENGINE = frozenset({"E3025", "E3682", "E3691"})


class Further:
    """A tree of paths: the checks at this one, and what is below (`*` is any item)."""

    __slots__ = ("_bare", "below", "checks", "templated")

    def __init__(self) -> None:
        self.below: dict[str, Further] = {}
        self.checks: list[Check] = []
        self.templated = False
        self._bare: Further | None = None

    def add(self, path: str) -> Further:
        """Return the tree at a path, made where it is missing."""
        node = self
        for step in path.split("/") if path else ():
            node = node.below.setdefault(step, Further())
        return node

    def bare(self) -> Further | None:
        """Return what is below without the checks at this path, which are made once."""
        if self._bare is None:
            self._bare = Further()
            self._bare.below = self.below
            self._bare.templated = self.templated
        return self._bare if self.below or self.templated else None

    def at(self, step: str) -> Further | None:
        """Return what is below one step."""
        return self.below.get(step)

    def mark_templated(self, kind: str) -> None:
        """Mark the places of a type that also take a local path."""
        for path in _TEMPLATED:
            name, _, rest = path.partition("/")
            if name == kind:
                self.add(rest).templated = True


def policy(check: Check, value: Any, place: Place, out: Sink, state: State) -> None:
    """Walk a document that may also be JSON in a text."""
    if value.__class__ is str:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return
        if not isinstance(value, (dict, list)):
            return
    check(value, place, out, state)


def quiet(rule: str) -> Callable[[Check, Any, Place, Sink, State], None]:
    """Return how a further check is walked: what is not known yet is no error."""

    def walk(check: Check, value: Any, place: Place, out: Sink, state: State) -> None:
        if isinstance(value, dict) and function_of(value):
            return
        found: Sink = []
        check(_lowered(value) if rule in _LOWER_ENGINE else value, place, found, state.inner)
        out.extend(error for error in found if error is not UNKNOWN)

    return walk


def _lowered(value: Any) -> Any:
    engine = value.get("Engine") if isinstance(value, dict) else None
    if engine.__class__ is not str or engine.islower():
        return value
    made = YamlMap()
    made.update(value)
    made["Engine"] = engine.lower()
    return made
