"""The command line of the agents: options, config file, run folder to resume, into one `Config`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml

from agents.config import (
    AnyConfig,
    BadSetting,
    BaseConfig,
    check,
    convert,
    profile_values,
    say,
    settings_of,
)
from iac_gym.errors import unknown
from iac_gym.registry import category_of


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadSetting(f"{message[:1].upper()}{message[1:]}. `--help` lists the options.")


def _parser(algorithm: str, kind: type[BaseConfig], about: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=f"python -m agents.{algorithm}",
        description=about,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", metavar="FILE", help="YAML file: settings by name")
    for name, entry in settings_of(kind).items():
        info = entry.metadata
        tiny = "" if info["tiny"] == entry.default else f"; tiny: {say(info['tiny'])}"
        text = f"{info['text']} [{say(entry.default)}{tiny}; {info['source']}]".replace("%", "%%")
        option = "--" + name.replace("_", "-")
        if isinstance(entry.default, bool):
            parser.add_argument(
                option, dest=name, action=argparse.BooleanOptionalAction, default=None, help=text
            )
        elif isinstance(entry.default, tuple):
            parser.add_argument(
                option, dest=name, nargs="+", action="extend", metavar="VALUE", help=text
            )
        else:
            parser.add_argument(option, dest=name, metavar="VALUE", help=text)
    return parser


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        where = path.parent if path.parent.is_dir() else Path()
        names = [entry.name for entry in where.iterdir() if entry.suffix in (".yaml", ".yml")]
        raise unknown("config file", str(path), names, f"({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise BadSetting(f"The config file {path} is no YAML: {reason}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise BadSetting(f"The config file {path} must hold settings as `name: value` lines.")
    return values


def _from_file(kind: type[BaseConfig], path: Path) -> dict[str, Any]:
    known = settings_of(kind)
    values = _read(path)
    for name in values:
        if name not in known:
            raise unknown(f"setting in {path}", name, known)
    return {name: convert(kind, name, value) for name, value in values.items()}


def _from_run(kind: type[BaseConfig], algorithm: str, folder: Path) -> dict[str, Any]:
    if not (folder / "config.yaml").is_file():
        root = folder.parent if folder.parent.is_dir() else Path()
        runs = [str(path.parent) for path in root.glob("*/config.yaml")]
        raise unknown("run folder", str(folder), runs, "It must hold a config.yaml.")
    values = _read(folder / "config.yaml")
    made_by = values.pop("algorithm", algorithm)
    if made_by != algorithm:
        raise BadSetting(f"{folder} is a run of agents.{made_by}; continue it with that command.")
    known = settings_of(kind)
    values = {name: value for name, value in values.items() if name in known}
    return {name: convert(kind, name, value) for name, value in values.items()}


def is_tiny(model: str) -> bool:
    """Whether a model is the embedded one, or was trained from it (its config.json says so)."""
    if model == "tiny":
        return True
    try:
        stored = json.loads((Path(model) / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(stored, dict) and stored.get("iac_gym_prompt") == "tiny"


def _resolve(kind: type[AnyConfig], given: Mapping[str, Any]) -> AnyConfig:
    profile = given.get("profile", "auto")
    if profile == "auto":
        profile = "tiny" if is_tiny(str(given.get("model", "tiny"))) else "llm"
    values = {**profile_values(kind, profile), **given, "profile": profile}
    if values["qlora"]:
        values["lora"] = True
    return kind(**values)


def _check_tasks(config: BaseConfig) -> None:
    for env in config.env:
        category = category_of(env)
        if len(config.env) == 1:
            for name in config.families:
                category.family(name)
    known = {name for env in config.env for name in category_of(env).families}
    for name in config.families:
        if name not in known:
            raise unknown("family", name, known)
    for level in config.levels:
        if level not in range(1, 6):
            raise unknown("difficulty", level, range(1, 6))


def parse(algorithm: str, kind: type[AnyConfig], about: str, argv: Sequence[str]) -> AnyConfig:
    """Return the configuration that a command line asks for; bad input raises `IaCGymError`."""
    parser = _parser(algorithm, kind, about)
    options, rest = parser.parse_known_args(argv)
    if rest:
        allowed = [option for action in parser._actions for option in action.option_strings]
        raise unknown("option", rest[0].split("=")[0], allowed)
    given = {name: value for name, value in vars(options).items() if value is not None}
    path = given.pop("config", None)
    typed = {name: convert(kind, name, value) for name, value in given.items()}
    values: dict[str, Any] = {}
    if "resume" in typed:
        values |= _from_run(kind, algorithm, Path(typed["resume"]))
        values["output"] = typed["resume"]
    if path:
        values |= _from_file(kind, Path(path))
    config = _resolve(kind, values | typed)
    check(config, int(os.environ.get("WORLD_SIZE", "1")))
    _check_tasks(config)
    return config


def trl_options(config: BaseConfig, trl_config: type) -> dict[str, Any]:
    """Return the `--set NAME=VALUE` settings, checked against the fields of a TRL configuration."""
    names = [entry.name for entry in dataclasses.fields(trl_config) if entry.init]
    values: dict[str, Any] = {}
    for text in config.set:
        name, sign, value = text.partition("=")
        if not sign:
            raise BadSetting(f"--set was given {text!r}; it needs NAME=VALUE.")
        if name not in names:
            raise unknown(f"option of {trl_config.__name__}", name, names)
        read = yaml.safe_load(value)
        values[name] = _number(read)
    return values


def _number(value: Any) -> Any:
    """Read `5e-6` as a number: YAML 1.1 takes it for a string."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value
