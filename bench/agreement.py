"""How often our Terraform verifier and `terraform validate` agree: `python -m bench.agreement`.

Programs are the references of `IaC-Terraform-v0`, programs written by hand as weak and strong
models write them (`bench/programs/terraform`), both with mistakes (`terraform_mutants`), and with
rewritings that change nothing. All of them ask for the AWS provider that is installed, so that
both sides judge by the same version. A disagreement is asked again with the program alone.

Prints a table by class of mistake and by origin. A false accept is a program that only we accept,
a false reject one that only we refuse. The tool's answers are kept in `runs/agreement`, so that a
second run asks for new programs alone. `--html` writes a page with every disagreement.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import iac_gym
from bench.agreement_report import page, table
from bench.terraform_corpus import programs as programs_in
from bench.terraform_mutants import MUTATIONS, REWRITINGS
from bench.terraform_text import Text
from iac_gym.errors import BadDraft
from iac_gym.languages.terraform.tool import (
    ask_terraform,
    installed_providers,
    missing_tool,
    validate_many,
)
from iac_gym.provenance import provenance
from iac_gym.verifier import check_files

ENV = "IaC-Terraform-v0"
PROGRAMS = Path(__file__).parent / "programs" / "terraform"
CACHE = Path("runs/agreement")
#: How many programs are asked about before the answers are written down.
AT_ONCE = 160
#: Shares of all programs: references as they are, and rewritings; the rest are mistakes.
SHARES = {"reference": 0.1, "rewriting": 0.2, "of programs by hand": 0.15}
#: Classes that are tried three times as often: what a schema alone does not see.
OFTEN = frozenset(
    {"bad arn", "bad cidr", "bad enum", "bad json", "bad name", "conflicting arguments", "cycle",
     "expression mistake", "missing block", "number out of range", "wrong type of value"}
)  # fmt: skip
_REQUIRED = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

"""

Files = dict[str, str]


@dataclass
class Case:
    """A program, where it comes from, and what was done to it; then the two verdicts."""

    origin: str
    kind: str
    name: str
    files: Files
    theirs: bool | None = None
    ours: bool | None = None
    their_words: list[str] = field(default_factory=list)
    our_words: list[str] = field(default_factory=list)


def pinned(files: Files) -> Files:
    """Return the files with a constraint on the AWS provider, where they have none."""
    text = "\n".join(files.values())
    if "required_providers" in text or not re.search(r"aws", text):
        return files
    first = next(iter(files))
    return {**files, first: _REQUIRED + files[first]}


def written() -> list[Case]:
    """Return the programs written by hand."""
    made = []
    for path in sorted(PROGRAMS.glob("*.tf")):
        origin = (
            "written as a weak model"
            if path.stem.startswith("weak")
            else "written as a strong model"
        )
        made.append(Case(origin, "none", path.stem, pinned({"main.tf": path.read_text("utf-8")})))
    return made


def found_in(folders: Sequence[str]) -> list[Case]:
    """Return the programs in folders of files; each folder is an origin."""
    return [
        Case(name.partition("/")[0], "none", name, pinned(files))
        for name, files in programs_in(folders)
    ]


def references(count: int, seed: int) -> list[Case]:
    """Return references of the environment that use the AWS provider."""
    made = []
    for task_id in iac_gym.sample_ids(ENV, "train", count * 4, seed=seed):
        try:
            files = dict(iac_gym.load_task(task_id).reference)
        except BadDraft:  # a matter of the environment's own tests
            continue
        text = "\n".join(files.values())
        if "aws_" in text and not re.search(r"google|azurerm|hashicorp/(?!aws)", text):
            made.append(Case("reference", "none", task_id, pinned(files)))
    return made[:count]


def cases(programs: int, seed: int, kept: Kept) -> list[Case]:
    """Return the programs to ask about: the same ones for the same numbers.

    Mistakes and rewritings are made of programs that the tool accepts.
    """
    by_hand = written()
    whole = references(max(20, int(programs * SHARES["reference"])), seed)
    made = [*by_hand, *whole]
    ask(made, kept)
    seen = {key_of(one.files) for one in made}
    left = programs - len(made)
    rewritten = int(programs * SHARES["rewriting"])
    own = int(programs * SHARES["of programs by hand"]) if by_hand else 0
    for valid, wanted in ((True, rewritten), (False, left - rewritten)):
        for group, number in ((whole, wanted - own), (by_hand, own)):
            bases = [one for one in group if len(one.files) == 1 and one.theirs]
            made += _changed(bases, valid, number, seed, seen)
    return made


def _changed(
    bases: Sequence[Case], valid: bool, wanted: int, seed: int, seen: set[str]
) -> Iterator[Case]:
    """Yield changed programs: every class in turn, each of another program."""
    table = REWRITINGS if valid else MUTATIONS
    names = [name for name in sorted(table) for _ in range(1 + 2 * (name in OFTEN))]
    tries = 0
    while wanted > 0 and tries < 20 * len(names) * len(bases):
        name = names[tries % len(names)]
        rng = random.Random(f"{seed}/{name}/{tries}")
        tries += 1
        base = rng.choice(bases)
        text = table[name](rng, Text(base.files["main.tf"]))
        if text is None or key_of({"main.tf": text}) in seen:
            continue
        seen.add(key_of({"main.tf": text}))
        origin = f"{'rewriting' if valid else 'mistake'} in {_article(base.origin)}"
        yield Case(origin, name, base.name, {"main.tf": text})
        wanted -= 1


def _article(origin: str) -> str:
    if origin == "reference":
        return "a reference"
    return "a program by hand" if origin.startswith("written") else "a program found"


def judge(files: Files) -> tuple[bool, list[str]]:
    """Return our verdict, and what we say."""
    verdict = check_files(files, dict.fromkeys(files, "terraform"))
    if verdict.unscored:
        return True, [f"BROKEN: {verdict.unscored}"]
    words = [
        str(one) for one in verdict.diagnostics if one.stage.name not in ("SECURITY", "NOTICE")
    ]
    return verdict.valid, words


# -- the tool's answers ----------------------------------------------------------------------------


def key_of(files: Files) -> str:
    """Return the key under which the answer about some files is kept."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of terraform and of the providers."""
    said = subprocess.run(
        ["terraform", "version", "-json"], capture_output=True, text=True, check=False
    ).stdout
    found = {"terraform": str(json.loads(said).get("terraform_version", "unknown"))}
    return found | {name: ", ".join(all_) for name, all_ in installed_providers().items()}


class Kept:
    """The tool's answers, kept in a file for each set of versions."""

    def __init__(self, folder: Path, about: dict[str, str]) -> None:
        digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
        self._path = path = folder / f"answers-{digest[:12]}.json"
        self._about = about
        self._answers: dict[str, Any] = {}
        if path.exists():
            self._answers = json.loads(path.read_text("utf-8"))["answers"]

    def get(self, key: str) -> tuple[bool | None, list[str]] | None:
        """Return an answer that is kept."""
        found = self._answers.get(key)
        return None if found is None else (found[0], found[1])

    def put(self, answers: dict[str, tuple[bool | None, list[str]]]) -> None:
        """Add answers and write all down."""
        self._answers.update(answers)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        data = {"versions": self._about, "answers": self._answers}
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(data), encoding="utf-8")
        os.replace(new, self._path)


def ask(every: Sequence[Case], kept: Kept) -> None:
    """Fill in what the tool says of each program."""
    missing = [case for case in every if kept.get(key_of(case.files)) is None]
    for start in range(0, len(missing), AT_ONCE):
        part = missing[start : start + AT_ONCE]
        opinions = validate_many([case.files for case in part])
        kept.put(
            {
                key_of(case.files): (said.valid, _words(said.reason, said.findings))
                for case, said in zip(part, opinions, strict=True)
            }
        )
        print(f"asked about {start + len(part)} of {len(missing)}", file=sys.stderr, flush=True)
    for case in every:
        answer = kept.get(key_of(case.files))
        if answer is not None:
            case.theirs, case.their_words = answer


def _words(reason: str, findings: Sequence[Any]) -> list[str]:
    said = [reason] if reason else []
    return said + [f"{one.file}:{one.line}: {one.message}"[:400] for one in findings[:5]]


def confirm(every: Sequence[Case], kept: Kept) -> None:
    """Ask again, alone, about the programs on which we disagree."""
    for case in every:
        if case.theirs is None or case.theirs == case.ours:
            continue
        key = key_of(case.files) + ":alone"
        if kept.get(key) is None:
            said = ask_terraform(case.files)
            kept.put({key: (said.valid, _words(said.reason, said.findings))})
        answer = kept.get(key)
        if answer is not None:
            if answer[0] != case.theirs:
                print(f"alone, {case.kind} of {case.name} is {answer[0]}", file=sys.stderr)
            case.theirs, case.their_words = answer


def compare(every: Sequence[Case], kept: Kept) -> dict[str, Any]:
    """Ask both sides about all programs; return the tables and every disagreement."""
    ask(every, kept)
    for case in every:
        case.ours, case.our_words = judge(case.files)
    confirm(every, kept)
    return {
        "origins": counted(every, "origin"),
        "kinds": counted(every, "kind"),
        "differences": [
            {"is": _difference(case), **asdict(case)}
            for case in every
            if case.theirs is not None and case.theirs != case.ours
        ],
    }


def _difference(case: Case) -> str:
    return "false accept" if case.ours else "false reject"


def counted(every: Sequence[Case], by: str) -> dict[str, dict[str, int]]:
    """Count agreement by origin or kind; the row "all" comes last."""
    names = [*sorted({getattr(case, by) for case in every}), "all"]
    rows = {name: dict.fromkeys(_COLUMNS, 0) for name in names}
    for case in every:
        for row in (rows[getattr(case, by)], rows["all"]):
            row["programs"] += 1
            if case.theirs is None:
                row["unscored"] += 1
                continue
            row["valid" if case.theirs else "invalid"] += 1
            row["agree"] += case.ours == case.theirs
            row["false accepts"] += bool(case.ours and not case.theirs)
            row["false rejects"] += bool(case.theirs and not case.ours)
    return rows


_COLUMNS = (
    "programs", "valid", "invalid", "agree", "false accepts", "false rejects", "unscored",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="bench.agreement", description=__doc__)
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
    if reason := missing_tool():
        print(reason, file=sys.stderr)
        return 2
    about = versions()
    kept = Kept(options.cache, about)
    programs = options.cache / "programs.json"
    if options.again:
        every = [Case(**one) for one in json.loads(programs.read_text("utf-8"))]
    elif options.folder:
        every = found_in(options.folder)
        ask(every, kept)
        bases = [one for one in every if set(one.files) == {"main.tf"} and one.theirs]
        wanted, seen = options.programs - len(every), {key_of(one.files) for one in every}
        every += _changed(bases, False, wanted, options.seed, seen)
    else:
        every = cases(options.programs, options.seed, kept)
    if not options.again:
        options.cache.mkdir(parents=True, exist_ok=True)
        programs.write_text(json.dumps([asdict(one) for one in every]), encoding="utf-8")
    result = compare(every, kept)
    facts = {**provenance(), **about, "seed": str(options.seed)}
    data = {"provenance": facts, **result}
    print(table(result["kinds"], "class"), table(result["origins"], "origin"), sep="\n\n")
    if options.json:
        options.json.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    if options.html:
        options.html.write_text(page(data), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
