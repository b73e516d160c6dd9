"""COPY, ADD and RUN: what fills an image, with the settings that hold at that point."""

from __future__ import annotations

from iac_gym.formats.shell import SHELLS
from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.expansion import Expander, absolute
from iac_gym.languages.dockerfile.instruction import Heredoc, Instruction
from iac_gym.languages.dockerfile.lexer import BadSubstitution, Lexer
from iac_gym.languages.dockerfile.lines import heredoc_of
from iac_gym.languages.dockerfile.model import DEFAULT_SHELL, Config, Copy, Run, Stage
from iac_gym.languages.dockerfile.stages import Stages


def copy(expander: Expander, stages: Stages, config: Config, at: Instruction) -> Copy:
    """Read COPY or ADD."""
    known = config.variables
    sources, opened = _sources(expander, config, at)
    target = at.args[-1] if at.plain else expander.expand(at.args[-1], known, at)
    made = Copy(at, sources, absolute(target, config.workdir), opened, None, "", "", config.user)
    options = at.options
    if mode := options.get("chmod"):
        _check_mode(expander, expander.expand(mode, known, at), at)
    if origin := options.get("from"):
        made.stage = stages.origin(origin)
        made.image = "" if made.stage else origin
    _check_sources(expander, sources, at)
    if owner := options.get("chown"):
        made.owner = expander.expand(owner, known, at)
    return made


def _sources(
    expander: Expander, config: Config, at: Instruction
) -> tuple[tuple[str, ...], tuple[Heredoc, ...]]:
    """Return the sources of a COPY, expanded, and its heredocs."""
    if at.plain and not at.heredocs:
        return at.args[:-1], ()
    plain, opened = [], []
    heredocs = {doc.name: doc for doc in at.heredocs}
    for word in at.args[:-1]:
        doc = _heredoc(word) if "<<" in word else None
        if doc and doc.name in heredocs:
            opened.append(heredocs[doc.name])
        else:
            plain.append(expander.expand(word, config.variables, at))
    for doc in opened:
        _check_content(expander, doc, config, at)
    return tuple(plain), tuple(opened)


def _heredoc(word: str) -> Heredoc | None:
    try:
        return heredoc_of(word)
    except BadSubstitution:
        return None


def _check_content(expander: Expander, doc: Heredoc, config: Config, at: Instruction) -> None:
    if not doc.expand or "$" not in doc.content:
        return
    try:
        Lexer(
            doc.content, config.variables, quotes=False, split=False, budget=expander.budget
        ).expand()
    except BadSubstitution as error:
        message = f"in the heredoc `{doc.name[:40]}`: {error}"
        expander.fault("variable-substitution", at, message)


def _check_sources(expander: Expander, sources: tuple[str, ...], at: Instruction) -> None:
    if at.keyword == "COPY":
        for one in sources:
            if one.startswith(("http://", "https://", "git@")):
                message = f"COPY cannot fetch `{one[:60]}`"
                expander.fault("copy-source", at, message, "ADD can, or RUN with curl")
                return
    elif at.flag("checksum"):
        fetched = [one for one in sources if one.startswith(("http", "git@", "ssh://"))]
        if len(sources) != 1 or (not fetched and not sources[0].endswith(".git")):
            message = "--checksum needs exactly one source, fetched over HTTP or Git"
            expander.fault("copy-source", at, message)


def _check_mode(expander: Expander, text: str, at: Instruction) -> None:
    try:
        values.check_mode(text)
    except ValueError as error:
        expander.fault("copy-mode", at, str(error))


def run(expander: Expander, stage: Stage, config: Config, at: Instruction) -> Run:
    """Read RUN. Its script is read when somebody asks for it."""
    made = Run(
        at,
        at.rest,
        at.args if at.json else (),
        _mounts(expander, config, at) if at.flags else (),
        config.shell,
        config.user,
        config.workdir,
        config.variables,
    )
    made.posix = not stage.windows and (config.shell is DEFAULT_SHELL or _posix(config.shell[0]))
    if at.heredocs:
        _heredoc_script(made, at)
    return made


def _mounts(expander: Expander, config: Config, at: Instruction) -> tuple[values.Mount, ...]:
    mounts = []
    for flag in at.flags:
        if not flag.startswith("--mount="):
            continue
        try:
            mount = values.mount(flag[8:])
        except ValueError:
            continue
        if "$" in flag:
            for key, value in mount.options.items():
                if "$" in value and key != "from":
                    mount.options[key] = expander.expand(value, config.variables, at)
        mounts.append(mount)
        placed = mount.type in ("bind", "cache", "tmpfs")
        if placed and absolute(mount.target, config.workdir) == "/":
            expander.fault("run-options", at, "a mount without target would be mounted at /")
    return tuple(mounts)


def _posix(shell: str) -> bool:
    return shell.replace("\\", "/").rpartition("/")[2] in SHELLS


def _heredoc_script(made: Run, at: Instruction) -> None:
    """Find the script that a RUN with heredocs really runs."""
    first, *others = at.heredocs
    words = at.rest.split()
    alone = at.rest.startswith("<<") and len(words) <= 2
    by_shell = not others and len(words) == 2 and words[0].rpartition("/")[2] in SHELLS
    if alone or by_shell:
        made.script, made.heredoc = first.text, first
        if made.script.startswith("#!"):
            head = made.script.partition("\n")[0].split()
            made.posix = any(word.rpartition("/")[2] in SHELLS for word in head)
            if head and head[0].removeprefix("#!").rpartition("/")[2] in SHELLS:
                made.posix = True
    else:
        body = "".join(f"\n{doc.content}{doc.name}" for doc in at.heredocs)
        made.script = at.rest + body
