"""Files on disk: their language by name, by folder, by text."""

from __future__ import annotations

import pytest

from iac_gym.language import language_names, load_language
from iac_gym.recognition import matches, recognise

TEMPLATE = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A:\n    Type: AWS::SNS::Topic\n"
POD = "apiVersion: v1\nkind: Pod\n"


@pytest.mark.parametrize(
    ("path", "text", "language"),
    [
        ("app/.github/workflows/ci.yml", "on: push\n", "github_actions"),
        ("tools/lint/action.yml", "runs:\n", "github_actions"),
        ("workflows/ci.yml", POD, "kubernetes"),
        (".gitlab-ci.yml", "a:\n", "gitlab_ci"),
        ("Jenkinsfile", "pipeline {}\n", "jenkins"),
        ("ci/Jenkinsfile.release", "pipeline {}\n", "jenkins"),
        ("template.yaml", TEMPLATE, "cloudformation"),
        ("stacks/network.yaml", TEMPLATE, "cloudformation"),
        ("stacks/network.json", '{"Resources": {"A": {}}}', "cloudformation"),
        ("deploy/network.yaml", POD, "kubernetes"),
        ("compose.yaml", "services:\n", "compose"),
        ("Dockerfile", "FROM x\n", "dockerfile"),
        ("main.tf", "locals {}\n", "terraform"),
        ("notes.txt", "Resources:\n", None),
        ("pod.json", "{}", "kubernetes"),
        ("deploy/map.yaml", "data:\n  x: AWS::SNS::Topic\n", "kubernetes"),
    ],
)
def test_a_file_is_recognised(path: str, text: str, language: str | None) -> None:
    assert recognise(path, text) == language


@pytest.mark.parametrize("name", language_names())
def test_every_language_recognises_the_usual_name_of_its_files(name: str) -> None:
    language = load_language(name)
    assert matches(language, language.path)
