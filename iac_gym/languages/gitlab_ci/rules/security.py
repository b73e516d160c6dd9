"""Rules about security: they are reported, and count only where a task asks for them."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.risks import risks
from iac_gym.verdict import Stage


@rule(Stage.SECURITY)
def images_are_pinned(pipeline: Pipeline) -> Findings:
    """Images and services have a fixed tag or digest.

    Source: https://docs.gitlab.com/ci/docker/using_docker_images/

    Bad::

        test:
          image: python:latest
          script: [pytest]

    Good::

        test:
          image: python:3.12
          script: [pytest]
    """
    return risks(pipeline).get("images-are-pinned", ())


@rule(Stage.SECURITY)
def secrets_are_not_in_the_file(pipeline: Pipeline) -> Findings:
    """No variable holds a secret in plain text.

    Source: https://docs.gitlab.com/ci/variables/#cicd-variable-security

    Bad::

        variables:
          DB_PASSWORD: hunter2
        test:
          script: [make test]

    Good::

        variables:
          DB_PASSWORD: $STAGING_PASSWORD
        test:
          script: [make test]
    """
    return risks(pipeline).get("secrets-are-not-in-the-file", ())


@rule(Stage.SECURITY)
def debug_logs_are_off(pipeline: Pipeline) -> Findings:
    """`CI_DEBUG_TRACE` is not switched on: it writes secrets into the log.

    Source: https://docs.gitlab.com/ci/variables/variables_troubleshooting/#enable-debug-logging

    Bad::

        test:
          variables:
            CI_DEBUG_TRACE: "true"
          script: [make test]

    Good::

        test:
          variables:
            LOG_LEVEL: debug
          script: [make test]
    """
    return risks(pipeline).get("debug-logs-are-off", ())


@rule(Stage.SECURITY)
def the_docker_daemon_uses_tls(pipeline: Pipeline) -> Findings:
    """Docker-in-Docker is spoken to over TLS.

    Source: https://docs.gitlab.com/ci/docker/using_docker_build/#docker-in-docker-with-tls-enabled-in-the-docker-executor

    Bad::

        build:
          image: docker:27.3
          services: ["docker:27.3-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2375
            DOCKER_TLS_CERTDIR: ""
          script: [docker build .]

    Good::

        build:
          image: docker:27.3
          services: ["docker:27.3-dind"]
          variables:
            DOCKER_TLS_CERTDIR: /certs
          script: [docker build .]
    """
    return risks(pipeline).get("the-docker-daemon-uses-tls", ())


@rule(Stage.SECURITY)
def downloads_are_not_run(pipeline: Pipeline) -> Findings:
    """Nothing is downloaded into a shell.

    Source: https://docs.gitlab.com/ci/pipeline_security/

    Bad::

        test:
          script:
            - curl -sSL https://example.com/install.sh | bash

    Good::

        test:
          script:
            - curl -sSLo install.sh https://example.com/install.sh
            - sha256sum -c install.sha256
            - sh install.sh
    """
    return risks(pipeline).get("downloads-are-not-run", ())


@rule(Stage.SECURITY)
def passwords_are_not_arguments(pipeline: Pipeline) -> Findings:
    """Passwords go to `login` on standard input, not on the command line.

    Source: https://docs.gitlab.com/ci/docker/authenticate_registry/

    Bad::

        build:
          script:
            - docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY

    Good::

        build:
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u $CI_REGISTRY_USER --password-stdin
    """
    return risks(pipeline).get("passwords-are-not-arguments", ())


@rule(Stage.SECURITY)
def scans_are_not_ignored(pipeline: Pipeline) -> Findings:
    """A security scan that fails is not forgiven.

    Source: https://docs.gitlab.com/user/application_security/

    Bad::

        scan:
          script: [trivy fs .]
          allow_failure: true

    Good::

        scan:
          script: [trivy fs .]
    """
    return risks(pipeline).get("scans-are-not-ignored", ())


@rule(Stage.SECURITY)
def production_is_guarded(pipeline: Pipeline) -> Findings:
    """A deployment to production is started by hand, or for chosen branches or tags.

    Source: https://docs.gitlab.com/ci/environments/deployment_safety/

    Bad::

        deploy:
          script: [make deploy]
          environment: production

    Good::

        deploy:
          script: [make deploy]
          environment: production
          rules:
            - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
              when: manual
    """
    return risks(pipeline).get("production-is-guarded", ())


@rule(Stage.SECURITY)
def certificates_are_checked(pipeline: Pipeline) -> Findings:
    """TLS certificates are checked.

    Source: https://docs.gitlab.com/ci/pipeline_security/

    Bad::

        test:
          script:
            - curl -k https://example.com/data.json

    Good::

        test:
          script:
            - curl -f https://example.com/data.json
    """
    return risks(pipeline).get("certificates-are-checked", ())


@rule(Stage.SECURITY)
def host_keys_are_checked(pipeline: Pipeline) -> Findings:
    """SSH checks the keys of hosts.

    Source: https://docs.gitlab.com/ci/jobs/ssh_keys/#verifying-the-ssh-host-keys

    Bad::

        deploy:
          script:
            - ssh -o StrictHostKeyChecking=no deploy@example.com ./deploy.sh

    Good::

        deploy:
          script:
            - cp "$SSH_KNOWN_HOSTS" ~/.ssh/known_hosts
            - ssh deploy@example.com ./deploy.sh
    """
    return risks(pipeline).get("host-keys-are-checked", ())


@rule(Stage.SECURITY)
def secrets_are_not_printed(pipeline: Pipeline) -> Findings:
    """Nothing that holds a secret is written into the log.

    Source: https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable

    Bad::

        test:
          script:
            - echo "$DEPLOY_TOKEN"

    Good::

        test:
          script:
            - echo "$CI_COMMIT_SHA"
    """
    return risks(pipeline).get("secrets-are-not-printed", ())


@rule(Stage.SECURITY)
def artifacts_hold_no_secrets(pipeline: Pipeline) -> Findings:
    """Artifacts hold no key files and no `.env`.

    Source: https://docs.gitlab.com/ci/jobs/job_artifacts/

    Bad::

        test:
          script: [make test]
          artifacts:
            paths: [.env]

    Good::

        test:
          script: [make test]
          artifacts:
            paths: [dist/]
    """
    return risks(pipeline).get("artifacts-hold-no-secrets", ())


@rule(Stage.SECURITY)
def includes_are_pinned(pipeline: Pipeline) -> Findings:
    """Included files of other projects stand at a fixed commit, tag or version.

    Source: https://docs.gitlab.com/ci/components/#use-a-component

    Bad::

        include:
          - component: gitlab.com/group/component/lint@~latest
        test:
          script: [make test]

    Good::

        deploy:
          trigger:
            include:
              - component: gitlab.com/group/component/deploy@1.2.0
    """
    return risks(pipeline).get("includes-are-pinned", ())


@rule(Stage.SECURITY)
def tokens_are_made_for_a_purpose(pipeline: Pipeline) -> Findings:
    """Identity tokens come from `id_tokens` with their own audience, not from `CI_JOB_JWT`.

    Source: https://docs.gitlab.com/ci/secrets/id_token_authentication/

    Bad::

        deploy:
          script:
            - vault write -field=token auth/jwt/login role=app jwt=$CI_JOB_JWT

    Good::

        deploy:
          id_tokens:
            VAULT_TOKEN:
              aud: https://vault.example.com
          script:
            - vault write -field=token auth/jwt/login role=app jwt=$VAULT_TOKEN
    """
    return risks(pipeline).get("tokens-are-made-for-a-purpose", ())
