"""A play as it takes effect: its hosts, its variables, its tasks in the order in which they run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.ansible.effective import Task
from iac_gym.languages.ansible.evaluate import UNDEFINED, UNKNOWN
from iac_gym.languages.ansible.evaluate_filters import as_bool
from iac_gym.languages.ansible.folding import Folder, Unknown
from iac_gym.languages.ansible.keywords import keywords
from iac_gym.languages.ansible.scope import Scope
from iac_gym.languages.ansible.variables import Finder
from iac_gym.languages.ansible.written import Entry
from iac_gym.verdict import Finding

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

SECTIONS = ("pre_tasks", "tasks", "post_tasks", "handlers")


class Play:
    """One play. See `model` for how it is read. `implied`: made for a role without a playbook."""

    def __init__(
        self, tree: YamlMap, path: str, mark: Mark, project: Project, implied: bool = False
    ) -> None:
        self.tree = tree
        self.path = path
        self.mark = mark
        self.project = project
        self.implied = implied
        self.written: dict[str, list[Entry]] = {}
        self.around: list[YamlMap] = []  # `import_playbook` statements that bring it
        self.truncated = False
        self.bringers: list[Task] = []  # imports and includes, in order
        self.brought: list[str] = []  # folders of the roles that they bring
        self._setters: list[tuple[int, str, Any]] = []

    @lazy
    def name(self) -> str:
        """The name, its hosts where it has none."""
        given = self.tree.get("name")
        return ",".join(self.hosts) if given is None else str(self.folder.fold(str(given)))

    @lazy
    def hosts(self) -> tuple[str, ...]:
        """The patterns of hosts."""
        value = self.folder.fold(self.tree.get("hosts"))
        listed = value if isinstance(value, list) else [] if value is None else [value]
        return tuple([part for one in listed for part in _patterns(str(one))])

    @lazy
    def scope(self) -> Scope:
        """The play as the outermost scope of its tasks."""
        made: Scope | None = None
        for tree in self.around:
            made = Scope("import", tree, made, path=self.path)
        return Scope("play", self.tree, made, path=self.path)

    @lazy
    def folder(self) -> Folder:
        """Folds texts of the play itself."""
        return Folder(Finder(self, self.scope))

    @lazy
    def keywords(self) -> Mapping[str, Any]:
        """What the play's keywords say, folded: truth values as such, `serial` as a list."""
        found: dict[str, Any] = {}
        known = keywords("play")
        for key, value in self.tree.items():
            if key in _NO_KEYWORDS or key not in known or value is None:
                continue
            made = self.folder.fold(value)
            if known[key].isa == "bool" and not isinstance(made, (Unknown, dict, list)):
                truth = as_bool(made)
                made = made if truth is UNKNOWN else truth
            elif known[key].isa == "list" and not isinstance(made, list):
                made = [made]
            found[key] = made
        if "user" in self.tree and "remote_user" not in found:
            found["remote_user"] = self.folder.fold(self.tree["user"])
        return found

    @property
    def vars(self) -> dict[str, Any]:
        """The variables that the play gives (`vars`, `vars_files`), folded."""
        folder = self.folder
        return {name: folder(name) for name in self.given if name.__class__ is str}

    @lazy
    def given(self) -> Mapping[str, Any]:
        """The same as written; those that are asked for (`vars_prompt`) are not known."""
        found: dict[str, Any] = {}
        for tree in (*self.around, self.tree):
            value = tree.get("vars")
            if value.__class__ is YamlMap:
                found |= value
        prompts = self.tree.get("vars_prompt")
        for prompt in prompts if prompts.__class__ is YamlList else [prompts]:
            if prompt.__class__ is YamlMap and isinstance(prompt.get("name"), str):
                found[prompt["name"]] = UNKNOWN
        for path in self.project.files_of_vars(self):
            read = self.project.trees.get(path)
            if read.__class__ is YamlMap:
                found |= read
        return found

    @lazy
    def host_variables(self) -> Mapping[str, Any]:
        """Variables of the inventory and of `group_vars` and `host_vars` for the play's hosts."""
        return self.project.variables_of_hosts(self.hosts_for_variables)

    @property
    def hosts_for_variables(self) -> tuple[str, ...]:
        """The patterns where they are written plainly: folding them needs these variables."""
        value = self.tree.get("hosts")
        listed = value if value.__class__ is YamlList else [value]
        return tuple([part for one in listed if isinstance(one, str) for part in _patterns(one)])

    # --- tasks ------------------------------------------------------------------------------------

    @lazy
    def every_task(self) -> tuple[Task, ...]:
        """All tasks in order, those that never run included."""
        from iac_gym.languages.ansible.flow import flatten

        return flatten(self)

    @lazy
    def tasks(self) -> tuple[Task, ...]:
        """The tasks that can run, in order."""
        return tuple([task for task in self.every_task if task.can_run])

    @lazy
    def handlers(self) -> tuple[Task, ...]:
        """The handlers, those of roles first, in the order in which they run."""
        from iac_gym.languages.ansible.flow import flatten_handlers

        return flatten_handlers(self)

    @lazy
    def _handlers_by_name(self) -> dict[str, list[Task]]:
        """Handlers by name; of equal names the last one counts."""
        found: dict[str, list[Task]] = {}
        for handler in self.handlers:
            if handler.name:
                found[handler.name] = [handler]
                if handler.role:
                    found[f"{handler.role} : {handler.name}"] = [handler]
        for handler in self.handlers:
            for topic in handler.listen:
                for name in (topic, f"{handler.role} : {topic}"):
                    listed = found.setdefault(name, [])
                    if handler not in listed:
                        listed.append(handler)
        return found

    def handlers_named(self, name: str) -> list[Task]:
        """Return the handlers that a notification reaches, by name and by topic."""
        return self._handlers_by_name.get(name, [])

    @lazy
    def roles(self) -> tuple[str, ...]:
        """The names of the roles under `roles`, in order."""
        return tuple([name for name, _, _ in self.project.role_entries(self)])

    @lazy
    def role_folders(self) -> tuple[str, ...]:
        """The folders of the roles of the play that the answer holds, dependencies included."""
        return self.project.folders_of_roles(self)

    # --- variables that tasks set -----------------------------------------------------------------

    def keep_set(self, position: int, name: str, value: Any) -> None:
        """Note that the task at a position sets a variable (`UNKNOWN` for a result)."""
        self._setters.append((position, name, value))

    def set_before(self, position: int) -> Mapping[str, Any]:
        """Return the variables that tasks before a position set."""
        if not self._setters or position <= self._setters[0][0]:
            return _NOTHING
        found: dict[str, Any] = {}
        for at, name, value in self._setters:
            if at >= position:
                break
            found[name] = value if name not in found or value is UNKNOWN else UNKNOWN
            if value is UNDEFINED:
                found[name] = UNKNOWN
        return found

    def finding(self, message: str, *path: str) -> Finding:
        """Make a finding at the play, or at the keyword that `path` names."""
        mark = self.tree.marks.get(path[0], self.mark) if path else self.mark
        return Finding(message, self.path, mark[0], mark[1])


_NOTHING: Mapping[str, Any] = {}
#: What has attributes of its own.
_NO_KEYWORDS = frozenset(
    "name hosts vars vars_files vars_prompt roles tasks pre_tasks post_tasks handlers".split()
)


def _patterns(text: str) -> list[str]:
    """Split a pattern of hosts at commas and colons; ranges in brackets stay whole."""
    if "[" in text or "{{" in text:
        return [part.strip() for part in text.split(",") if part.strip()]
    return [part.strip() for part in text.replace(":", ",").split(",") if part.strip()]
