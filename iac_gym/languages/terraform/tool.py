"""The real `terraform validate`, as ground truth: many programs in one run, no network.

Providers come from local folders alone: `IAC_GYM_TERRAFORM_PLUGINS`, or the folders that Terraform
searches by itself (source: "Implied Local Mirror Directories" of its CLI documentation). Nothing is
ever planned or applied. A program that needs a provider, a version of it or a module which is not
there is unscored.

Programs are checked as child modules of one root, which costs one start of the provider for all.
They get a value that is not known for each of their variables, as a root module does. What a root
module is judged by alone (sensitive and ephemeral outputs, backends, imports) is checked alone.
Terraform stops at what is wrong with the configuration as a whole, before it looks at the rest: a
canary, a module with an error that is found last, tells whether it got to the end. Where it did
not, those that are to blame are left out, and the others are checked again.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from iac_gym.check import ParseError
from iac_gym.formats.hcl.nodes import Literal, Traversal
from iac_gym.language import Opinion
from iac_gym.languages.terraform.decode import RESERVED_VARIABLES, text_of
from iac_gym.languages.terraform.model import Configuration, Output
from iac_gym.languages.terraform.parse import parse
from iac_gym.languages.terraform.versions import BadConstraint, provider_satisfies, read_version
from iac_gym.verdict import Finding

#: Seconds that one run may take, and how many programs are checked in one.
TIME_LIMIT = 600
MOST_AT_ONCE = 80
VARIABLE = "IAC_GYM_TERRAFORM_PLUGINS"
_ADDRESS = re.compile(r"(?:registry\.terraform\.io/)?([\w-]+/[\w-]+)")
#: What is judged differently in a child module.
_ROOT_ALONE = re.compile(
    r"ephemeral|configuration_aliases|provider_meta|experiments|path\.(?:root|cwd)"
    r"|^[ \t]*(?:cloud|import|removed|backend[ \t]+\S+)[ \t]*\{"
    r"|\"(?:cloud|backend|import|removed)\"[ \t\n]*:",
    re.MULTILINE,
)
_CANARY = """\
locals {
  canary = "a" + 1
}
"""
_NAME = re.compile(r"[^\W\d][\w-]*")
_OF = re.compile(r"module\.(p\d+|canary)\b")

Files = Mapping[str, str]
_Diagnostics = list[dict[str, Any]]


def plugin_folder() -> Path | None:
    """Return the folder of providers, None where there is none."""
    home = Path.home()
    places = [
        os.environ.get(VARIABLE, ""),
        str(home / ".terraform.d/plugins"),
        str(home / ".local/share/terraform/plugins"),
        "/usr/local/share/terraform/plugins",
        "/usr/share/terraform/plugins",
    ]
    return next((Path(place) for place in places if place and Path(place).is_dir()), None)


def missing_tool() -> str:
    """Say why terraform cannot be asked; "" where it can."""
    if shutil.which("terraform") is None:
        return "terraform is not on the PATH; install it from its maker's packages"
    return ""


def installed_providers() -> dict[str, tuple[str, ...]]:
    """Return the providers in the plugin folder, as "hashicorp/aws", with their versions."""
    folder = plugin_folder()
    if folder is None:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for path in folder.glob("*/*/*"):
        if path.is_dir():
            unpacked = [entry.name for entry in path.iterdir() if entry.is_dir()]
            packed = [entry.name.split("_")[1] for entry in path.glob("*_*_*.zip")]
            found[f"{path.parent.name}/{path.name}"] = tuple({*unpacked, *packed})
    return found


def providers_of(config: Configuration) -> dict[str, list[str]]:
    """Return the source addresses of the providers that a configuration uses, with constraints."""
    found: dict[str, list[str]] = {}
    for module in config.modules.values():
        names = {one.provider for one in module.all_resources()} | set(module.requirements)
        names |= {name for name, _ in module.providers}
        for name in sorted(names - {"terraform", ""}):
            declared = module.requirements.get(name)
            source = declared.source if declared else f"hashicorp/{name}"
            known = _ADDRESS.fullmatch(source)
            asked = found.setdefault(known[1] if known else source, [])
            if declared and declared.version:
                asked.append(declared.version)
        for (name, _), provider in module.providers.items():
            given = provider.body.attributes.get("version")
            if given is not None and f"hashicorp/{name}" in found:
                found[f"hashicorp/{name}"].append(text_of(given.value))
    return found


def _version_key(version: str) -> tuple[int, ...]:
    try:
        return read_version(version).numbers
    except BadConstraint:
        return ()


def _chosen(there: Mapping[str, tuple[str, ...]], source: str, asked: Iterable[str]) -> str:
    """Return the version that Terraform would choose, "" where there is none."""
    for version in sorted(there.get(source, ()), key=_version_key, reverse=True):
        try:
            if all(provider_satisfies(version, one) for one in asked if one):
                return version
        except BadConstraint:
            return version  # Terraform itself shall say so
    return ""


class _Programs:
    """Programs that are checked together, each in a folder of its own under one root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lines = ['variable "anything" {', "  type = any", "}"]
        self._owners = ["", "", ""]
        self._call("canary", "./canary", ())
        _write(folder / "canary", {"main.tf": _CANARY})

    def add(self, place: int, files: Files, config: Configuration) -> None:
        """Add a program: its files and the call of its module."""
        name = f"p{place}"
        _write(self.folder / name, files)
        given = [
            variable
            for variable in config.root.variables
            if _NAME.fullmatch(variable) and variable not in RESERVED_VARIABLES
        ]
        self._call(name, "./" + posixpath.normpath(f"{name}/{config.root.folder}"), given)

    def _call(self, name: str, source: str, variables: Iterable[str]) -> None:
        inputs = [f"  {variable} = var.anything" for variable in variables]
        lines = [f'module "{name}" {{', f"  source = {json.dumps(source)}", *inputs, "}"]
        self._lines += lines
        self._owners += [name] * len(lines)

    def validate(self) -> tuple[_Diagnostics | str, bool]:
        """Check all; return the errors, or why there are none, and whether these are all.

        They are not where the end was not reached, or an error is about no program in particular.
        """
        (self.folder / "main.tf").write_text("\n".join(self._lines) + "\n", encoding="utf-8")
        errors = _validate(self.folder)
        if isinstance(errors, str):
            return errors, False
        owners = [self.owners(one) for one in errors]
        return errors, {"canary"} in owners and all(owners)

    def owners(self, said: Mapping[str, Any]) -> set[str]:
        """Return the names of the programs that an error is about."""
        place = said.get("range") or {}
        path = str(place.get("filename", ""))
        top, _, inner = path.partition("/")
        if inner:
            return {top}
        line = (place.get("start") or {}).get("line", 0)
        if path == "main.tf" and 0 < line <= len(self._owners) and self._owners[line - 1]:
            return {self._owners[line - 1]}
        text = f"{said.get('summary', '')} {said.get('detail', '')} {said.get('address', '')}"
        return set(_OF.findall(text))


def _write(folder: Path, files: Files) -> None:
    for path, text in files.items():
        target = folder / posixpath.normpath(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")


def _validate(folder: Path, inside: str = "") -> _Diagnostics | str:
    """Run `init` and `validate` in a folder; return the errors, or why they are not known."""
    plugins = plugin_folder()
    mirror = f"filesystem_mirror {{\n path = {json.dumps(str(plugins))}\n}}" if plugins else ""
    settings = folder / "cli.tfrc"
    settings.write_text(f"provider_installation {{\n{mirror}\n}}\n", encoding="utf-8")
    place = folder / inside
    started = _terraform(place, settings, "init", "-backend=false", "-input=false", "-json")
    if started.returncode:
        lines = [_json(line) for line in started.stdout.splitlines()]
        said = [one["diagnostic"] for one in lines if "diagnostic" in one]
        return _errors(said) or (started.stdout + started.stderr).strip()[-600:]
    checked = _terraform(place, settings, "validate", "-json")
    found = _json(checked.stdout)
    if "diagnostics" not in found:
        return (checked.stdout + checked.stderr).strip()[-600:]
    return _errors(found["diagnostics"])


def _errors(said: Iterable[dict[str, Any]]) -> _Diagnostics:
    return [one for one in said if one.get("severity") == "error"]


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _terraform(folder: Path, settings: Path, *words: str) -> subprocess.CompletedProcess[str]:
    own = {
        "TF_CLI_CONFIG_FILE": str(settings),
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    try:
        return subprocess.run(
            ["terraform", *words],
            cwd=folder,
            env={**kept, **own},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIME_LIMIT,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 1, "", f"terraform took over {TIME_LIMIT} s")


def _finding(said: Mapping[str, Any], name: str) -> Finding:
    place = said.get("range") or {}
    start = place.get("start") or {}
    path = str(place.get("filename", "")).removeprefix(f"{name}/")
    message = f"{said.get('summary', '')}: {said.get('detail', '')}".strip(": ")
    return Finding(message, path, start.get("line", 0), start.get("column", 0))


_Batch = Sequence[tuple[int, Files, Configuration]]


def _check(batch: _Batch) -> dict[int, Opinion]:
    """Check some programs in one run, and those that it did not get to in further ones."""
    verdicts: dict[int, Opinion] = {}
    while batch:
        if len(batch) == 1:
            place, files, config = batch[0]
            return {**verdicts, place: _alone(files, config.root.folder)}
        with tempfile.TemporaryDirectory(prefix="iac-gym-terraform-") as folder:
            programs = _Programs(Path(folder))
            for one in batch:
                programs.add(*one)
            errors, finished = programs.validate()
        blamed: dict[str, list[Finding]] = {}
        for said in errors if isinstance(errors, list) else ():
            for name in programs.owners(said):
                blamed.setdefault(name, []).append(_finding(said, name))
        left = []
        for one in batch:
            name = f"p{one[0]}"
            if name in blamed:
                verdicts[one[0]] = Opinion(False, tuple(blamed[name]))
            elif finished:
                verdicts[one[0]] = Opinion(True)
            else:
                left.append(one)
        if len(left) == len(batch):
            middle = len(batch) // 2
            return {**verdicts, **_check(batch[:middle]), **_check(batch[middle:])}
        batch = left
    return verdicts


def _alone(files: Files, root: str = "") -> Opinion:
    """Check one program as the root module."""
    with tempfile.TemporaryDirectory(prefix="iac-gym-terraform-") as name:
        _write(Path(name), files)
        errors = _validate(Path(name), root)
    if isinstance(errors, str):
        return Opinion(None, (), f"terraform could not be run: {errors}")
    return Opinion(not errors, tuple(_finding(one, "") for one in errors))


def _inside(files: Files) -> dict[str, str]:
    """Return the files under paths that stay inside a folder: from their nearest common one."""
    paths = {path: posixpath.normpath("/" + path.replace("\\", "/")) for path in files}
    common = posixpath.commonpath([posixpath.dirname(path) for path in paths.values()])
    return {posixpath.relpath(paths[path], common): text for path, text in files.items()}


def _unscored(config: Configuration, there: Mapping[str, tuple[str, ...]]) -> str:
    """Say what a program needs that is not there; "" where nothing is missing."""
    for source, asked in sorted(providers_of(config).items()):
        if source not in there:
            return f"the provider {source} is in no local folder; set {VARIABLE}"
        if not _chosen(there, source, asked):
            versions = ", ".join(dict.fromkeys(asked))
            return f"the provider {source} {versions} is in no local folder; set {VARIABLE}"
    for module in config.modules.values():
        for call in module.calls.values():
            if call.source and call.remote:
                return f"the module {call.source} would have to be downloaded"
    return ""


def _must_be_alone(files: Files, config: Configuration) -> bool:
    """Whether a program may be judged differently as a child module."""
    for path, text in files.items():
        if not path.endswith((".tf", ".tf.json")) or _ROOT_ALONE.search(text):
            return True
        if "sensitive" in text and not all(map(_harmless, config.root.outputs.values())):
            return True
    return False


def _harmless(output: Output) -> bool:
    """Whether an output is sensitive for sure, or an attribute of a resource: never marked."""
    said, value = output.body.attributes.get("sensitive"), output.value
    if said is not None and isinstance(said.value, Literal):
        return said.value.value is True
    node = value.value if value else None
    return isinstance(node, Traversal) and node.root not in ("var", "local", "module")


def validate_many(
    programs: Sequence[Files], progress: Callable[[int], None] | None = None
) -> list[Opinion]:
    """Ask terraform about many programs (path -> text each); results in the same order.

    `progress` is told how many have their result.
    """
    if reason := missing_tool():
        return [Opinion(None, (), reason) for _ in programs]
    there = installed_providers()
    verdicts: dict[int, Opinion] = {}
    together: dict[tuple[tuple[str, str], ...], list[tuple[int, Files, Configuration]]] = {}
    for place, given in enumerate(programs):
        files = _inside(given)
        try:
            config = parse(files)
        except ParseError:
            verdicts[place] = _alone(files)
            continue
        if reason := _unscored(config, there):
            verdicts[place] = Opinion(None, (), reason)
        elif _must_be_alone(files, config):
            verdicts[place] = _alone(files, config.root.folder)
        else:
            asked = sorted(providers_of(config).items())
            versions = tuple((source, _chosen(there, source, every)) for source, every in asked)
            together.setdefault(versions, []).append((place, files, config))
    for batch in _batches(together):
        verdicts.update(_check(batch))
        if progress:
            progress(len(verdicts))
    return [verdicts[place] for place in range(len(programs))]


def _batches(
    groups: Mapping[tuple[tuple[str, str], ...], list[tuple[int, Files, Configuration]]],
) -> Iterable[_Batch]:
    """Yield the programs in batches; those that need the same versions are together."""
    for batch in groups.values():
        for start in range(0, len(batch), MOST_AT_ONCE):
            yield batch[start : start + MOST_AT_ONCE]


def ask_terraform(files: Files) -> Opinion:
    """Ask `terraform validate` about one program."""
    return validate_many([files])[0]


def ask_library(files: Files) -> Opinion:
    """Ask python-hcl2 whether the files can be parsed: syntax alone, and not quite exactly."""
    try:
        import hcl2
    except ImportError:
        return Opinion(None, (), "this needs python-hcl2: pip install 'iac-gym[library]'")
    for path, text in files.items():
        try:
            json.loads(text) if path.endswith(".json") else hcl2.loads(text)
        except Exception as error:  # whatever it raises means that it cannot read the text
            line, column = getattr(error, "line", 0), getattr(error, "column", 0)
            message = str(error).partition("\n")[0]
            return Opinion(False, (Finding(message, path, max(line, 0), max(column, 0)),))
    return Opinion(True)
