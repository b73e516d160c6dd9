"""Scripted pipelines: the stages, agents and steps that their calls make."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from iac_gym.formats.groovy.nodes import Call, Closure, Constant, MapLiteral, Method, Statement
from iac_gym.languages.jenkins.model import Agent, Item, Stage
from iac_gym.languages.jenkins.stages import Stages
from iac_gym.languages.jenkins.steps import Place


class Scripted(Stages):
    """Reads scripts."""

    stage: Stage | None = None
    agent_around: Agent | None = None

    def scripted(self, statements: list[Statement]) -> None:
        """Read a scripted pipeline."""
        body = [one for one in statements if not isinstance(one, Method)]
        self.statements(body, Place(self.pipeline.steps, env={}))
        self._scripted_mode = False

    _scripted_mode = False

    def script_call(self, node: Call, name: str, place: Place) -> None:
        """Read the call of a step or function in a script."""
        if self._scripted_mode and node.args:
            if name == "stage" and isinstance(node.args[-1], Closure) and len(node.args) == 2:
                self._scripted_stage(node, place)
                return
            if name == "parallel":
                self._branches(node, place)
                return
            if name == "node" and isinstance(node.args[-1], Closure):
                self._node(node, place)
                return
            if name == "properties":
                self._properties(self.values.of(node.args[0]))
        super().script_call(node, name, place)

    def _new_stage(self, name: str, node: Any, kind: str = "steps") -> Stage:
        stage = Stage(name, self.mark(node), kind, self.stage, self.agent_around)
        stage.own_agent = None
        siblings = self.pipeline.stages if self.stage is None else self.stage.stages
        siblings.append(stage)
        if self.stage is not None and self.stage.kind == "steps" and not self.stage.steps:
            self.stage.kind = "stages"
        return stage

    def _scripted_stage(self, node: Call, place: Place) -> None:
        first, closure = node.args
        if not isinstance(first, Constant) or not isinstance(closure, Closure):
            super().script_call(node, "stage", place)
            return
        stage = self._new_stage(str(first.value), node)
        stage.forgiven = place.forgiven
        outer, self.stage = self.stage, stage
        self.statements(closure.body, replace(place, into=stage.steps))
        self.stage = outer

    def _branches(self, node: Call, place: Place) -> None:
        outer = self.stage
        holder = outer if outer is not None else self._new_stage("parallel", node, "parallel")
        holder.kind = "parallel"
        self.stage = holder
        for arg in node.args:
            for entry in arg.entries if isinstance(arg, MapLiteral) else ():
                key = str(self.values.of(entry.key)) if entry.key is not None else ""
                if key == "failFast":
                    holder.fail_fast = self.values.of(entry.value) is True
                elif isinstance(entry.value, Closure):
                    branch = Stage(key, self.mark(entry), "steps", holder, self.agent_around)
                    holder.stages.append(branch)
                    self.stage = branch
                    self.statements(entry.value.body, replace(place, into=branch.steps))
                    self.stage = holder
        self.stage = outer

    def _node(self, node: Call, place: Place) -> None:
        closure = node.args[-1]
        label = self.values.of(node.args[0]) if len(node.args) > 1 else ""
        kind = "label" if label else "any"
        agent = Agent(kind, {"label": label} if label else {}, self.mark(node))
        outer, self.agent_around = self.agent_around, agent
        if self.stage is None and self.pipeline.agent is None:
            self.pipeline.agent = agent
        elif self.stage is not None and self.stage.own_agent is None:
            self.stage.agent = self.stage.own_agent = agent
        if isinstance(closure, Closure):
            self.statements(closure.body, place)
        self.agent_around = outer

    def _properties(self, value: Any) -> None:
        for item in value if isinstance(value, list) else ():
            if not isinstance(item, Item):
                continue
            inner = item.value if isinstance(item.value, list) else []
            items = [one for one in inner if isinstance(one, Item)]
            if item.name == "parameters":
                self.pipeline.parameters.extend(items)
            elif item.name == "pipelineTriggers":
                self.pipeline.triggers.extend(items)
            else:
                self.pipeline.options.append(item)
