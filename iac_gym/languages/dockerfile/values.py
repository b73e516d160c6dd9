"""Values inside instructions: ports, durations, image references, platforms, mounts.

Every reader raises `ValueError` with a sentence about what is wrong.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import lru_cache

_DURATION = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+")
_DURATION_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0,
}  # fmt: skip
_NUMBER = re.compile(r"\+?[0-9]{1,9}")
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_DOMAIN = (
    r"(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
    r"(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
)
_DOMAIN_TEXT = re.compile(_DOMAIN)
_COMPONENT_TEXT = re.compile(_COMPONENT)
_TAG = re.compile(r"[\w][\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}")
_PLATFORM = re.compile(r"[A-Za-z0-9_.-]+(?:\([A-Za-z0-9_.-]*\))?")
_OCTAL = re.compile(r"[0-7]{1,12}")
_SYMBOLIC = re.compile(
    r"[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+(?:,[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)*"
)
_SYSTEMS = frozenset(
    """aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9
    solaris windows zos wasip1""".split()
)
_MACHINES = frozenset(
    """386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le
    mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm aarch64 x86_64 x86-64
    i386 armhf armel""".split()
)
#: Longest --mount, in characters, that is kept read.
_MOST_KEPT = 256
MOUNT_KEYS = frozenset(
    """type from source src target dst destination readonly ro readwrite rw id sharing required size
    mode uid gid env""".split()
)


@lru_cache(maxsize=4096)
def seconds(text: str) -> float:
    """Return a duration such as `1m30s` in seconds."""
    if text == "0":
        return 0.0
    if not _DURATION.fullmatch(text) or len(text) > 60:
        raise ValueError(f"`{text[:30]}` is no duration; write for example 30s or 1m30s")
    total = sum(float(n) * _UNITS[unit] for n, unit in _DURATION_PART.findall(text))
    return -total if text[0] == "-" else total


def _port_number(text: str, whole: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"`{whole[:40]}` is no port")
    number = int(text)
    if number > 65535:
        raise ValueError(f"the port {text} is above 65535")
    return number


@lru_cache(maxsize=512)
def ports(text: str) -> tuple[int, int, str]:
    """Return what an EXPOSE argument exposes: first port, last port, protocol."""
    *_, last = text.split(":")
    number, _, protocol = last.partition("/")
    protocol = protocol.lower() or "tcp"
    if protocol not in ("tcp", "udp", "sctp"):
        raise ValueError(f"`{protocol[:20]}` is no protocol; allowed: tcp, udp, sctp")
    start, dash, end = number.partition("-")
    first = _port_number(start, text)
    final = _port_number(end, text) if dash else first
    if final < first:
        raise ValueError(f"the port range {number} runs backwards")
    return first, final, protocol


@dataclass(frozen=True, slots=True)
class Image:
    """An image reference in its parts: `docker.io/library/node`, tag, digest. All may be empty."""

    name: str
    tag: str
    digest: str


@lru_cache(maxsize=4096)
def image(text: str) -> Image:
    """Read an image reference as Docker normalises it (`node` is `docker.io/library/node`)."""
    name, _, digest = text.partition("@")
    if (digest and not _DIGEST.fullmatch(digest)) or text.endswith("@"):
        raise ValueError(f"`{text[:60]}` has a malformed digest")
    path, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        path, colon, tag = name, "", ""
    if colon and not _TAG.fullmatch(tag):
        raise ValueError(f"`{text[:60]}` has a malformed tag")
    domain, slash, rest = path.partition("/")
    official = not slash or (not any(c in domain for c in ".:") and domain != "localhost")
    if official and domain == domain.lower():
        rest = path if slash else f"library/{path}"
        domain = "docker.io"
    if len(text) > 600 or not _DOMAIN_TEXT.fullmatch(domain):
        raise ValueError(f"`{text[:60]}` is no image reference")
    if not all(_COMPONENT_TEXT.fullmatch(part) for part in rest.split("/")):
        upper = "; it must be lower case" if rest != rest.lower() else ""
        raise ValueError(f"`{text[:60]}` is no image reference{upper}")
    return Image(f"{domain}/{rest}", tag, digest)


def check_platform(text: str) -> None:
    """Refuse what is no platform such as `linux/arm64/v8`."""
    parts = text.split("/")
    if not all(_PLATFORM.fullmatch(part) for part in parts) or len(parts) > 3:
        raise ValueError(f"`{text[:40]}` is no platform; write for example linux/amd64")
    first = parts[0].split("(")[0].lower()
    if len(parts) == 1 and first not in _SYSTEMS and first not in _MACHINES:
        raise ValueError(f"`{text[:40]}` is neither an operating system nor an architecture")


def check_mode(text: str) -> None:
    """Refuse what is no file mode for `--chmod`."""
    if _OCTAL.fullmatch(text):
        if int(text, 8) > 0o7777:
            raise ValueError(f"`{text}` is above 07777")
    elif len(text) > 100 or not _SYMBOLIC.fullmatch(text):
        raise ValueError(f"`{text[:30]}` is no file mode; write for example 755 or u+x")


@dataclass(slots=True)
class Mount:
    """One `RUN --mount`: its type and its options under their first names."""

    type: str = "bind"
    options: dict[str, str] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """Where it is mounted."""
        return self.options.get("target", "")

    @property
    def source_stage(self) -> str:
        """The stage or image that it comes from."""
        return self.options.get("from", "")


_SAME = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly",
         "rw": "readwrite"}  # fmt: skip
_FLAGS = frozenset(("readonly", "readwrite", "required"))


def mount(text: str) -> Mount:
    """Read the value of a `--mount` flag."""
    kept = (_kept_mount if len(text) <= _MOST_KEPT else _mount)(text)
    return Mount(kept.type, dict(kept.options))


def _mount(text: str) -> Mount:
    try:
        fields = next(iter(csv.reader([text], strict=True)), [])
    except csv.Error as error:
        raise ValueError(f"`{text[:60]}` is no list of options: {error}") from None
    made = Mount()
    for item in fields:
        key, equals, value = item.partition("=")
        key = key.lower()
        if key not in MOUNT_KEYS:
            raise ValueError(f"`{key[:30]}` is no option of --mount")
        key = _SAME.get(key, key)
        if not equals and key not in _FLAGS:
            raise ValueError(f"`{key}` in --mount needs a value")
        made.options[key] = value if equals else "true"
    made.type = made.options.get("type", "bind").lower()
    _check_mount(made)
    return made


_kept_mount = lru_cache(maxsize=1024)(_mount)


def _check_mount(made: Mount) -> None:
    options = made.options
    if "$" in made.type:
        return
    if made.type not in ("bind", "cache", "tmpfs", "secret", "ssh"):
        raise ValueError(
            f"`{made.type[:20]}` is no type of mount; allowed: bind, cache, tmpfs, secret, ssh"
        )
    sharing = options.get("sharing", "").lower()
    if sharing and sharing not in ("shared", "private", "locked") and "$" not in sharing:
        raise ValueError(f"`{sharing[:20]}` is no sharing; allowed: shared, private, locked")
    if sharing and made.type != "cache":
        raise ValueError(f"a {made.type} mount has no sharing")
    if "required" in options and made.type not in ("secret", "ssh"):
        raise ValueError(f"a {made.type} mount is never required")
    if "size" in options and made.type != "tmpfs":
        raise ValueError(f"a {made.type} mount has no size")
    if made.type in ("bind", "tmpfs") and (owned := {"mode", "uid", "gid"} & set(options)):
        raise ValueError(f"a {made.type} mount has no {min(owned)}")
    if made.type == "secret" and not {"source", "target", "id"} & set(options):
        raise ValueError("a secret mount needs an id, source or target")
