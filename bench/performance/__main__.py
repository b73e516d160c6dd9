"""`python -m bench.performance [NAME ...]`: run the benchmarks and print the table of ratios."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from bench.performance.timing import Measurement, show
from iac_gym.errors import IaCGymError, unknown
from iac_gym.provenance import provenance

NAMES = (
    "imports", "batch", "kubernetes", "dockerfile", "terraform", "pipelines", "cloudformation",
    "hostile",
)  # fmt: skip


def main() -> int:
    """Measure, print, and exit with 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(NAMES)}")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    found: list[Measurement] = []
    try:
        for name in options.names or NAMES:
            if name not in NAMES:
                raise unknown("benchmark", name, NAMES)
            found += import_module(f"bench.performance.{name}").measure()
    except IaCGymError as error:
        print(error, file=sys.stderr)
        return 2
    show(found)
    if options.json:
        data = {"provenance": provenance(), "measurements": [asdict(each) for each in found]}
        options.json.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return int(not all(each.met for each in found))


if __name__ == "__main__":
    raise SystemExit(main())
