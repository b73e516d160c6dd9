"""The small languages inside compose files: sizes, durations, ports, mounts, shell words, images.

Each reader follows the library that Docker Compose itself uses and raises `ValueError` with a
sentence where that library would refuse.
"""

from __future__ import annotations

import ipaddress
import math
import re
from dataclasses import dataclass

_INT = re.compile(r"[+-]?[0-9]{1,25}")
_FLOAT = re.compile(r"[+-]?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")
_INT64 = 1 << 63


def whole_int(text: str) -> int:
    """Read a decimal integer of 64 bits, nothing around it."""
    if not _INT.fullmatch(text) or not -_INT64 <= int(text) < _INT64:
        raise ValueError(f"{text[:40]!r} is no integer")
    return int(text)


def whole_float(text: str) -> float:
    """Read a finite decimal number, nothing around it."""
    value = float(text) if _FLOAT.fullmatch(text) else math.inf
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]!r} is no number")
    return value


def text_of(value: object) -> str:
    """Return the text that compose makes of a scalar, for example of a value in `environment`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    return str(value) if isinstance(value, int) and abs(value) < 1 << 70 else str(value)[:10_000]


# Sizes ------------------------------------------------------------------------------------------

_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}


def read_size(value: object) -> int:
    """Read a number of bytes: an integer or text such as `512m`, `1.5gb`, `64 KiB` (binary)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise ValueError("a size is text such as `512m`")
    if _INT.fullmatch(value):
        return whole_int(value)
    digits = max((value.rfind(char) for char in "0123456789. "), default=-1)
    if digits < 0:
        raise ValueError(f"{value[:40]!r} is no size; write for example `512m`")
    number = value[:digits] if value[digits] == " " else value[: digits + 1]
    suffix = value[digits + 1 :].lower()
    size = whole_float(number)
    known = suffix in ("", "b") or (
        suffix[0] in _UNITS and suffix[1:] in ("", "b", "ib")
    )  # fmt: skip
    if size < 0 or not known:
        raise ValueError(f"{value[:40]!r} is no size; write for example `512m`")
    return int(size * _UNITS.get(suffix[:1], 1))


# Durations --------------------------------------------------------------------------------------

_SECONDS = {
    "ns": 1, "us": 10**3, "\u00b5s": 10**3, "\u03bcs": 10**3, "ms": 10**6, "s": 10**9,
    "m": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9, "w": 604800 * 10**9,
}  # fmt: skip
_STEP = re.compile(r"([0-9]{0,20})(?:\.([0-9]{0,30}))?([^0-9.]+)")


def read_duration(value: object) -> float:
    """Read a duration such as `1m30s` or `1.5h` in seconds; a unit is required, except for `0`."""
    text = text_of(value)
    rest = text[1:] if text[:1] in ("+", "-") else text
    sign = -1 if text[:1] == "-" else 1
    if rest == "0":
        return 0.0
    total, place = 0.0, 0
    while place < len(rest):
        step = _STEP.match(rest, place)
        if not step or not (step[1] or step[2]) or step[3] not in _SECONDS:
            raise ValueError(f"{text[:40]!r} is no duration; write for example `1m30s`")
        total += float(f"{step[1] or 0}.{step[2] or 0}") * _SECONDS[step[3]]
        place = step.end()
    if not rest or total >= _INT64:
        raise ValueError(f"{text[:40]!r} is no duration; write for example `1m30s`")
    return sign * round(total) / 10**9


# Shell words ------------------------------------------------------------------------------------


class _Words:
    """Splits a command line as the library behind `command:` does: quotes, escapes, no shell."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.words: list[str] = []
        self.word: list[str] = []
        self.started = False
        self.quote = ""

    def split(self) -> list[str]:
        escaped = False
        for char in self.line:
            if escaped:
                self.add(self.unescape(char))
                escaped = False
            elif char == "\\" and self.quote != "'":
                escaped = True
            elif char in " \t\r\n" and not self.quote:
                self.end()
            elif char in ";&|<>" and not self.quote:
                break
            else:
                self.plain(char)
        if escaped or self.quote:
            raise ValueError(f"{self.line[:60]!r} has a quote or bracket that is never closed")
        self.end()
        return self.words

    def unescape(self, char: str) -> str:
        return "\\" + char if self.quote in ("`", "(") else {"t": "\t", "n": "\n"}.get(char, char)

    def add(self, text: str) -> None:
        self.word.append(text)
        self.started = True

    def end(self) -> None:
        if self.started:
            self.words.append("".join(self.word))
        self.word, self.started = [], False

    def plain(self, char: str) -> None:
        """Take one character that may open or close a quote."""
        if char in "\"'" and self.quote in ("", char):
            self.started = self.started or bool(self.quote)
            self.quote = "" if self.quote else char
            return
        if char == "`" and self.quote in ("", "`"):
            self.quote = "" if self.quote else "`"
        elif char in "()" and self.quote in ("", "("):
            self.bracket(char)
        self.add(char)

    def bracket(self, char: str) -> None:
        opens = char == "(" and not self.quote and self.word[-1:] == ["$"]
        if not opens and not (char == ")" and self.quote):
            raise ValueError(f"{self.line[:60]!r} has a bracket outside quotes")
        self.quote = "(" if opens else ""


def shell_words(line: str) -> tuple[str, ...]:
    """Split a command line into words; what follows an unquoted `;`, `&`, `|`, `<`, `>` is lost."""
    return tuple(_Words(line).split())


# Ports ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Port:
    """One published port or range. `published` is None where the engine picks the host port."""

    target: tuple[int, int]
    published: tuple[int, int] | None = None
    ip: str = ""
    protocol: str = "tcp"
    mark: tuple[int, int] = (0, 0)

    def maps(self, host: int, container: int) -> bool:
        """Whether the container port is reached at exactly this port of the host."""
        low, high = self.target
        if not self.published or not low <= container <= high:
            return False
        first, last = self.published
        if last - first == high - low:
            return host == first + container - low
        return False

    @property
    def everywhere(self) -> bool:
        """Whether the port is open on every address of the host."""
        return self.ip in ("", "0.0.0.0", "::")


def read_range(text: str) -> tuple[int, int]:
    """Read `80` or `80-90`, each 0 to 65535."""
    first, dash, last = text.partition("-")
    ends = [first, last if dash else first]
    if not all(end.isascii() and end.isdigit() and len(end) < 9 for end in ends):
        raise ValueError(f"{text[:40]!r} is no port or range of ports")
    low, high = int(ends[0]), int(ends[1])
    if high < low or high > 65535:
        raise ValueError(f"{text[:40]!r} is no port or range of ports (0 to 65535)")
    return low, high


def check_ip(text: str) -> None:
    """Refuse what is no IP address."""
    try:
        ipaddress.ip_address(text.partition("%")[0] if ":" in text else text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no IP address") from None


def read_port(text: str, mark: tuple[int, int] = (0, 0)) -> Port:
    """Read the short syntax `[[IP:]HOST:]CONTAINER[/PROTOCOL]`."""
    head, _, container = text.rpartition(":")
    ip, _, host = head.rpartition(":")
    number, _, protocol = container.partition("/")
    protocol = (protocol or "tcp").lower()
    if not number:
        raise ValueError(f"{text[:40]!r} names no container port")
    if protocol not in ("tcp", "udp", "sctp"):
        raise ValueError(f"{text[:40]!r}: the protocol must be tcp, udp or sctp")
    if ip.startswith("[") and ip.endswith("]"):
        ip = ip[1:-1]
    if ip:
        check_ip(ip)
    target = read_range(number)
    published = read_range(host) if host else None
    lengths = [target[1] - target[0], published[1] - published[0] if published else 0]
    if published and lengths[0] != lengths[1] and lengths[0]:
        raise ValueError(f"{text[:40]!r}: the two ranges differ in length")
    return Port(target, published, ip, protocol, mark)


# Mounts -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount of a service. `type`: bind, volume, tmpfs, ...; anonymous without a source."""

    type: str
    source: str
    target: str
    read_only: bool = False
    mark: tuple[int, int] = (0, 0)


def clean_path(path: str) -> str:
    """Normalise a path as text: no doubled or trailing slash, no `.` steps."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", ".") and not (part == ".." and path.startswith("/")):
            parts.append(part)
    return ("/" if path.startswith("/") else "") + "/".join(parts) or "."


def is_host_path(source: str) -> bool:
    """Whether the source of a short mount is a path of the host rather than a volume's name."""
    return source[:1] in (".", "/", "~") or source.startswith("\\\\") or source[1:2] == ":"


def _sections(text: str) -> list[str]:
    """Cut a mount at its colons; that of a Windows drive (`C:`) belongs to its section."""
    first, *rest = text.split(":")
    sections = [first]
    for part in rest:
        if len(sections[-1]) == 1 and sections[-1].isalpha():
            sections[-1] += ":" + part
        else:
            sections.append(part)
    return sections


def read_mount(text: str, mark: tuple[int, int] = (0, 0)) -> Mount:
    """Read the short syntax `[SOURCE:]TARGET[:OPTIONS]`."""
    if not text:
        raise ValueError("a mount must not be empty")
    if len(text.encode()) <= 2:
        return Mount("volume", "", clean_path(text), mark=mark)
    parts = _sections(text)
    if not all(parts):
        raise ValueError(f"{text[:60]!r} has an empty section between colons")
    if len(parts) > 3:
        raise ValueError(f"{text[:60]!r} has too many colons")
    if len(parts) == 1:
        return Mount("volume", "", clean_path(parts[0]), mark=mark)
    options = parts[2].split(",") if len(parts) == 3 else []
    modes = [option for option in options if option in ("ro", "rw")]
    kind = "bind" if is_host_path(parts[0]) else "volume"
    return Mount(kind, parts[0], clean_path(parts[1]), modes[-1:] == ["ro"], mark)


# Images -----------------------------------------------------------------------------------------


def split_image(image: str) -> tuple[str, str, str]:
    """Split an image reference: (repository without Docker Hub's prefixes, tag, digest)."""
    name, _, digest = image.partition("@")
    head, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        head, tag = name, ""
    for prefix in ("docker.io/", "index.docker.io/", "library/"):
        head = head.removeprefix(prefix)
    return head, tag, digest


def same_image(one: str, two: str) -> bool:
    """Whether two references name the same image (`nginx` is `docker.io/library/nginx:latest`)."""
    left, right = split_image(one), split_image(two)
    return left[0] == right[0] and left[2] == right[2] and (
        (left[1] or "latest") == (right[1] or "latest") or bool(left[2])
    )  # fmt: skip
