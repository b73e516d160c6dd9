"""Docker Compose files, judged as `docker compose config` judges them."""

from __future__ import annotations

from iac_gym.language import Language
from iac_gym.languages.compose.model import ComposeFile, Service
from iac_gym.languages.compose.parse import parse
from iac_gym.languages.compose.rules import IN_ORDER

__all__ = ["LANGUAGE", "ComposeFile", "Service"]

LANGUAGE = Language(
    "compose",
    parse,
    IN_ORDER,
    tags=("yaml", "yml", "compose", "docker-compose"),
    path="compose.yaml",
    patterns=("compose*.y*ml", "docker-compose*.y*ml"),
)
