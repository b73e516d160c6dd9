"""Agreement with real tools: the programs, the tables, and how they are kept apart."""

from __future__ import annotations

import random

import pytest

from bench.agreement import subject
from bench.agreements.compare import Case, Comparison, Kept, counted, judge
from bench.agreements.report import page, shares, table
from bench.agreements.subject import Subject
from bench.agreements.terraform import pinned, written
from bench.agreements.terraform_corpus import programs
from bench.agreements.terraform_mutants import MUTATIONS, REWRITINGS
from bench.agreements.terraform_text import Text
from iac_gym.errors import UnknownName
from iac_gym.language import Opinion
from iac_gym.languages.terraform.tool import missing_tool, validate_many

PROGRAM = """\
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"

  tags = {
    Name = "main"
  }
}

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.main.id

  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""


def test_a_program_is_read_as_arguments_and_blocks() -> None:
    text = Text(PROGRAM)
    assert [(one.name, one.path) for one in text.of_resources()][:3] == [
        ("cidr_block", ("resource",)),
        ("name", ("resource",)),
        ("vpc_id", ("resource",)),
    ]
    assert [block.kind for block in text.inner()] == ["ingress"]
    assert [block.labels[1] for block in text.resources()] == ["main", "web"]


@pytest.mark.parametrize("name", sorted(MUTATIONS | REWRITINGS))
def test_every_mutation_changes_one_of_the_programs_by_hand(name: str) -> None:
    change = (MUTATIONS | REWRITINGS)[name]
    texts = [files["main.tf"] for _, _, files in written()]
    made = (change(random.Random(place), Text(text)) for place, text in enumerate(texts))
    assert any(new is not None and new != old for new, old in zip(made, texts, strict=True))


def test_mutations_are_the_same_for_the_same_seed() -> None:
    for change in MUTATIONS.values():
        one = change(random.Random(5), Text(PROGRAM))
        assert one == change(random.Random(5), Text(PROGRAM))


def test_programs_without_a_constraint_ask_for_the_installed_major_version() -> None:
    assert '"~> 5.0"' in pinned({"main.tf": PROGRAM})["main.tf"]
    assert pinned(pinned({"main.tf": PROGRAM})) == pinned({"main.tf": PROGRAM})
    assert pinned({"main.tf": 'resource "terraform_data" "x" {}\n'}) == {
        "main.tf": 'resource "terraform_data" "x" {}\n'
    }


def test_false_accepts_and_rejects_are_told_apart() -> None:
    made = [
        Case("x", "k", "1", {}, theirs=True, ours=True),
        Case("x", "k", "2", {}, theirs=True, ours=False),
        Case("x", "k", "3", {}, theirs=False, ours=True),
        Case("x", "k", "4", {}, theirs=None, ours=True),
    ]
    row = counted(made, "origin")["all"]
    assert (row["false accepts"], row["false rejects"], row["unscored"]) == (1, 1, 1)
    assert shares(row) == {"agreement": "33.3 %", "caught": "0.0 %", "refused": "50.0 %"}
    assert "agreement" in table({"all": row}, "origin")


def test_the_page_needs_nothing_outside_it() -> None:
    rows = counted([], "kind")
    difference = {
        "is": "false accept", "kind": "k", "origin": "o", "name": "n",
        "files": {"main.tf": "<script>"}, "their_words": ["no"], "our_words": [],
    }  # fmt: skip
    made = page(
        {
            "tool": "t",
            "provenance": {"seed": 0},
            "origins": rows,
            "kinds": rows,
            "differences": [difference],
        }
    )
    assert "<script>" not in made
    assert "http" not in made


def test_a_corpus_leaves_out_what_needs_more_than_it_holds(tmp_path) -> None:
    for name, text in {
        "good/main.tf": 'module "m" {\n  source = "./m"\n}\n',
        "good/m/main.tf": PROGRAM,
        "other/main.tf": 'resource "google_storage_bucket" "b" {}\n',
        "above/main.tf": 'module "m" {\n  source = "../good"\n}\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = dict(programs([str(tmp_path)]))
    names = {name.partition("/")[2] for name in found}
    assert names == {"good", "good/m"}
    assert set(found[f"{tmp_path.name}/good"]) == {"main.tf", "m/main.tf"}


def test_our_verdict_names_the_rule() -> None:
    valid, words = judge(pinned({"main.tf": PROGRAM.replace("vpc_id", "vpcid")}), "terraform")
    assert not valid
    assert any("[unsupported-argument]" in line for line in words)


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="terraform"):
        subject("terrafrom")


def test_a_comparison_keeps_answers_and_names_every_difference(tmp_path) -> None:
    asked: list[str] = []

    def ask(every):
        asked.extend(files["main.tf"] for files in every)
        return [Opinion("vpcid" in files["main.tf"]) for files in every]

    about = Subject(
        "terraform", "IaC-Terraform-v0", "a tool", lambda: "", lambda: {"a tool": "1"}, ask,
        mistakes={"no vpc": lambda rng, text: text.replace("vpc_id", "vpcid")},
    )  # fmt: skip
    cases = [Case("o", "k", "n", {"main.tf": PROGRAM}), Case("o", "k", "m", {"main.tf": "vpcid"})]
    for _ in range(2):
        kept = Kept(tmp_path, about.versions())
        result = Comparison(about, kept).run(cases)
    assert asked == [PROGRAM, "vpcid"]
    assert [(one["is"], one["name"]) for one in result["differences"]] == [
        ("false accept", "n"), ("false reject", "m"),
    ]  # fmt: skip
    made = Comparison(about, kept).cases(30, 1)
    assert {one.origin for one in made} == {"reference"}, "the tool refused all of them"


#: Programs without a provider, each with what terraform says of it; one must not touch another.
TOGETHER = {
    "valid": ('resource "terraform_data" "a" {\n  input = 1\n}\n', True),
    "syntax": ("locals {\n  a = \n}\n", False),
    "cycle": ("locals {\n  a = local.b\n  b = local.a\n}\n", False),
    "twice": ('resource "terraform_data" "a" {}\nresource "terraform_data" "a" {}\n', False),
    "undeclared": ("locals {\n  a = var.nothing\n}\n", False),
    "no default": ('variable "a" {\n  type = number\n}\noutput "b" {\n  value = var.a\n}\n', True),
    "default out of its rule": (
        'variable "a" {\n  default = 1\n\n  validation {\n    condition     = var.a > 5\n'
        '    error_message = "Too small."\n  }\n}\n',
        True,
    ),
    "sensitive": (
        'variable "a" {\n  sensitive = true\n}\noutput "b" {\n  value = var.a\n}\n', False,
    ),
    "version": ('terraform {\n  required_version = ">= 99.0"\n}\n', False),
    "constraint": ('terraform {\n  required_version = "none"\n}\n', False),
    "provider": ('resource "terraform_data" "a" {\n  provider = terraform.other\n}\n', False),
    "backend": ('terraform {\n  backend "local" {\n  }\n}\n', True),
    "reserved": ('variable "source" {}\n', False),
    "missing module": ('module "m" {\n  source = "./m"\n}\n', False),
}  # fmt: skip


@pytest.mark.tool
@pytest.mark.skipif(bool(missing_tool()), reason=missing_tool())
def test_programs_checked_together_do_not_touch_each_other() -> None:
    said = validate_many([{"main.tf": text} for text, _ in TOGETHER.values()])
    found = {name: one.valid for name, one in zip(TOGETHER, said, strict=True)}
    assert found == {name: valid for name, (_, valid) in TOGETHER.items()}


@pytest.mark.tool
@pytest.mark.skipif(bool(missing_tool()), reason=missing_tool())
def test_what_is_not_installed_is_unscored() -> None:
    remote = {"main.tf": 'module "m" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n'}
    absent = {"main.tf": 'resource "nothing_here" "a" {}\n'}
    assert [one.valid for one in validate_many([remote, absent])] == [None, None]
