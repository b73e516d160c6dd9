"""One job in normal form; every part is read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from iac_gym.formats.lazy import lazy
from iac_gym.formats.shell import is_stop, read_script
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.gitlab_ci import read
from iac_gym.languages.gitlab_ci.substitution import Known, replace
from iac_gym.languages.gitlab_ci.values import (
    Artifacts,
    Cache,
    Clause,
    Environment,
    Image,
    Line,
    Need,
    Parallel,
    Policy,
    Release,
    Retry,
    Run,
    Service,
    Trigger,
)

if TYPE_CHECKING:
    from iac_gym.languages.gitlab_ci.model import Pipeline

__all__ = ["INHERITED", "TOP_LEVEL", "Job", "replace"]

T = TypeVar("T")
#: What `default:` may give to a job, and which of it may stand at the top level.
INHERITED = frozenset(
    """after_script artifacts before_script cache hooks id_tokens identity image interruptible
    retry services tags timeout""".split()
)
TOP_LEVEL = frozenset(("after_script", "before_script", "cache", "image", "services"))
#: Longest script that is examined command by command.
MOST_COMMANDS = 2_000

_NEVER_ALONE = frozenset(("branches", "tags"))


class Job:
    """One visible job. `tree` is its mapping after `extends` and `!reference`."""

    def __init__(self, name: str, tree: YamlMap, pipeline: Pipeline, mark: Mark) -> None:
        self.name = name
        self.tree = tree
        self.pipeline = pipeline
        self.mark = mark

    def __repr__(self) -> str:
        return f"Job({self.name!r})"

    # --- where values come from ------------------------------------------------------------------

    def place(self, *path: str | int) -> Mark:
        """Return the position of a part of the job, or the deepest known step towards it."""
        tree: Any = self.tree
        mark = self.mark
        for step in path:
            known = tree.__class__ is YamlMap and step in tree
            listed = tree.__class__ is YamlList and isinstance(step, int) and step < len(tree)
            if not (known or listed):
                return mark
            mark, tree = tree.marks[step], tree[step]
        return mark

    def field(self, key: str) -> tuple[Any, Mark]:
        """Return a keyword's value and place, from the job or from what it inherits."""
        value = self.tree.get(key)
        if value is not None:
            return value, self.tree.marks[key]
        if key in INHERITED and self.inherits(key):
            for holder in (read.as_map(self.pipeline.tree.get("default")), self.pipeline.tree):
                value = holder.get(key)
                if value is not None and (holder is not self.pipeline.tree or key in TOP_LEVEL):
                    return value, holder.marks[key]
        return None, self.mark

    def inherits(self, key: str) -> bool:
        """Whether `inherit:default` lets a default through."""
        given = read.as_map(self.tree.get("inherit")).get("default")
        return given is not False if not isinstance(given, list) else key in given

    def _shared(self, reader: Callable[[Any, Mark], T], key: str) -> T:
        value, mark = self.field(key)
        kept = self.pipeline.shared
        token = (key, id(value))
        if token not in kept:
            kept[token] = reader(value, mark)
        found: T = kept[token]
        return found

    def _own(self, reader: Callable[[Any, Mark], T], key: str) -> T:
        return reader(self.tree.get(key), self.tree.marks.get(key, self.mark))

    # --- what it does ----------------------------------------------------------------------------

    @lazy
    def stage(self) -> str:
        """Its stage; `test` where it names none."""
        given = self.tree.get("stage", self.tree.get("type"))
        return "test" if given is None else read.text(given)

    @lazy
    def before_script(self) -> tuple[Line, ...]:
        """The lines that run before the script, in the same shell."""
        return self._shared(read.lines, "before_script")

    @lazy
    def script(self) -> tuple[Line, ...]:
        """The lines of the script."""
        return self._own(read.lines, "script")

    @lazy
    def after_script(self) -> tuple[Line, ...]:
        """The lines that run after the job, whatever its end, in a new shell."""
        return self._shared(read.lines, "after_script")

    @lazy
    def runs_steps(self) -> bool:
        """Whether it has `run:` steps in place of a script."""
        return self.tree.get("run") is not None

    @lazy
    def variables(self) -> dict[str, str]:
        """Its variables: those of the pipeline that it inherits, then its own."""
        given = read.as_map(self.tree.get("inherit")).get("variables")
        outer = self.pipeline.variables
        if given is False:
            outer = {}
        elif isinstance(given, list):
            outer = {name: outer[name] for name in given if name in outer}
        return {**outer, **self.own_variables}

    @lazy
    def own_variables(self) -> dict[str, str]:
        """The variables that the job itself sets."""
        return self._own(lambda value, _: read.variables(value), "variables")

    @lazy
    def commands(self) -> tuple[Run, ...]:
        """The commands of `before_script` and `script`, as the runner's shell meets them.

        A command that fails ends the job. What follows `exit` does not run; `set +e` and `|| true`
        forgive failures.
        """
        env = Known(self.variables)
        found: list[Run] = []
        going, strict = True, True
        for part, script in (("before_script", self.before_script), ("script", self.script)):
            for line in script:
                if len(found) > MOST_COMMANDS:
                    return tuple(found)
                for command in read_script(line.text, env).commands:
                    if not command.words:
                        continue
                    certain = going and strict and command.certain
                    found.append(Run(command, line, part, certain))
                    if command.certain and going:
                        strict = _strictness(command.words, strict)
                        going = not is_stop(command)
        return tuple(found)

    @lazy
    def certain(self) -> tuple[Run, ...]:
        """The commands that certainly run, and fail the job where they fail."""
        return tuple([run for run in self.commands if run.certain])

    @lazy
    def cleanup(self) -> tuple[Run, ...]:
        """The commands of `after_script`: they run, but their failure fails nothing."""
        return tuple([
            Run(command, line, "after_script", False)
            for line in self.after_script
            for command in read_script(line.text, self.variables).commands
            if command.words
        ])  # fmt: skip

    @lazy
    def image(self) -> Image | None:
        """Its container image."""
        value, mark = self.field("image")
        named = value if value.__class__ is str else read.as_map(value).get("name")
        if named.__class__ is not str:
            return None
        tree = read.as_map(value)
        docker = read.as_map(tree.get("docker"))
        return Image(
            name=replace(named, self.variables),
            written=named,
            entrypoint=_words(tree.get("entrypoint")),
            pull_policy=read.texts(tree.get("pull_policy")),
            user=read.text(docker.get("user")),
            platform=read.text(docker.get("platform")),
            mark=mark,
        )

    @lazy
    def services(self) -> tuple[Service, ...]:
        """The containers that run beside it."""
        value, mark = self.field("services")
        if value.__class__ is not YamlList:
            return ()
        return tuple(
            [made for one, at in read.flat(value, mark) if (made := self._service(one, at))]
        )

    def _service(self, value: Any, mark: Mark) -> Service | None:
        tree = read.as_map(value)
        named = value if value.__class__ is str else tree.get("name")
        if named.__class__ is not str:
            return None
        return Service(
            name=replace(named, self.variables),
            written=named,
            alias=read.text(tree.get("alias")),
            entrypoint=_words(tree.get("entrypoint")),
            command=_words(tree.get("command")),
            variables=read.variables(tree.get("variables")),
            mark=mark,
        )

    # --- when it runs ----------------------------------------------------------------------------

    @lazy
    def when(self) -> str:
        """Its own `when`."""
        return read.text(self.tree.get("when")) or "on_success"

    @lazy
    def rules(self) -> tuple[Clause, ...] | None:
        """Its `rules`, None where it has none."""
        return self._own(read.clauses, "rules")

    @lazy
    def only(self) -> Policy | None:
        """Its `only`, None where it has none (branches and tags, then)."""
        return self._own(read.policy, "only")

    @lazy
    def excluded(self) -> Policy | None:
        """Its `except`."""
        return self._own(read.policy, "except")

    @lazy
    def chances(self) -> tuple[Clause, ...]:
        """The clauses by which it may run, `when` and `allow_failure` filled in.

        A job without `rules` has one such clause. None is left where it can never run.
        """
        if self.rules is None:
            alone = Clause(when=self.when, start_in=read.span(self.tree.get("start_in")))
            return () if self._policies_exclude or self.when == "never" else (self._full(alone),)
        found = []
        for clause in self.rules:
            when = clause.when or self.when
            if clause.possible != "never" and when != "never":
                found.append(self._full(clause))
            if clause.possible == "always":
                break
        return tuple(found)

    def _full(self, clause: Clause) -> Clause:
        given = clause.allow_failure
        forgiven = self._forgives if given is None else given
        return Clause(
            clause.condition,
            clause.changes,
            clause.compare_to,
            clause.exists,
            clause.when or self.when,
            clause.start_in,
            forgiven,
            clause.interruptible,
            clause.variables,
            clause.needs,
            clause.possible,
            clause.mark if clause.mark != (0, 0) else self.mark,
        )

    @property
    def _policies_exclude(self) -> bool:
        refs = self.only.refs if self.only else None
        if refs == () and not (self.only and (self.only.variables or self.only.changes)):
            return True
        if self.only is not None or self.excluded is None:
            return False
        return set(self.excluded.refs or ()) >= _NEVER_ALONE

    @property
    def runs(self) -> bool:
        """Whether some pipeline may hold it: not where it needs a job that never runs."""
        return self.name not in self.pipeline.never_run

    @lazy
    def starts_by(self) -> frozenset[str]:
        """All the ways in which it may start: on_success, on_failure, always, manual, delayed."""
        return frozenset(clause.when or "" for clause in self.chances)

    @lazy
    def automatic(self) -> bool:
        """Whether it may start by itself."""
        return self.runs and bool(self.starts_by - {"manual"})

    @lazy
    def manual(self) -> bool:
        """Whether somebody has to start it, however the pipeline came about."""
        return self.runs and self.starts_by == {"manual"}

    @lazy
    def skippable(self) -> bool:
        """Whether later stages may go on without it: it never runs, or nobody has to start it."""
        return not self.runs or any(
            clause.when == "manual" and clause.allow_failure for clause in self.chances
        )

    @lazy
    def exit_codes(self) -> tuple[int, ...]:
        """The exit codes that `allow_failure` forgives."""
        return read.numbers(read.as_map(self.tree.get("allow_failure")).get("exit_codes"))

    @property
    def _forgives(self) -> bool:
        given = self.tree.get("allow_failure")
        if given is None:
            return self.rules is None and self.when == "manual"
        return given is True or bool(self.exit_codes)

    @lazy
    def may_fail_silently(self) -> bool:
        """Whether the pipeline may pass although the job fails (or is never started by hand)."""
        return any(clause.allow_failure for clause in self.chances)

    # --- how it hangs together -------------------------------------------------------------------

    @lazy
    def needs(self) -> tuple[Need, ...] | None:
        """The jobs that it waits for, None where it waits for the stages before its own."""
        return None if self.tree.get("needs") is None else self._own(read.needs, "needs")

    @lazy
    def dependencies(self) -> tuple[str, ...] | None:
        """The jobs whose artifacts it takes, None where it names none."""
        given = self.tree.get("dependencies")
        return None if given is None else read.texts(given)

    @lazy
    def parallel(self) -> Parallel:
        """How it is multiplied."""
        given, mark = self.tree.get("parallel"), self.tree.marks.get("parallel", self.mark)
        if given.__class__ is YamlMap:
            sets = tuple(read.matrix(given.get("matrix")))
            return Parallel(len(sets), sets, mark)
        return Parallel(given if given.__class__ is int and 0 < given <= 200 else 1, (), mark)

    @lazy
    def instances(self) -> tuple[str, ...]:
        """The names of the jobs that `parallel` makes of it."""
        if self.parallel.matrix:
            sets = self.parallel.matrix
            return tuple([f"{self.name}: [{', '.join(one.values())}]" for one in sets])
        if self.tree.get("parallel").__class__ is int:
            count = self.parallel.count
            return tuple([f"{self.name} {index}/{count}" for index in range(1, count + 1)])
        return (self.name,)

    @lazy
    def artifacts(self) -> Artifacts | None:
        """What it keeps."""
        return self._shared(read.artifacts, "artifacts")

    @lazy
    def caches(self) -> tuple[Cache, ...]:
        """Its caches."""
        return self._shared(read.caches, "cache")

    @lazy
    def environment(self) -> Environment | None:
        """Where it deploys to."""
        return self._own(read.environment, "environment")

    @lazy
    def retry(self) -> Retry:
        """How often it is tried again."""
        return self._shared(read.retry, "retry")

    @lazy
    def timeout(self) -> float | None:
        """Its time limit in seconds."""
        return self._shared(lambda value, _: read.span(value), "timeout")

    @lazy
    def interruptible(self) -> bool:
        """Whether a newer pipeline may cancel it."""
        return self.field("interruptible")[0] is True

    @lazy
    def resource_group(self) -> str:
        """The group of which one job runs at a time."""
        return read.text(self.tree.get("resource_group"))

    @lazy
    def tags(self) -> tuple[str, ...]:
        """The tags of the runners that may take it."""
        return self._shared(
            lambda value, mark: tuple([line.text for line in read.lines(value, mark)]), "tags"
        )

    @lazy
    def coverage(self) -> str:
        """The pattern that finds the coverage in its log, with the slashes."""
        return read.text(self.tree.get("coverage"))

    @lazy
    def release(self) -> Release | None:
        """The release that it makes."""
        return self._own(read.release, "release")

    @lazy
    def trigger(self) -> Trigger | None:
        """The downstream pipeline that it starts."""
        return self._own(read.trigger, "trigger")

    @lazy
    def id_tokens(self) -> dict[str, tuple[str, ...]]:
        """Its identity tokens: the audiences by the name of the variable."""
        return read.audiences(self.field("id_tokens")[0])

    @lazy
    def secrets(self) -> dict[str, YamlMap]:
        """Its secrets from a vault: the settings by the name of the variable."""
        given = read.as_map(self.tree.get("secrets"))
        return {str(name): read.as_map(tree) for name, tree in given.items()}

    @lazy
    def pages(self) -> bool:
        """Whether it publishes a site with GitLab Pages."""
        given = self.tree.get("pages")
        return (
            given is True or given.__class__ is YamlMap or (self.name == "pages" and given is None)
        )


def _strictness(words: tuple[str, ...], strict: bool) -> bool:
    """Return whether failures still end the script after a command such as `set +e`."""
    if words[0] != "set":
        return strict
    for word in words[1:]:
        if word[:1] in "+-" and "e" in word[1:] and not word.startswith("--"):
            strict = word[0] == "-"
    return strict


def _words(value: Any) -> tuple[str, ...] | None:
    return None if value is None else read.texts(value)
