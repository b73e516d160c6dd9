"""What a task inherits, and its own keywords: variables put in, types converted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import YamlList
from iac_gym.languages.ansible.evaluate import OMIT, UNKNOWN
from iac_gym.languages.ansible.evaluate_filters import as_bool
from iac_gym.languages.ansible.folding import Folder, Unknown
from iac_gym.languages.ansible.scope import Scope
from iac_gym.languages.ansible.variables import Finder
from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.play import Play


class Keywords:
    """The keywords of a task as they take effect; `position` is its place in the play."""

    def __init__(self, written: Written, play: Play, scope: Scope, section: str) -> None:
        self.written = written
        self.play = play
        self.scope = scope
        self.section = section
        self.position = 0

    @lazy
    def variables(self) -> Finder:
        """What is known of the variables at this task."""
        return Finder(self.play, self.scope, self.written, self.position)

    @lazy
    def folder(self) -> Folder:
        """Folds texts of this task."""
        return Folder(self.variables)

    def fold(self, value: Any) -> Any:
        """Return a value with the variables put in that are known (see `folding`)."""
        if value.__class__ is str and "{" not in value:
            return value
        return self.folder.fold(value)

    def keyword(self, key: str) -> Any:
        """Return a keyword of the task, or what it inherits; folded, None where not given."""
        value = self.written.tree.get(key)
        if value is None:
            value = self.scope.nearest(key)
        return None if value is None else self._kept(self.fold(value))

    @staticmethod
    def _kept(value: Any) -> Any:
        return None if value is OMIT else value

    def truth(self, key: str, default: bool = False) -> bool | None:
        """Return a keyword that is true or false; None where a run must tell."""
        value = self.keyword(key)
        if value is None:
            return default
        if isinstance(value, Unknown):
            return None
        made = as_bool(value) if not isinstance(value, (dict, list)) else None
        return None if made is UNKNOWN else made

    def own(self, key: str) -> Any:
        """Return a keyword that is not inherited, folded; None where not given."""
        value = self.written.tree.get(key)
        return None if value is None else self._kept(self.fold(value))

    def _text(self, key: str) -> str:
        value = self.keyword(key)
        return "" if value is None else str(value)

    # --- keywords ---------------------------------------------------------------------------------

    @property
    def become(self) -> bool | None:
        """Whether it runs as another user."""
        return self.truth("become")

    @property
    def become_user(self) -> str:
        """That user: root where none is named."""
        return self._text("become_user") or "root"

    @property
    def become_method(self) -> str:
        """How it becomes that user: sudo where nothing is said."""
        return self._text("become_method") or "sudo"

    @property
    def remote_user(self) -> str:
        """The user of the connection, '' for the one of the inventory."""
        return self._text("remote_user")

    @property
    def delegate_to(self) -> str:
        """The host that runs it in the place of each host, '' for none."""
        return "localhost" if self.written.local else self._text("delegate_to")

    @property
    def run_once(self) -> bool | None:
        """Whether it runs on the first host alone."""
        return self.truth("run_once")

    @property
    def no_log(self) -> bool | None:
        """Whether its output is hidden."""
        return self.truth("no_log")

    @property
    def check_mode(self) -> bool | None:
        """Whether it only says what it would change."""
        return self.truth("check_mode")

    @property
    def ignore_errors(self) -> bool | None:
        """Whether its failure is passed over."""
        return self.truth("ignore_errors")

    @lazy
    def environment(self) -> dict[str, Any]:
        """The environment variables, those of the scopes included."""
        values = [*self.scope.inherited("environment")][::-1]
        values.append(self.written.tree.get("environment"))
        found: dict[str, Any] = {}
        for value in values:
            for one in value if value.__class__ is YamlList else [value]:
                made = self.fold(one)
                if isinstance(made, dict):
                    found |= made
        return found

    @lazy
    def tags(self) -> frozenset[str]:
        """The tags, inherited ones included."""
        found: set[str] = set()
        for value in (self.written.tree.get("tags"), *self.scope.inherited("tags")):
            made = self.fold(value)
            for one in made if isinstance(made, list) else [] if made is None else [made]:
                found.update(part.strip() for part in str(one).split(","))
        return frozenset(found - {""})

    @property
    def register(self) -> str:
        """The variable that holds its result, '' for none."""
        return str(self.written.tree.get("register") or "")

    @lazy
    def when(self) -> tuple[str, ...]:
        """The conditions, inherited ones first; all must hold."""
        return tuple([" ".join(str(one).split()) for one in self.conditions])

    @lazy
    def conditions(self) -> list[Any]:
        """The same as they are written: texts and truth values."""
        found: list[Any] = []
        for value in (*self.scope.conditions(), self.written.tree.get("when")):
            found += value if value.__class__ is YamlList else [] if value is None else [value]
        return found

    def listed(self, key: str) -> tuple[Any, ...]:
        """Return a keyword that is a list or one value, as written."""
        value = self.written.tree.get(key)
        return tuple(value) if value.__class__ is YamlList else () if value is None else (value,)

    @property
    def changed_when(self) -> tuple[Any, ...]:
        """The conditions under which it counts as a change."""
        return self.listed("changed_when")

    @property
    def failed_when(self) -> tuple[Any, ...]:
        """The conditions under which it counts as failed."""
        return self.listed("failed_when")

    @property
    def until(self) -> tuple[Any, ...]:
        """The conditions that end its repetition."""
        return self.listed("until")

    @property
    def retries(self) -> Any:
        """How often it is tried again: 3 with `until` alone, None without repetition."""
        given = self.own("retries")
        return 3 if given is None and self.until else given

    @property
    def delay(self) -> Any:
        """Seconds between two tries."""
        given = self.own("delay")
        return 5 if given is None else given

    @property
    def async_(self) -> Any:
        """Seconds that it may run in the background, None where it does not."""
        return self.own("async")

    @property
    def poll(self) -> Any:
        """Seconds between two looks at a task in the background."""
        return self.own("poll")
