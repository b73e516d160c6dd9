"""Rewritings keep the meaning: the same normal form, the same findings."""

import pytest

from iac_gym.languages.gitlab_ci import LANGUAGE
from iac_gym.languages.gitlab_ci.equivalents import equivalents

TEXTS = {
    "python": """\
default:
  image: python:3.12
  retry: 1
variables:
  PIP_CACHE_DIR: .cache
  VERSION: "3.10"
stages: [lint, test, deploy]
lint:
  stage: lint
  script: ruff check .
test:
  stage: test
  needs: [lint]
  parallel: 2
  script:
    - pip install -r requirements.txt
    - pytest
  cache: {key: {files: [requirements.txt]}, paths: [.cache]}
  artifacts: {paths: [dist/], expire_in: 1 week, reports: {junit: r.xml}}
deploy:
  stage: deploy
  inherit: {default: [image]}
  script: [make deploy]
  environment: production
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
      when: manual
    - if: $CI_COMMIT_TAG
""",
    "extends": """\
.base:
  image: {name: node:22}
  before_script: [npm ci]
  variables: {A: "1"}
build:
  extends: .base
  stage: build
  services: [redis:7]
  script: [npm run build]
test:
  extends: .base
  script: [[npm test], [npm run lint]]
  variables: {B: "2"}
  only: [main]
down:
  stage: deploy
  trigger: {project: g/p, strategy: depend}
""",
}


def _bare(value):
    """Return a part of the model without its places."""
    if hasattr(value, "__dataclass_fields__"):
        fields = value.__dataclass_fields__
        return [_bare(getattr(value, name)) for name in fields if name not in ("mark", "line")]
    if isinstance(value, (list, tuple)):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items()}
    return value


PARTS = """stage before_script script after_script variables image services chances runs automatic
    manual may_fail_silently needs dependencies parallel artifacts caches environment retry timeout
    tags trigger release""".split()


def _normal(files):
    model = LANGUAGE.parse(files)
    assert model.examine() == {}
    jobs = {
        name: {part: _bare(getattr(job, part)) for part in PARTS}
        for name, job in sorted(model.jobs.items())
    }
    return jobs, {name: model.before(name) for name in jobs}, model.variables


@pytest.mark.parametrize("name", TEXTS)
def test_every_rewriting_means_the_same(name):
    files = {LANGUAGE.path: TEXTS[name]}
    normal = _normal(files)
    changes = dict(equivalents(files))
    assert len(changes) > 15
    for change, others in changes.items():
        assert _normal(others) == normal, change


def test_rewritings_change_the_text():
    changed = {
        change
        for text in TEXTS.values()
        for change, files in equivalents({LANGUAGE.path: text})
        if files[LANGUAGE.path] != text
    }
    assert {"JSON", "an anchor", "a reference", "`extends` written out"} <= changed
