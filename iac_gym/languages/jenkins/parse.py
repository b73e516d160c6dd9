"""Answer's files -> `Pipeline`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from iac_gym.check import ParseError
from iac_gym.formats.groovy import GroovyError
from iac_gym.formats.groovy import parse as parse_groovy
from iac_gym.formats.groovy.nodes import (
    Call,
    Closure,
    Constant,
    Declaration,
    Import,
    Method,
    Script,
    Statement,
    Try,
)
from iac_gym.languages.jenkins.libraries import loaded
from iac_gym.languages.jenkins.model import Pipeline
from iac_gym.languages.jenkins.scopes import check_script
from iac_gym.languages.jenkins.scripted import Scripted
from iac_gym.verdict import Finding

SECTIONS = """stages environment post agent tools options parameters triggers libraries""".split()
_RENAMED = {
    "properties": "options",
    "wrappers": "options",
    "jobProperties": "options",
    "notifications": "post",
    "postBuild": "post",
}

_ASSIGNED = re.compile(r"(?<![\w.])([A-Za-z_]\w*)[ \t]*(?:[-+*/]?=(?![=~])|\+\+|--)")


def parse(files: Mapping[str, str]) -> Pipeline:
    """Read a Jenkinsfile (the first of the files). Raises `ParseError`."""
    path, text = next(iter(files.items()), ("", ""))
    try:
        script = parse_groovy(text)
    except GroovyError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
    if not any(not isinstance(one, Import) for one in script.statements):
        hint = "write `pipeline { ... }`"
        raise ParseError(Finding("there is no pipeline in this file", path, hint=hint))
    try:
        return _Whole(script, path).read()
    except RecursionError:
        message = "this file is nested too deeply"
        raise ParseError(Finding(message, path, hint="split it into functions")) from None


class _Whole(Scripted):
    """Reads a whole file."""

    def __init__(self, script: Script, path: str) -> None:
        super().__init__(script, path)
        self._learn_constants()

    def _learn_constants(self) -> None:
        """Take the literal values of variables that are set once, at the top."""
        declared = [one for one in self.script.statements if isinstance(one, Declaration)]
        if not declared:
            return
        times = Counter(_ASSIGNED.findall(self.text))
        for node in declared:
            for one in node.variables:
                if isinstance(one.value, Constant) and times[one.name] == 1:
                    self.values.known[one.name] = one.value.value

    def read(self) -> Pipeline:
        """Read the file."""
        check_script(self.script, self.fault)
        self.pipeline.libraries = loaded(self.script.statements, self.values.of)
        found = self._declarative(self.script.statements)
        if found is not None:
            self._pipeline(found)
            return self.pipeline
        for node in self.script.statements:
            self._nested_pipeline(node, 0)
        self._scripted_mode = True
        self.scripted(self.script.statements)
        return self.pipeline

    def _declarative(self, statements: Iterable[Statement]) -> Call | None:
        """Return the `pipeline { }` that makes a file declarative."""
        bodies: list[Iterable[Statement]] = [statements]
        for node in statements:
            if isinstance(node, Method) and node.name == "call":
                bodies.append(node.body or [])
            elif isinstance(node, Try):
                bodies.append(node.body)
        for body in bodies:
            for node in body:
                if isinstance(node, Call) and self._is_pipeline(node):
                    return node
        return None

    def _is_pipeline(self, node: Call) -> bool:
        return node.name == "pipeline" and len(node.args) == 1 and self.block(node) is not None

    def _nested_pipeline(self, node: Statement, depth: int) -> None:
        closure = self.block(node)
        if closure is None:
            if isinstance(node, Call) and node.target is None and node.name == "pipeline":
                hint = "write `pipeline { ... }`"
                self.fault("pipeline-block", "`pipeline` needs a block", node, hint)
            return
        if isinstance(node, Call) and node.name == "pipeline":
            message = "`pipeline` must stand at the top, not in another block"
            self.fault("pipeline-block", message, node)
        for inner in closure.body:
            self._nested_pipeline(inner, depth + 1)

    def _pipeline(self, node: Call) -> None:
        made = self.pipeline
        made.declarative = True
        made.mark = self.mark(node)
        closure = node.args[0]
        sections: dict[str, Call] = {}
        body = closure.body if isinstance(closure, Closure) else []
        for name, entry in self.section_calls(body, "pipeline"):
            if name in SECTIONS:
                sections.setdefault(name, entry)
            else:
                new = _RENAMED.get(name)
                hint = f"it is called `{new}` now" if new else self.nearest(name, SECTIONS)
                self.fault("known-section", f"`pipeline` has no section `{name}`", entry, hint)
        for name in ("agent", "stages"):
            if name not in sections:
                self.fault("required-section", f"`pipeline` lacks `{name}`", node)
        self._read_pipeline(made, sections)

    def _read_pipeline(self, made: Pipeline, sections: dict[str, Call]) -> None:
        if "agent" in sections:
            made.agent = self.agent(sections["agent"])
        if "libraries" in sections:
            made.libraries += self.libraries(sections["libraries"])
        if "environment" in sections:
            made.environment = self.environment(sections["environment"])
        if "tools" in sections:
            made.tools = self.tools(sections["tools"])
        for section in ("options", "parameters", "triggers"):
            if section in sections:
                setattr(made, section, self.described(sections[section], section))
        if "stages" in sections:
            made.stages = self.stage_list(sections["stages"], "stages", None, parallel=False)
        if "post" in sections:
            made.post = self.post(sections["post"], made.environment)
