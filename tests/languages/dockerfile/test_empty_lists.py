"""Instructions whose JSON array is empty: no text may break the parser."""

import pytest

from iac_gym.verifier import check_files


def rules_found(line: str) -> set[str]:
    verdict = check_files(
        {"Dockerfile": f"FROM alpine:3.20\n{line}\n"}, {"Dockerfile": "dockerfile"}
    )
    assert not verdict.unscored
    return {found.rule for found in verdict.diagnostics}


@pytest.mark.parametrize("keyword", ["COPY", "ADD", "VOLUME", "SHELL"])
def test_an_empty_list_lacks_arguments(keyword):
    assert "argument-count" in rules_found(f"{keyword} []")


@pytest.mark.parametrize("keyword", ["CMD", "ENTRYPOINT"])
def test_an_empty_start_takes_back_the_inherited_one(keyword):
    assert "argument-count" not in rules_found(f"{keyword} []")
