"""How often our HCL parser and another one agree: `python -m bench.hcl_agreement [FOLDER...]`.

Texts are the `*.tf`, `*.tfvars` and `*.hcl` files of the folders, else references and examples;
each is asked for as it is, then damaged (`hcl_mutants`). The other parser runs in a subprocess
(`hcl_oracle`), by the interpreter that has it (`--python`). Prints JSON: agreement, false accepts
(only we accept) and false rejects per kind of damage, and examples. `refused_later` counts texts
with `{ a.b = 1 }`: the real tool refuses them, but only when it evaluates, which no oracle here
does; `unasked` those that the oracle cannot read; `outvoted` those where a second oracle
(`--arbiter`) agrees with us.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import iac_gym
from bench.hcl_mutants import mutant
from bench.hcl_oracle import ORACLES
from iac_gym.formats.hcl import HclError, parse
from iac_gym.formats.hcl.brackets import AMBIGUOUS_KEY
from iac_gym.provenance import provenance

EXAMPLES = (
    """\
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

variable "names" {
  type    = list(string)
  default = ["a", "b"] # two

  validation {
    condition     = length(var.names) > 0 && alltrue([for n in var.names : n != ""])
    error_message = "Name at least one."
  }
}

locals {
  tags = merge(var.tags, {
    Name        = "x-${var.env}"
    "managed:by" = "terraform"
    (var.key)   : var.enabled ? 1.5e3 : -1
  })
  ids   = { for k, v in aws_subnet.this : k => v.id... if v.public }
  first = aws_instance.web[0].network_interface.0.id
  all   = concat(aws_instance.web[*].id, aws_instance.old.*.id, [true, null, !false]...)
}
""",
    """\
resource "aws_instance" "web" {
  count         = var.enabled ? 1 : 0
  ami           = data.aws_ami.ubuntu.id
  instance_type = "t3.micro"
  user_data     = <<-EOT
    #!/bin/bash
    %{ for name in var.names ~}
    echo "${name}" $HOME $${literal}
    %{ endfor ~}
    %{ if var.debug }set -x%{ else }true%{ endif }
  EOT

  dynamic "ebs_block_device" {
    for_each = toset(var.disks)
    content {
      device_name = ebs_block_device.value["name"]
      volume_size = (8 + ebs_block_device.value.size) * 2 / 3 % 7
    }
  }

  lifecycle { prevent_destroy = true }
  provisioner local-exec {
    command = <<CMD
echo \\${self.id}
CMD
  }
  /* a
     comment */
  // another
  depends_on = [aws_s3_bucket.logs, module.vpc]
}
""",
)


_ENV = "IaC-Terraform-v0"
_COLUMNS = (
    "texts",
    "valid",
    "agree",
    "false_accept",
    "false_reject",
    "refused_later",
    "outvoted",
    "unasked",
)


def ours(text: str) -> tuple[bool, str]:
    """Whether our parser accepts a text; else why not."""
    try:
        parse(text)
    except HclError as error:
        return False, f"{error.at}: {error}"
    return True, ""


def ask(oracle: str, python: str, texts: list[str]) -> Iterator[bool | None]:
    """The other parser's answers. A text on which its process dies has the answer None."""
    script = str(Path(__file__).with_name("hcl_oracle.py"))
    done = 0
    while done < len(texts):
        lines = "".join(f"{json.dumps(text)}\n" for text in texts[done:])
        process = subprocess.run(
            [python, script, oracle], input=lines, capture_output=True, text=True, check=False
        )
        answers = [json.loads(line) for line in process.stdout.splitlines()]
        if not answers and not done:
            raise SystemExit(f"the oracle {oracle} does not start: {process.stderr[-500:]}")
        if done + len(answers) < len(texts):
            answers.append(None)
        yield from answers
        done += len(answers)


def read(folders: Iterable[str], longest: int) -> list[tuple[str, str]]:
    """Names and texts of all files in the folders that are not too long."""
    found: list[tuple[str, str]] = []
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix in (".tf", ".hcl", ".tfvars") and path.is_file():
                data = path.read_bytes()
                if len(data) <= longest:
                    found.append((str(path), data.decode("utf-8", "replace")))
    return found or [*references(), *((f"example {i}", text) for i, text in enumerate(EXAMPLES))]


def references(count: int = 200) -> Iterator[tuple[str, str]]:
    """The reference answers of tasks of the Terraform environment, if that is installed."""
    if _ENV not in iac_gym.env_ids():
        return
    for task_id in iac_gym.sample_ids(_ENV, "train", count, seed=0):
        for path, text in iac_gym.load_task(task_id).reference.items():
            if path.endswith(".tf"):
                yield f"{task_id}:{path}", text


def cases(texts: list[tuple[str, str]], mutants: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Kind, name and text of every case: the files first, then their mutants."""
    for name, text in texts:
        yield "none", name, text
    rng = random.Random(seed)
    for _ in range(mutants):
        name, text = rng.choice(texts)
        changed, kind = mutant(rng, text)
        yield kind, name, changed


def compare(oracle: str, python: str, every: list[tuple[str, str, str]]) -> dict[str, Any]:
    """The table of agreement, with examples of each disagreement."""
    kinds: dict[str, dict[str, int]] = {}
    examples: list[dict[str, Any]] = []
    answers = ask(oracle, python, [text for _, _, text in every])
    for (kind, name, text), theirs in zip(every, answers, strict=True):
        row = kinds.setdefault(
            kind,
            dict.fromkeys(_COLUMNS, 0),
        )
        row["texts"] += 1
        accepted, why = ours(text)
        if theirs is None:
            row["unasked"] += 1
            verdict = "unasked, accepted" if accepted else "unasked, refused"
            examples.append({"is": verdict, "kind": kind, "of": name, "why": why, "text": text})
            continue
        row["valid"] += theirs
        if theirs and AMBIGUOUS_KEY in why:
            row["refused_later"] += 1
            continue
        row["agree"] += accepted == theirs
        if accepted != theirs:
            verdict = "false_accept" if accepted else "false_reject"
            row[verdict] += 1
            examples.append({"is": verdict, "kind": kind, "of": name, "why": why, "text": text})
    total = {key: sum(row[key] for row in kinds.values()) for key in next(iter(kinds.values()))}
    return {"oracle": oracle, "total": total, "kinds": kinds, "examples": examples}


def arbitrate(result: dict[str, Any], arbiter: str, python: str) -> None:
    """Ask a second parser where the first one differs from us or has no answer."""
    examples, result["examples"] = result["examples"], []
    answers = ask(arbiter, python, [example["text"] for example in examples])
    for example, theirs in zip(examples, answers, strict=True):
        verdict = example["is"]
        accepted = verdict in ("false_accept", "unasked, accepted")
        before = "unasked" if verdict.startswith("unasked") else verdict
        if theirs is None:
            after = before
        elif theirs == accepted:
            after = "agree" if before == "unasked" else "outvoted"
        else:
            after = "false_accept" if accepted else "false_reject"
        for row in (result["total"], result["kinds"][example["kind"]]):
            row[before] -= 1
            row[after] += 1
        if after not in ("agree", "outvoted"):
            result["examples"].append({**example, "is": after})


def main(argv: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="bench.hcl_agreement", description=__doc__)
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--mutants", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--oracle", choices=sorted(ORACLES), default="pygohcl")
    parser.add_argument("--python", default=sys.executable, help="interpreter with the oracle")
    parser.add_argument("--arbiter", choices=sorted(ORACLES), help="a second oracle")
    parser.add_argument("--longest", type=int, default=20000, help="bytes of a file at most")
    parser.add_argument("--out", type=Path, help="write the JSON there, with all examples")
    args = parser.parse_args(argv)
    every = list(cases(read(args.folders, args.longest), args.mutants, args.seed))
    result = compare(args.oracle, args.python, every)
    if args.arbiter:
        arbitrate(result, args.arbiter, args.python)
    # without the interpreter's path, which says nothing to others
    command = f"bench.hcl_agreement --mutants {args.mutants} --seed {args.seed} --oracle"
    result["provenance"] = {**provenance(), "command": f"{command} {args.oracle}"}
    if args.out:
        args.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    result["examples"] = [
        {**example, "text": example["text"][:300]} for example in result["examples"][:10]
    ]
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
