"""The command `iac-gym`: list, show, sample, verify, validate, docs.

Exit codes: 0 all is well, 1 the answer or environment has problems, 2 the command was wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from iac_gym.errors import IaCGymError, unknown
from iac_gym.grading import Grade, load_task, sample_ids
from iac_gym.language import TIERS, language_names, load_language, second_opinion
from iac_gym.recognition import matches, patterns_of, recognise
from iac_gym.registry import category_of, env_ids
from iac_gym.reward import reward_of
from iac_gym.task import SPLITS
from iac_gym.verdict import Outcome, Stage, Verdict
from iac_gym.verifier import check_files, verify


class _Parser(argparse.ArgumentParser):
    """Argument errors in one sentence, with the nearest match, and exit code 2."""

    def error(self, message: str) -> NoReturn:
        command = self.prog
        self.exit(2, f"{command}: {message}. See `{command} --help`.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    parser = _parser()
    given = list(sys.argv[1:] if arguments is None else arguments)
    commands = ("list", "show", "sample", "verify", "validate", "docs")
    try:
        if given and not given[0].startswith("-") and given[0] not in commands:
            raise unknown("command", given[0], commands)
        options = parser.parse_args(given)
        code: int = options.run(options)
    except IaCGymError as error:
        print(f"iac-gym: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    return code


def _parser() -> _Parser:
    parser = _Parser(prog="iac-gym", description="Environments for Infrastructure-as-Code.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    listing = commands.add_parser("list", help="the environments, their families and languages")
    listing.add_argument("env", nargs="?", help="only this environment, with its families")
    listing.add_argument(
        "--families", action="store_true", help="the families of every environment"
    )
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=_list)

    show = commands.add_parser("show", help="one task: prompt, requirements, reference")
    show.add_argument("task_id")
    show.add_argument("--no-reference", action="store_true", help="leave the reference out")
    show.add_argument("--json", action="store_true", help="as JSON")
    show.set_defaults(run=_show)

    sample = commands.add_parser("sample", help="ids of random tasks, one a line")
    sample.add_argument("env")
    sample.add_argument("-n", "--size", type=int, default=5)
    sample.add_argument("--split", default="train", help=f"one of {', '.join(SPLITS)}")
    sample.add_argument("--family", action="append", dest="families")
    sample.add_argument("--difficulty", action="append", type=int, dest="levels")
    sample.add_argument("--seed", type=int, default=0)
    sample.add_argument("--rows", action="store_true", help="Alpaca rows as JSON lines")
    sample.set_defaults(run=_sample)

    check = commands.add_parser("verify", help="judge a file for a task, or by its language")
    check.add_argument("files", nargs="+", metavar="FILE", help="path, folder, or - for stdin")
    check.add_argument("--task", help="a task id: also looks for the task's requirements")
    check.add_argument(
        "--language", help=f"one of {', '.join(language_names())}; kubernetes@1.31 names a version"
    )
    check.add_argument(
        "--tier", default="fast", choices=TIERS,
        help="who judges: ours, a library of the field, or the real tool",
    )  # fmt: skip
    check.add_argument("--format", default="text", choices=("text", "json", "sarif"))
    check.add_argument(
        "--security", action="store_true", help="security findings fail the file too"
    )
    check.set_defaults(run=_verify)

    contract = commands.add_parser("validate", help="run the contract over an environment")
    contract.add_argument("env")
    contract.add_argument("--depth", type=int, default=6, help="tasks per family and split")
    contract.add_argument(
        "--report", type=Path, help="JSON file for the result (default: runs/contract-ENV.json)"
    )
    contract.set_defaults(run=_validate)

    docs = commands.add_parser("docs", help="write the generated pages")
    docs.add_argument("--check", action="store_true", help="only say whether they are up to date")
    docs.add_argument("--root", type=Path, default=Path.cwd(), help="the repository's folder")
    docs.set_defaults(run=_docs)
    return parser


def _list(options: argparse.Namespace) -> int:
    from iac_gym.testing import facts_of

    chosen = [options.env] if options.env else list(env_ids())
    found = {env_id: category_of(env_id) for env_id in chosen}
    if options.json:
        data = {
            env_id: {
                **facts_of(category),
                "family_names": {
                    f.name: {"levels": f.levels, "held_out": f.held_out, "about": f.doc}
                    for f in category.families.values()
                },
            }
            for env_id, category in found.items()
        }
        print(json.dumps(data, indent=2))
        return 0
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("environment", "families", "held out", "requirement types", "difficulties")
    for env_id, category in found.items():
        facts = facts_of(category)
        levels = facts["levels"]
        table.add_row(
            env_id,
            *(str(facts[key]) for key in ("families", "held_out", "requirement_types")),
            ", ".join(map(str, levels)) if isinstance(levels, list) else "",
        )
    console.print(table)
    if options.env or options.families:
        for env_id, category in found.items():
            rows = Table("family", "difficulties", "split", "about", title=env_id)
            for each in category.families.values():
                where = "test only" if each.held_out else "all"
                rows.add_row(
                    each.name, ", ".join(map(str, each.levels)), where, each.doc.split("\n\n")[0]
                )
            console.print(rows)
    else:
        console.print(f"Languages: {', '.join(language_names())}")
    return 0


def _show(options: argparse.Namespace) -> int:
    task = load_task(options.task_id)
    if options.json:
        data: dict[str, Any] = {
            "task_id": task.id,
            "difficulty": task.difficulty,
            "style": task.style,
            "system": task.system,
            "instruction": task.instruction,
            "input": task.input,
            "requirements": [asked.to_json() for asked in task.requirements],
        }
        if not options.no_reference:
            data["reference"] = task.reference
        print(json.dumps(data, indent=2, ensure_ascii=False))
        return 0
    print(f"{task.id}   difficulty {task.difficulty}, style {task.style}\n")
    print(f"system:      {task.system}\n\n{task.instruction}\n")
    if task.input:
        print(f"{task.input}\n")
    for asked in task.requirements:
        print(f"  [{asked.name}] {json.dumps(dict(asked.args), ensure_ascii=False)}")
    if not options.no_reference:
        for path, text in task.reference.items():
            print(f"\n--- {path}\n{text.rstrip()}")
    return 0


def _sample(options: argparse.Namespace) -> int:
    from iac_gym.dataset import create_rows

    if options.size < 1:
        raise IaCGymError(f"--size was {options.size}; it must be at least 1.")
    chosen = {"families": options.families, "levels": options.levels}
    if options.rows:
        for row in create_rows(options.env, options.split, options.size, options.seed, **chosen):
            print(json.dumps(row, ensure_ascii=False))
    else:
        ids = sample_ids(options.env, options.split, options.size, options.seed, **chosen)
        print("\n".join(ids))
    return 0


def _read(path: str) -> str:
    try:
        if path == "-":
            return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
        return Path(path).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise IaCGymError(
            f"Cannot read {path!r}: {error.strerror}. Give the path of a text file, or - for "
            "standard input."
        ) from None


def _language(path: str, text: str) -> str:
    found = recognise(path, text)
    if found is None:
        raise IaCGymError(
            f"The language of {path!r} is not clear from its name. "
            f"Say it with --language: {', '.join(language_names())}."
        )
    return found


def _verify(options: argparse.Namespace) -> int:
    from iac_gym.console import as_json, as_sarif, as_text

    result: Grade | None = None
    if options.language:
        load_language(options.language)  # a wrong name is said before anything is read
    if options.task:
        load_task(options.task)
    texts = {path: _read(path) for path in _paths(options.files, options.language)}
    if options.tier != "fast":
        verdict = _second_opinion(options, texts)
        sources = {path: (path, text) for path, text in texts.items()}
    elif options.task:
        if len(texts) != 1:
            raise IaCGymError(
                f"{len(texts)} files were given with --task; give one file that holds the answer "
                "as the model wrote it (several files in fences under their paths)."
            )
        path, text = next(iter(texts.items()))
        verdict = verify(text, load_task(options.task))
        result = Grade(options.task, verdict, reward_of(verdict))
        sources = _sources(options.task, path, text)
    else:
        verdict = _verify_files(texts, options.language)
        sources = {path: (path, text) for path, text in texts.items()}
    write = {"text": as_text, "json": as_json, "sarif": as_sarif}[options.format]
    print(write(verdict, sources, result))
    failed = not (verdict.solved if result else verdict.valid)
    insecure = options.security and any(d.stage == Stage.SECURITY for d in verdict.diagnostics)
    return int(failed or insecure or bool(verdict.unscored))


def _second_opinion(options: argparse.Namespace, texts: dict[str, str]) -> Verdict:
    """Ask a library or the real tool whether the files are valid."""
    if options.task:
        raise IaCGymError(
            f"--tier {options.tier} was given with --task; it says whether files are valid, "
            "not whether they meet a task. Give --language, or leave --task out."
        )
    name = options.language or _language(*next(iter(texts.items())))
    opinion = second_opinion(load_language(name), options.tier, texts)
    rule = f"{name}-{options.tier}"
    if opinion.valid is None:
        return Verdict((Outcome(Stage.FORMAT, rule, (), opinion.reason),))
    return Verdict((Outcome(Stage.SEMANTICS, rule, opinion.findings),))


def _paths(given: Sequence[str], language: str | None) -> list[str]:
    """Write out folders: the files in them that are of a language (or of that language)."""
    found: list[str] = []
    for path in given:
        if path == "-" or not Path(path).is_dir():
            found.append(path)
            continue
        names = [language] if language else list(language_names())
        inside = sorted(one for one in Path(path).rglob("*") if one.is_file())
        fitting = [str(one) for one in inside if _is_of(str(one), names)]
        if not fitting:
            raise IaCGymError(
                f"The folder {path!r} holds no file of {language or 'any language'}; the names "
                f"that count are {', '.join(patterns_of(names))}."
            )
        found += fitting
    return found


def _is_of(path: str, names: Sequence[str]) -> bool:
    """Whether a file in a folder is of one of some languages; others are not read."""
    if not any(matches(load_language(name), path) for name in names):
        return False
    return len(names) == 1 or recognise(path, _read(path)) is not None


def _verify_files(texts: dict[str, str], language: str | None) -> Verdict:
    paths = {path: language or _language(path, text) for path, text in texts.items()}
    return check_files(texts, paths)


def _sources(task_id: str, path: str, text: str) -> dict[str, tuple[str, str]]:
    """Map the answer's file names to (shown name, text), for the source lines of diagnostics."""
    from iac_gym.answer import extract
    from iac_gym.check import ParseError

    try:
        files = extract(text, load_task(task_id).files).files
    except ParseError:
        return {"": (path, text)}
    return {name: (name if len(files) > 1 else path, body) for name, body in files.items()}


def _validate(options: argparse.Namespace) -> int:
    from rich.console import Console

    from iac_gym.contract_report import write_report
    from iac_gym.testing import CHECKS, run_contract

    category = category_of(options.env)
    if options.depth < 1:
        raise IaCGymError(f"--depth was {options.depth}; it must be at least 1.")
    console, found = Console(), {}
    for check in CHECKS:
        with console.status(check.__name__):
            found[check] = run_contract(category.env_id, options.depth, [check])
        mark = "[red]failed[/red]" if found[check] else "[green]ok[/green]"
        console.print(f"{mark:22} {' '.join((check.__doc__ or '').split())}")
        for problem in found[check][:10]:
            console.print(f"         {problem.message}", markup=False, highlight=False)
    failed = sum(map(len, found.values()))
    path = options.report or Path("runs") / f"contract-{category.env_id}.json"
    write_report(path, category, options.depth, found)
    console.print(f"report: {path}")
    console.print(f"{options.env}: {failed} problems, {len(CHECKS)} checks, depth {options.depth}")
    return int(failed > 0)


def _docs(options: argparse.Namespace) -> int:
    from iac_gym.docs import pages

    stale = []
    for path, text in pages().items():
        target = options.root / path
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if not options.check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    verb = "out of date" if options.check else "written"
    print("\n".join(f"{path}: {verb}" for path in stale) or "all pages are up to date")
    return int(options.check and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main())
