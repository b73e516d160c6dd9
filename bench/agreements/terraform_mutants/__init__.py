"""The mistakes that a model makes in Terraform, and rewritings that change nothing.

Each mutation takes a program and gives another text, or None where it has nothing to act on. None
of them knows whether its result is valid: the real tool says so.
"""

from bench.agreements.terraform_mutants import (
    declarations,
    names,
    references,
    rewritings,
    structure,
    syntax,
    values,
)
from bench.agreements.terraform_mutants.register import MUTATIONS, REWRITINGS

__all__ = [
    "MUTATIONS",
    "REWRITINGS",
    "declarations",
    "names",
    "references",
    "rewritings",
    "structure",
    "syntax",
    "values",
]
