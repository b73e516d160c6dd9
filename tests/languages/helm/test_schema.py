"""A schema of values refuses what Helm refuses, whatever keywords stand beside."""

from __future__ import annotations

from iac_gym.languages.helm.schema import compiled


def test_what_stands_beside_unevaluated_properties_counts() -> None:
    text = (
        '{"type": "object", "properties": {"size": {"type": "integer"}}, '
        '"propertyNames": {"maxLength": 4}, "unevaluatedProperties": false}'
    )
    check, wrong, _ = compiled(text)
    assert wrong == ""
    assert check is not None
    assert check({"size": 1}) == []
    assert check({"size": "x"})
    assert check({"sizes": 1})
