"""A CloudFormation template in one normal form, whatever the spelling: what rules and tasks read.

Trees are `YamlMap` and `YamlList` with places (`marks`), from YAML and JSON alike. In all of them

- short forms are long forms: `!Ref a` is `{"Ref": "a"}`, `!If [...]` is `{"Fn::If": [...]}`;
- `Fn::GetAtt` holds a list of (at least) two: `a.b.c` is `["a", "b.c"]`;
- keys are text; dates are text as written; `yes` and `on` are booleans, as in YAML 1.1.

`Template.tree` is the whole text. The sections are mappings that are empty where a section is
missing or is no mapping: `parameters`, `mappings`, `conditions`, `outputs` and `rules` hold the
trees as written (an entry may be anything), `resources` holds a `Resource` for each entry that is
a mapping. Entries made by `Fn::ForEach` stand in `loops`, not in the sections.

`opaque` says that a macro may rewrite the template: what is missing may still come from it.
What is found wrong is noted with `fault` under the name of the rule that tells it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.verdict import Finding

#: Most findings that are noted of one rule, and most names that get a suggestion.
MOST_FAULTS = 60
MOST_SUGGESTIONS = 6

#: Transforms that leave what is written as it is, or expand only what is known.
LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
SERVERLESS = "AWS::Serverless-2016-10-31"
INCLUDE = "AWS::Include"
KNOWN_TRANSFORMS = frozenset(
    {
        LANGUAGE_EXTENSIONS,
        SERVERLESS,
        INCLUDE,
        "AWS::CodeDeployBlueGreen",
        "AWS::CodeStar",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::ServiceCatalog",
    }
)
#: The policies of a resource.
POLICIES = ("DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy")


@dataclass(slots=True)
class Resource:
    """One resource. `mark` is the place of its logical id, `tree` its body as written.

    `type` and `condition` are "" where none is given (or it is no text); `properties` is empty
    where it is missing; `depends_on` holds the names alone, one for a text, several for a list.
    """

    name: str
    type: str
    tree: YamlMap
    mark: Mark
    properties: YamlMap
    condition: str = ""
    depends_on: tuple[str, ...] = ()

    @property
    def metadata(self) -> Any:
        """The metadata, None where there is none."""
        return self.tree.get("Metadata")

    @property
    def policies(self) -> dict[str, Any]:
        """The policies that are given, by name."""
        return {name: self.tree[name] for name in POLICIES if name in self.tree}


@dataclass(slots=True)
class Template:
    """A template: its tree, its sections, and what was found wrong in it."""

    tree: YamlMap
    path: str
    parameters: dict[str, Any] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)
    #: Names of the transforms, in order.
    transform: tuple[str, ...] = ()
    #: A macro that is not known may change everything.
    opaque: bool = False
    #: Section -> the entries `Fn::ForEach::Name` in it, as written.
    loops: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: dict[str, list[Finding]] = field(default_factory=dict)
    #: What is worked out of the whole (graph, conditions), kept for rules and requirements.
    known: dict[str, Any] = field(default_factory=dict)
    _suggested: int = 0

    def fault(self, rule: str, mark: Mark, message: str, hint: str = "") -> None:
        """Note that a rule (by its name in kebab-case) has found something."""
        found = self.faults.setdefault(rule, [])
        if len(found) < MOST_FAULTS:
            found.append(Finding(message, self.path, mark[0], mark[1], hint))

    @property
    def suggests(self) -> bool:
        """Whether `near` still looks for names."""
        return self._suggested < MOST_SUGGESTIONS

    def near(self, given: str, allowed: Iterable[str]) -> str:
        """Return "did you mean `x`?" for a name that does not exist, "" where none is close."""
        self._suggested += 1
        if self._suggested > MOST_SUGGESTIONS:
            return ""
        found = difflib.get_close_matches(given[:80], list(allowed), n=1, cutoff=0.6)
        return f"did you mean `{found[0]}`?" if found else ""
