"""Asks another HCL parser, in a process of its own: one JSON string a line in, 1 or 0 a line out.

Run as a script by the interpreter that has the parser; imports nothing of this project. `null`
means that the parser could not be asked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any


def pygohcl() -> Callable[[str], bool | None]:
    """The real parser (Go) through its Python binding."""
    import pygohcl as module  # type: ignore[import-not-found,unused-ignore]

    def accepts(text: str) -> bool | None:
        if "\0" in text:
            return None  # its texts end there
        try:
            module.loads(text)
        except Exception as error:  # the binding has no class of its own for all of them
            return None if "unsupported value: +Inf" in str(error) else False
        return True

    return accepts


def python_hcl2() -> Callable[[str], bool | None]:
    """The parser in pure Python that most people use."""
    import hcl2

    loads: Any = hcl2.loads

    def accepts(text: str) -> bool | None:
        try:
            loads(text)
        except Exception:  # it raises those of its own parser generator, and more
            return False
        return True

    return accepts


def terraform_fmt() -> Callable[[str], bool | None]:
    """Terraform itself; its formatter parses, and evaluates nothing."""

    def accepts(text: str) -> bool | None:
        command = ["terraform", "fmt", "-"]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        return done.returncode == 0

    return accepts


ORACLES = {"pygohcl": pygohcl, "python-hcl2": python_hcl2, "terraform-fmt": terraform_fmt}


def main() -> None:
    """Answer until the input ends."""
    accepts = ORACLES[sys.argv[1]]()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(accepts(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
