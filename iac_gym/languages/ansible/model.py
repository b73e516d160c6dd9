"""The parsed project that rules and requirements read: plays and tasks in one normal form.

A `Project` is all files of an answer: `playbooks`, `plays`, `roles`, `inventories`,
`requirements`, `config`, `templates`. A role without a playbook is judged as a play of its own
(`Play.implied`), and so is a file of tasks. `plays` holds the plays of all playbooks that no other
one imports, imports followed, in order; `tasks` the tasks of all of them.

A play has `hosts` (patterns), `name`, `keywords` (folded: `become`, `serial` as a list, ...),
`vars` (folded), `roles` (names), `tasks` (those that can run, in order: `pre_tasks`, roles with
their dependencies, `tasks`, `post_tasks`; imports and includes are replaced by what they bring),
`every_task` (those that never run too) and `handlers`. `bringers` are the imports and includes.

A task has its `module` under the full name whatever the spelling, and `runs`: the arguments of
each of its calls as mappings, variables put in, one for every item of a known loop (one without a
loop). A value that cannot be known wholly (facts, results of other tasks) is a text of the class
`Unknown`, which still shows `{{ ... }}`. Aliases of options stand under the option's own name,
`module_defaults` are among the arguments, a command is `_raw_params`, and options that fold to
`omit` are left out. Inherited keywords are effective: `become`, `become_user`, `when` (all
conditions), `tags`, `environment`, `delegate_to`, `run_once`, `no_log`; `keyword(name)` gives any
other.

What does not happen is told: `chance` is "always", "maybe" or "never" (`when` that is false, an
empty loop, the tag `never`, after `meta: end_play`), `certain` and `can_run` say the same as truth
values, and `runs_on(facts)` plays a host with these facts through. `forgiven` tells that its
failure passes silently, `rescued` that a block catches it, `in_rescue` that it runs after a
failure only. `notified` are the handlers it reaches. `finding(message, key)` makes a finding at its
place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.ansible import locating
from iac_gym.languages.ansible.effective import Block, Task
from iac_gym.languages.ansible.inventory import Inventory
from iac_gym.languages.ansible.paths import Place
from iac_gym.languages.ansible.play import Play
from iac_gym.languages.ansible.requirements import Required
from iac_gym.languages.ansible.roles import Role
from iac_gym.languages.ansible.slips import slip_of
from iac_gym.languages.ansible.templates import Template
from iac_gym.languages.ansible.written import Entry, Written, WrittenBlock
from iac_gym.verdict import Finding

__all__ = ["Block", "Inventory", "Play", "Project", "Role", "Task", "Template", "Written"]

Faults = dict[str, list[Finding]]
#: A file of filters or tests that lists them itself.
_NAMES_PLUGINS = re.compile(r"return\s*\{|return\s+dict\(|class LookupModule")
#: How often similar names are looked for, and among how many.
_MOST_SUGGESTIONS, _MOST_NAMES = 20, 120
_MOST_SLIPS = 60


@dataclass
class Project:
    """All files of an answer. `trees` has the YAML by path, `places` what each file is.

    `written_tasks` are the tasks of all files as they are written. `faults` are the findings by the
    name of their rule; `examine` fills them once.
    """

    texts: Mapping[str, str]
    places: dict[str, Place] = field(default_factory=dict)
    trees: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    playbooks: dict[str, list[Play | YamlMap]] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    written_tasks: list[Written] = field(default_factory=list)
    written_blocks: list[WrittenBlock] = field(default_factory=list)
    written_plays: list[Play] = field(default_factory=list)
    roles_by_folder: dict[str, Role] = field(default_factory=dict)
    inventories: dict[str, Inventory] = field(default_factory=dict)
    config: dict[str, dict[str, str]] = field(default_factory=dict)
    requirements: Required = field(default_factory=Required)
    faults: Faults = field(default_factory=dict)
    examined: bool = False
    suggestions: int = 0
    slips: int = 0

    # --- what task authors read -------------------------------------------------------------------

    @lazy
    def plays(self) -> tuple[Play, ...]:
        """The plays of the playbooks that no other one imports; those that are implied else."""
        return locating.plays(self)

    @lazy
    def tasks(self) -> tuple[Task, ...]:
        """The tasks of all plays that can run, in order."""
        return tuple([task for play in self.plays for task in play.tasks])

    @lazy
    def roles(self) -> dict[str, Role]:
        """The roles by name."""
        return {role.name: role for role in self.roles_by_folder.values()}

    @lazy
    def templates(self) -> dict[str, Template]:
        """The templates by path."""
        return {
            path: Template(path, self.texts[path])
            for path, place in self.places.items()
            if place.kind == "template"
        }

    @lazy
    def inventory(self) -> Inventory:
        """All inventories of the answer as one, with `group_vars` and `host_vars`."""
        return locating.merged_inventory(self)

    def brings_plugin(self, name: str) -> bool:
        """Whether a plugin of the answer itself, a filter or the like, speaks of this name."""
        bare = name.rpartition(".")[2]
        return any(
            bare in text or bare in path or not _NAMES_PLUGINS.search(text)
            for path, text in self.texts.items()
            if "plugins/" in path and path.endswith(".py")
        )

    def brings(self, kind: str) -> bool:
        """Whether the answer holds plugins of a kind of its own: `connection`, `strategy`."""
        return any(f"{kind}_plugins/" in path or f"plugins/{kind}/" in path for path in self.texts)

    def template_of(self, task: Task, name: str) -> Template | None:
        """Return the template that a task names in `src`, None where the answer has none."""
        path = locating.find_file(self, task.written, "templates", name)
        return None if path is None else self.templates.get(path)

    def near(self, name: str, names: Collection[str], cutoff: float = 0.8) -> str:
        """Return the name that is most like another, '' for none; only so often, as it is slow."""
        if self.suggestions >= _MOST_SUGGESTIONS or len(names) > _MOST_NAMES or len(name) > 100:
            return ""
        self.suggestions += 1
        return next(iter(get_close_matches(name, sorted(names), 1, cutoff)), "")

    def slip(self, name: str, names: Collection[str]) -> str:
        """Return a name that is one slip away from another, '' for none; only so often."""
        if self.slips >= _MOST_SLIPS:
            return ""
        self.slips += 1
        return slip_of(name, names)

    def finding(self, message: str, path: str = "", mark: Mark = (0, 0)) -> Finding:
        """Make a finding, in the first file where none is named."""
        return Finding(message, path or next(iter(self.texts), ""), mark[0], mark[1])

    # --- how the parts find each other ------------------------------------------------------------

    def role_name(self, folder: str) -> str:
        """Return the name of the role in a folder."""
        role = self.roles_by_folder.get(folder)
        return folder.rpartition("/")[2] if role is None else role.name

    def folder_of_role(self, name: str) -> str | None:
        """Return the folder of a role of the answer, None for others."""
        return locating.folder_of_role(self, name)

    def role_entries(self, play: Play) -> list[tuple[str, str | None, Any]]:
        """Return name, folder and entry of each role under `roles`."""
        return locating.named_roles(self, play.tree.get("roles"), play)

    def dependency_entries(self, role: Role) -> list[tuple[str, str | None, Any]]:
        """Return the same of the dependencies of a role."""
        return locating.named_roles(self, role.meta.get("dependencies"), None)

    def folders_of_roles(self, play: Play) -> tuple[str, ...]:
        """Return the folders of a play's roles and of all that they depend on."""
        return locating.folders_of_roles(self, play)

    def split_role(self, tree: Any) -> tuple[YamlMap, dict[str, Any]]:
        """Return the keywords of an entry of `roles`, and its parameters."""
        return locating.split_role(tree)

    def files_of_vars(self, play: Play) -> list[str]:
        """Return the paths of the `vars_files` of a play that the answer holds."""
        return locating.files_of_vars(self, play)

    def variables_of_hosts(self, patterns: tuple[str, ...]) -> Mapping[str, Any]:
        """Return what inventory, `group_vars` and `host_vars` say for all hosts of patterns."""
        return locating.variables_of_hosts(self, patterns)

    def included_variables(self, task: Task) -> Mapping[str, Any]:
        """Return the variables that a task with `include_vars` reads."""
        return locating.included_variables(self, task)

    def find_tasks(self, target: str, written: Written, play: Play) -> str | None:
        """Return the path of a file of tasks that an import or include names."""
        return locating.find_tasks(self, target, written, play)

    def entries_of(self, path: str, role: str | None, handlers: bool = False) -> list[Entry]:
        """Return the entries of a file of tasks."""
        return self.entries.get(path, [])

    # --- rules ------------------------------------------------------------------------------------

    def note(self, rule: str, message: str, path: str, mark: Mark = (0, 0), hint: str = "") -> None:
        """Keep a finding under the name of its rule."""
        self.faults.setdefault(rule, []).append(Finding(message, path, mark[0], mark[1], hint))

    def examine(self) -> Mapping[str, list[Finding]]:
        """Check everything once; returns the findings by the name of their rule."""
        if not self.examined:
            self.examined = True
            from iac_gym.languages.ansible.examine import examine

            examine(self)
        return self.faults
