"""How often our verdict and the real tool's agree: `python -m bench.agreement --language NAME`.

Inputs are references of the environment, programs written by hand (where a language has some), both
with mistakes, and with rewritings that should change nothing; or, with `--folder`, files found
there and mistakes in them. A disagreement is asked again alone where asking many at once could
matter. See `bench/agreements/` for the languages.

Prints a table by class of mistake and by origin. A false accept is an input that only we accept, a
false reject one that only we refuse. The tool's answers are kept in `runs/agreement`, so that a
second run asks for new inputs alone. `--html` writes a page with every disagreement.
"""

from __future__ import annotations

import argparse
import json
import pkgutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from bench import agreements
from bench.agreements.compare import Case, Comparison, Kept
from bench.agreements.report import page, table
from bench.agreements.subject import Subject
from iac_gym.errors import unknown
from iac_gym.provenance import provenance

CACHE = Path("runs/agreement")


def subject(language: str) -> Subject:
    """Return the subject of a language; an unknown one raises `UnknownName`."""
    names = [found.name for found in pkgutil.iter_modules(agreements.__path__)]
    if language in names:
        module = import_module(f"bench.agreements.{language}")
        if isinstance(found := getattr(module, "SUBJECT", None), Subject):
            return found
    known = [
        name for name in names if hasattr(import_module(f"bench.agreements.{name}"), "SUBJECT")
    ]
    raise unknown("language with a real tool to ask", language, known)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="bench.agreement", description=__doc__)
    parser.add_argument("--language", default="terraform")
    parser.add_argument("--programs", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write all figures and disagreements there")
    parser.add_argument("--html", type=Path, help="write a page there")
    parser.add_argument(
        "--folder", action="append", default=[], help="programs found there, and mistakes in them"
    )
    parser.add_argument("--again", action="store_true", help="the programs of the run before")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the answers are kept")
    options = parser.parse_args(argv)
    about = subject(options.language)
    if reason := about.missing():
        print(reason, file=sys.stderr)
        return 2
    versions = dict(about.versions())
    comparison = Comparison(about, Kept(options.cache, versions))
    every = _cases(comparison, options)
    result = comparison.run(every)
    facts = {**provenance(), **versions, "seed": str(options.seed)}
    data = {"tool": about.tool, "provenance": facts, **result}
    print(table(result["kinds"], "class"), table(result["origins"], "origin"), sep="\n\n")
    if options.json:
        options.json.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    if options.html:
        options.html.write_text(page(data), encoding="utf-8")
    return 0


def _cases(comparison: Comparison, options: argparse.Namespace) -> list[Case]:
    programs = options.cache / f"{options.language}.json"
    if options.again:
        return [Case(**one) for one in json.loads(programs.read_text("utf-8"))]
    if options.folder:
        every = comparison.found_in(options.folder, options.programs, options.seed)
    else:
        every = comparison.cases(options.programs, options.seed)
    options.cache.mkdir(parents=True, exist_ok=True)
    programs.write_text(json.dumps([asdict(one) for one in every]), encoding="utf-8")
    return every


if __name__ == "__main__":
    raise SystemExit(main())
