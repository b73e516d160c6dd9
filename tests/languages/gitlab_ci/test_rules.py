"""What GitLab accepts and refuses, beyond the examples on the rules' pages."""

import pytest

from iac_gym.languages.gitlab_ci import LANGUAGE
from iac_gym.verdict import Stage

NAMES = [rule.name for rule in LANGUAGE.rules]


@pytest.mark.parametrize("rule", LANGUAGE.rules, ids=NAMES)
def test_the_examples_of_a_rule(rule):
    assert rule.section("Source").startswith("https://")
    bad = list(rule.check(LANGUAGE.parse({LANGUAGE.path: rule.section("Bad") + "\n"})))
    good = LANGUAGE.parse({LANGUAGE.path: rule.section("Good") + "\n"})
    assert bad
    assert all(finding.line and finding.file == LANGUAGE.path for finding in bad)
    assert list(rule.check(good)) == []
    for other in LANGUAGE.rules:
        if other.stage < Stage.SECURITY:
            assert list(other.check(good)) == [], other.name


def test_rule_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)
    assert sum(rule.stage is Stage.SECURITY for rule in LANGUAGE.rules) >= 8


JOB = "a:\n  script: [x]\n"

#: One line of a job each, with the finding on it; '' for one that GitLab accepts.
LINES = [
    ("image: ''", "images-are-right@3:10"),
    ("image: [a]", "images-are-right@3:10"),
    ("image: {name: a, pull_policy: [always, never]}", ""),
    ("image: {name: a, pull_policy: sometimes}", "images-are-right@3:33"),
    ("image: {name: a, docker: {user: app, platform: linux/arm64}}", ""),
    ("image: {name: a, docker: {users: app}}", "keywords-are-known@3:29"),
    ("image: {name: a, kubernetes: {user: 1000}}", ""),
    ("image: {name: a, entrypoint: sh}", "images-are-right@3:32"),
    ("services: postgres", "images-are-right@3:13"),
    ("services: [postgres:17, {name: redis:7, alias: cache, variables: {A: b}}]", ""),
    ("services: [[postgres:17], redis:7]", ""),
    ("services: [{alias: db}]", "images-are-right@3:14"),
    ("services: [{name: a, command: run}]", "images-are-right@3:33"),
    ("services: [{name: a, variables: {A: {value: b}}}]", "variables-are-right@3:39"),
    ("variables: {A: b, B: 1, C: true, D: 1.5, E: null}", ""),
    ("variables: [A]", "variables-are-right@3:14"),
    ("variables: {A: {value: b, expand: false}}", ""),
    ("variables: {A: {value: b, description: c}}", "keywords-are-known@3:29"),
    ("variables: {on: b}", "variables-are-right@3:15"),
    ("variables: {A: [b]}", "variables-are-right@3:18"),
    ("artifacts: {paths: []}", ""),
    ("artifacts: dist", "artifacts-are-right@3:14"),
    ("artifacts: {expire_in: 30}", "durations-are-right@3:26"),
    ("artifacts: {expire_in: '30'}", ""),
    ("artifacts: {expire_in: soon}", "durations-are-right@3:26"),
    ("artifacts: {when: never}", "artifacts-are-right@3:21"),
    ("artifacts: {public: true, access: all}", "artifacts-are-right@3:14"),
    ("artifacts: {expose_as: report, paths: [r.txt]}", ""),
    ("artifacts: {expose_as: report}", "artifacts-are-right@3:26"),
    ("artifacts: {expose_as: report, paths: ['*.txt']}", "artifacts-are-right@3:41"),
    ("artifacts: {reports: {junit: [a.xml, b.xml], dotenv: b.env}}", ""),
    ("artifacts: {reports: {junt: a.xml}}", "reports-are-known@3:25"),
    ("artifacts: {reports: {coverage_report: c.xml}}", "artifacts-are-right@3:42"),
    ("artifacts: {reports: {coverage_report: {coverage_format: lcov, path: c}}}",
     "artifacts-are-right@3:42"),
    ("cache: {key: $CI_COMMIT_REF_SLUG, paths: [a], policy: pull}", ""),
    ("cache: {key: 1}", "caches-are-right@3:16"),
    ("cache: {key: a%2Fb}", "caches-are-right@3:16"),
    ("cache: {key: {files: [a], prefix: b}}", ""),
    ("cache: {key: {prefix: b}}", "caches-are-right@3:16"),
    ("cache: {paths: a}", "caches-are-right@3:18"),
    ("cache: {policy: $POLICY}", ""),
    ("cache: {policy: both}", "caches-are-right@3:19"),
    ("cache: [{}, {}, {}, {}, {}]", "caches-are-right@3:10"),
    ("cache: [[{paths: [a]}], {paths: [b]}]", ""),
    ("cache: {when: sometimes}", "caches-are-right@3:17"),
    ("cache: {untracked: 'yes'}", "caches-are-right@3:22"),
    ("environment: review/$CI_COMMIT_REF_SLUG", ""),
    ("environment: /review", "environments-are-right@3:16"),
    ("environment: {url: https://a.b}", "environments-are-right@3:16"),
    ("environment: {name: a, deployment_tier: prod}", "environments-are-right@3:43"),
    ("environment: {name: a, action: verify, auto_stop_in: 1 day}", ""),
    ("environment: {name: a, tier: b}", "keywords-are-known@3:26"),
    ("parallel: 200", ""),
    ("parallel: 0", "parallel-is-right@3:13"),
    ("parallel: '2'", "parallel-is-right@3:13"),
    ("parallel: {matrix: [{A: [b, 1]}, {A: c}]}", ""),
    ("parallel: {matrix: [{}]}", "parallel-is-right@3:23"),
    ("parallel: {matrix: {A: [b]}}", "parallel-is-right@3:22"),
    ("parallel: {matrix: [{A: []}]}", "parallel-is-right@3:27"),
    ("parallel: {matrix: [{A: [true]}]}", "parallel-is-right@3:27"),
    ("retry: 3", "retries-are-right@3:10"),
    ("retry: {max: 2, when: always}", ""),
    ("retry: {when: [script_failur]}", "retries-are-right@3:18"),
    ("retry: {max: 1, exit_codes: [1, 2]}", ""),
    ("retry: {max: 1, exit_codes: many}", "retries-are-right@3:31"),
    ("allow_failure: {exit_codes: 3}", ""),
    ("allow_failure: {exit_code: 3}", "keywords-are-known@3:19"),
    ("allow_failure: {exit_codes: [a]}", "allow-failure-is-right@3:31"),
    ("timeout: 90 minutes", ""),
    ("timeout: 2 months", "durations-are-right@3:12"),
    ("coverage: '/\\d+/'", ""),
    ("coverage: 95", "coverage-is-a-pattern@3:13"),
    ("coverage: /(?=a)/", "coverage-is-a-pattern@3:13"),
    ("tags: [docker, linux]", ""),
    ("tags: docker", "lists-hold-text@3:9"),
    ("tags: [1]", "lists-hold-text@3:9"),
    ("interruptible: yes", ""),
    ("interruptible: 'yes'", "booleans-are-booleans@3:18"),
    ("when: always", ""),
    ("when: never", "when-is-right@3:9"),
    ("start_in: 1 hour", "when-is-right@3:3"),
    ("rules: {if: $A}", "rules-are-right@3:10"),
    ("rules: [$A]", "rules-are-right@3:11"),
    ("rules: [{}]", "rules-are-right@3:11"),
    ("rules: [[{if: $A}], {when: on_success}]", ""),
    ("rules: [{if: true}]", "conditions-are-right@3:16"),
    ("rules: [{iff: $A}]", "keywords-are-known@3:12"),
    ("rules: [{changes: {paths: [a], compare_to: main}}]", ""),
    ("rules: [{changes: a}]", "rules-are-right@3:21"),
    ("rules: [{changes: {compare_to: main}}]", "rules-are-right@3:21"),
    ("rules: [{exists: [a]}]", ""),
    ("rules: [{when: delayed, start_in: 5 minutes}]", ""),
    ("rules: [{when: delayed}]", "rules-are-right@3:11"),
    ("rules: [{when: delayed, start_in: 8 days}]", "durations-are-right@3:37"),
    ("rules: [{when: manual, start_in: 5 minutes}]", "rules-are-right@3:26"),
    ("rules: [{if: $A, allow_failure: {exit_codes: 1}}]", "rules-are-right@3:35"),
    ("rules: [{if: $A, variables: {B: c}}]", ""),
    ("rules: [{if: $A, needs: [a]}]", ""),
    ("only: [main, /^v.*$/]", ""),
    ("only: {refs: [main], changes: [a]}", ""),
    ("only: {}", "policies-are-right@3:9"),
    ("only: {variables: ['$A = 1']}", "conditions-are-right@3:22"),
    ("only: [/(/]", "policies-are-right@3:10"),
    ("except: main", "policies-are-right@3:11"),
    ("needs: []", ""),
    ("needs: [{pipeline: $UP, job: b}]", ""),
    ("needs: [{project: g/p, job: b, ref: main, artifacts: true}]", ""),
    ("needs: [{project: g/p, job: b}]", "needs-are-right@3:11"),
    ("needs: [{pipeline: g/p}]", "needs-are-right@3:11"),
    ("needs: [{jobs: b}]", "needs-are-right@3:11"),
    ("needs: [{job: b, optional: true}]", ""),
    ("needs: [{job: b, optional: 'true'}]", "needs-are-right@3:30"),
    ("needs: [b]", "needs-are-defined@3:11"),
    ("needs: [a]", "needs-have-no-cycle@3:10"),
    ("dependencies: []", ""),
    ("dependencies: [b]", "dependencies-are-defined@3:18"),
    ("inherit: {default: [image], variables: false}", ""),
    ("inherit: {default: [imag]}", "defaults-are-right@3:22"),
    ("inherit: true", "defaults-are-right@3:12"),
    ("id_tokens: {T: {aud: a}}", ""),
    ("id_tokens: {T: {}}", "tokens-and-secrets-are-right@3:18"),
    ("secrets: {S: {vault: a/b/c@d, file: false}}", ""),
    ("secrets: {S: {vault: {path: a}}}", "tokens-and-secrets-are-right@3:12"),
    ("release: {tag_name: v1, description: d}", ""),
    ("release: {tag_name: v1}", "releases-are-right@3:12"),
    ("release: {tag_name: v, description: d, released_at: soon}", "releases-are-right@3:55"),
    ("release: {tag_name: v, description: d, assets: {links: [{name: a}]}}",
     "releases-are-right@3:59"),
    ("pages: {publish: public, expire_in: 1 week}", ""),
    ("pages: {folder: a}", "keywords-are-known@3:11"),
    ("hooks: {pre_get_sources_script: [a]}", ""),
    ("hooks: {post_script: [a]}", "keywords-are-known@3:11"),
    ("resource_group: 1", "texts-are-text@3:19"),
    ("stage: [test]", "texts-are-text@3:10"),
    ("stage: nowhere", "stages-are-defined@3:10"),
    ("stage: .post", ""),
    ("trigger: g/p", "jobs-have-work@1:1"),
    ("run: [{name: a, script: b}]", "jobs-have-work@1:1"),
    ("extends: 1", "extends-is-right@3:12"),
    ("manual_confirmation: Really?", ""),
    ("inputs: {a: {default: b}}", ""),
    ("inputs: {a: {type: text}}", "inputs-are-right@3:11"),
    ("before_script: setup", ""),
    ("before_script: [1]", "scripts-are-text@3:19"),
    ("after_script: [[a, [b]], c]", ""),
    ("type: test", "keywords-are-known@3:3"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "finding"), LINES, ids=[line for line, _ in LINES])
def test_a_line_of_a_job(found, line, finding):
    got = found(f"{JOB}  {line}\n")
    if not finding:
        assert got == []
    else:
        rule = finding.partition("@")[0]
        assert finding in got or (rule.startswith("jobs") and any(x.startswith(rule) for x in got))


#: Whole texts, with all that is found.
TEXTS = [
    (JOB, []),
    ("$schema: x\n" + JOB, ["jobs-have-work@1:1"]),
    ("a:\n", ["jobs-have-work@1:1", "there-is-a-visible-job@1:1"]),
    ("a: {script: ''}", ["jobs-have-work@1:13"]),
    ("a: {script: []}", ["jobs-have-work@1:13"]),
    ("a: {script: [{echo: b}]}", ["scripts-are-text@1:14"]),
    ("a: {trigger: g/p, image: x}", ["keywords-are-known@1:19"]),
    ("a: {trigger: g/p, when: delayed}", ["when-is-right@1:25"]),
    ("a: {trigger: {include: x.yml, strategy: mirror}}", []),
    ("a: {trigger: {include: [a.yml, b.yml, c.yml, d.yml]}}", ["includes-are-right@1:24"]),
    ("a: {trigger: {include: [[x.yml]]}}", []),
    ("include: [[x.yml]]\na: {script: [x]}", ["includes-are-right@1:11"]),
    ("a: {trigger: {project: g/p, include: x.yml}}", ["keywords-are-known@1:15"]),
    ("a: {trigger: {project: g/p, strategy: wait}}", ["triggers-are-right@1:39"]),
    ("a: {trigger: {project: g/p, forward: {yaml_variables: 1}}}", ["triggers-are-right@1:55"]),
    ("a: {needs: [{pipeline: g/p}]}", []),
    ("a: {needs: []}", ["jobs-have-work@1:1"]),
    ("a: {run: [{name: b, script: c}]}", []),
    ("a: {run: [{name: b}]}", ["steps-are-right@1:10"]),
    ("on: {script: [x]}\n" + JOB, ["jobs-are-named-right@1:1"]),
    ("'" + "a" * 256 + "': {script: [x]}", ["jobs-are-named-right@1:1"]),
    (".a:\n" + JOB, ["jobs-have-work@1:1"]),
    (".a: [1, 2]\n" + JOB, []),
    ("include: x.yml\n", []),
    ("include: x.txt\n", ["includes-are-right@1:10"]),
    ("include: {local: a.yml, remote: https://b/c.yml}", ["includes-are-right@1:10"]),
    ("include: [{template: A.gitlab-ci.yml}, {component: a/b@1, inputs: {c: d}}]", []),
    ("include: [{component: a/b@1, inputs: [c]}]", ["includes-are-right@1:38"]),
    ("include: x.yml\na: {image: b}", []),
    ("include: x.yml\na: {image: []}", ["images-are-right@2:12"]),
    ("include: x.yml\na: {script: [x], stage: unknown, needs: [unknown]}", []),
    ("include: x.yml\nstages: [s]\na: {script: [x], stage: t}", ["stages-are-defined@3:25"]),
    ("stages: [a, [b]]\nj: {script: [x], stage: b}", []),
    ("stages: [a, 1]\nj: {script: [x], stage: a}", ["stages-are-names@1:9"]),
    ("stages: []\n" + JOB, ["stages-are-defined@2:1"]),
    ("default: {script: [x], image: b}", []),
    ("default: [x]\n" + JOB, ["defaults-are-right@1:10"]),
    ("default: {variables: {A: b}}\n" + JOB, ["keywords-are-known@1:11"]),
    ("default: {timeout: 5}\n" + JOB, ["durations-are-right@1:20"]),
    ("workflow: {}\n" + JOB, ["workflow-is-right@1:11"]),
    ("workflow: {name: x, auto_cancel: {on_new_commit: none}}\n" + JOB, []),
    ("workflow: {auto_cancel: {on_new_commit: maybe}}\n" + JOB, ["workflow-is-right@1:41"]),
    ("workflow: {rules: [{if: $A, allow_failure: true}]}\n" + JOB, ["keywords-are-known@1:29"]),
    ("variables: {A: {value: b, options: [c]}}\n" + JOB, ["variables-are-right@1:16"]),
    ("variables: {A: {description: b}}\n" + JOB, []),
    ("image: {}\n" + JOB, ["images-are-right@1:8"]),
    ("cache: text\n" + JOB, ["caches-are-right@1:8"]),
    ("a: {script: [x], needs: [b], dependencies: [c]}\nb: {script: [x]}\nc: {script: [x]}",
     ["dependencies-are-defined@1:45"]),
    ("a: {script: [x], parallel: 2}\nb: {script: [x], needs: ['a 1/2']}", []),
    ("a: {script: [x], parallel: 2}\nb: {script: [x], needs: ['a 3/2']}",
     ["needs-are-defined@2:26"]),
    ("a: {stage: build, script: [x], rules: [{if: $A, needs: [b]}]}\nb: {script: [x]}",
     ["needs-come-earlier@1:57"]),
    ("a: {script: [x], environment: {name: e, on_stop: b}}", ["stop-jobs-are-right@1:50"]),
    ("a: {script: [x], environment: {name: e, on_stop: b}}\nb: {script: [x]}",
     ["stop-jobs-are-right@1:50"]),
    ("a: {script: [x], environment: {name: e, on_stop: b}}\n"
     "b: {script: [x], environment: {name: f, action: stop}}", ["stop-jobs-are-right@1:50"]),
    ("a: {trigger: {include: [{artifact: c.yml, job: b}]}}\nb: {stage: build, script: [x]}", []),
    ("a: {trigger: {include: [{artifact: c.yml, job: b}]}}\nb: {stage: deploy, script: [x]}",
     ["dependencies-are-defined@1:24"]),
    ("a: {trigger: {include: [{artifact: c.yml}]}}", ["includes-are-right@1:25"]),
    ("a: {script: [x], rules: null, only: [main]}", []),
    ("spec: {inputs: {a: {type: text}}}\n---\n" + JOB, ["inputs-are-right@1:27"]),
    ("spec: {inputs: {a: {default: x, options: [y]}}}\n---\n" + JOB, ["inputs-are-right@1:30"]),
    ("spec: {inputs: {a: {regex: '['}}}\n---\n" + JOB, ["inputs-are-right@1:28"]),
    ("spec: {input: {}}\n---\n" + JOB, ["keywords-are-known@1:8"]),
    ("spec: {inputs: {a: {rules: [{if: $A}]}}}\n---\n" + JOB, ["inputs-are-right@1:28"]),
    ("spec: {component: [name]}\n---\n" + JOB, []),
    ("spec: {component: [size]}\n---\n" + JOB, ["inputs-are-right@1:19"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "findings"), TEXTS, ids=[text[:60] for text, _ in TEXTS])
def test_a_text(found, text, findings):
    assert found(text) == findings


def test_unknown_includes_are_said(pipeline):
    notes = pipeline("include: x.yml\na: {script: [x]}").examine()
    assert [one.line for one in notes["includes-are-not-seen"]] == [1]


def test_hints_name_the_nearest(pipeline):
    [finding] = pipeline("a: {script: [x], artifact: {}}").examine()["keywords-are-known"]
    assert finding.hint == "did you mean `artifacts`?"
    [finding] = pipeline("stages: [tests]\na: {script: [x], stage: test}").examine()[
        "stages-are-defined"
    ]
    assert finding.hint == "did you mean `tests`?"
