"""Programs from folders of files, such as checkouts of public repositories.

A program is a folder with `*.tf` files and the local modules below it. Left out are those that need
what is not there (modules from elsewhere or above the folder, other providers than AWS). The AWS
provider is asked for in the version that is installed, whatever the files say.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Most characters of a program.
MOST_TEXT = 60000
_SOURCE = re.compile(r'\bmodule\s+"[^"]*"\s*\{[^}]*?\bsource\s*=\s*"([^"]*)"', re.DOTALL)
_OTHERS = re.compile(
    r'(?:resource|data|provider|ephemeral)\s+"(?!aws[_"]|terraform[_"])[^"]+"'
    r'|source\s*=\s*"(?!hashicorp/aws|\./)[^"]+/'
)
_VERSION = re.compile(r'(\baws\s*=\s*\{[^}]*?version\s*=\s*)"[^"]*"', re.DOTALL)
_CORE = re.compile(r'(\brequired_version\s*=\s*)"[^"]*"')


def programs(folders: Iterable[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield names and files of the programs in folders."""
    for folder in folders:
        root = Path(folder)
        for place in sorted({path.parent for path in root.rglob("*.tf")}):
            files = _files(place)
            if files is not None:
                yield f"{root.name}/{place.relative_to(root)}", files


def _files(root: Path) -> dict[str, str] | None:
    """Return the files of a program by path, None where it needs more than they hold."""
    found: dict[str, str] = {}
    waiting = ["."]
    while waiting:
        folder = waiting.pop()
        paths = sorted((root / folder).glob("*.tf"))
        if not paths:
            return None
        for path in paths:
            text = path.read_text(encoding="utf-8", errors="replace")
            name = posixpath.normpath(f"{folder}/{path.name}")
            if name in found:
                break
            if _OTHERS.search(text):
                return None
            found[name] = _CORE.sub(r'\1">= 1.0"', _VERSION.sub(r'\1"~> 5.0"', text))
            for source in _SOURCE.findall(text):
                inner = posixpath.normpath(f"{folder}/{source}")
                if not source.startswith("./") or inner.startswith(".."):
                    return None
                waiting.append(inner)
    return found if sum(map(len, found.values())) <= MOST_TEXT else None
