"""Any text gets a verdict, the same one twice, and soon."""

import random
import time

import pytest

from iac_gym.languages.gitlab_ci import LANGUAGE
from iac_gym.verifier import check_files

#: Seconds for one text: many times what it takes, for a busy machine.
LIMIT = 2.0


def _many(form, count):
    return "".join(form.format(at=at, next=at + 1) for at in range(count))


JOB = "a: {script: [x]}\n"
TEXTS = {
    "jobs": _many("j{at}: {{script: [x]}}\n", 3000),
    "jobs with defaults": "default: {before_script: [" + "x, " * 3000 + "x]}\n"
    + _many("j{at}: {{script: [x]}}\n", 900),
    "services": "default: {services: [" + "a:1, " * 2000 + "a:1]}\n"
    + _many("j{at}: {{script: [x]}}\n", 900),
    "a wide base": ".b: {" + _many("k{at}: 1, ", 2000) + "}\n"
    + _many("j{at}: {{extends: .b}}\n", 900),
    "a chain of bases": _many(".j{at}: {{extends: .j{next}}}\n", 900)
    + ".j900: {script: x}\n" + JOB,
    "bases three times": _many(".j{at}: {{extends: [.j{next}, .j{next}, .j{next}]}}\n", 500)
    + ".j500: {script: x}\n" + JOB,
    "a base of itself": "a: {extends: [a, a], script: x}",
    "a chain of references": _many(".j{at}: {{script: [!reference [.j{next}, script]]}}\n", 900)
    + ".j900: {script: [x]}\n" + JOB,
    "a bomb of references": _many(
        ".j{at}: {{s: [!reference [.j{next}, s], !reference [.j{next}, s]]}}\n",
        40,
    ) + ".j40: {s: [x]}\na: {script: [!reference [.j0, s]]}",
    "a bomb of aliases": "a0: &a0 [x, x, x]\n"
    + _many("a{next}: &a{next} [*a{at}, *a{at}, *a{at}, *a{at}]\n", 12),
    "depth": "a: " + "[" * 30_000,
    "a deep script": "a: {script: " + "[" * 150 + "x" + "]" * 150 + "}",
    "deep rules": "a: {script: [x], rules: " + "[" * 150 + "{when: never}" + "]" * 150 + "}",
    "a long condition": "a: {script: [x], rules: [{if: '" + "$A && " * 9000 + "$A'}]}",
    "parentheses": "a: {script: [x], rules: [{if: '" + "(" * 50_000 + "'}]}",
    "a long pattern": "a: {script: [x], rules: [{if: '$A =~ /" + "a" * 50_000 + "'}]}",
    "groups": "a: {script: [x], coverage: '/" + "(" * 25_000 + ")" * 25_000 + "/'}",
    "repeats": "a: {script: [x], coverage: '/" + "(a+)+" * 12_000 + "$/'}",
    "needs": _many("j{at}: {{script: [x]}}\n", 900) + "z: {script: [x], needs: ["
    + _many("j{at}, ", 900) + "]}",
    "a chain of needs": _many("j{at}: {{script: [x], needs: [j{next}]}}\n", 900)
    + "j900: {script: x}",
    "a matrix": "a: {script: [x], parallel: {matrix: [{"
    + _many("K{at}: [1, 2, 3, 4, 5], ", 500) + "}]}}",
    "unknown keys": "a: {script: [x], " + _many("scrip{at}: 1, ", 4000) + "}",
    "unknown stages": _many("j{at}: {{script: [x], stage: s{at}}}\n", 900),
    "a long duration": "a: {script: [x], timeout: '" + "1 hour " * 8000 + "'}",
    "a chain of variables": "variables: {" + _many("A{at}: $A{next}$A{next}$A{next}, ", 1500)
    + "}\na: {script: [echo $A0], image: $A0}",
    "echoes": "a: {script: ['" + "echo $A " * 8000 + "']}",
    "logins": "a: {script: ['" + "login  " * 9000 + "']}",
    "pipes": "a: {script: ['" + "curl x | " * 7000 + "bash']}",
    "inputs": "spec: {inputs: {a: {default: " + "x" * 3000 + "}}}\n---\na: {script: ['"
    + "$[[ inputs.a ]]" * 3000 + "']}",
    "open inputs": "spec: {}\n---\na: {script: ['" + "$[[" * 20_000 + "']}",
    "a huge number": "a: {script: [x], parallel: " + "9" * 5000 + "}",
    "stages": "stages: [" + _many("s{at}, ", 900) + "]\n"
    + _many("j{at}: {{script: [x], stage: s{at}}}\n", 900),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_a_verdict_in_time(name):
    text = TEXTS[name][:65_536]
    start = time.process_time()
    verdict = check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})
    assert time.process_time() - start < LIMIT
    assert verdict.unscored == ""
    assert verdict == check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})


SEED = """\
include: x.yml
default: {image: a:1, cache: {key: {files: [a]}}}
variables: {A: {value: b, options: [b]}}
stages: [a, b]
workflow: {rules: [{if: $A, when: never}]}
.t: {script: [x], rules: [{if: $B}]}
j:
  extends: .t
  stage: a
  script: [!reference [.t, script], "docker login -p $P"]
  needs: [{job: k, optional: true}]
  parallel: {matrix: [{A: [b, c]}]}
  artifacts: {paths: [a], reports: {junit: b}, expire_in: 1 day}
  environment: {name: p, on_stop: k}
  retry: {max: 1, when: [always]}
  trigger: {include: [{local: a.yml}], forward: {yaml_variables: true}}
  release: {tag_name: a, description: b, assets: {links: [{name: a, url: b}]}}
  id_tokens: {T: {aud: a}}
  only: {refs: [a]}
"""
PARTS = ["[", "]", "{", "}", ": ", "\n", "  ", "- ", "&a ", "*a", "<<: ", "!reference ", "null",
         "1", "'", '"', "$[[ inputs.a ]]", "---\n", "x", ", ", "script", "needs"]  # fmt: skip


def test_broken_texts_get_a_verdict():
    rng = random.Random(7)
    for _ in range(400):
        text = SEED
        for _ in range(rng.randint(1, 6)):
            at, cut = rng.randrange(len(text)), rng.choice((0, 0, 1, 5))
            text = text[:at] + rng.choice(PARTS) + text[at + cut :]
        verdict = check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})
        assert verdict.unscored == "", text
