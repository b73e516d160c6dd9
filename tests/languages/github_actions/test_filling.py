"""What texts with expressions stand for, over the matrix and known variables."""

import pytest

TEXT = """
env: {LEVEL: "3", NAME: "app-${{ matrix.os }}", SHA: "${{ github.sha }}"}
strategy:
  matrix:
    os: [linux, mac]
    node: [20]
    include: [{os: linux, node: 20, tool: {name: gcc, version: 13}}]
runs-on: x
"""


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("plain", {"plain"}),
        ("${{ matrix.os }}", {"linux", "mac"}),
        ("${{matrix.os}}-${{ env.LEVEL }}", {"linux-3", "mac-3"}),
        ("${{ env.NAME }}", {"app-linux", "app-mac"}),
        ("${{ env.SHA }}", {"${{ github.sha }}"}),
        ("${{ matrix.tool.name }}", {"gcc", "${{ matrix.tool.name }}"}),
        ("${{ matrix.os == 'mac' && 'a' || 'b' }}", {"a", "b"}),
        ("${{ format('{0}:{1}', matrix.os, matrix.node) }}", {"linux:20", "mac:20"}),
        ("${{ 'x' }}", {"x"}),
        ("${{ inputs.a || 'x' }}", {"${{ inputs.a || 'x' }}"}),
        ("${{ matrix.gone }}", {"${{ matrix.gone }}"}),
        ("${{ matrix", {"${{ matrix"}),
    ],
)
def test_texts_are_worked_out(job, text, values):
    assert job(TEXT).values(text) == values


def test_a_step_brings_its_own_variables(job):
    found = job(TEXT + "steps: [{run: a, env: {LEVEL: '4'}}]\n")
    assert found.values("${{ env.LEVEL }}", found.steps[0].env) == {"4"}
    assert found.values("${{ env.LEVEL }}") == {"3"}


def test_variables_that_hold_each_other_end(job):
    found = job("env: {A: '${{ env.B }}', B: '${{ env.A }}'}\n")
    assert found.values("${{ env.A }}") == {"${{ env.A }}"}


def test_numbers_too_large_for_a_number_are_left(job):
    found = job(f"strategy: {{matrix: {{a: [{'9' * 350}]}}}}\n")
    assert found.values("${{ matrix.a }}") == {"9" * 350}
    assert found.values("${{ matrix.a == 1 && 'x' || 'y' }}")


@pytest.mark.parametrize(
    ("exclude", "runs"),
    [("[{os: linux}]", True), ("[{os: linux}, {os: mac}]", False), ("[{node: 20}]", False)],
)
def test_a_matrix_without_combinations_runs_nothing(job, exclude, runs):
    text = f"strategy: {{matrix: {{os: [linux, mac], node: [20], exclude: {exclude}}}}}\n"
    assert job(text + "steps: [{run: a}]\n").runs is runs
