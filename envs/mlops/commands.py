"""What a container runs: the words of its commands, whatever the spelling, and their options.

`--tensor-parallel-size 2`, `--tensor-parallel-size=2`, in `command` or `args`, in the text of
`sh -c`, from `$(VARIABLE)` or `${VARIABLE}` all give the same words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from envs.mlops.reading import beside, maps, texts
from envs.mlops.spots import Spot
from iac_gym.formats.shell import SHELLS, read_script, strip_wrappers
from iac_gym.languages.kubernetes.model import as_map, as_text

#: Images without an entry point, or with one that runs the arguments as a command.
_PLAIN_IMAGES = re.compile(
    r"(?:.*/)?(?:python|pytorch|tensorflow|ray|ray-ml|tritonserver|alpine|busybox|ubuntu|debian"
    r"|cuda|cloud-sdk|mlflow|feature-server)(?:[:@].*)?"
)
#: Images whose entry point is a program that gets the arguments.
_ENTRY_POINTS = {"amazon/aws-cli": "aws", "rclone/rclone": "rclone", "curlimages/curl": "curl"}
_EXPANSION = re.compile(r"\$\$|\$\(([A-Za-z_][\w.-]*)\)")
_LONGEST = 200


class Line(NamedTuple):
    """One command. `program` is '' where the image's entry point gets the words as arguments."""

    program: str
    words: tuple[str, ...]


def variables(spot: Spot) -> dict[str, str]:
    """Return the environment variables of a container whose values are known from the answer."""
    found: dict[str, str] = {}
    for entry in maps(spot.container.get("envFrom")):
        place = as_map(entry.get("configMapRef"))
        config = beside(spot.manifest, spot.item, "ConfigMap", place.get("name"))
        if config is not None:
            data = as_map(config.get("data"))
            prefix = as_text(entry.get("prefix"))
            found |= {f"{prefix}{k}": v for k, v in data.items() if isinstance(v, str)}
    for entry in maps(spot.container.get("env")):
        name = entry.get("name")
        if not isinstance(name, str):
            continue
        value = _value(spot, entry)
        found.pop(name, None)
        if value is not None:
            found[name] = expand(value, found)
    return found


def _value(spot: Spot, entry: Mapping[Any, Any]) -> str | None:
    value = entry.get("value")
    if isinstance(value, str):
        return value
    place = as_map(as_map(entry.get("valueFrom")).get("configMapKeyRef"))
    if not place:
        return None
    config = beside(spot.manifest, spot.item, "ConfigMap", place.get("name"))
    data = as_map(config.get("data")) if config is not None else {}
    key = place.get("key")
    found = data.get(key) if isinstance(key, str) else None
    return found if isinstance(found, str) else None


def expand(text: str, known: Mapping[str, str]) -> str:
    """Replace `$(NAME)` as the kubelet does: what is not known stays."""
    if "$" not in text:
        return text

    def put(found: re.Match[str]) -> str:
        return "$" if found[0] == "$$" else known.get(found[1], found[0])

    made = _EXPANSION.sub(put, text)
    return made if len(made) <= 4 * len(text) + _LONGEST else text


def lines_of(spot: Spot) -> list[Line]:
    """Return the commands that a container certainly runs."""
    known = variables(spot)
    container = spot.container
    source = container.get("source") if spot.at[-1] == "script" else None
    if isinstance(source, str):
        command = texts(container.get("command"))
        program = command[0].rpartition("/")[2] if command else ""
        return script_lines(spot.resolve(source), known) if program in SHELLS else []
    return container_lines(container, known, spot.resolve)


def container_lines(
    container: Mapping[Any, Any], known: Mapping[str, str], resolve: Callable[[str], str]
) -> list[Line]:
    """Return the commands of `command` and `args`, with what the image's entry point adds."""
    command = [expand(resolve(word), known) for word in texts(container.get("command"))]
    args = [expand(resolve(word), known) for word in texts(container.get("args"))]
    image = as_text(container.get("image"))
    if command or _PLAIN_IMAGES.fullmatch(image[:_LONGEST]):
        return lines_in([*command, *args], known)
    program = _ENTRY_POINTS.get(image.removeprefix("docker.io/").partition(":")[0], "")
    if program and args[:1] != [program]:
        return [Line(program, (program, *args))]
    return [Line(program, tuple(args))] if args else []


def lines_in(argv: list[str], known: Mapping[str, str]) -> list[Line]:
    """Return the commands of an argument vector, those of a shell's script where it is one."""
    if not argv:
        return []
    words, _ = strip_wrappers(argv)
    program = words[0].rpartition("/")[2] if words else ""
    if program not in SHELLS:
        return [Line(program, tuple(words))]
    text = _script(words)
    script = read_script(text, dict(known))
    return [Line(one.program, one.words) for one in script.certain]


#: What stands before a command that is repeated until it succeeds, or run where it is needed.
_REPEATS = re.compile(
    r"(?:\buntil|\bwhile\s+!|\bwhile\s+(?:true|:)\s*[;\n]\s*do"
    r"|\bfor\s+\w+\s+in\s+[^;\n]*[^;\s]\s*[;\n]\s*do"
    r"|(?:grep|show)\b[^|;&\n]*\|\||\bif\b[^;\n]*(?:grep|show)\b[^;\n]*[;\n]\s*then)\s*\Z"
)


def retried(argv: list[str], known: Mapping[str, str], program: str) -> list[Line]:
    """Return a program's commands in a script that are tried again, or run where they are needed.

    `until pull; do sleep 1; done`, `for i in 1 2; do pull && break; done`, `grep x || pull`.
    """
    words, _ = strip_wrappers(argv) if argv else ([], "")
    if not words or words[0].rpartition("/")[2] not in SHELLS:
        return []
    text = _script(words)
    script = read_script(text, dict(known))
    ends = [one.offset for one in script.certain if one.program == "exit"]
    found = [one for one in script.commands if one.program == program and not one.certain]
    return [
        Line(one.program, one.words)
        for one in found[:8]
        if one.offset < min(ends, default=len(text))
        and _REPEATS.search(text[max(0, one.offset - _LONGEST) : one.offset])
    ]


def _script(words: list[str]) -> str:
    for place, word in enumerate(words[1:-1], 1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return words[place + 1]
        if not word.startswith("-") and word != "pipefail":
            return ""
    return ""


_TAG = re.compile(r"\{\{[^{}]*\}\}")


def runs_with_more(argv: list[str], command: str, known: Mapping[str, str] | None = None) -> bool:
    """Whether an argument vector runs a command, perhaps with further options of templates.

    `python fit.py --epochs {{inputs.parameters.epochs}}` runs `python fit.py`, and so does
    `python fit.py --epochs $EPOCHS` where this is known as a text with a template.
    """
    wanted = read_script(command, {}).commands
    tagged = {name: _TAG.sub("@@", text) for name, text in (known or {}).items()}
    plain = [expand(_TAG.sub("@@", word), tagged) for word in argv]
    for line in lines_in(plain, tagged):
        size = len(wanted[0].words) if len(wanted) == 1 else 0
        rest = line.words[size:]
        if size and line.words[:size] == wanted[0].words:
            pairs = zip(rest, (*rest[1:], ""), strict=True)
            return all("@@" in word or (_is_option(word) and "@@" in more) for word, more in pairs)
    return False


def script_lines(text: str, known: Mapping[str, str]) -> list[Line]:
    """Return the commands that a shell script certainly runs."""
    return [Line(one.program, one.words) for one in read_script(text, dict(known)).certain]


def option(words: tuple[str, ...], *names: str) -> str | None:
    """Return the last value of an option given under one of its names, None without it.

    '' stands for an option without a value. `_` and `-` in a long name are the same.
    """
    wanted = {_plain(name) for name in names}
    found: str | None = None
    for place, word in enumerate(words):
        name, sign, value = word.partition("=")
        if not word.startswith("-") or _plain(name) not in wanted:
            continue
        following = words[place + 1] if place + 1 < len(words) else "-"
        bare = "" if _is_option(following) else following
        found = value if sign else bare
    return found


def _plain(name: str) -> str:
    return name.replace("_", "-") if name.startswith("--") else name


def _is_option(word: str) -> bool:
    return word.startswith("-") and not re.fullmatch(r"-[0-9.]+", word)


def same_value(found: object, asked: object) -> bool:
    """Whether an option's value is the asked one: 0.9 and 0.90 are, 8k and 8000 are not."""
    if found is None:
        return False
    one, other = str(found), str(asked)
    return one == other or (_number(one) is not None and _number(one) == _number(other))


def _number(text: str) -> Decimal | None:
    if len(text) > _LONGEST:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
