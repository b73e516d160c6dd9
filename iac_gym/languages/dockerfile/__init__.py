"""Dockerfiles, read as BuildKit reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from iac_gym.check import ParseError
from iac_gym.language import Language
from iac_gym.languages.dockerfile.lines import read
from iac_gym.languages.dockerfile.model import DockerfileModel
from iac_gym.languages.dockerfile.resolve import resolve
from iac_gym.languages.dockerfile.rules import IN_ORDER
from iac_gym.languages.dockerfile.selection import select


def parse(files: Mapping[str, str]) -> DockerfileModel:
    """Parse the (one) Dockerfile of an answer; raises `ParseError`."""
    path, text = next(iter(files.items()))
    try:
        return resolve(*read(text))
    except ParseError as error:
        findings = (replace(found, file=path) for found in error.findings)
        raise ParseError(*findings, stage=error.stage, rule=error.rule) from None


LANGUAGE = Language(
    "dockerfile",
    parse,
    IN_ORDER,
    tags=("dockerfile", "docker"),
    path="Dockerfile",
    patterns=("Dockerfile", "*.Dockerfile", "Dockerfile.*", "Containerfile"),
    select=select,
)
