"""Where text of outsiders and secrets go: into scripts, or only into values that are no code."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from iac_gym.languages.github_actions.expressions import (
    Call,
    Context,
    Index,
    Logic,
    Node,
    references,
)
from iac_gym.languages.github_actions.expressions.contexts import is_untrusted
from iac_gym.languages.github_actions.expressions.nodes import Reference
from iac_gym.languages.github_actions.expressions.template import MOST_KEPT, read_text
from iac_gym.languages.github_actions.model import Step
from iac_gym.languages.github_actions.schema import Fault, Faults
from iac_gym.languages.github_actions.uses import read_uses
from iac_gym.languages.github_actions.values import map_of, text_of

INJECTION = "untrusted-text-stays-out-of-scripts"
EXPOSED = "secrets-stay-out-of-commands"
ALL_SECRETS = "secrets-are-taken-one-by-one"

#: Functions whose result holds their arguments; the others give true, false or a hash.
_PASSING = frozenset(("format", "join", "tojson", "fromjson", "case"))
#: Inputs of actions that are code, by action.
CODE_INPUTS = {
    "actions/github-script": ("script",),
    "azure/cli": ("inlinescript",),
    "azure/powershell": ("inlinescript",),
    "appleboy/ssh-action": ("script",),
    "nick-fields/retry": ("command",),
    "cypress-io/github-action": ("command", "build", "start"),
}


class Flow(NamedTuple):
    """A context access whose value becomes part of a text, at an offset of it; see `Reference`."""

    offset: int
    path: tuple[str, ...]
    names: tuple[str, ...]
    whole: bool


def _flowing(tree: Node) -> Iterator[Reference]:
    """Yield the accesses whose value can be part of what an expression gives."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call):
            waiting.extend(node.args if node.name in _PASSING else ())
        elif isinstance(node, Logic):  # what `&&` gives from the left is empty or false
            waiting.extend(node.args if node.op == "||" else node.args[-1:])
        elif isinstance(node, (Context, Index)):
            if found := _accessed(node):
                yield found
            elif isinstance(node, Index):
                waiting.append(node.of)


def _accessed(node: Context | Index) -> Reference | None:
    """Return the context access that a node is, None where it reads something computed."""
    of: Node = node
    while isinstance(of, Index):
        of = of.of
    return references(node)[0] if isinstance(of, Context) else None


def flows(text: str) -> tuple[Flow, ...]:
    """Return the context accesses whose values get into a text."""
    return (_kept_flows if len(text) <= MOST_KEPT else _flows)(text)


def _flows(text: str) -> tuple[Flow, ...]:
    return tuple(
        Flow(piece.offset + one.offset, one.path, one.names, one.whole)
        for piece, tree, _ in read_text(text, False).pieces
        if tree is not None
        for one in _flowing(tree)
    )


_kept_flows = lru_cache(maxsize=4096)(_flows)


def tainted(text: str) -> bool:
    """Whether a text takes in what outsiders write."""
    return "${{" in text and any(is_untrusted(flow.path) for flow in flows(text))


def check_inputs(step: Step, out: Faults) -> None:
    """Note what outsiders and secrets bring into the inputs of an action that are code."""
    wanted = _code_inputs(step.tree["uses"])
    if not wanted:
        return
    given = map_of(step.tree, "with")
    for name, value in given.items():
        if text_of(name).lower() in wanted:
            check_script(step, text_of(name), text_of(value), given.marks[name], out)


@lru_cache(maxsize=4096)
def _code_inputs(uses: str) -> tuple[str, ...]:
    return CODE_INPUTS.get(read_uses(uses).name, ())


def check_script(step: Step, key: str, text: str, mark: tuple[int, int], out: Faults) -> None:
    """Note what outsiders and secrets bring into a script of a step."""
    if "${{" not in text:
        return
    for flow in flows(text):
        shown = ".".join(flow.names)[:60]
        if is_untrusted(flow.path) or _by_variable(flow, step):
            message = f"`{shown}` can hold code of an outsider, and becomes part of `{key}`"
            hint = f'hand it over in `env`, and read it in the script as "${_name(flow)}"'
            out.append(Fault(INJECTION, mark, message, hint, text, flow.offset))
        elif flow.path[0] == "secrets" and len(flow.path) > 1:
            message = f"`{shown}` is written into the command line of `{key}`"
            hint = "hand it over in `env`: other processes can read command lines"
            out.append(Fault(EXPOSED, mark, message, hint, text, flow.offset))


def _by_variable(flow: Flow, step: Step) -> bool:
    """Whether `env.X` is a variable that holds an outsider's text."""
    if flow.path[0] != "env" or len(flow.path) != 2:
        return False
    return any(name.lower() == flow.path[1] and tainted(text) for name, text in step.env.items())


def _name(flow: Flow) -> str:
    words = [word.upper().replace("-", "_") for word in flow.path[-2:] if word.isidentifier()]
    return "_".join(words) or "VALUE"


def whole_secrets(text: str) -> int | None:
    """Return the offset of an access to all secrets at once, None where there is none."""
    if "secrets" not in text.lower():
        return None
    for flow in flows(text):
        if flow.path[0] == "secrets" and (not flow.whole or flow.path[1:] in ((), ("*",))):
            return flow.offset
    return None
