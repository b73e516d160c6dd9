"""GitLab's JSON schema from the data pack: names of keywords and reports, and single definitions.

The schema describes the file as an editor sees it: in places it is stricter, in others looser than
GitLab itself. So it is not applied as a whole; what GitLab checks by a schema too is taken from it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from iac_gym.formats.json_schema import SchemaError, compile_schema


@cache
def schema() -> Mapping[str, Any]:
    """Return the JSON schema of `.gitlab-ci.yml`."""
    pack = files("iac_gym.languages.gitlab_ci") / "data" / "gitlab-ci.bin"
    found: Mapping[str, Any] = json.loads(zlib.decompress(pack.read_bytes()))
    return found


@cache
def validator(definition: str) -> Callable[[Any], list[SchemaError]]:
    """Return the check of one definition (`secrets`, `steps`)."""
    whole = schema()
    return compile_schema({
        "$schema": whole["$schema"],
        "definitions": whole["definitions"],
        "$ref": f"#/definitions/{definition}",
    })  # fmt: skip


@cache
def job_keys() -> frozenset[str]:
    """Return the keywords of a job."""
    return frozenset(schema()["definitions"]["job_template"]["properties"])


@cache
def default_keys() -> frozenset[str]:
    """Return the keywords of `default`."""
    return frozenset(schema()["properties"]["default"]["properties"]) - {"!reference"}


@cache
def report_names() -> frozenset[str]:
    """Return the names of `artifacts:reports`."""
    return frozenset(schema()["definitions"]["artifacts"]["properties"]["reports"]["properties"])


@cache
def retry_reasons() -> frozenset[str]:
    """Return the values of `retry:when`."""
    return frozenset(one["const"] for one in schema()["definitions"]["retry_errors"]["oneOf"])
