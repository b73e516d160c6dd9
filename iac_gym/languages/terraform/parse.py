"""The files of an answer -> a configuration."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from iac_gym.check import ParseError
from iac_gym.formats import hcl
from iac_gym.formats.hcl.nodes import Body
from iac_gym.languages.terraform.decode import decode
from iac_gym.languages.terraform.model import Configuration, Module, Source
from iac_gym.verdict import Finding, Stage

#: Most characters of all files together, and most files.
MOST_TEXT = 1 << 16
MOST_FILES = 200


def _root_of(folders: list[str]) -> str:
    """Return the folder in which Terraform is run: the one that is nearest to the top."""
    return min(folders, key=lambda folder: (folder.count("/") + bool(folder), folder))


def _is_read(path: str) -> bool:
    """Whether Terraform reads a file: it leaves hidden ones alone."""
    return path.endswith((".tf", ".tf.json")) and not posixpath.basename(path).startswith(".")


def _checked(files: Mapping[str, str]) -> None:
    if len(files) > MOST_FILES or sum(map(len, files.values())) > MOST_TEXT:
        finding = Finding(
            f"the configuration is larger than {MOST_TEXT} characters or {MOST_FILES} files"
        )
        raise ParseError(finding, stage=Stage.SYNTAX)


def parse(files: Mapping[str, str]) -> Configuration:
    """Parse the files of an answer; raises `ParseError` with one finding for each bad file."""
    _checked(files)
    sources: list[Source] = []
    bodies: dict[str, Body] = {}
    problems: list[Finding] = []
    for path, text in files.items():
        base = sources[-1].base + len(sources[-1].text) + 1 if sources else 0
        source = Source(path, text, base)
        sources.append(source)
        if not _is_read(path):
            continue
        read = hcl.parse_json if path.endswith(".json") else hcl.parse
        try:
            bodies[path] = read(text, base)
        except hcl.HclError as error:
            place = Configuration([source], {}, Module(""))
            problems.append(place.finding(error.at, error.message, error.hint))
    if problems:
        raise ParseError(*problems)
    modules = {folder: Module(folder) for folder in sorted({posixpath.dirname(p) for p in files})}
    config = Configuration(sources, modules, modules[_root_of(list(modules))])
    decode(config, bodies)
    return config
