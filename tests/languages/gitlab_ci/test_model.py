"""The normal form: one model whatever the spelling, and what never happens is hidden."""

import pytest

from iac_gym.languages.gitlab_ci.durations import NEVER


def test_defaults_are_inherited(pipeline):
    read = pipeline(
        """
        image: alpine:3.20
        variables: {A: "1", B: "2"}
        default:
          before_script: [setup]
          retry: 2
          tags: [docker]
        one: {script: [x]}
        two:
          inherit: {default: [image], variables: [B]}
          script: [x]
          image: debian:12
        three: {inherit: {default: false, variables: false}, script: [x], variables: {C: "3"}}
        """
    )
    one, two, three = read.jobs.values()
    assert (one.image.name, one.retry.max, one.tags) == ("alpine:3.20", 2, ("docker",))
    assert [line.text for line in one.before_script] == ["setup"]
    assert one.variables == {"A": "1", "B": "2"}
    assert (two.image.name, two.before_script, two.tags) == ("debian:12", (), ())
    assert two.variables == {"B": "2"}
    assert (three.image, three.variables) == (None, {"C": "3"})


def test_short_and_long_forms_are_equal(pipeline):
    read = pipeline(
        """
        a:
          image: x:1
          services: [y:2]
          script: make
          environment: staging
          cache: {paths: [p]}
          needs: [c]
          retry: 1
          only: [main]
        b:
          image: {name: x:1}
          services: [{name: y:2}]
          script: [[make]]
          environment: {name: staging, action: start}
          cache: [{paths: [p], policy: pull-push, key: default}]
          needs: [{job: c, artifacts: true, optional: false}]
          retry: {max: 1}
          only: {refs: [main]}
        c: {stage: build, script: [x]}
        """
    )
    a, b = read.jobs["a"], read.jobs["b"]
    assert a.image.name == b.image.name
    assert [one.name for one in a.services] == [one.name for one in b.services]
    assert [line.text for line in a.script] == [line.text for line in b.script]
    assert (a.environment.name, a.environment.action) == (b.environment.name, b.environment.action)
    assert [(c.key, c.paths, c.policy) for c in a.caches] == [
        (c.key, c.paths, c.policy) for c in b.caches
    ]
    assert [(n.job, n.artifacts) for n in a.needs or ()] == [
        (n.job, n.artifacts) for n in b.needs or ()
    ]
    assert a.retry.max == b.retry.max
    assert a.only.refs == b.only.refs


def test_artifacts_and_durations(pipeline):
    read = pipeline(
        """
        a:
          script: [x]
          timeout: 1h 30m
          artifacts:
            paths: [dist/]
            expire_in: 1 week
            when: always
            reports:
              junit: report.xml
              coverage_report: {coverage_format: cobertura, path: c.xml}
        b: {script: [x], artifacts: {paths: [d], expire_in: never}}
        """
    )
    kept = read.jobs["a"].artifacts
    assert (kept.paths, kept.expire_in, kept.when) == (("dist/",), 604800, "always")
    assert kept.reports == {"junit": ("report.xml",), "coverage_report": ("c.xml",)}
    assert kept.coverage_format == "cobertura"
    assert read.jobs["a"].timeout == 5400
    other = read.jobs["b"].artifacts
    assert other.expire_in == NEVER


def test_variables_are_replaced(pipeline):
    read = pipeline(
        """
        variables: {VERSION: "3.12", IMAGE: "python:$VERSION", LOOP: $LOOP}
        a:
          image: $IMAGE
          script: ["docker build -t $IMAGE .", "echo $UNKNOWN $LOOP"]
        """
    )
    job = read.jobs["a"]
    assert (job.image.name, job.image.written) == ("python:3.12", "$IMAGE")
    assert job.commands[0].words == ("docker", "build", "-t", "python:3.12", ".")
    assert job.commands[1].words == ("echo", "${UNKNOWN}", "$LOOP")


def test_commands_that_certainly_run(pipeline):
    read = pipeline(
        """
        a:
          before_script: [setup]
          script:
            - test-a || true
            - set +e
            - test-b
            - set -e
            - test-c && test-d
            - |
              if [ -n "$X" ]; then
                test-e
              fi
              test-f
            - exit 0
            - test-g
          after_script: [cleanup]
        """
    )
    job = read.jobs["a"]
    certain = [run.program for run in job.certain]
    assert certain == ["setup", "set", "test-c", "test-d", "test-f", "exit"]
    assert [run.program for run in job.cleanup] == ["cleanup"]
    assert job.commands[0].part == "before_script"
    assert job.commands[1].line.mark == (5, 7)


@pytest.mark.parametrize(
    ("job", "runs"),
    [
        ("rules: [{when: never}]", False),
        ('rules: [{if: \'"a" == "b"\'}]', False),
        ("rules: [{if: $A, when: never}, {if: $B, when: never}]", False),
        ("rules: [{when: never}, {if: $A}]", False),
        ("rules: [{if: $A, when: never}, {when: on_success}]", True),
        ("rules: [{if: $A}]", True),
        ("rules: [{changes: []}]", False),
        ("rules: []", False),
        ("only: []", False),
        ("except: [branches, tags]", False),
        ("except: [tags]", True),
        ("needs: [dead]", False),
        ("needs: [after]", False),
        ("needs: [dead, alive]", False),
        ("needs: [alive]", True),
        ("needs: [{job: dead, optional: true}]", True),
    ],
)
def test_jobs_that_never_run(pipeline, job, runs):
    read = pipeline(
        f"a: {{script: [x], {job}}}\ndead: {{script: [x], rules: [{{when: never}}]}}\n"
        "after: {script: [x], needs: [dead]}\nalive: {script: [x]}"
    )
    assert read.jobs["a"].runs is runs
    assert ("a" in read.running) is runs


def test_nothing_runs_without_a_pipeline(pipeline):
    text = "workflow: {rules: [{if: $A, when: never}, {when: %s}]}\na: {script: [x]}"
    assert not pipeline(text % "never").jobs["a"].runs
    assert pipeline(text % "always").jobs["a"].runs


def test_how_jobs_start(pipeline):
    read = pipeline(
        """
        plain: {script: [x]}
        hand: {script: [x], when: manual}
        both: {script: [x], rules: [{if: $A, when: manual}, {when: on_success}]}
        ruled: {script: [x], rules: [{if: $A}], when: manual}
        forgiven: {script: [x], rules: [{if: $A, allow_failure: true}]}
        coded: {script: [x], allow_failure: {exit_codes: [3, 4]}}
        strict: {script: [x], when: manual, allow_failure: false}
        """
    )
    jobs = read.jobs
    assert [name for name, job in jobs.items() if job.manual] == ["hand", "ruled", "strict"]
    assert [name for name, job in jobs.items() if job.automatic] == [
        "plain", "both", "forgiven", "coded",
    ]  # fmt: skip
    assert [name for name, job in jobs.items() if job.may_fail_silently] == [
        "hand", "forgiven", "coded",
    ]  # fmt: skip
    assert jobs["coded"].exit_codes == (3, 4)


def test_order(pipeline):
    read = pipeline(
        """
        stages: [build, test, deploy]
        build: {stage: build, script: [x]}
        lint: {stage: test, script: [x], needs: []}
        test: {stage: test, script: [x]}
        dead: {stage: test, script: [x], rules: [{when: never}]}
        gate: {stage: test, script: [x], when: manual}
        deploy: {stage: deploy, script: [x]}
        fast: {stage: deploy, script: [x], needs: [lint]}
        first: {stage: .pre, script: [x]}
        """
    )
    assert read.before("deploy") == {"build", "lint", "test", "first"}
    assert read.before("fast") == {"lint"}
    assert read.before("build") == {"first"}
    assert read.before("lint") == frozenset()
    assert read.stages == (".pre", "build", "test", "deploy", ".post")


def test_parallel(pipeline):
    read = pipeline(
        """
        a: {script: [x], parallel: 3}
        b: {script: [x], parallel: {matrix: [{P: [x, y], Q: "1"}, {P: z}]}}
        """
    )
    assert read.jobs["a"].instances == ("a 1/3", "a 2/3", "a 3/3")
    assert read.jobs["b"].instances == ("b: [x, 1]", "b: [y, 1]", "b: [z]")
    assert read.jobs["b"].parallel.matrix[0] == {"P": "x", "Q": "1"}
    assert read.expanded["b: [z]"] == "b"


def test_the_rest_of_a_job(pipeline):
    read = pipeline(
        """
        a:
          script: [x]
          coverage: /ab+/
          resource_group: prod
          interruptible: true
          id_tokens: {T: {aud: [one, two]}}
          secrets: {S: {vault: a/b@c}}
          release: {tag_name: v1, description: d, assets: {links: [{name: n, url: u}]}}
          pages: true
        b: {trigger: {include: [{local: c.yml}], strategy: depend}}
        c: {trigger: group/app}
        pages: {script: [x]}
        """
    )
    job = read.jobs["a"]
    assert (job.coverage, job.resource_group, job.interruptible) == ("/ab+/", "prod", True)
    assert job.id_tokens == {"T": ("one", "two")}
    assert job.secrets == {"S": {"vault": "a/b@c"}}
    assert (job.release.tag_name, job.release.links) == ("v1", (("n", "u"),))
    assert [name for name, one in read.jobs.items() if one.pages] == ["a", "pages"]
    child, other = read.jobs["b"].trigger, read.jobs["c"].trigger
    assert (child.strategy, child.includes[0].target) == ("depend", "c.yml")
    assert other.project == "group/app"


def test_keywords_can_be_names_of_jobs(pipeline):
    read = pipeline("default: {script: [x]}\nworkflow: {script: [y]}\n.hidden: {script: [z]}")
    assert list(read.jobs) == ["default", "workflow"]


def test_total_on_wrong_types(pipeline):
    wrong = ("1", "text", "[1, [2]]", "{a: {b: 1}}", "null", "true")
    keys = """script image services variables rules only except needs dependencies artifacts cache
    environment retry parallel trigger release id_tokens secrets inherit extends when""".split()
    for value in wrong:
        for key in keys:
            others = "" if key == "script" else "script: [x], "
            read = pipeline(f"default: {value}\na: {{{others}{key}: {value}}}")
            for job in read.jobs.values():
                for name in dir(type(job)):
                    if not name.startswith("_"):
                        getattr(job, name)
            read.examine()
            read.before("a")
