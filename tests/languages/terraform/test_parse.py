"""Which files of an answer are read, and as which module."""

from __future__ import annotations

from iac_gym.languages.terraform.parse import parse


def test_hidden_files_are_left_alone_as_terraform_does() -> None:
    config = parse({"main.tf": 'output "a" {\n  value = 1\n}\n', ".old.tf": "this is = = wrong"})
    assert list(config.root.outputs) == ["a"]
    assert not config.faults


def test_other_files_are_no_configuration() -> None:
    config = parse({"main.tf": "", "notes.txt": "locals {", "x.tf.json": '{"locals": {"a": 1}}'})
    assert list(config.root.locals) == ["a"]
