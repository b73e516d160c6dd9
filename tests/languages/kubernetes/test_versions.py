"""`kubernetes@1.31`: the same rules over the schemas of another version."""

import pytest

from iac_gym.errors import IaCGymError
from iac_gym.language import load_language
from iac_gym.languages.kubernetes.kinds import versions
from iac_gym.verifier import check_files

FLOW = """apiVersion: flowcontrol.apiserver.k8s.io/v1beta3
kind: PriorityLevelConfiguration
metadata: {name: batch}
spec:
  type: Limited
  limited: {limitResponse: {type: Reject}}
"""


def valid(text: str, language: str) -> bool:
    return check_files({"m.yaml": text}, {"m.yaml": language}).valid


def test_every_version_of_the_pack_is_a_language() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b}]}"
    )
    assert versions()[0] == "1.29"
    assert all(valid(pod, f"kubernetes@{version}") for version in versions())


def test_a_version_knows_the_kinds_that_it_serves() -> None:
    assert valid(FLOW, "kubernetes@1.29")
    assert not valid(FLOW, "kubernetes@1.33")
    assert not valid(FLOW, "kubernetes")


def test_an_unknown_version_comes_with_the_nearest() -> None:
    with pytest.raises(IaCGymError, match="Unknown version of Kubernetes"):
        load_language("kubernetes@1.3")
    with pytest.raises(IaCGymError, match="Unknown version of dockerfile"):
        load_language("dockerfile@1")
