"""Which stages there are, what each is built on, and what it takes from others."""

from __future__ import annotations

import re
from itertools import pairwise

from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.expansion import Expander
from iac_gym.languages.dockerfile.instruction import Instruction
from iac_gym.languages.dockerfile.model import DockerfileModel, Stage

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
#: Arguments that BuildKit sets by itself, with the values of a build on linux/amd64.
GLOBAL_ARGS = {
    "BUILDPLATFORM": "linux/amd64", "BUILDOS": "linux", "BUILDARCH": "amd64", "BUILDVARIANT": "",
    "BUILDOSVERSION": "", "TARGETPLATFORM": "linux/amd64", "TARGETOS": "linux",
    "TARGETARCH": "amd64", "TARGETVARIANT": "", "TARGETOSVERSION": "", "TARGETSTAGE": "default",
}  # fmt: skip


class Stages:
    """Fills the stages of a model. `arguments` are the global ones, before the first FROM."""

    def __init__(self, model: DockerfileModel, expander: Expander) -> None:
        self.arguments = dict(GLOBAL_ARGS)
        self._model = model
        self._expander = expander
        self._names: dict[str, Stage] = {}

    def collect(self) -> None:
        """Give every instruction to its stage, and sort all by keyword."""
        model = self._model
        instructions, by_keyword = model.instructions, model.by_keyword
        for one in instructions:
            by_keyword[one.keyword].append(one)
        model.flagged = [one for one in instructions if one.flags]
        model.doubtful = True in [one.doubtful for one in instructions]
        starts = [place for place, one in enumerate(instructions) if one.keyword == "FROM"]
        starts.append(len(instructions))
        for one in instructions[: starts[0]]:
            if one.keyword == "ARG":
                self._global_arg(one)
        for start, end in pairwise(starts):
            model.final = self._from(instructions[start], instructions[start + 1 : end])

    def link(self) -> None:
        """Follow the references between stages; say which ones the final stage needs."""
        for stage in self._model.stages if self._model.flagged else ():
            for instruction in stage.instructions:
                if not instruction.flags:
                    continue
                if instruction.keyword == "COPY":
                    self._copy_from(stage, instruction)
                elif instruction.keyword == "RUN":
                    self._mounts_from(stage, instruction)
        final = self._model.final
        pending, seen = ([final] if final else []), set[int]()
        while pending:
            stage = pending.pop()
            if stage.index in seen:
                continue
            seen.add(stage.index)
            pending.extend(stage.uses)
            if stage.parent:
                pending.append(stage.parent)
        self._model.reachable = [one for one in self._model.stages if one.index in seen]

    def find(self, name: str) -> Stage | None:
        """Return the stage of a name, None where there is none."""
        return self._names.get(name.lower())

    def origin(self, text: str) -> Stage | None:
        """Return the stage that `--from` names or numbers, None for an image."""
        if text.isdecimal() and len(text) < 10 and int(text) < len(self._model.stages):
            return self._model.stages[int(text)]
        return self.find(text)

    def _global_arg(self, instruction: Instruction) -> None:
        for word in instruction.args:
            name, equals, value = word.partition("=")
            if equals:
                self.arguments[name] = self._expander.expand(value, self.arguments, instruction)

    def _from(self, instruction: Instruction, then: list[Instruction]) -> Stage:
        args, expand = instruction.args, self._expander.expand
        base = args[0] if args else ""
        base = base if instruction.plain else expand(base, self.arguments, instruction)
        name = args[2].lower() if len(args) == 3 and args[1].lower() == "as" else ""
        parent = self._names.get(base)
        stage = Stage(len(self._model.stages), name, base, instruction, parent, then)
        stage.oldest = parent.root if parent else None
        if platform := instruction.options.get("platform"):
            stage.platform = expand(platform, self.arguments, instruction)
            self._check_platform(stage, platform)
        if args and not base:
            self._expander.fault(
                "base-image", instruction, f"the base image `{args[0][:60]}` expands to nothing",
                "give its ARG a default before the first FROM",
            )  # fmt: skip
        elif args and stage.parent is None and base != "scratch":
            self._image(base, "base-image", instruction)
        if name:
            self._names[name] = stage
        self._model.stages.append(stage)
        return stage

    def _image(self, text: str, rule: str, at: Instruction) -> None:
        try:
            values.image(text)
        except ValueError as error:
            self._expander.fault(rule, at, str(error))

    def _check_platform(self, stage: Stage, written: str) -> None:
        try:
            if not stage.platform:
                raise ValueError(f"the platform `{written[:40]}` expands to nothing")
            values.check_platform(stage.platform)
        except ValueError as error:
            self._expander.fault("platform", stage.source, str(error))

    def _copy_from(self, stage: Stage, instruction: Instruction) -> None:
        name = instruction.options.get("from")
        if not name:
            return
        if "$" in name:
            self._expander.fault(
                "copy-from", instruction, f"--from={name[:40]} cannot use variables",
                "name the image in a FROM with AS, and copy from that stage",
            )  # fmt: skip
            return
        source = self.find(name)
        if _NUMBER.fullmatch(name):
            count = len(self._model.stages)
            if not 0 <= int(name) < count:
                message = f"there is no stage {name} (of {count})"
                self._expander.fault("copy-from", instruction, message)
                return
            source = self._model.stages[int(name)]
        self._use(stage, source, name, instruction, "copy-from")

    def _use(
        self, stage: Stage, source: Stage | None, name: str, at: Instruction, rule: str
    ) -> None:
        if source is None:
            if name != "scratch":
                self._image(name, rule, at)
        elif source.index >= stage.index:
            message = f"the stage `{name[:40]}` is not built yet where it is used"
            self._expander.fault(rule, at, message, "define it before this stage")
        else:
            stage.uses.append(source)

    def _mounts_from(self, stage: Stage, instruction: Instruction) -> None:
        for flag in instruction.flags:
            if not flag.startswith("--mount=") or "from" not in flag.lower():
                continue
            try:
                mount = values.mount(flag[8:])
            except ValueError:
                continue
            if name := mount.source_stage:
                self._use(stage, self.find(name), name, instruction, "mount-from")
