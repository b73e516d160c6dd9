"""What names stand for while a configuration is validated."""

from __future__ import annotations

import pytest

from iac_gym.formats.hcl import parse_expression
from iac_gym.languages.terraform.evaluate import EvalError, evaluate
from iac_gym.languages.terraform.parse import parse
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.values import Unknown, Value

FILES = {
    "main.tf": """
variable "size" {
  type    = number
  default = 3
}
variable "box" {
  type = object({ name = string, note = optional(string) })
}
locals {
  one   = { a = [1, 2], b = var.size }
  wrong = 1 + "x"
  loop  = local.loop
}
module "m" {
  source = "./m"
}
module "counted" {
  source = "./m"
  count  = 2
}
module "keyed" {
  source   = "./m"
  for_each = toset(["a"])
}
resource "terraform_data" "r" {}
""",
    "m/main.tf": 'output "x" {\n  value = file("${path.module}/note.txt")\n}\n',
    "m/note.txt": "hello",
}


def _scopes() -> dict[str, ValidateScope]:
    config = parse(FILES)
    return {folder: ValidateScope(config, module) for folder, module in config.modules.items()}


def _value(text: str, folder: str = "") -> Value:
    return evaluate(parse_expression(text), _scopes()[folder])


def _type(text: str) -> object:
    value = _value(text)
    assert isinstance(value, Unknown)
    return value.type


def test_variables_are_unknown_whatever_their_default() -> None:
    assert _type("var.size") == "number"
    assert _type("var.box.note") == "string"
    assert _type("var.nope") == "any"


def test_locals_are_known() -> None:
    assert _value("local.one.a[1]") == 2
    assert _type("local.one.b") == "number"


def test_broken_locals_are_unknown_and_remembered() -> None:
    scope = _scopes()[""]
    assert isinstance(scope.local("wrong"), Unknown)
    assert isinstance(scope.local("loop"), Unknown)
    assert set(scope.broken) == {"wrong"}


def test_resources_are_unknown() -> None:
    assert _type("terraform_data.r.id") == "any"
    assert _type("data.a.b.c") == "any"


def test_outputs_of_modules_must_exist() -> None:
    assert _type("module.m.x") == "any"
    assert _type("module.counted[0].x.y") == "any"
    assert _type('module.keyed["a"].x') == "any"
    for text in ("module.m.y", "module.counted.x", "module.counted[0].y", "module.keyed.a.y"):
        with pytest.raises(EvalError):
            _value(text)


def test_surroundings() -> None:
    assert _type("each.key") == "string"
    assert _type("count.index") == "number"
    assert _value("terraform.workspace") == "default"
    assert _value("path.module", "m") == "m"


def test_files_of_the_answer_are_read() -> None:
    assert _value('file("${path.module}/note.txt")', "m") == "hello"
    assert _value('file("m/note.txt")') == "hello"
