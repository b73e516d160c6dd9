"""Texts that a verifier must survive, and ways of damaging an answer: input of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iac_gym.draw import unit

#: Texts that answer nothing: each must score 0.0 for every task.
NOTHING = (
    "",
    " \n\t\n",
    "{}",
    "[]",
    "null",
    "~",
    "---",
    "---\n---\n",
    "# only a comment\n",
    "0",
    "true",
    "I'm sorry, but I can't help with that.",
    "Sure! Here is the configuration you asked for, it meets all of your requirements.",
    "```\n```",
    "```yaml\n# nothing\n```",
    "<think>I could write it</think>",
    "apiVersion:\nkind:\nmetadata:\nspec: Pod\n",
    "apiVersion: x, kind: y",
    "FROM what I can tell you need / RUN away from this",
    "FROM RUN COPY CMD",
    "services:\nversion:\n  image:\n",
    "services: {}\n",
    "solved",
    "1.0",
)


def _bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]")
    return "\n".join(lines) + "\n"


def _locals(first: str, following: str, levels: int) -> str:
    """Write Terraform locals of which each is made of the one before (`{}`)."""
    lines = [f"  a0 = {first}"]
    lines += [f"  a{n} = {following.replace('{}', f'local.a{n - 1}')}" for n in range(1, levels)]
    inner = "\n".join(lines)
    return f'locals {{\n{inner}\n}}\noutput "last" {{\n  value = local.a{levels - 1}\n}}\n'


def _resources(count: int, body: str) -> str:
    return "".join(
        f'resource "aws_s3_bucket" "b{n}" {{\n{body.replace("{}", str(n + 1))}\n}}\n'
        for n in range(count)
    )


def _jobs(count: int, body: str) -> str:
    """Write a workflow of jobs; `{}` is the number of the job, `[]` that of the next."""
    jobs = "".join(
        f"  j{n}:\n    runs-on: x\n{body.replace('{}', str(n)).replace('[]', str((n + 1) % count))}"
        for n in range(count)
    )
    return f"on: push\njobs:\n{jobs}"


def _step(run: str) -> str:
    """Write a workflow with one step."""
    return _jobs(1, f"    steps:\n      - run: {run}\n")


def _doubled_scripts(levels: int) -> str:
    """Write GitLab jobs, each with the script of the one before twice."""
    lines = [".j0:\n  script: [make]"]
    lines += [
        f".j{n}:\n  script: [!reference [.j{n - 1}, script], !reference [.j{n - 1}, script]]"
        for n in range(1, levels)
    ]
    return "\n".join(lines) + f"\nt:\n  extends: .j{levels - 1}\n"


def _conditions(levels: int) -> str:
    """Write a template whose conditions are each made of the one before, twice."""
    lines = ["  C0: !Equals [a, a]"]
    lines += [f"  C{n}: !And [!Condition C{n - 1}, !Condition C{n - 1}]" for n in range(1, levels)]
    inner = "\n".join(lines)
    return f"Conditions:\n{inner}\nResources:\n  A:\n    Type: AWS::SNS::Topic\n"


def _topics(count: int, name: str) -> str:
    """Write a template of topics; `{}` in the name is the number of the next."""
    return "Resources:\n" + "".join(
        f"  T{n}:\n    Type: AWS::SNS::Topic\n    Properties:\n"
        f"      TopicName: {name.replace('{}', str((n + 1) % count))}\n"
        for n in range(count)
    )


def _pipeline(steps: str) -> str:
    """Write a Jenkinsfile with one stage."""
    head = "pipeline {\n  agent any\n  stages {\n    stage('x') {\n      steps {\n"
    return head + steps + "\n      }\n    }\n  }\n}\n"


_AXIS = "        {}: [" + ", ".join(map(str, range(200))) + "]\n"
_MATRIX = "    strategy:\n      matrix:\n" + "".join(_AXIS.replace("{}", c) for c in "abcdef")

#: Attacks on parsers and walkers: deep, wide, endless, malformed, or in no encoding.
HOSTILE = {
    "one megabyte of a": "a" * (1 << 20),
    "more than one megabyte": "a: b\n" * (1 << 18),
    "one megabyte of open brackets": "[" * (1 << 20),
    "deep flow within the limit of size": "[" * 30_000,
    "deep braces": "{a: " * 15_000,
    "deep indentation": "".join(" " * depth + "a:\n" for depth in range(300)),
    "deep block sequences": "- " * 20_000,
    "alias bomb": _bomb(12),
    "alias to itself": "a: &a [*a]\n",
    "merge with itself": "a: &a\n  <<: *a\n",
    "many anchors": "".join(f"k{n}: &x{n} v\n" for n in range(4000)),
    "huge integer": "replicas: " + "9" * 6000 + "\n",
    "huge float": "replicas: 1e999999999\n",
    "huge hexadecimal": "replicas: 0x" + "f" * 6000 + "\n",
    "NUL": "apiVersion: v1\x00\nkind: Pod\n",
    "control characters": "a: \x01\x02\x1b[31m\n",
    "lone surrogate": "a: \ud800\n",
    "byte order mark only": "\ufeff",
    "right-to-left override": "a: \u202eb\n",
    "tabs": "a:\n\tb: 1\n",
    "carriage returns": "a: 1\r\rb: 2\r\n",
    "next line characters": "a: 1\u0085b: 2\u2028c: 3\n",
    "unknown tag": "a: !!python/object/apply:os.system ['true']\n",
    "local tag": "a: !vault |\n  x\n",
    "complex key": "? {a: {b: [c]}}\n: d\n",
    "nested complex keys": "? " * 2000 + "a\n",
    "duplicate keys": "a: 1\na: 2\n",
    "template text": "kind: {{ .Values.kind }}\n",
    "many documents": "---\n" * 20_000,
    "many small documents": "---\na: 1\n" * 5000,
    "wide mapping": "".join(f"key{n}: {n}\n" for n in range(6000)),
    "many backticks": "`" * 60_000,
    "many fences": "```\n" * 20_000,
    "many thoughts": "<think>" * 20_000 + "</think>" * 20_000,
    "many dollars": "FROM a\nRUN " + "$" * 50_000 + "\n",
    "nested expansion": "FROM " + "${a:-" * 8000 + "}" * 8000 + "\n",
    "endless continuation": "FROM a\nRUN x " + "\\\n" * 20_000,
    "open heredocs": "FROM a\n" + "RUN <<A <<B <<C\n" * 2000,
    "open quotes": "FROM a\nRUN echo '" + "a" * 30_000 + "\n",
    "many instructions": "FROM a\n" + "RUN true\n" * 6000,
    "many stages": "".join(
        f"FROM a AS s{n}\nCOPY --from=s{max(n - 1, 0)} a b\n" for n in range(1500)
    ),
    "deep JSON": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "long line of operators": "a: " + "&" * 30_000 + "\n",
    "percent": "%" * 30_000,
    "quotes": '"' * 30_001,
    "escapes": 'a: "' + "\\" * 30_001 + '"\n',
    "bad escape": 'a: "\\q"\n',
    "long key": "k" * 5000 + ": 1\n",
    "doubling text": _locals('"xxxxxxxxxx"', '"${{}}${{}}"', 200),
    "doubling list": _locals('["x"]', "concat({}, {})", 200),
    "nested lists": _locals('["x"]', "[{}, {}]", 200),
    "long chain of locals": _locals('"x"', "{}", 3000),
    "circle of locals": _locals("local.a1999", "{}", 2000),
    "huge products": "locals {\n  a = setproduct(range(1000), range(1000), range(1000))\n}\n",
    "nested loops": "locals {\n  a = [for a in range(1000) : [for b in range(1000) : a]]\n}\n",
    "slow pattern": 'locals {\n  a = regex("(a+)+$", "' + "a" * 3000 + '!")\n}\n',
    "huge widths": 'locals {\n  a = format("%999999999d", 1)\n}\n',
    "huge count": _resources(1, "  count = 1000000000"),
    "many counts": _resources(700, "  count = 200"),
    "chain of for_each": _resources(600, "  for_each = aws_s3_bucket.b{}"),
    "many unknown arguments": _resources(1, "".join(f"  x{n} = 1\n" for n in range(999))),
    "deep HCL": "locals {\n  a = " + "[" * 20_000 + "]" * 20_000 + "\n}\n",
    "endless template": 'locals {\n  a = "' + "${a" * 15_000 + '"\n}\n',
    "many unary operators": "locals {\n  a = " + "!" * 60_000 + "true\n}\n",
    "open HCL heredoc": "locals {\n  a = <<EOT\n" + "x\n" * 20_000,
    "circle of jobs": _jobs(900, "    needs: [j[]]\n    steps:\n      - run: x\n"),
    "jobs that need all": "on: push\njobs:\n"
    + "".join(
        f"  j{n}:\n    runs-on: x\n    needs: [{', '.join(f'j{m}' for m in range(n))}]\n"
        "    steps: [{run: x}]\n"
        for n in range(150)
    ),
    "huge matrix": _jobs(1, _MATRIX + "    steps:\n      - run: x ${{ matrix.a }}\n"),
    "deep expression": _step("x ${{ " + "(" * 9000 + "1" + ")" * 9000 + " }}"),
    "long expression": _step("x ${{ " + " && ".join(["github.ref"] * 1500) + " }}"),
    "many expressions": _step("x " + "${{ github.ref }}" * 3000),
    "open expressions": _step("x " + "${{" * 15_000),
    "long condition": _jobs(1, "    if: " + "!" * 20_000 + "true\n    steps: [{run: x}]\n"),
    "doubled scripts": _doubled_scripts(60),
    "chain of extends": "".join(
        f".j{n}:\n  extends: .j{n + 1}\n  script: [x]\n" for n in range(1500)
    ),
    "slow pattern in rules": "t:\n  script: [x]\n  rules:\n"
    "    - if: $CI_COMMIT_SHA =~ /(a+)+(.*)*(.*)*(.*)*$/\n",
    "huge parallel": "t:\n  script: [x]\n  parallel:\n    matrix:\n      - A: ["
    + ", ".join(map(str, range(200)))
    + "]\n        B: ["
    + ", ".join(map(str, range(200)))
    + "]\n",
    "doubled conditions": _conditions(60),
    "circle of topics": _topics(400, "!Ref T{}"),
    "topics of all": _topics(150, '!Sub "' + "".join(f"${{T{n}}}" for n in range(150)) + '"'),
    "deep functions": _topics(1, "!Join ['', " + "[!Join ['', " * 40 + "[a]" + "]]" * 40 + "]"),
    "many holes": _topics(1, '!Sub "' + "${" * 15_000 + '"'),
    "nested texts": _pipeline("echo " + '"${' * 4000 + '"x"' + '}"' * 4000),
    "deep closures": _pipeline("script {" * 8000),
    "long chain of calls": _pipeline("script { a" + ".b()" * 12_000 + " }"),
    "many slashes": _pipeline("sh " + "/" * 40_000),
    "open Groovy texts": _pipeline("sh " + "'''" * 15_001),
    "long sums": _pipeline("script { x = " + " + ".join(["1"] * 15_000) + " }"),
    "shell nesting": "FROM a\nRUN " + "$(" * 5000 + ")" * 5000 + "\n",
}


def damaged(text: str, key: str) -> Iterator[str]:
    """Yield damaged copies of an answer: lines lost, doubled, moved, values and keys changed.

    The same `key` gives the same damage.
    """
    lines = text.splitlines(keepends=True)
    for turn in range(4):
        place = int(unit("damage", key, turn) * len(lines))
        line = lines[place]
        before, after = lines[:place], lines[place + 1 :]
        yield "".join(before + after)
        yield "".join([*before, line, line, *after])
        yield "".join([*before, "  " + line, *after])
        yield "".join([*before, line.replace(": ", ": -", 1), *after])
        yield "".join([*before, line.replace(":", "x:", 1), *after])
        yield "".join([*before, line.replace(": ", ": [", 1), *after])
        cut = int(unit("cut", key, turn) * len(text))
        yield text[:cut]
        yield text[:cut] + text[cut + 1 :]
        yield text[:cut] + "\x07" + text[cut:]
        yield text[cut:]
    yield "".join(reversed(lines))
    yield text + text
    yield text.upper()


def misspelt(text: str, key: str) -> Iterator[str]:
    """Yield copies of an answer in which the first word of one line is misspelt."""
    lines = text.splitlines(keepends=True)
    for turn in range(6):
        place = int(unit("misspelt", key, turn) * len(lines))
        line = re.sub(r"([A-Za-z])(\w+)", r"\1q\2", lines[place], count=1)
        if line != lines[place]:
            yield "".join([*lines[:place], line, *lines[place + 1 :]])
