"""Evaluation of templates that are values: `templatestring` and `templatefile`."""

from __future__ import annotations

from iac_gym.formats.hcl.nodes import Call, GetAttr, Index, Literal, Node, Template, Traversal
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.arguments import LAZY, expand
from iac_gym.languages.terraform.conversion import ConversionError, convert
from iac_gym.languages.terraform.evaluator import STEPS, Names, Scope, evaluate
from iac_gym.languages.terraform.kinds import merged_refs, type_of
from iac_gym.languages.terraform.texts import MOST_TEXT
from iac_gym.languages.terraform.values import ANY, STRING, Unknown, Value


class _TemplateScope:
    """The names inside a template: its variables alone."""

    def __init__(self, outer: Scope) -> None:
        self._outer = outer
        self.steps = getattr(outer, "steps", STEPS)

    def resolve(self, traversal: Traversal) -> Value:
        """Raise: a template sees nothing but its variables."""
        raise EvalError(f"the template has no variable `{traversal.root}`", traversal.at)

    def read_file(self, path: str) -> str | None:
        """Return the text of a file, as outside."""
        return self._outer.read_file(path)


def _templatestring(node: Call, scope: Scope, names: Names) -> Value:
    text, variables = _template_arguments(node, scope, names)
    if not isinstance(node.args[0], (Traversal, Index, GetAttr)):
        raise EvalError(
            "templatestring: the template must be a reference", node.args[0].at, "use `local.name`"
        )
    return _render(node, text, variables, scope)


def _templatefile(node: Call, scope: Scope, names: Names) -> Value:
    path, variables = _template_arguments(node, scope, names)
    if isinstance(path, Unknown):
        return Unknown(ANY, None, merged_refs(path, variables))
    text = scope.read_file(path)
    if text is None:
        raise EvalError(f'templatefile: there is no file "{path}"', node.args[0].at)
    return _render(node, text, variables, scope)


def _template_arguments(node: Call, scope: Scope, names: Names) -> tuple[Value, Value]:
    """Return template (or path) and variables of a call."""
    if isinstance(scope, _TemplateScope):
        raise EvalError(f"{node.name} cannot be called inside a template", node.at)
    values = [evaluate(argument, scope, names) for argument in node.args]
    if node.expand:
        expand(values, node)
    if len(values) != 2:
        raise EvalError(f"{node.name}: exactly 2 arguments are required", node.at)
    text, variables = values
    if text is None or variables is None:
        raise EvalError(f"{node.name}: an argument is null", node.args[0 if text is None else 1].at)
    try:
        text = convert(text, STRING)
    except ConversionError as error:
        raise EvalError(f"{node.name}: {error}", node.args[0].at) from None
    kind = type_of(variables)
    if kind != ANY and (isinstance(kind, str) or kind[0] not in ("map", "object")):
        raise EvalError(f"{node.name}: the variables must be a map", node.args[1].at)
    return text, variables


def _render(node: Call, text: Value, variables: Value, scope: Scope) -> Value:
    if isinstance(text, Unknown) or isinstance(variables, Unknown):
        return Unknown(
            STRING if node.name.endswith("string") else ANY, None, merged_refs(text, variables)
        )
    template = _parse_template(text, node)
    inner = _TemplateScope(scope)
    try:
        value = evaluate(template, inner, variables)
    except EvalError as error:
        raise EvalError(f"{node.name}: {error.message}", node.args[0].at, error.hint) from None
    finally:
        scope.steps = inner.steps  # type: ignore[attr-defined]
    return value


_END = "iac_gym_end_of_template"


def _parse_template(text: str, node: Call) -> Node:
    """Parse the text of a template: a heredoc has the same syntax, with a line break at its end."""
    from iac_gym.formats.hcl import HclError, parse

    if _END in text or len(text) > MOST_TEXT:
        raise EvalError(f"{node.name}: this template cannot be read", node.args[0].at)
    try:
        body = parse(f"t = <<{_END}\n{text}\n{_END}\n", 0)
    except HclError as error:
        message = f"{node.name}: the template is invalid: {error.message}"
        raise EvalError(message, node.args[0].at) from None
    return _without_last_line_break(body.attributes["t"].value)


def _without_last_line_break(node: Node) -> Node:
    if isinstance(node, Literal) and isinstance(node.value, str):
        return Literal(node.at, node.value[:-1])
    if isinstance(node, Template) and isinstance(node.parts[-1], Literal):
        last = node.parts[-1]
        rest = str(last.value)[:-1]
        return Template(node.at, node.parts[:-1] + ([Literal(last.at, rest)] if rest else []))
    return node


LAZY["templatestring"] = _templatestring
LAZY["templatefile"] = _templatefile
