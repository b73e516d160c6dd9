"""The type system of Terraform: types of values, conversion, unification, and constraints."""

from __future__ import annotations

from iac_gym.languages.terraform.constraints import Constraint, parse_type
from iac_gym.languages.terraform.conversion import ConversionError, Defaults, convert, make_set
from iac_gym.languages.terraform.equality import equal
from iac_gym.languages.terraform.kinds import (
    ListValue,
    MapValue,
    TypedSet,
    bounded,
    has_any,
    merged_refs,
    object_of,
    refs_of,
    type_name,
    type_of,
    weight,
    wholly_known,
    without_optional,
)
from iac_gym.languages.terraform.precise import (
    Precise,
    fraction_of,
    is_number,
    number_text,
    parse_number,
    rounded,
    same_number,
)
from iac_gym.languages.terraform.unification import convertible, unify

__all__ = [
    "Constraint",
    "ConversionError",
    "Defaults",
    "ListValue",
    "MapValue",
    "Precise",
    "TypedSet",
    "bounded",
    "convert",
    "convertible",
    "equal",
    "fraction_of",
    "has_any",
    "is_number",
    "make_set",
    "merged_refs",
    "number_text",
    "object_of",
    "parse_number",
    "parse_type",
    "refs_of",
    "rounded",
    "same_number",
    "type_name",
    "type_of",
    "unify",
    "weight",
    "wholly_known",
    "without_optional",
]
