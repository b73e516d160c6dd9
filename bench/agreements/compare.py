"""The comparison itself: inputs, both verdicts, the tool's answers kept on disk, and the counts.

A false accept is an input that only we accept, a false reject one that only we refuse.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import iac_gym
from bench.agreements.subject import Change, Files, Subject
from iac_gym.errors import BadDraft
from iac_gym.language import Opinion
from iac_gym.verifier import check_files

#: Shares of all inputs: references as they are, rewritings, and changes of programs by hand.
SHARES = {"reference": 0.1, "rewriting": 0.2, "of programs by hand": 0.15}
_COLUMNS = (
    "programs", "valid", "invalid", "agree", "false accepts", "false rejects", "unscored",
)  # fmt: skip


@dataclass
class Case:
    """An input, where it comes from, and what was done to it; then the two verdicts."""

    origin: str
    kind: str
    name: str
    files: Files
    theirs: bool | None = None
    ours: bool | None = None
    their_words: list[str] = field(default_factory=list)
    our_words: list[str] = field(default_factory=list)


def key_of(files: Files) -> str:
    """Return the key under which the answer about some files is kept."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


class Kept:
    """The tool's answers, kept in a file for each set of versions."""

    def __init__(self, folder: Path, about: Mapping[str, str]) -> None:
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

    def put(self, answers: Mapping[str, Opinion]) -> None:
        """Add answers and write all down."""
        self._answers.update({key: (said.valid, _words(said)) for key, said in answers.items()})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        data = {"versions": self._about, "answers": self._answers}
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(data), encoding="utf-8")
        os.replace(new, self._path)


def _words(said: Opinion) -> list[str]:
    first = [said.reason] if said.reason else []
    return first + [f"{one.file}:{one.line}: {one.message}"[:400] for one in said.findings[:5]]


class Comparison:
    """The inputs of one language, and what both sides say about them."""

    def __init__(self, subject: Subject, kept: Kept) -> None:
        self.subject = subject
        self.kept = kept

    # -- inputs ------------------------------------------------------------------------------------

    def by_hand(self) -> list[Case]:
        """Return the programs written by hand."""
        return [Case(origin, "none", name, files) for origin, name, files in self.subject.by_hand()]

    def found_in(self, folders: Sequence[str], programs: int, seed: int) -> list[Case]:
        """Return the programs in folders (each folder is an origin), and mistakes in them."""
        every = [
            Case(name.partition("/")[0], "none", name, files)
            for name, files in self.subject.found(folders)
        ]
        self.ask(every)
        bases = [one for one in every if len(one.files) == 1 and one.theirs]
        seen = {key_of(one.files) for one in every}
        every += self._changed(bases, self.subject.mistakes, programs - len(every), seed, seen)
        return every

    def references(self, count: int, seed: int) -> list[Case]:
        """Return references of the environment that are of this language."""
        made: list[Case] = []
        ids = iac_gym.iter_ids(self.subject.env, "train", seed=seed)
        for task_id in islice(ids, count * 40):
            try:
                task = iac_gym.load_task(task_id)
                mine = all(name == self.subject.language for _, name in task.files)
                files = self.subject.prepare(dict(task.reference)) if mine else None
            except BadDraft:  # a matter of the environment's own tests
                continue
            if files is not None:
                made.append(Case("reference", "none", task_id, files))
            if len(made) == count:
                break
        return made

    def cases(self, programs: int, seed: int) -> list[Case]:
        """Return the inputs to ask about: the same ones for the same numbers.

        Mistakes and rewritings are made of programs that the tool accepts.
        """
        by_hand = self.by_hand()
        whole = self.references(max(20, int(programs * SHARES["reference"])), seed)
        made = [*by_hand, *whole]
        self.ask(made)
        seen = {key_of(one.files) for one in made}
        left = programs - len(made)
        rewritten = int(programs * SHARES["rewriting"]) if self.subject.rewritings else 0
        own = int(programs * SHARES["of programs by hand"]) if by_hand else 0
        for table, wanted in (
            (self.subject.rewritings, rewritten),
            (self.subject.mistakes, left - rewritten),
        ):
            for group, number in ((whole, wanted - own), (by_hand, own)):
                bases = [one for one in group if len(one.files) == 1 and one.theirs]
                made += self._changed(bases, table, number, seed, seen)
        return made

    def _changed(
        self,
        bases: Sequence[Case],
        table: Mapping[str, Change],
        wanted: int,
        seed: int,
        seen: set[str],
    ) -> Iterator[Case]:
        """Yield changed programs: every class in turn, each of another program."""
        weights = self.subject.weights
        names = [name for name in sorted(table) for _ in range(weights.get(name, 1))]
        what = "rewriting" if table is self.subject.rewritings else "mistake"
        tries = 0
        while wanted > 0 and tries < 20 * len(names) * len(bases):
            name = names[tries % len(names)]
            rng = random.Random(f"{seed}/{name}/{tries}")
            tries += 1
            base = rng.choice(bases)
            path, old = next(iter(base.files.items()))
            text = table[name](rng, old)
            if text is None or key_of({path: text}) in seen:
                continue
            seen.add(key_of({path: text}))
            yield Case(f"{what} in {_article(base.origin)}", name, base.name, {path: text})
            wanted -= 1

    # -- verdicts ----------------------------------------------------------------------------------

    def ask(self, every: Sequence[Case]) -> None:
        """Fill in what the tool says of each program."""
        missing = [case for case in every if self.kept.get(key_of(case.files)) is None]
        step = self.subject.at_once
        for start in range(0, len(missing), step):
            part = missing[start : start + step]
            opinions = self.subject.ask([case.files for case in part])
            keys = [key_of(case.files) for case in part]
            self.kept.put(dict(zip(keys, opinions, strict=True)))
            done = f"asked about {start + len(part)} of {len(missing)}"
            print(done, file=sys.stderr, flush=True)
        for case in every:
            answer = self.kept.get(key_of(case.files))
            if answer is not None:
                case.theirs, case.their_words = answer

    def confirm(self, every: Sequence[Case]) -> None:
        """Ask again, alone, about the programs on which we disagree."""
        alone = self.subject.ask_alone
        if alone is None:
            return
        for case in every:
            if case.theirs is None or case.theirs == case.ours:
                continue
            key = key_of(case.files) + ":alone"
            if self.kept.get(key) is None:
                self.kept.put({key: alone(case.files)})
            answer = self.kept.get(key)
            if answer is not None:
                if answer[0] != case.theirs:
                    print(f"alone, {case.kind} of {case.name} is {answer[0]}", file=sys.stderr)
                case.theirs, case.their_words = answer

    def judge(self, every: Sequence[Case]) -> None:
        """Fill in what we say of each program."""
        for case in every:
            case.ours, case.our_words = judge(case.files, self.subject.language)

    def run(self, every: Sequence[Case]) -> dict[str, Any]:
        """Ask both sides about all programs; return the tables and every disagreement."""
        self.ask(every)
        self.judge(every)
        self.confirm(every)
        return {
            "origins": counted(every, "origin"),
            "kinds": counted(every, "kind"),
            "differences": [
                {"is": "false accept" if case.ours else "false reject", **asdict(case)}
                for case in every
                if case.theirs is not None and case.theirs != case.ours
            ],
        }


def _article(origin: str) -> str:
    if origin == "reference":
        return "a reference"
    return "a program by hand" if origin.startswith("written") else "a program found"


def judge(files: Files, language: str) -> tuple[bool, list[str]]:
    """Return our verdict, and what we say."""
    verdict = check_files(files, dict.fromkeys(files, language))
    if verdict.unscored:
        return True, [f"BROKEN: {verdict.unscored}"]
    words = [
        str(one) for one in verdict.diagnostics if one.stage.name not in ("SECURITY", "NOTICE")
    ]
    return verdict.valid, words


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
