"""Steps: those of declarative blocks, and what scripts call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from iac_gym.formats.groovy.nodes import (
    Binary,
    Block,
    Call,
    Closure,
    Declaration,
    Expression,
    If,
    Jump,
    ListLiteral,
    Loop,
    MapLiteral,
    Method,
    Name,
    Node,
    Property,
    Statement,
    Switch,
    Try,
)
from iac_gym.languages.jenkins.conditions import Conditions
from iac_gym.languages.jenkins.model import Step
from iac_gym.languages.jenkins.pack import steps as known_steps
from iac_gym.languages.jenkins.values import is_known

#: Steps that go on where a step in their block fails.
FORGIVING = frozenset(("catchError", "warnError"))
_BLOCKED = {
    "stage": "stages stand in `stages`, `parallel` or `matrix`",
    "properties": "use the sections `options`, `parameters` and `triggers`",
    "parallel": "it may only be the one step of `steps`; use the section `parallel`",
}
#: How deep functions of the file are followed.
_MOST_CALLS = 4
#: How many steps there may be before functions are followed no more.
_MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement of a script stands."""

    into: list[Step]
    around: Step | None = None
    certain: bool = True
    forgiven: bool = False
    env: Mapping[str, Any] = None  # type: ignore[assignment]
    calls: int = 0


class Steps(Conditions):
    """Reads steps."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.methods = {one.name: one for one in self.script.statements if isinstance(one, Method)}
        self.images: dict[str, Any] = {}
        self.count = 0

    # Declarative

    def steps_of(self, body: list[Statement], place: Place) -> list[Step]:
        """Read the steps of a declarative block into `place.into`."""
        for node in body:
            self._step(node, place)
        return place.into

    def _step(self, node: Statement, place: Place) -> None:
        if not isinstance(node, Call):
            hint = "put it into `script { ... }`"
            self.fault("step-form", f"`{self.shown(node)}` is no step", node, hint)
            return
        name = self.name(node)
        if not name:
            return
        closure = self.block(node)
        if name in ("script", "expression"):
            if closure is None:
                hint = f"write `{name} {{ ... }}`"
                self.fault("step-form", f"`{name}` needs a block", node, hint)
                return
            step = self._made(node, name, place)
            self.statements(closure.body, replace(place, into=step.steps, around=step))
            return
        if name in _BLOCKED:
            message = f"`{name}` cannot be used as a step here"
            self.fault("step-form", message, node, _BLOCKED[name])
        args = node.args if closure is None else node.args[:-1]
        self.check_step(node, name, args)
        step = self._made(node, name, place)
        if closure is not None:
            self.steps_of(closure.body, self._inside(step, place))

    def _closures(self, node: Call, place: Place) -> None:
        """Read the branches of `parallel(a: { ... }, b: { ... })`, which all run."""
        for arg in node.args:
            for entry in arg.entries if isinstance(arg, MapLiteral) else ():
                if isinstance(entry.value, Closure):
                    self.statements(entry.value.body, place)

    def _made(self, node: Call, name: str, place: Place) -> Step:
        args, unnamed = self.item_values(node.args, known_steps().get(name))
        self.count += 1
        has_block = bool(node.args) and isinstance(node.args[-1], Closure)
        forgiven = place.forgiven or args.get("returnStatus") is True
        step = Step(
            name, args, unnamed, self.mark(node), [], place.around, place.certain, forgiven,
            place.env, has_block,
        )  # fmt: skip
        place.into.append(step)
        if name not in known_steps() and not has_block and name not in self.methods:
            self.pipeline.unknown_steps.append(step)
        return step

    def _inside(self, step: Step, place: Place) -> Place:
        forgiven = place.forgiven or step.name in FORGIVING
        env = place.env
        if step.name == "withEnv":
            env = {**env, **_assigned(step.value)}
        return replace(place, into=step.steps, around=step, forgiven=forgiven, env=env)

    # Scripts

    def statements(self, body: list[Statement], place: Place) -> None:
        """Read what the statements of a script call."""
        for node in body:
            place = self.statement(node, place)

    def statement(self, node: Node | None, place: Place) -> Place:
        """Read a statement or expression; return the place of the next."""
        reader = _READERS.get(type(node))
        if reader is not None:
            found: Place = reader(self, node, place)
            return found
        return place

    def _block(self, node: Block, place: Place) -> Place:
        self.statements(node.body, place)
        return place

    def _if(self, node: If, place: Place) -> Place:
        self.statement(node.condition, place)
        value = self.values.of(node.condition)
        known = value if isinstance(value, bool) else None
        if known is not False:
            self.statement(node.then, replace(place, certain=place.certain and known is True))
        if known is not True:
            self.statement(node.otherwise, replace(place, certain=place.certain and known is False))
        return place

    def _loop(self, node: Loop, place: Place) -> Place:
        for head in node.heads:
            self.statement(head, place)
        items = node.heads[-1] if node.heads else None
        sure = isinstance(items, ListLiteral) and bool(items.items)
        self.statement(node.body, replace(place, certain=place.certain and sure))
        return place

    def _switch(self, node: Switch, place: Place) -> Place:
        self.statement(node.value, place)
        for _, body in node.groups:
            self.statements(body, replace(place, certain=False))
        return place

    def _try(self, node: Try, place: Place) -> Place:
        forgiven = place.forgiven or any(not _throws(body) for body in node.handlers)
        self.statements(node.body, replace(place, forgiven=forgiven))
        for body in node.handlers:
            self.statements(body, replace(place, certain=False))
        self.statements(node.last or [], place)
        return place

    def _jump(self, node: Jump, place: Place) -> Place:
        for value in node.values:
            self.statement(value, place)
        return replace(place, certain=False) if node.keyword != "assert" else place

    def _declaration(self, node: Declaration, place: Place) -> Place:
        for variable in node.variables:
            if variable.value is not None:
                self.statement(variable.value, place)
                self._learn(variable.name, variable.value, place)
        if node.value is not None:
            self.statement(node.value, place)
        return place

    def _binary(self, node: Binary, place: Place) -> Place:
        while isinstance(node.left, Binary) and not node.operator.endswith("="):
            self.statement(node.right, place)
            node = node.left
        left = node.left
        self.statement(node.right, place)
        if not node.operator.endswith("=") or node.operator in ("==", "!=", "<=", ">="):
            self.statement(left, place)
        elif isinstance(left, Name):
            self._learn(left.name, node.right if node.operator == "=" else None, place)
        elif (
            isinstance(left, Property) and isinstance(left.target, Name)
            and left.target.name == "env" and isinstance(left.name, str)
        ):  # fmt: skip
            value = self.values.of(node.right)
            env = {**place.env, left.name: value if place.certain else None}
            self.values.known.pop(left.name, None)
            return replace(place, env=env)
        return place

    def _learn(self, name: str, node: Expression | None, place: Place) -> None:
        self.values.known.pop(name, None)
        self.images.pop(name, None)
        if node is None:
            return
        if isinstance(node, Call):
            image = self._image(node)
            if image is not None:
                self.images[name] = image
            return
        value = self.values.of(node)
        if place.certain and is_known(value):
            self.values.known[name] = value

    def _image(self, node: Expression) -> Any:
        """Return the image that `docker.build('x')` or `docker.image('x')` stands for."""
        if isinstance(node, Name):
            return self.images.get(node.name)
        if (
            isinstance(node, Call) and node.args and node.name in ("build", "image")
            and isinstance(node.target, Name) and node.target.name == "docker"
        ):  # fmt: skip
            return self.values.of(node.args[0])
        return None

    def _call(self, node: Call, place: Place) -> Place:
        target = node.target
        plain = target is None or (isinstance(target, Name) and target.name == "this")
        if plain and isinstance(node.name, str):
            self.script_call(node, node.name, place)
        else:
            self._object_call(node, place)
        return place

    def script_call(self, node: Call, name: str, place: Place) -> None:
        """Read the call of a step or function in a script."""
        self._arguments(node, place)
        step = self._made(node, name, place)
        inside = self._inside(step, place)
        if node.args and isinstance(node.args[-1], Closure):
            self.statements(node.args[-1].body, inside)
        elif name == "parallel":
            self._closures(node, inside)
        method = self.methods.get(name)
        if method is None or method.body is None or place.calls >= _MOST_CALLS:
            return
        if self.count < _MOST_STEPS:
            self.statements(method.body, replace(inside, calls=place.calls + 1))

    def _arguments(self, node: Call, place: Place) -> None:
        """Read steps among the arguments: those whose result is used."""
        for arg in node.args:
            if isinstance(arg, MapLiteral):
                for entry in arg.entries:
                    self._argument(entry.value, place)
            elif not isinstance(arg, Closure):
                self._argument(arg, place)

    def _argument(self, node: Expression, place: Place) -> None:
        if isinstance(node, Call) and node.target is None:
            if node.name in ("sh", "bat", "powershell", "pwsh", "input", "build", "readFile"):
                self.statement(node, place)
        elif isinstance(node, (Call, Binary)):
            self.statement(node, place)

    def _object_call(self, node: Call, place: Place) -> None:
        name = node.name if isinstance(node.name, str) else ""
        target = node.target
        inside = place
        image = self._image(target) if target is not None else None
        if isinstance(target, Name) and target.name == "docker":
            step = self._docker(node, f"docker.{name}", {}, place)
            inside = replace(place, into=step.steps, around=step)
        elif image is not None:
            self.statement(target, place)
            step = self._docker(node, f"docker.image.{name}", {"image": image}, place)
            inside = replace(place, into=step.steps, around=step)
        else:
            self.statement(target, place)
            sure = isinstance(target, ListLiteral) and bool(target.items) and name == "each"
            inside = replace(place, certain=place.certain and sure)
        self._arguments(node, place)
        if node.args and isinstance(node.args[-1], Closure):
            self.statements(node.args[-1].body, inside)

    def _docker(self, node: Call, name: str, extra: dict[str, Any], place: Place) -> Step:
        args, unnamed = self.item_values(node.args, None)
        step = Step(
            name, {**extra, **args}, unnamed, self.mark(node), [], place.around, place.certain,
            place.forgiven, place.env, bool(node.args) and isinstance(node.args[-1], Closure),
        )  # fmt: skip
        place.into.append(step)
        return step

    def _property(self, node: Property, place: Place) -> Place:
        return self.statement(node.target, place)


def _throws(body: list[Statement]) -> bool:
    """Whether a handler stops the build after all."""
    return any(
        (isinstance(one, Jump) and one.keyword == "throw")
        or (isinstance(one, Call) and one.name == "error")
        for one in body
    )


def _assigned(value: Any) -> dict[str, Any]:
    """Return the variables that `withEnv(['A=b'])` sets."""
    pairs = value if isinstance(value, list) else []
    return dict(one.split("=", 1) for one in pairs if type(one) is str and "=" in one)


_READERS: dict[type, Any] = {
    Block: Steps._block,
    If: Steps._if,
    Loop: Steps._loop,
    Switch: Steps._switch,
    Try: Steps._try,
    Jump: Steps._jump,
    Declaration: Steps._declaration,
    Binary: Steps._binary,
    Call: Steps._call,
    Property: Steps._property,
}
