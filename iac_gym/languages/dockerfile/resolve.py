"""Instructions -> stages: variables expanded, stage names looked up, settings inherited.

What cannot be resolved becomes a fault under the name of the rule that reports it. As in BuildKit,
the instructions of a stage that the final one does not need are not evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.lexer import (
    BadSubstitution,
    Budget,
    Lexer,
    expand,
    expand_words,
)
from iac_gym.languages.dockerfile.lines import Heredoc, Instruction, heredoc_of
from iac_gym.languages.dockerfile.model import (
    Config,
    Copy,
    DockerfileModel,
    Health,
    Line,
    Run,
    Stage,
)
from iac_gym.languages.dockerfile.shell import SHELLS
from iac_gym.verdict import Finding

#: Limits on expansion: of one value, and of all together, in characters.
MOST_VALUE = 16384
MOST_EXPANDED = 1 << 20

STAGE_NAME = re.compile(r"[a-z][a-z0-9-_.]*")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#: Arguments that BuildKit sets by itself, with the values of a build on linux/amd64.
GLOBAL_ARGS = {
    "BUILDPLATFORM": "linux/amd64", "BUILDOS": "linux", "BUILDARCH": "amd64", "BUILDVARIANT": "",
    "BUILDOSVERSION": "", "TARGETPLATFORM": "linux/amd64", "TARGETOS": "linux",
    "TARGETARCH": "amd64", "TARGETVARIANT": "", "TARGETOSVERSION": "", "TARGETSTAGE": "default",
}  # fmt: skip
_SIGNALS = frozenset(
    """ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT
    STOP SYS TERM TRAP TSTP TTIN TTOU UNUSED URG USR1 USR2 VTALRM WINCH XCPU XFSZ
    RTMIN RTMAX""".split()
)


def absolute(path: str, workdir: str) -> str:
    """Return a container path cleaned, relative ones under `workdir`; a final slash stays."""
    path = path.replace("\\", "/") if path[1:3] == ":\\" else path
    joined = path if path.startswith("/") else f"{workdir or '/'}/{path}"
    parts: list[str] = []
    for part in joined.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    folder = "/" if parts and (path.endswith(("/", "/.")) or path == ".") else ""
    return "/" + "/".join(parts) + folder


def words_of(instruction: Instruction) -> Line:
    """Return the command line of CMD, ENTRYPOINT or RUN."""
    if instruction.json:
        return Line(instruction.args, False)
    return Line((instruction.rest,) if instruction.rest else (), True)


def health_of(instruction: Instruction) -> Health:
    """Read a HEALTHCHECK; raises `ValueError`."""
    kind = instruction.args[0].upper() if instruction.args else ""
    command = instruction.args[1:]
    if kind == "NONE":
        if command:
            raise ValueError("HEALTHCHECK NONE takes no arguments")
        return Health((), False)
    if kind != "CMD":
        raise ValueError(f"HEALTHCHECK begins with CMD or NONE, not with `{kind[:20]}`")
    if not command:
        raise ValueError("HEALTHCHECK CMD has no command")
    times = []
    for name in ("interval", "timeout", "start-period", "start-interval"):
        given = instruction.flag(name)
        time = values.seconds(given) if given else 0.0
        if time and time < 0.001:
            raise ValueError(f"--{name} must be at least 1ms, and is {given}")
        times.append(time)
    retries = instruction.flag("retries") or "0"
    if not re.fullmatch(r"\+?[0-9]{1,9}", retries):
        raise ValueError(f"--retries must be a number of at least 0, and is `{retries[:20]}`")
    return Health(command, not instruction.json, times[0], times[1], times[2], int(retries))


class Resolver:
    """Builds the model. `model` is the result."""

    def __init__(
        self, instructions: list[Instruction], escape: str, directives: Mapping[str, str]
    ) -> None:
        by_keyword: dict[str, list[Instruction]] = {}
        for instruction in instructions:
            by_keyword.setdefault(instruction.keyword, []).append(instruction)
        self._escape = escape
        self._global = dict(GLOBAL_ARGS)
        self._names: dict[str, Stage] = {}
        self._expanded = 0
        self._budget = Budget()
        self.model = DockerfileModel(instructions, by_keyword, [], [], escape, directives, {})
        self._stages()
        self._link()
        for stage in self.model.reachable:
            self._evaluate(stage)

    def _fault(self, rule: str, at: Instruction, message: str, hint: str = "") -> None:
        self.model.faults.setdefault(rule, []).append(at.finding(message, hint))

    def _expand(self, text: str, env: Mapping[str, str], at: Instruction) -> str:
        """Expand a word; a fault gives the text as it stands."""
        if text.isalnum() or self._expanded > MOST_EXPANDED:
            return text
        try:
            value = expand(text, env, self._escape, self._budget)
        except BadSubstitution as error:
            self._fault("variable-substitution", at, str(error))
            return text
        if len(value) > MOST_VALUE and len(value) > len(text):
            message = f"a value grows beyond {MOST_VALUE} characters by its variables"
            self._fault("variable-substitution", at, message)
            return text
        self._expanded += len(value)
        return value

    # ---- stages -------------------------------------------------------------------------------

    def _stages(self) -> None:
        model = self.model
        for instruction in model.instructions:
            if instruction.keyword == "FROM":
                self._from(instruction)
            elif model.stages:
                model.stages[-1].instructions.append(instruction)
            elif instruction.keyword == "ARG":
                self._global_arg(instruction)

    def _global_arg(self, instruction: Instruction) -> None:
        for word in instruction.args:
            name, equals, value = word.partition("=")
            if equals:
                self._global[name] = self._expand(value, self._global, instruction)

    def _from(self, instruction: Instruction) -> None:
        args = instruction.args
        base = self._expand(args[0], self._global, instruction) if args else ""
        name = args[2].lower() if len(args) == 3 and args[1].lower() == "as" else ""
        stage = Stage(len(self.model.stages), name, base, instruction)
        stage.parent = self._names.get(base)
        stage.oldest = stage.parent.root if stage.parent else None
        platform = instruction.flag("platform")
        if platform:
            stage.platform = self._expand(platform, self._global, instruction)
            self._check_platform(stage, platform)
        if args and not base:
            self._fault(
                "base-image", instruction, f"the base image `{args[0][:60]}` expands to nothing",
                "give its ARG a default before the first FROM",
            )  # fmt: skip
        elif args and stage.parent is None and base != "scratch":
            self._image(base, "base-image", instruction)
        if name:
            self._names[name] = stage
        self.model.stages.append(stage)

    def _image(self, text: str, rule: str, at: Instruction) -> None:
        try:
            values.image(text)
        except ValueError as error:
            self._fault(rule, at, str(error))

    def _check_platform(self, stage: Stage, written: str) -> None:
        try:
            if not stage.platform:
                raise ValueError(f"the platform `{written[:40]}` expands to nothing")
            values.check_platform(stage.platform)
        except ValueError as error:
            self._fault("platform", stage.source, str(error))

    # ---- references between stages ------------------------------------------------------------

    def _link(self) -> None:
        for stage in self.model.stages:
            for instruction in stage.instructions:
                if instruction.flags and instruction.keyword == "COPY":
                    self._copy_from(stage, instruction)
                elif instruction.flags and instruction.keyword == "RUN":
                    self._mounts_from(stage, instruction)
        final = self.model.final
        pending, seen = ([final] if final else []), set[int]()
        while pending:
            stage = pending.pop()
            if stage.index in seen:
                continue
            seen.add(stage.index)
            pending.extend(stage.uses)
            if stage.parent:
                pending.append(stage.parent)
        self.model.reachable = [one for one in self.model.stages if one.index in seen]

    def _find(self, name: str) -> Stage | None:
        return self._names.get(name.lower())

    def _copy_from(self, stage: Stage, instruction: Instruction) -> None:
        name = instruction.flag("from")
        if not name:
            return
        if "$" in name:
            self._fault(
                "copy-from", instruction, f"--from={name[:40]} cannot use variables",
                "name the image in a FROM with AS, and copy from that stage",
            )  # fmt: skip
            return
        if re.fullmatch(r"[+-]?[0-9]{1,9}", name):
            if not 0 <= int(name) < len(self.model.stages):
                count = len(self.model.stages)
                self._fault("copy-from", instruction, f"there is no stage {name} (of {count})")
                return
            source: Stage | None = self.model.stages[int(name)]
        else:
            source = self._find(name)
        self._use(stage, source, name, instruction, "copy-from")

    def _use(
        self, stage: Stage, source: Stage | None, name: str, at: Instruction, rule: str
    ) -> None:
        if source is None:
            if name != "scratch":
                self._image(name, rule, at)
        elif source.index >= stage.index:
            message = f"the stage `{name[:40]}` is not built yet where it is used"
            self._fault(rule, at, message, "define it before this stage")
        else:
            stage.uses.append(source)

    def _mounts_from(self, stage: Stage, instruction: Instruction) -> None:
        for flag in instruction.flags:
            if not flag.startswith("--mount="):
                continue
            try:
                mount = values.mount(flag[8:])
            except ValueError:
                continue
            if name := mount.source_stage:
                self._use(stage, self._find(name), name, instruction, "mount-from")

    # ---- evaluation ---------------------------------------------------------------------------

    def _evaluate(self, stage: Stage) -> None:
        config = stage.parent.config.copy() if stage.parent else Config()
        if not stage.parent:
            config.variables["PATH"] = _PATH
        stage.config = config
        cmd_here = False
        for instruction in stage.instructions:
            handler = _HANDLERS.get(instruction.keyword)
            if instruction.keyword == "ENTRYPOINT" and not cmd_here:
                config.cmd = None
            cmd_here = cmd_here or instruction.keyword == "CMD"
            if handler and (instruction.args or instruction.pairs or instruction.json):
                handler(self, stage, config, instruction)

    def _env(self, stage: Stage, config: Config, at: Instruction) -> None:
        known = config.variables
        made = [
            (self._expand(name, known, at), self._expand(value, known, at))
            for name, value in at.pairs
        ]
        config.variables = {**known, **dict(made)}
        for name, value in made:
            config.env[name] = value
            config.where[f"env {name}"] = at

    def _arg(self, stage: Stage, config: Config, at: Instruction) -> None:
        variables = dict(config.variables)
        for word in at.args:
            name, equals, written = word.partition("=")
            value = self._expand(written, variables, at) if equals else self._global.get(name)
            config.args[name] = value
            config.where[f"arg {name}"] = at
            if value is not None:
                variables[name] = value
        config.variables = variables

    def _label(self, stage: Stage, config: Config, at: Instruction) -> None:
        for name, value in at.pairs:
            key = self._expand(name, config.variables, at)
            config.labels[key] = self._expand(value, config.variables, at)
            config.where[f"label {key}"] = at

    def _user(self, stage: Stage, config: Config, at: Instruction) -> None:
        config.user = self._expand(at.args[0], config.variables, at)
        config.where["user"] = at

    def _workdir(self, stage: Stage, config: Config, at: Instruction) -> None:
        path = self._expand(at.args[0], config.variables, at)
        config.workdir = absolute(path, config.workdir).rstrip("/") or "/"
        config.where["workdir"] = at

    def _cmd(self, stage: Stage, config: Config, at: Instruction) -> None:
        config.cmd = words_of(at)
        config.where["cmd"] = at

    def _entrypoint(self, stage: Stage, config: Config, at: Instruction) -> None:
        line = words_of(at)
        config.entrypoint = line if line.words else None
        config.where["entrypoint"] = at

    def _expose(self, stage: Stage, config: Config, at: Instruction) -> None:
        for word in at.args:
            try:
                for text in expand_words(word, config.variables, self._escape, self._budget):
                    config.ports[values.ports(text)] = None
            except BadSubstitution as error:
                self._fault("variable-substitution", at, str(error))
            except ValueError as error:
                self._fault("expose-port", at, str(error))
        config.where["ports"] = at

    def _volume(self, stage: Stage, config: Config, at: Instruction) -> None:
        for word in at.args:
            path = self._expand(word.strip(), config.variables, at)
            if not path:
                self._fault("volume-path", at, "a volume expands to an empty path")
            config.volumes[absolute(path, "/").rstrip("/") or "/"] = None
        config.where["volumes"] = at

    def _stop_signal(self, stage: Stage, config: Config, at: Instruction) -> None:
        text = self._expand(at.args[0], config.variables, at)
        name = text.upper().removeprefix("SIG")
        base = name.partition("+")[0].partition("-")[0]
        number = text.isdecimal() and text.isascii() and len(text) < 4
        if not (0 < int(text) <= 64 if number else base in _SIGNALS):
            message = f"`{text[:30]}` is no signal"
            self._fault("stop-signal", at, message, "write for example SIGTERM or 15")
        config.stop_signal = text
        config.where["stopsignal"] = at

    def _health(self, stage: Stage, config: Config, at: Instruction) -> None:
        try:
            config.health = health_of(at)
        except ValueError:
            return
        config.where["healthcheck"] = at

    def _shell(self, stage: Stage, config: Config, at: Instruction) -> None:
        if at.json and at.args:
            config.shell = at.args

    def _copy(self, stage: Stage, config: Config, at: Instruction) -> None:
        known = config.variables
        plain, opened = [], []
        heredocs = {doc.name: doc for doc in at.heredocs}
        for word in at.args[:-1]:
            doc = self._heredoc(word) if "<<" in word else None
            if doc and doc.name in heredocs:
                opened.append(heredocs[doc.name])
            else:
                plain.append(self._expand(word, known, at))
        for doc in opened:
            self._check_content(doc, config, at)
        destination = absolute(self._expand(at.args[-1], known, at), config.workdir)
        owner = at.flag("chown") or ""
        mode = at.flag("chmod") or ""
        if mode:
            self._mode(self._expand(mode, known, at), at)
        source, image = None, at.flag("from") or ""
        if image:
            source = (
                self.model.stages[int(image)]
                if image.isdecimal() and int(image[:9]) < len(self.model.stages)
                else self._find(image)
            )
        self._sources(plain, at)
        owner = self._expand(owner, known, at) if owner else ""
        stage.own.append(
            Copy(
                at,
                tuple(plain),
                destination,
                tuple(opened),
                source,
                "" if source else image,
                owner,
                config.user,
            )
        )

    def _sources(self, sources: list[str], at: Instruction) -> None:
        remote = [one for one in sources if one.startswith(("http://", "https://", "git@"))]
        if at.keyword == "COPY" and remote:
            message = f"COPY cannot fetch `{remote[0][:60]}`"
            self._fault("copy-source", at, message, "ADD can, or RUN with curl")
        if at.keyword == "ADD" and at.flag("checksum"):
            fetched = [one for one in sources if one.startswith(("http", "git@", "ssh://"))]
            if len(sources) != 1 or (not fetched and not sources[0].endswith(".git")):
                message = "--checksum needs exactly one source, fetched over HTTP or Git"
                self._fault("copy-source", at, message)

    def _heredoc(self, word: str) -> Heredoc | None:
        try:
            return heredoc_of(word)
        except BadSubstitution:
            return None

    def _check_content(self, doc: Heredoc, config: Config, at: Instruction) -> None:
        if not doc.expand or "$" not in doc.content:
            return
        try:
            Lexer(
                doc.content, config.variables, quotes=False, split=False, budget=self._budget
            ).expand()
        except BadSubstitution as error:
            self._fault("variable-substitution", at, f"in the heredoc `{doc.name[:40]}`: {error}")

    def _mode(self, text: str, at: Instruction) -> None:
        try:
            values.check_mode(text)
        except ValueError as error:
            self._fault("copy-mode", at, str(error))

    def _run(self, stage: Stage, config: Config, at: Instruction) -> None:
        mounts = []
        for flag in at.flags:
            if flag.startswith("--mount="):
                try:
                    mount = values.mount(flag[8:])
                except ValueError:
                    continue
                for key, value in mount.options.items():
                    if "$" in value and key != "from":
                        mount.options[key] = self._expand(value, config.variables, at)
                mounts.append(mount)
                self._check_target(mount, config, at)
        run = Run(
            at,
            at.rest,
            at.args if at.json else (),
            tuple(mounts),
            config.shell,
            config.user,
            config.workdir,
            config.variables,
        )
        run.start = max(at.text.find(at.rest), 0)
        run.posix = _posix(stage, config)
        if at.heredocs:
            _heredoc_script(run, at)
        stage.own.append(run)

    def _check_target(self, mount: values.Mount, config: Config, at: Instruction) -> None:
        placed = mount.type in ("bind", "cache", "tmpfs")
        if placed and absolute(mount.target, config.workdir) == "/":
            self._fault("run-options", at, "a mount without target would be mounted at /")


def _posix(stage: Stage, config: Config) -> bool:
    program = config.shell[0].replace("\\", "/").rpartition("/")[2]
    root = stage.root
    windows = "windows" in root.base or "nanoserver" in root.base or "windows" in root.platform
    return program in SHELLS and not windows


def _heredoc_script(run: Run, at: Instruction) -> None:
    """Find the script that a RUN with heredocs really runs."""
    first, *others = at.heredocs
    words = at.rest.split()
    alone = at.rest.startswith("<<") and len(words) <= 2
    by_shell = not others and len(words) == 2 and words[0].rpartition("/")[2] in SHELLS
    if alone or by_shell:
        run.script, run.heredoc = first.text, first
        if run.script.startswith("#!"):
            head = run.script.partition("\n")[0].split()
            run.posix = any(word.rpartition("/")[2] in SHELLS for word in head)
            if head and head[0].removeprefix("#!").rpartition("/")[2] in SHELLS:
                run.posix = True
    else:
        body = "".join(f"\n{doc.content}{doc.name}" for doc in at.heredocs)
        run.script = at.rest + body


Handler = Callable[[Resolver, Stage, Config, Instruction], None]
_HANDLERS: dict[str, Handler] = {
    "ENV": Resolver._env,
    "ARG": Resolver._arg,
    "LABEL": Resolver._label,
    "USER": Resolver._user,
    "WORKDIR": Resolver._workdir,
    "CMD": Resolver._cmd,
    "ENTRYPOINT": Resolver._entrypoint,
    "EXPOSE": Resolver._expose,
    "VOLUME": Resolver._volume,
    "STOPSIGNAL": Resolver._stop_signal,
    "HEALTHCHECK": Resolver._health,
    "SHELL": Resolver._shell,
    "COPY": Resolver._copy,
    "ADD": Resolver._copy,
    "RUN": Resolver._run,
}


def resolve(
    instructions: list[Instruction], escape: str, directives: Mapping[str, str]
) -> DockerfileModel:
    """Resolve instructions into the model; never raises."""
    return Resolver(instructions, escape, directives).model


__all__ = ["Finding", "absolute", "health_of", "resolve"]
