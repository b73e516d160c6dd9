"""What the arguments of each intrinsic function may be, as data.

A slot says the kind of value that stands there ("string", "integer", "list", "object", "boolean"
or "any") and the functions that may give it. Source: the function pages of
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
and the functions that cfn-lint 1.58.0 accepts there.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Functions that give a value anywhere below `Properties`, `Metadata` and `Outputs`.
VALUES = frozenset(
    f"Fn::{name}"
    for name in (
        *("Base64", "Cidr", "Contains", "FindInMap", "GetAtt", "GetAZs", "GetStackOutput", "If"),
        *("ImportValue", "Join", "Length", "Select", "Split", "Sub", "ToJsonString", "Transform"),
    )
) | {"Ref"}
#: Functions that say whether something holds, and those that only the section Rules knows.
BOOLEANS = frozenset({"Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"})
RULE_FUNCTIONS = frozenset(
    f"Fn::{name}"
    for name in ("Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll")
)
#: Functions that need the transform AWS::LanguageExtensions.
EXTENSIONS = frozenset({"Fn::Length", "Fn::ToJsonString"})
EVERY = VALUES | BOOLEANS | RULE_FUNCTIONS
#: Functions whose value is always a list, or always a text.
GIVES_LIST = frozenset({"Fn::Cidr", "Fn::GetAZs", "Fn::Split"})


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for a value: its kind, the functions allowed, the kind of a list's items."""

    kind: str
    functions: frozenset[str] = frozenset()
    items: Slot | None = None
    extended: frozenset[str] = frozenset()


def _set(text: str) -> frozenset[str]:
    return frozenset(one if one in ("Ref", "Condition") else f"Fn::{one}" for one in text.split())


ANYTHING = Slot("any", VALUES)
LITERAL = Slot("string")
NAME = _set("Ref")
_MAP_KEY = Slot(
    "string",
    _set("FindInMap Ref"),
    extended=_set("FindInMap Join Sub If Select Length ToJsonString Ref"),
)
_TEXT_PARTS = _set(
    "Base64 FindInMap GetAtt GetStackOutput If ImportValue Join Select Sub Transform Ref"
    " Length ToJsonString"
)

BASE64 = Slot(
    "string",
    _set(
        "Base64 Cidr Contains FindInMap GetAtt GetStackOutput If ImportValue Join Length Select Sub"
        " ToJsonString Transform Ref"
    ),
)
_CIDR = _set("FindInMap GetAtt If ImportValue Select Sub Ref")
CIDR_BLOCK, CIDR_COUNT = Slot("string", _CIDR), Slot("integer", _CIDR)
EQUALS = Slot(
    "string", _set("Ref FindInMap Sub Join Select Split Length ToJsonString"), extended=VALUES
)
MAP_KEY = _MAP_KEY
GET_AZS = Slot("string", _set("GetAtt If Join Select Sub Ref"))
STACK_OUTPUT = Slot("string", _set("Base64 FindInMap GetAtt If ImportValue Join Select Sub Ref"))
IMPORT = Slot("string", _set("Base64 FindInMap If Join Select Sub Ref"), extended=VALUES)
JOIN_LIST = Slot(
    "list",
    _set("Cidr FindInMap GetAtt GetAZs If Split Ref"),
    Slot("string", _TEXT_PARTS),
)
SELECT_INDEX = Slot("integer", _set("Ref FindInMap"), extended=_set("Ref FindInMap Length"))
SELECT_LIST = Slot("list", _set("FindInMap GetAtt GetAZs If Split Cidr Ref"), Slot("any", VALUES))
SPLIT_TEXT = Slot(
    "string", _set("Base64 FindInMap GetAtt GetAZs If ImportValue Join Select Sub Ref")
)
SUB_VALUE = Slot(
    "string",
    _set(
        "Base64 FindInMap GetAtt GetAZs GetStackOutput If ImportValue Join Select Sub ToJsonString"
        " Transform Ref"
    ),
)
LENGTH = Slot("list", _set("Ref FindInMap Split If GetAZs Cidr GetAtt"), Slot("any", VALUES))
TO_JSON = Slot("object-or-list", _set("FindInMap GetAtt GetAZs If Select Split Ref"))
BOOLEAN = Slot("boolean", BOOLEANS | {"Condition"})
RULE_BOOLEAN = Slot("boolean", BOOLEANS | RULE_FUNCTIONS | {"Condition"})
ATTRIBUTE = Slot("string", NAME, extended=_set("Ref Base64 FindInMap Sub If Join ToJsonString"))
RESOURCE = Slot("string", extended=_set("Ref Base64 FindInMap Sub If Join ToJsonString"))
EXPORT = Slot("string", VALUES - {"Fn::GetStackOutput"})
OUTPUT = Slot("string", VALUES)
POLICY = Slot("string", _set("Sub Select FindInMap If Ref"))

#: Regions that `Fn::GetAZs` may name.
REGIONS = frozenset(
    """af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1
    ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5
    ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1
    eu-central-2 eu-isoe-west-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
    eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2
    us-gov-east-1 us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1
    us-isof-east-1 us-isof-south-1 us-west-1 us-west-2""".split()
)
