"""`extends`, `!reference`, anchors, inputs: what GitLab does before it looks at jobs."""


def test_mappings_are_merged_and_lists_replaced(pipeline):
    read = pipeline(
        """
        .a:
          variables: {X: "1", Y: "1"}
          script: [one]
          tags: [a, b]
        .b:
          variables: {Y: "2"}
          tags: [c]
        job:
          extends: [.a, .b]
          variables: {Z: "3"}
        """
    )
    job = read.jobs["job"]
    assert job.variables == {"X": "1", "Y": "2", "Z": "3"}
    assert job.tags == ("c",)
    assert [line.text for line in job.script] == ["one"]
    assert read.examine() == {}


def test_extends_has_ten_levels(found):
    def chain(levels):
        steps = [f".a{at}: {{extends: .a{at + 1}}}" for at in range(levels - 1)]
        steps += [f".a{levels - 1}: {{script: [x]}}", "job: {extends: .a0}"]
        return "\n".join(steps)

    assert found(chain(11)) == []
    assert found(chain(12))[0].startswith("extends-is-right@")


def test_circles_and_unknown_bases(found):
    assert found("a: {extends: b, script: x}\nb: {extends: a, script: x}") == [
        "extends-is-right@1:14"
    ]
    assert found("a:\n  extends: .none\n  script: x") == ["extends-is-right@2:12"]
    assert found("stages: [test]\na:\n  extends: stages\n  script: x") == ["extends-is-right@3:12"]
    assert found("include: x.yml\na:\n  extends: .none\n  script: x") == []


def test_references_nest(pipeline):
    read = pipeline(
        """
        .a: {script: [one, two]}
        .b: {script: [!reference [.a, script], three]}
        job:
          script:
            - !reference [.b, script]
            - four
          variables: !reference [.c, variables]
        .c: {variables: {X: "1"}}
        """
    )
    job = read.jobs["job"]
    assert [line.text for line in job.script] == ["one", "two", "three", "four"]
    assert job.variables == {"X": "1"}


def test_references_are_followed_after_extends(pipeline):
    read = pipeline(
        """
        .a: {before: x, script: [one]}
        .b: {extends: .a}
        job: {script: [!reference [.b, script]]}
        """
    )
    assert [line.text for line in read.jobs["job"].script] == ["one"]


def test_wrong_references(found):
    assert found("a: {script: [!reference [.b, script]]}") == ["references-are-found@1:14"]
    assert found("a: {script: [!reference [a, script]]}")[0] == "references-are-found@1:14"
    assert found("a: {script: [!reference script]}") == ["references-are-found@1:14"]
    assert found("include: x.yml\na: {script: [!reference [.b, script]]}") == []


def test_anchors_and_merges(pipeline):
    read = pipeline(
        """
        .base: &base
          image: alpine:3.20
          script: &lines [one]
        job:
          <<: *base
          after_script: *lines
        """
    )
    job = read.jobs["job"]
    assert job.image.name == "alpine:3.20"
    assert [line.text for line in job.after_script] == ["one"]


HEADER = """\
spec:
  inputs:
    stage: {default: build}
    count: {type: number, default: 2}
    name: {}
---
"""


def test_inputs(pipeline):
    read = pipeline(
        HEADER
        + """\
build-$[[ inputs.stage ]]:
  stage: $[[ inputs.stage ]]
  parallel: $[[ inputs.count ]]
  script: ["make $[[ inputs.stage ]]", "use $[[ inputs.name ]]"]
"""
    )
    job = read.jobs["build-build"]
    assert (job.stage, job.parallel.count) == ("build", 2)
    assert [line.text for line in job.script] == ["make build"]
    assert read.examine() == {}


def test_unknown_inputs(found):
    assert found(HEADER + 'a: {script: ["$[[ inputs.other ]]"]}') == ["inputs-are-declared@7:14"]


def test_a_second_document_without_header_is_ignored(found):
    assert found("a: {script: [x]}\n---\nb: {nothing: 1}\n") == []
    assert found("- a\n") == ["syntax@1:1"]
    assert found("") == ["syntax@0:0"]
