"""Stages: `stages`, `parallel`, `matrix`, and what each stage holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from iac_gym.formats.groovy.nodes import Call, Closure, Constant, Expression, MapLiteral, Statement
from iac_gym.languages.jenkins.directives import IDENTIFIER
from iac_gym.languages.jenkins.model import Agent, Matrix, Stage, Step, Variable
from iac_gym.languages.jenkins.steps import Place, Steps

#: Source: the BuildCondition classes of the plugin.
POST_CONDITIONS = """always changed fixed regression aborted failure success unstable unsuccessful
    notBuilt cleanup""".split()
STAGE_SECTIONS = """agent when steps post options input tools environment parallel matrix failFast
    stages""".split()
MATRIX_SECTIONS = """axes excludes agent when post options input tools environment
    stages""".split()
_CONTENTS = ("steps", "parallel", "matrix", "stages")


class Stages(Steps):
    """Reads stages."""

    def _surroundings(self, parent: Stage | None) -> tuple[Agent | None, dict[str, Variable]]:
        if parent is None:
            return self.pipeline.agent, self.pipeline.environment
        return parent.agent, parent.environment

    def stage_list(
        self, node: Call, what: str, parent: Stage | None, *, parallel: bool
    ) -> list[Stage]:
        """Read the stages of `stages` or `parallel`."""
        found: list[Stage] = []
        body = self.body(node, what)
        for entry in body:
            stage = self._stage(entry, parent, parallel)
            if stage is not None:
                found.append(stage)
        if self.block(node) is not None and not body:
            self.fault("empty-section", f"`{what}` has no stage", node)
        for name, count in Counter(stage.name for stage in found).items():
            if count > 1:
                self.fault("unique-names", f"there are {count} stages `{name}`", node)
        return found

    def _stage(self, node: Statement, parent: Stage | None, parallel: bool) -> Stage | None:
        closure = self.block(node)
        if closure is None or not isinstance(node, Call) or node.name != "stage":
            hint = "write `stage('name') { ... }`"
            self.fault("stage-form", f"`{self.shown(node)}` is no stage", node, hint)
            return None
        if len(node.args) != 2:
            hint = "write `stage('name') { ... }`"
            self.fault("stage-form", "a stage needs a name and a block", node, hint)
            return None
        name = self.key(node.args[0], "stage-form")
        stage = Stage(name, self.mark(node), parent=parent)
        stage.agent, stage.environment = self._surroundings(parent)
        known = dict(self.values.known)
        sections = dict(self._sections(closure.body, stage, STAGE_SECTIONS))
        self._read_sections(stage, sections, parallel)
        self._check_contents(node, stage, sections, parallel)
        self.values.known = known
        return stage

    def _sections(
        self, body: list[Statement], stage: Stage, allowed: list[str]
    ) -> Iterable[tuple[str, Call]]:
        owner = f"stage('{stage.name}')"
        for name, node in self.section_calls(body, owner):
            if name in allowed:
                yield name, node
            else:
                hint = "steps stand in `steps { ... }`" if name not in POST_CONDITIONS else ""
                hint = self.nearest(name, allowed) or hint
                self.fault("known-section", f"a stage has no section `{name}`", node, hint)

    def _read_sections(self, stage: Stage, sections: dict[str, Call], parallel: bool) -> None:
        """Read the sections, those first that the others depend on."""
        self._read_settings(stage, sections)
        kind = next((one for one in _CONTENTS if one in sections), "steps")
        stage.kind = kind
        if "steps" in sections:
            self._read_steps(stage, sections["steps"])
        if "stages" in sections:
            stage.stages = self.stage_list(sections["stages"], "stages", stage, parallel=parallel)
        if "parallel" in sections:
            stage.stages = self.stage_list(sections["parallel"], "parallel", stage, parallel=True)
        if "matrix" in sections:
            self._read_matrix(stage, sections["matrix"])
        if "post" in sections:
            stage.post = self.post(sections["post"], stage.environment)

    def _read_settings(self, stage: Stage, sections: dict[str, Call]) -> None:
        if "agent" in sections:
            stage.own_agent = self.agent(sections["agent"])
            stage.agent = stage.own_agent or stage.agent
        if "environment" in sections:
            stage.own_environment = self.environment(sections["environment"])
            stage.environment = {**stage.environment, **stage.own_environment}
        if "tools" in sections:
            stage.tools = self.tools(sections["tools"])
        if "options" in sections:
            stage.options = self.described(sections["options"], "stage options")
        if "when" in sections:
            stage.when = self.when(sections["when"])
        if "input" in sections:
            stage.input = self.input(sections["input"])
        if "failFast" in sections:
            stage.fail_fast = self.boolean(sections["failFast"], "failFast")

    def _env(self, environment: dict[str, Variable]) -> dict[str, Any]:
        return {one.name: one.value for one in environment.values() if type(one.value) is str}

    def _read_steps(self, stage: Stage, node: Call) -> None:
        closure = self.block(node)
        if closure is None:
            self.fault("section-form", "`steps` needs a block", node, "write `steps { ... }`")
            return
        env = self._env(stage.environment)
        if len(closure.body) == 1 and isinstance(closure.body[0], Call):
            only = closure.body[0]
            if only.name == "parallel" and only.target is None:
                self._read_branches(stage, only, env)
                return
        if not closure.body:
            self.fault("empty-section", "`steps` is empty", node)
        stage.steps = self.steps_of(closure.body, Place([], env=env))

    def _read_branches(self, stage: Stage, node: Call, env: dict[str, Any]) -> None:
        """Read `parallel(a: { ... }, b: { ... })`, the older form, as parallel stages."""
        stage.kind = "parallel"
        only = node.args[0] if len(node.args) == 1 else None
        for entry in only.entries if isinstance(only, MapLiteral) else ():
            key = self.key(entry.key, "stage-form") if entry.key is not None else ""
            if key == "failFast":
                if isinstance(entry.value, Constant) and isinstance(entry.value.value, bool):
                    stage.fail_fast = entry.value.value
                else:
                    self.fault("boolean-setting", "`failFast` must be true or false", entry)
            elif isinstance(entry.value, Closure):
                branch = Stage(key, self.mark(entry), parent=stage, agent=stage.agent)
                branch.environment = stage.environment
                if not entry.value.body:
                    self.fault("empty-section", f"the branch `{key}` has no steps", entry)
                branch.steps = self.steps_of(entry.value.body, Place([], env=env))
                stage.stages.append(branch)
            else:
                self.fault("stage-form", f"the branch `{key}` must be a block", entry)

    def _check_contents(
        self, node: Call, stage: Stage, sections: dict[str, Call], parallel: bool
    ) -> None:
        rule = "stage-contents"
        contents = [one for one in _CONTENTS if one in sections]
        branches = stage.kind == "parallel" and "parallel" not in sections
        if branches and not stage.stages:
            contents.remove("steps")
        if parallel and (
            "parallel" in contents or "matrix" in contents or (branches and len(stage.stages) > 1)
        ):
            message = f"stage('{stage.name}') is parallel already and cannot hold parallel stages"
            self.fault(rule, message, node)
        elif len(contents) > 1:
            message = f"stage('{stage.name}') has {' and '.join(contents)}: only one is allowed"
            self.fault(rule, message, node)
        elif not contents:
            message = f"stage('{stage.name}') has nothing to do"
            self.fault(rule, message, node, "add `steps { ... }`")
        elif contents[0] in ("parallel", "matrix"):
            for name in ("agent", "tools"):
                if name in sections:
                    message = f"a stage with `{contents[0]}` cannot have `{name}`"
                    self.fault(rule, message, sections[name], "put it into the stages inside")

    # matrix

    def _read_matrix(self, stage: Stage, node: Call) -> None:
        body = self.body(node, "matrix")
        if self.block(node) is None:
            return
        sections = self._matrix_sections(node, body)
        matrix = Matrix({}, [], self.mark(node))
        stage.matrix = matrix
        if "axes" in sections:
            self._read_axes(matrix, sections["axes"])
        if "excludes" in sections:
            self._read_excludes(matrix, sections["excludes"])
        for name in matrix.axes:
            self.values.known.pop(name, None)
        inner = Stage(stage.name, self.mark(node), "stages", stage)
        inner.agent, inner.environment = stage.agent, stage.environment
        self._read_settings(inner, sections)
        self._adopt(stage, inner, sections)
        if "stages" in sections:
            stage.stages = self.stage_list(sections["stages"], "stages", stage, parallel=True)
        if "post" in sections:
            stage.post = self.post(sections["post"], stage.environment)

    def _matrix_sections(self, node: Call, body: list[Statement]) -> dict[str, Call]:
        sections: dict[str, Call] = {}
        for name, entry in self.section_calls(body, "matrix"):
            if name in MATRIX_SECTIONS:
                sections.setdefault(name, entry)
            else:
                hint = self.nearest(name, MATRIX_SECTIONS)
                self.fault("known-section", f"`matrix` has no section `{name}`", entry, hint)
        for name in ("axes", "stages"):
            if name not in sections:
                self.fault("required-section", f"`matrix` lacks `{name}`", node)
        return sections

    def _adopt(self, stage: Stage, inner: Stage, sections: dict[str, Call]) -> None:
        """Give the stage what its matrix says of each cell."""
        stage.agent = inner.agent
        stage.environment = inner.environment
        stage.tools = inner.tools or stage.tools
        stage.options = [*stage.options, *inner.options]
        stage.input = stage.input or inner.input
        if inner.when is not None:
            if stage.when is None:
                stage.when = inner.when
            else:
                stage.when.conditions.extend(inner.when.conditions)

    def _read_axes(self, matrix: Matrix, node: Call) -> None:
        for name, values, entry in self._axis_list(node, "axes", "axis"):
            if name in matrix.axes:
                self.fault("unique-names", f"there are two axes `{name}`", entry)
            matrix.axes[name] = [self.values.of(value) for value in values.get("values", [])]

    def _axis_list(
        self, node: Call, what: str, word: str
    ) -> Iterable[tuple[str, dict[str, list[Expression]], Call]]:
        body = self.body(node, what)
        if self.block(node) is not None and not body:
            self.fault("empty-section", f"`{what}` has no axis", node)
        for entry in body:
            if self.block(entry) is None or not isinstance(entry, Call):
                message = f"`{self.shown(entry)}` is no axis"
                self.fault("matrix-axis", message, entry, f"write `{word} {{ ... }}`")
                continue
            read = self._axis(entry, word == "axis")
            if read is not None:
                yield (*read, entry)

    def _axis(self, node: Call, own: bool) -> tuple[str, dict[str, list[Expression]]] | None:
        rule = "matrix-axis"
        name: str | None = None
        values: dict[str, list[Expression]] = {}
        fields = ("name", "values") if own else ("name", "values", "notValues")
        for word, entry in self.section_calls(self.body(node, "axis"), "axis"):
            if word not in fields:
                self.fault("known-section", f"an axis has no `{word}`", entry)
            elif word == "name":
                if len(entry.args) != 1:
                    self.fault(rule, "`name` needs exactly one text", entry)
                else:
                    name = self.key(entry.args[0], rule)
            else:
                values[word] = entry.args
                self._check_axis_values(entry)
        if name is None:
            self.fault("required-section", "an axis lacks its `name`", node)
        elif name and not IDENTIFIER.fullmatch(name):
            self.fault(rule, f"`{name}` cannot name an axis", node)
        if not any(values.values()):
            self.fault("required-section", "an axis lacks its `values`", node)
        if len(values) > 1:
            self.fault(rule, "an axis has either `values` or `notValues`", node)
        return (name, values) if name else None

    def _check_axis_values(self, node: Call) -> None:
        seen: set[tuple[type, Any]] = set()
        for arg in node.args:
            if not isinstance(arg, Constant):
                message = f"`{self.shown(arg)}` must be a plain text"
                self.fault("matrix-axis", message, arg)
            elif (type(arg.value), arg.value) in seen:
                self.fault("unique-names", f"the value `{arg.value}` occurs twice", arg)
            else:
                seen.add((type(arg.value), arg.value))

    def _read_excludes(self, matrix: Matrix, node: Call) -> None:
        body = self.body(node, "excludes")
        if self.block(node) is not None and not body:
            self.fault("empty-section", "`excludes` is empty", node)
        for entry in body:
            if self.block(entry) is None or not isinstance(entry, Call):
                message = f"`{self.shown(entry)}` is no `exclude {{ }}`"
                self.fault("matrix-axis", message, entry)
                continue
            rule: dict[str, tuple[tuple[Any, ...], bool]] = {}
            for name, values, axis in self._axis_list(entry, "exclude", "axis "):
                if name in rule:
                    self.fault("unique-names", f"the axis `{name}` occurs twice", axis)
                negated = "notValues" in values
                given = values.get("notValues" if negated else "values", [])
                rule[name] = (tuple(self.values.of(one) for one in given), negated)
            matrix.excludes.append(rule)

    # post

    def post(self, node: Call, environment: dict[str, Variable]) -> dict[str, list[Step]]:
        """Read `post { always { ... } }`."""
        found: dict[str, list[Step]] = {}
        body = self.body(node, "post")
        env = self._env(environment)
        if self.block(node) is not None and not body:
            self.fault("empty-section", "`post` is empty", node)
        for entry in body:
            closure = self.block(entry)
            if closure is None or not isinstance(entry, Call):
                message = f"`{self.shown(entry)}` is no condition with a block"
                hint = f"conditions are {', '.join(POST_CONDITIONS)}"
                self.fault("post-condition", message, entry, hint)
                continue
            name = str(entry.name)
            if name not in POST_CONDITIONS:
                hint = self.nearest(name, POST_CONDITIONS)
                self.fault("post-condition", f"there is no condition `{name}`", entry, hint)
            if name in found:
                self.fault("unique-names", f"`{name}` occurs twice in `post`", entry)
            if not closure.body:
                self.fault("empty-section", f"`{name}` has no steps", entry)
            found[name] = self.steps_of(closure.body, Place([], env=env))
        return found
