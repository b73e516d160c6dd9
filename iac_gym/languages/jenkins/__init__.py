"""Jenkinsfiles: what Jenkins accepts as a declarative pipeline, and Groovy as a script."""

from __future__ import annotations

from iac_gym.language import Language
from iac_gym.languages.jenkins.parse import parse
from iac_gym.languages.jenkins.rules import IN_ORDER
from iac_gym.languages.jenkins.selection import select

LANGUAGE = Language(
    "jenkins",
    parse,
    IN_ORDER,
    tags=("groovy", "jenkinsfile", "jenkins"),
    path="Jenkinsfile",
    patterns=("Jenkinsfile*", "*.jenkinsfile"),
    select=select,
    tiers={"tool": "iac_gym.languages.jenkins.tool:ask_groovy"},
)
