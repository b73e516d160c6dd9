"""What is dangerous, and what only looks like it."""

import pytest

CASES = [
    ("a: {script: [x], image: alpine}", ["images-are-pinned@1:25"]),
    ("a: {script: [x], image: alpine:latest}", ["images-are-pinned@1:25"]),
    ("a: {script: [x], image: registry:5000/alpine}", ["images-are-pinned@1:25"]),
    ("a: {script: [x], image: registry:5000/alpine:3.20}", []),
    ("a: {script: [x], image: alpine@sha256:abc}", []),
    ("a: {script: [x], image: $IMAGE}", []),
    ("variables: {I: alpine}\na: {script: [x], image: $I}", ["images-are-pinned@2:25"]),
    ("a: {script: [x], services: [postgres]}", ["images-are-pinned@1:29"]),
    ("default: {image: alpine}\na: {script: [x]}\nb: {script: [x]}", ["images-are-pinned@1:18"]),
    ("a: {script: [x], image: alpine, rules: [{when: never}]}", []),
    ("variables: {API_TOKEN: abc123}\na: {script: [x]}", ["secrets-are-not-in-the-file@1:24"]),
    ("variables: {API_TOKEN: $TOKEN}\na: {script: [x]}", []),
    ("variables: {TOKEN_FILE: /run/token, USE_TOKEN: 'true', MONKEY: b}\na: {script: [x]}", []),
    ("variables: {POSTGRES_PASSWORD: test}\na: {script: [x], services: ['postgres:17']}", []),
    ("variables: {X: AKIAABCDEFGHIJKLMNOP}\na: {script: [x]}",
     ["secrets-are-not-in-the-file@1:16"]),
    ("variables: {DB_PASSWORD: {value: hunter2}}\na: {script: [x]}",
     ["secrets-are-not-in-the-file@1:26"]),
    ("a: {script: [x], variables: {CI_DEBUG_TRACE: true}}", ["debug-logs-are-off@1:46"]),
    ("a: {script: [x], variables: {GIT_SSL_NO_VERIFY: '1'}}", ["certificates-are-checked@1:49"]),
    ("a: {script: [x], services: ['docker:27-dind'], variables: {DOCKER_TLS_CERTDIR: ''}}",
     ["the-docker-daemon-uses-tls@1:29"]),
    ("a: {script: [x], services: ['docker:27-dind']}", []),
    ("a: {script: ['curl -s https://a.b | sudo bash']}", ["downloads-are-not-run@1:14"]),
    ("a: {script: ['wget -qO- https://a.b | sh -s -- -y']}", ["downloads-are-not-run@1:14"]),
    ("a: {script: ['curl -s https://a.b | jq .']}", []),
    ("a: {script: ['echo curl | bash']}", []),
    ("a: {script: ['docker login -u u -p $P r']}", ["passwords-are-not-arguments@1:14"]),
    ("a: {script: ['helm registry login r --password=$P']}", ["passwords-are-not-arguments@1:14"]),
    ("a: {script: ['echo $P | docker login -u u --password-stdin r']}", []),
    ("a: {script: [trivy fs .], allow_failure: true}", ["scans-are-not-ignored@1:42"]),
    ("a: {script: [scan], allow_failure: true, artifacts: {reports: {sast: a.json}}}",
     ["scans-are-not-ignored@1:36"]),
    ("a: {script: [make test], allow_failure: true}", []),
    ("a: {script: [x], environment: production}", ["production-is-guarded@1:31"]),
    ("a: {script: [x], environment: {name: live, deployment_tier: production}}",
     ["production-is-guarded@1:31"]),
    ("a: {script: [x], environment: {name: products}}", []),
    ("a: {script: [x], environment: production, when: manual}", []),
    ("a: {script: [x], environment: production, only: [main]}", []),
    ("a: {script: [x], environment: production, rules: [{if: $CI_COMMIT_TAG}]}", []),
    ("a: {script: [x], environment: {name: prod, action: stop}}", []),
    ("a: {script: ['curl -fsSLk https://a.b']}", ["certificates-are-checked@1:14"]),
    ("a: {script: ['curl -f --insecure https://a.b']}", ["certificates-are-checked@1:14"]),
    ("a: {script: ['ssh -o StrictHostKeyChecking=no a@b c']}", ["host-keys-are-checked@1:14"]),
    ("a: {script: ['echo $DEPLOY_TOKEN']}", ["secrets-are-not-printed@1:14"]),
    ("a: {script: [printenv]}", ["secrets-are-not-printed@1:14"]),
    ("a: {script: ['echo $CI_COMMIT_SHA']}", []),
    ("a: {script: [x], artifacts: {paths: [deploy/.env]}}", ["artifacts-hold-no-secrets@1:29"]),
    ("include: [{project: g/p, file: a.yml}]\na: {script: [x]}", ["includes-are-pinned@1:11"]),
    ("include: [{project: g/p, file: a.yml, ref: v1}]\na: {script: [x]}", []),
    ("include: [{component: a.b/c/d@main}]\na: {script: [x]}", ["includes-are-pinned@1:11"]),
    ("a: {script: ['vault login $CI_JOB_JWT_V2']}", ["tokens-are-made-for-a-purpose@1:14"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "findings"), CASES, ids=[text[:70] for text, _ in CASES])
def test_a_text(risks, text, findings):
    assert risks(text) == findings


def test_security_never_counts(found):
    assert found("a: {script: ['curl -sk https://a.b | bash'], image: alpine}") == []
