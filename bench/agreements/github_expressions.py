"""Expressions of GitHub Actions: our reading and folding against GitHub's own package.

`python -m bench.agreements.github_expressions FOLDER --count 4000` makes expressions from a seed,
some of them broken, lets `@actions/expressions` under node read and evaluate them, and prints where
the two differ. FOLDER holds the package: `npm install @actions/expressions` there. The package is
not the service, whose own analyzer (actions/runner) is a little different; `explained` names each
of these differences, and anything else is a fault of ours.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iac_gym.languages.github_actions.expressions import (
    FALSY,
    UNKNOWN,
    ExpressionError,
    parse_expression,
    possible,
    read_template,
    truth,
)
from iac_gym.languages.github_actions.expressions.fold import evaluate
from iac_gym.languages.github_actions.expressions.lexer import MOST_DEPTH
from iac_gym.languages.github_actions.expressions.values import Array, EvaluationError, Object

#: What the schema allows at a step's `if`, for the reading; the folding sees no context.
ALLOWED = ("github", "env", "matrix", "always(0,0)", "hashFiles(1,255)", "failure(0,MAX)")

_ORACLE = """
import {readFileSync} from 'node:fs';
import {Lexer, Parser, Evaluator, data} from '@actions/expressions';
const {texts, contexts, functions} = JSON.parse(readFileSync(0, 'utf8'));
const plain = v => {
  switch (v.kind) {
    case data.Kind.Null: return ['null'];
    case data.Kind.Boolean: return ['boolean', v.value];
    case data.Kind.Number: return ['number', String(v.value)];
    case data.Kind.String: return ['string', v.value];
    case data.Kind.Array: return ['array', v.values().map(plain)];
    default: return ['object', v.pairs().map(p => [p.key, plain(p.value)])];
  }
};
const context = value => new data.Dictionary(
  ...['ref', 'os', 'X', 'a'].map(key => ({key, value})));
const named = value => new Map(functions.map(f => [f.name.toLowerCase(),
  {...f, call: () => new data.BooleanData(f.name === 'always' || value)}]));
const worlds = [
  {context: context(new data.Null()), functions: named(false)},
  {context: context(new data.StringData('Main')), functions: named(true)},
  {context: context(new data.NumberData(1)), functions: named(false)},
];
const out = texts.map(text => {
  let tree;
  try {
    tree = new Parser(new Lexer(text).lex().tokens, contexts, functions).parse();
  } catch (e) { return {read: false, why: e.message}; }
  if (tree === undefined) return {read: false, why: 'empty'};
  const values = worlds.map(world => {
    const pairs = contexts.map(key => ({key, value: world.context}));
    const values = new data.Dictionary(...pairs);
    try {
      return plain(new Evaluator(tree, values, world.functions).evaluate());
    } catch (e) { return ['fails', String(e.message)]; }
  });
  return {read: true, values};
});
process.stdout.write(JSON.stringify(out));
"""


# --- making expressions ---------------------------------------------------------------------------

_STRINGS = (
    "",
    "a",
    "A",
    "main",
    "Main",
    "it''s",
    "1",
    "0x1f",
    " 12 ",
    "1e3",
    "true",
    "{0}",
    "}",
    "é",
)
_FORMATS = ("{0}", "{0}-{1}", "{{{0}}}", "v{1}", "{", "a}}b", "}", "{x}", "{01}", "x")
_NUMBERS = ("0", "1", "-1", "+2", "1.5", ".5", "1e3", "0x1F", "0o17", "NaN", "Infinity", "-0", "1.")
_JSONS = (
    '[1, "a", null, true]',
    '{"a": 1, "B": {"c": [1, 2]}}',
    "[[1], [2, 3]]",
    '[{"n": "x"}, {"n": "y", "m": 2}, 5]',
    "{}",
    "[]",
    '"text"',
    "12",
    "null",
    "{bad",
    " ",
)
_KEYS = ("a", "b", "n", "c", "x-1", "_y", "true", "null")
_OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "&&", "||")
#: What has no value before a run, or is not there.
_OPEN = ("github.ref", "env.X", "matrix['os']", "secrets.x", "always()", "failure()")
_NOISE = (
    "(", ")", "[", "]", ",", ".", "*", "!", "=", "&", "|", "<", ">", "'", '"', " ", "\t", "\n", "-",
    "+", "1", "a", "é", "$", "{", "}", "true", "github", "==", "&&", "''", "0x", "..", "#", "\\",
)  # fmt: skip


class Maker:
    """Draws expressions from a seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def expression(self, depth: int) -> str:
        """Return an expression, no deeper than `depth`."""
        draw = self.draw
        kind = draw.random()
        if depth <= 0 or kind < 0.25:
            return self.literal()
        blank = draw.choice(("", " ", "  "))
        if kind < 0.5:
            operator = draw.choice(_OPERATORS)
            return f"{self.expression(depth - 1)}{blank}{operator} {self.expression(depth - 1)}"
        if kind < 0.6:
            return "!" + self.expression(depth - 1)
        if kind < 0.7:
            return f"({self.expression(depth - 1)}{blank})"
        return self.call(depth) if kind < 0.85 else self.accessed(depth)

    def literal(self) -> str:
        """Return a literal; now and then a context or a status function."""
        draw = self.draw
        kind = draw.random()
        if kind < 0.45:
            return f"'{draw.choice(_STRINGS)}'"
        if kind < 0.75:
            return draw.choice(_NUMBERS)
        if kind < 0.93:
            return draw.choice(("true", "false", "null", "TRUE", "True"))
        return draw.choice(
            ("github.ref", "env.X", "matrix['os']", "secrets.x", "always()", "failure()")
        )

    def call(self, depth: int) -> str:
        """Return a call of a function, mostly with as many arguments as it takes."""
        draw = self.draw
        name = draw.choice(
            ("contains", "startsWith", "endsWith", "format", "join", "toJSON", "fromJSON", "case")
        )
        if name == "format":
            arguments = [f"'{draw.choice(_FORMATS)}'"]
            arguments += [self.expression(depth - 2) for _ in range(draw.randint(0, 2))]
        elif name == "fromJSON":
            arguments = [f"'{draw.choice(_JSONS)}'"]
        else:
            count = {"join": 2, "toJSON": 1, "case": 3}.get(name, 2)
            if draw.random() < 0.07:
                count += draw.choice((-1, 1))
            arguments = [self.expression(depth - 1) for _ in range(count)]
        if name in ("contains", "join", "toJSON") and arguments and draw.random() < 0.6:
            arguments[0] = self.accessed(depth)
        return f"{self.cased(name)}({', '.join(arguments)})"

    def cased(self, name: str) -> str:
        """Return a name in some mixture of cases."""
        return self.draw.choice((name, name, name.lower(), name.upper()))

    def accessed(self, depth: int) -> str:
        """Return an access to the value of a JSON text."""
        draw = self.draw
        text = f"fromJSON('{draw.choice(_JSONS[:8])}')"
        for _ in range(draw.randint(0, 3)):
            kind = draw.random()
            if kind < 0.4:
                text += "." + draw.choice(_KEYS)
            elif kind < 0.6:
                text += draw.choice((".*", "[*]"))
            elif kind < 0.8:
                text += f"[{draw.choice(_NUMBERS)}]"
            else:
                text += f"[{self.expression(depth - 1)}]"
        return text

    def broken(self, text: str) -> str:
        """Return the text with a few things put in, taken out or repeated."""
        draw = self.draw
        for _ in range(draw.randint(1, 2)):
            place = draw.randint(0, len(text))
            kind = draw.random()
            if kind < 0.45:
                text = text[:place] + draw.choice(_NOISE) + text[place:]
            elif kind < 0.85:
                text = text[:place] + text[place + draw.randint(1, 3) :]
            else:
                text = text[:place] + text[max(place - 4, 0) :]
        return text

    def texts(self, count: int) -> list[str]:
        """Return that many different expressions; a third of them were broken."""
        found: dict[str, None] = {}
        while len(found) < count:
            text = self.expression(self.draw.randint(0, 5))
            if self.draw.random() < 0.35:
                text = self.broken(text)
            if text.strip() and len(text) < 2000:
                found[text.strip()] = None
        return list(found)


# --- asking both ----------------------------------------------------------------------------------


def ask_package(texts: list[str], folder: Path) -> list[dict[str, Any]]:
    """Return what the package says of each text; `folder` holds its node_modules."""
    functions = []
    for item in ALLOWED:
        if match := re.fullmatch(r"(\w+)\((\d+),(\w+)\)", item):
            most = 2**53 if match[3] == "MAX" else int(match[3])
            functions.append({"name": match[1], "minArgs": int(match[2]), "maxArgs": most})
    contexts = [item for item in ALLOWED if "(" not in item]
    told = json.dumps({"texts": texts, "contexts": contexts, "functions": functions})
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", _ORACLE],
        cwd=folder,
        input=told,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def _plain(value: Any) -> list[Any]:
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["boolean", value]
    if isinstance(value, float):
        return ["number", _number(value)]
    if isinstance(value, str):
        return ["string", value]
    if isinstance(value, Array):
        return ["array", [_plain(item) for item in value.items]]
    if isinstance(value, Object):
        return ["object", [[key, _plain(item)] for key, item in value.pairs]]
    return ["unknown"]


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) else repr(value)


def ask_us(text: str) -> dict[str, Any]:
    """Return what we say of a text, in the package's form."""
    template = read_template("${{ " + text + " }}", ALLOWED)
    try:
        tree = parse_expression(text)
    except ExpressionError as error:
        return {"read": False, "why": error.message}
    if template.faults:
        return {"read": False, "why": template.faults[0].message}
    try:
        value = evaluate(tree)
    except EvaluationError as error:
        return {"read": True, "fails": str(error)}
    told = {"read": True, "possible": possible(tree), "truth": truth(tree)}
    return told if value is UNKNOWN else {**told, "value": _plain(value)}


#: Where the package differs from the runner: (name, pattern of the text).
_KNOWN = (
    ("the package unescapes only the first '' of a string", r"'[^']*''[^']*''"),
    ("the package takes a comma before the closing parenthesis", r",\s*\)"),
    ("the package knows fewer blanks", r"[^\S \t\r\n]"),
    ("the package writes large and small numbers in another form", r"[eE][-+]?\d\d|\d{15}"),
    ("the package takes letters behind the number of a placeholder", r"\{\d+[^}\d][^}]*\}"),
)


def explained(text: str) -> str:
    """Return why the package may differ from the service on a text, "" where it may not."""
    if len(re.findall(r"[=!]=|[<>]", text)) >= MOST_DEPTH:
        return "the package does not count operators as depth"
    return next((why for why, pattern in _KNOWN if re.search(pattern, text)), "")


def _differs(ours: dict[str, Any], theirs: dict[str, Any], text: str) -> str:
    """Return how the two differ, "" where what we say holds for every value of the contexts."""
    if ours["read"] != theirs["read"]:
        return "read"
    if not ours["read"]:
        return ""
    values = [value for value in theirs["values"] if value[0] != "fails"]
    if "fails" in ours:
        return "" if len(values) < len(theirs["values"]) or _is_open(text) else "fails"
    if any(value != ours["value"] for value in values if "value" in ours):
        return "value"
    if any(_is_true(value) != ours["truth"] for value in values if ours["truth"] is not None):
        return "truth"
    if ours["possible"] is not None and not all(
        _is_in(value, ours["possible"]) for value in values
    ):
        return "possible"
    folded = "value" in ours or _is_open(text)
    return "" if folded or not values else "not folded"


def _is_open(text: str) -> bool:
    """Whether the value may depend on a context or on the state of a job."""
    return bool(re.search(r"github|env|matrix|failure|hashfiles", text, re.IGNORECASE))


def _is_true(value: list[Any]) -> bool:
    falsy = (["null"], ["boolean", False], ["number", "0"], ["number", "NaN"], ["string", ""])
    return value not in falsy


def _is_in(value: list[Any], known: Sequence[Any]) -> bool:
    if FALSY in known and not _is_true(value):
        return True
    return value in [_plain(one) for one in known]


def compare(texts: list[str], folder: Path) -> tuple[Counter[str], list[str]]:
    """Return counts by kind, and a line for each difference that nothing explains."""
    counts: Counter[str] = Counter()
    lines = []
    for text, theirs in zip(texts, ask_package(texts, folder), strict=True):
        ours = ask_us(text)
        counts["read by both" if ours["read"] and theirs["read"] else "refused by one or both"] += 1
        counts["folded to a value"] += "value" in ours
        kind = _differs(ours, theirs, text)
        if not kind:
            continue
        if why := explained(text):
            counts[f"explained: {why}"] += 1
        else:
            counts[f"unexplained: {kind}"] += 1
            lines.append(f"{kind}: {text!r}\n  ours   {ours}\n  theirs {theirs}")
    return counts, lines


def main() -> int:
    """Compare and print; 1 where a difference is not explained."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where @actions/expressions is installed")
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts, lines = compare(Maker(options.seed).texts(options.count), options.folder)
    for name, count in sorted(counts.items()):
        print(f"{count:6}  {name}")
    print("\n".join(lines[:40]))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
