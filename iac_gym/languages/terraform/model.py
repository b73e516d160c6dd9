"""A configuration as Terraform reads it: modules made of files, and what they declare.

Everything keeps its syntax: values are worked out by `scope` (as `validate` sees them) and by
`resolved` (as requirements see them).
"""

from __future__ import annotations

import difflib
import posixpath
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iac_gym.formats.hcl.nodes import Attribute, Block, Body
from iac_gym.languages.terraform.values import ANY, Type
from iac_gym.verdict import Finding

if TYPE_CHECKING:
    from iac_gym.languages.terraform.pack import ProviderSchema
    from iac_gym.languages.terraform.resolved import Resolved
    from iac_gym.languages.terraform.types import Defaults

#: How many names a configuration gets a suggestion for: looking for one among 1,500 is slow.
MOST_SUGGESTIONS = 8
#: How many faults of one rule are told: looking for the line of each takes time.
MOST_FAULTS = 100
#: The built-in provider, which needs no installation.
BUILTIN = "terraform.io/builtin/terraform"


@dataclass(slots=True)
class Resource:
    """A `resource`, `data` or `ephemeral` block. `provider` is the local name of its provider."""

    mode: str
    type: str
    name: str
    at: int
    body: Body
    provider: str
    alias: str = ""
    count: Attribute | None = None
    for_each: Attribute | None = None
    #: Blocks `lifecycle`, `connection`, `provisioner`.
    meta: list[Block] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address inside its module: `aws_vpc.main`, `data.aws_ami.linux`."""
        prefix = "" if self.mode == "resource" else f"{self.mode}."
        return f"{prefix}{self.type}.{self.name}"


@dataclass(slots=True)
class Variable:
    """A `variable` block. `type` is `any` where none is given (or the one given is wrong)."""

    name: str
    at: int
    body: Body
    type: Type = ANY
    #: The tree of defaults of optional object attributes, for conversion.
    defaults: Defaults | None = None
    sensitive: bool = False
    nullable: bool = True

    @property
    def default(self) -> Attribute | None:
        """The attribute `default`, None for a variable that must be set."""
        return self.body.attributes.get("default")


@dataclass(slots=True)
class Output:
    """An `output` block."""

    name: str
    at: int
    body: Body

    @property
    def value(self) -> Attribute | None:
        """The attribute `value`."""
        return self.body.attributes.get("value")


@dataclass(slots=True)
class ProviderConfig:
    """A `provider` block; `alias` is "" for the default configuration."""

    name: str
    alias: str
    at: int
    body: Body


@dataclass(slots=True)
class ProviderRequirement:
    """One entry of `required_providers`: `source` "hashicorp/aws", `version` the constraint."""

    name: str
    source: str
    version: str
    at: int
    aliases: tuple[str, ...] = ()


@dataclass(slots=True)
class ModuleCall:
    """A `module` block. `module` is the local module it calls, None for one that is not given."""

    name: str
    at: int
    body: Body
    source: str = ""
    module: Module | None = None
    count: Attribute | None = None
    for_each: Attribute | None = None

    @property
    def remote(self) -> bool:
        """Whether the source is no folder of this configuration's own."""
        return not self.source.startswith(("./", "../"))


@dataclass(slots=True)
class Module:
    """The declarations of one folder. Duplicates are faults; the first one stays."""

    folder: str
    variables: dict[str, Variable] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)
    resources: dict[tuple[str, str], Resource] = field(default_factory=dict)
    data: dict[tuple[str, str], Resource] = field(default_factory=dict)
    ephemerals: dict[tuple[str, str], Resource] = field(default_factory=dict)
    providers: dict[tuple[str, str], ProviderConfig] = field(default_factory=dict)
    requirements: dict[str, ProviderRequirement] = field(default_factory=dict)
    calls: dict[str, ModuleCall] = field(default_factory=dict)
    #: Blocks `moved`, `import`, `removed`, `check`, `terraform`, in order.
    others: list[Block] = field(default_factory=list)
    #: Schemas by local provider name; None where there is no schema that can be used.
    schemas: dict[str, ProviderSchema | None] = field(default_factory=dict)
    _every: tuple[Resource, ...] = ()

    def all_resources(self) -> tuple[Resource, ...]:
        """Return resources, data sources and ephemeral resources, once all files are read."""
        if len(self._every) != len(self.resources) + len(self.data) + len(self.ephemerals):
            tables = (self.resources, self.data, self.ephemerals)
            self._every = tuple(one for table in tables for one in table.values())
        return self._every

    def find(self, mode: str, type: str, name: str) -> Resource | None:
        """Return a resource by mode, type and name."""
        table = {"resource": self.resources, "data": self.data}.get(mode, self.ephemerals)
        return table.get((type, name))


@dataclass(slots=True)
class Source:
    """A file: its path, text and the offset at which its nodes begin."""

    path: str
    text: str
    base: int


class Configuration:
    """All modules of an answer. `root` is the module that Terraform would be run in.

    `faults` holds, by the name of the rule that reports it, what was found wrong while the files
    were read and examined. `notes` says what could not be judged (no schema, a remote module).
    """

    def __init__(self, sources: list[Source], modules: Mapping[str, Module], root: Module) -> None:
        self.sources = sources
        self.modules = modules
        self.root = root
        self._faults: dict[str, list[Finding]] = {}
        self._notes: list[Finding] = []
        self._unjudged: set[str] = set()
        self._bases = [source.base for source in sources]
        self._suggestions = 0
        self._resolved: Resolved | None = None
        self._examined = False

    @property
    def faults(self) -> dict[str, list[Finding]]:
        """What is wrong, by the name of the rule that reports it."""
        self.examine()
        return self._faults

    @property
    def notes(self) -> list[Finding]:
        """What could not be judged."""
        self.examine()
        return self._notes

    @property
    def unjudged(self) -> set[str]:
        """Providers (by local name) whose resources cannot be judged, so that they earn nothing."""
        self.examine()
        return self._unjudged

    def file(self, at: int) -> Source:
        """Return the file of an offset."""
        return self.sources[max(0, bisect_right(self._bases, at) - 1)]

    def read_file(self, path: str) -> str | None:
        """Return the text of one of the answer's own files, by its path from the root module."""
        wanted = posixpath.normpath(posixpath.join(self.root.folder, path))
        for source in self.sources:
            if posixpath.normpath(source.path) == wanted:
                return source.text
        return None

    def finding(self, at: int, message: str, hint: str = "") -> Finding:
        """Make a finding at an offset."""
        source = self.file(at)
        text, offset = source.text, at - source.base
        start = text.rfind("\n", 0, offset) + 1
        line = text.count("\n", 0, start) + 1
        return Finding(message, source.path, line, offset - start + 1, hint)

    def fault(self, rule: str, at: int, message: str, hint: str = "") -> None:
        """Note what is wrong for the rule that reports it, `MOST_FAULTS` times at most."""
        found = self._faults.setdefault(rule, [])
        if len(found) < MOST_FAULTS:
            found.append(self.finding(at, message, hint))

    def examine(self) -> None:
        """Look for everything that is wrong, once; fills `faults` and `notes`."""
        if not self._examined:
            from iac_gym.languages.terraform.examine import examine  # that module imports this

            self._examined = True
            examine(self)

    def resolved(self) -> Resolved:
        """Return the configuration as it would be applied, worked out once."""
        if self._resolved is None:
            from iac_gym.languages.terraform.resolved import Resolved  # that module imports this

            self.examine()  # reads the types of variables
            self._resolved = Resolved(self)
        return self._resolved

    def near(self, given: str, allowed: Iterable[str]) -> str:
        """Return "did you mean `x`?" for the nearest name, "" where there is none."""
        self._suggestions += 1
        if self._suggestions > MOST_SUGGESTIONS:
            return ""
        first = given[:1]
        likely = [name for name in allowed if name[:1] == first and abs(len(name) - len(given)) < 8]
        close = difflib.get_close_matches(given[:80], likely, n=1, cutoff=0.7)
        return f"did you mean `{close[0]}`?" if close else ""
