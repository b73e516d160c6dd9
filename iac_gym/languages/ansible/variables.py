"""Which value a variable has at a task, by the precedence of Ansible, as far as files tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from iac_gym.languages.ansible.evaluate import UNDEFINED, UNKNOWN
from iac_gym.languages.ansible.scope import Scope
from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.play import Play

#: Variables that Ansible sets itself, beside those that start with `ansible_`.
MAGIC = frozenset(
    """groups group_names hostvars inventory_hostname inventory_hostname_short inventory_dir
    inventory_file playbook_dir play_hosts role_name role_names role_path omit vars environment
    ansible_facts lookup query q undef now""".split()
)


def is_given(name: str) -> bool:
    """Whether Ansible or the facts of a host give a variable."""
    return name in MAGIC or name.startswith("ansible_")


class Finder:
    """Finds the written value of a variable at one place: a task in its play.

    Order, the highest first: loop variables and role parameters, what tasks before set (`set_fact`,
    `register`, `include_vars`), `vars` of the task and around it, vars of the role, files and vars
    of the play, host and group variables, defaults of the role.
    """

    def __init__(
        self,
        play: Play,
        scope: Scope,
        written: Written | None = None,
        position: int = 0,
        bound: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.play = play
        self.scope = scope
        self.written = written
        self.position = position
        self.own = bound or {}
        self.facts = facts

    def bound(self, values: Mapping[str, Any]) -> Finder:
        """Return a finder in which some variables have a given value."""
        made = {**self.own, **values}
        return Finder(self.play, self.scope, self.written, self.position, made, self.facts)

    def with_facts(self, facts: Mapping[str, Any]) -> Finder:
        """Return a finder that knows the facts of a host, named with or without `ansible_`."""
        short = {key.removeprefix("ansible_"): value for key, value in facts.items()}
        given = {**facts, **{f"ansible_{key}": value for key, value in short.items()}}
        given["ansible_facts"] = short
        return Finder(self.play, self.scope, self.written, self.position, self.own, given)

    def __call__(self, name: str) -> Any:
        """Return the value, `UNKNOWN` where a run must tell, `UNDEFINED` where nothing sets it."""
        if self.facts is not None and name in self.facts:
            return self.facts[name]
        for layer in self._layers():
            if name in layer:
                return layer[name]
        return UNKNOWN if is_given(name) else UNDEFINED

    def _layers(self) -> Iterator[Mapping[str, Any]]:
        yield self.own
        if self.written is not None and self.written.loop_kind:
            yield self._loop_names()
        for scope in self.scope.chain():
            if scope.bound:
                yield scope.bound
        yield self.play.set_before(self.position)
        if self.written is not None:
            given = self.written.tree.get("vars")
            if isinstance(given, dict):
                yield given
        for scope in self.scope.chain():
            if scope.kind != "play":
                yield scope.variables
        yield from self._of_roles("vars")
        yield self.play.given
        yield self.play.host_variables
        yield from self._of_roles("defaults")

    def _loop_names(self) -> Mapping[str, Any]:
        if self.written is None:
            return {}
        control = self.written.tree.get("loop_control")
        names = ["item", "ansible_loop"]
        for key in ("loop_var", "index_var"):
            if isinstance(control, dict) and isinstance(control.get(key), str):
                names.append(control[key])
        return dict.fromkeys(names, UNKNOWN)

    def _of_roles(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """Yield variables of the roles around the task, then those of the play's other roles."""
        seen = set()
        project = self.play.project
        for scope in self.scope.chain():
            if scope.role is not None and scope.role not in seen:
                seen.add(scope.role)
                role = project.roles_by_folder.get(scope.role)
                if role is not None:
                    yield getattr(role, kind)
        for folder in self.play.role_folders:
            if folder not in seen and (role := project.roles_by_folder.get(folder)) is not None:
                yield getattr(role, kind)
