"""Go templates in the texts of integrations, and in the files of templates beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from iac_gym.formats.gotemplate import BUILTINS, Template, TemplateError, parse
from iac_gym.formats.gotemplate.nodes import (
    Action,
    Branch,
    Call,
    Chain,
    Command,
    Field,
    Pipe,
    Variable,
)
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.alertmanager import pack
from iac_gym.languages.alertmanager.checker import Checker
from iac_gym.languages.alertmanager.values import mappings
from iac_gym.verdict import Finding

RULE = "templates-are-right"
#: What a template sees: the fields of the notification, of its alerts, and of one alert.
DATA = frozenset(
    """Receiver Status Alerts GroupLabels CommonLabels CommonAnnotations ExternalURL""".split()
)
ALERT = frozenset("Status Labels Annotations StartsAt EndsAt GeneratorURL Fingerprint".split())
#: Settings that are no templates, whatever they hold.
PLAIN = frozenset(("http_config", "tls_config", "name"))


@cache
def _names() -> frozenset[str]:
    return frozenset(BUILTINS | pack.functions())


def templates(check: Checker) -> None:
    """Check the texts of all integrations and the files of templates."""
    model = check.model
    defined = set(pack.templates())
    for path, text in model.templates.items():
        try:
            trees = parse(path, text, _names())
        except TemplateError as error:
            found = Finding(error.message, path, error.line, 0)
            model.faults.setdefault(RULE, []).append(found)
            continue
        defined |= trees.keys()
    for one, _ in mappings(model.tree, "receivers"):
        for key, value in one.items():
            for text, mark in _texts(value, one.marks[key]):
                _text(check, text, mark, defined)


def _texts(value: Any, mark: Mark) -> Iterator[tuple[str, Mark]]:
    """Yield the texts below a value that hold a template."""
    queue = [(value, mark)]
    while queue:
        one, place = queue.pop()
        if one.__class__ is str:
            if "{{" in one:
                yield one, place
        elif one.__class__ is YamlMap:
            queue.extend((one[key], one.marks[key]) for key in one if key not in PLAIN)
        elif one.__class__ is YamlList:
            queue.extend(zip(one, one.marks, strict=True))


def _text(check: Checker, text: str, mark: Mark, defined: set[str]) -> None:
    try:
        trees = parse("", text, _names())
    except TemplateError as error:
        check.bad(RULE, f"the template is not right: {error.message}", mark)
        return
    known = defined | trees.keys()
    for tree in trees.values():
        if tree.name == "":
            _fields(check, tree, mark)
        for name in _called(tree):
            if name not in known and not check.model.template_files:
                message = f"there is no template called `{name[:60]}`"
                check.bad("templates-are-defined", message, mark)


def _called(tree: Template) -> Iterator[str]:
    queue: list[Any] = list(tree.root)
    while queue:
        node = queue.pop()
        if isinstance(node, Call):
            yield node.name
        elif isinstance(node, Branch):
            queue += [*node.body, *(node.otherwise or ())]


# --- fields that are read ------------------------------------------------------------------------

#: What `.` is: the fields that can follow it; None where that is not known.
Known = frozenset[str] | None


def _fields(check: Checker, tree: Template, mark: Mark) -> None:
    """Report fields that a notification does not have: sending it would fail."""
    queue: list[tuple[Any, Known]] = [(node, DATA) for node in tree.root]
    while queue:
        node, dot = queue.pop()
        if isinstance(node, (Action, Call)):
            if node.pipe is not None:
                _pipe(check, node.pipe, dot, mark)
        elif isinstance(node, Branch):
            _pipe(check, node.pipe, dot, mark)
            below = _inside(node, dot)
            queue += [(one, below) for one in node.body]
            queue += [(one, dot) for one in node.otherwise or ()]


def _inside(branch: Branch, dot: Known) -> Known:
    """Return what `.` is in the body of a branch."""
    if branch.word == "if":
        return dot
    commands = branch.pipe.commands
    if branch.word == "range" and len(commands) == 1 and len(commands[0].args) == 1:
        read = commands[0].args[0]
        at_root = isinstance(read, Variable) and read.name == "$"
        if (isinstance(read, Field) and dot is DATA) or at_root:
            path = getattr(read, "path", ())
            if path in (("Alerts",), ("Alerts", "Firing"), ("Alerts", "Resolved")):
                return ALERT
    return None


def _pipe(check: Checker, pipe: Pipe, dot: Known, mark: Mark) -> None:
    for node in _terms([pipe]):
        if isinstance(node, Field):
            known = dot
        elif isinstance(node, Variable) and node.name == "$":
            known = DATA
        else:
            continue
        if known is not None and node.path and node.path[0] not in known:
            hint = "labels stand in `.CommonLabels`, `.GroupLabels`, and in those of each alert"
            message = f"`{str(node)[:60]}` is no field of what a template sees here"
            check.bad("template-fields-exist", message, mark, hint)


def _terms(nodes: Iterable[Any]) -> Iterator[Any]:
    queue = list(nodes)
    while queue:
        node = queue.pop()
        yield node
        if isinstance(node, Pipe):
            queue.extend(node.commands)
        elif isinstance(node, Command):
            queue.extend(node.args)
        elif isinstance(node, Chain):
            queue.append(node.node)
