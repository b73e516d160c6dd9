"""Every rule: its page's examples, and what Docker Compose accepts and rejects beyond them."""

import pytest

from iac_gym.check import ParseError
from iac_gym.languages.compose import LANGUAGE
from iac_gym.verdict import Stage

NAMES = [rule.name for rule in LANGUAGE.rules]


@pytest.mark.parametrize("rule", LANGUAGE.rules, ids=NAMES)
def test_the_examples_of_a_rule(rule):
    assert rule.section("Source").startswith("https://")
    bad = list(rule.check(LANGUAGE.parse({"compose.yaml": rule.section("Bad")})))
    good = LANGUAGE.parse({"compose.yaml": rule.section("Good")})
    assert bad
    assert all(finding.line and finding.file == "compose.yaml" for finding in bad)
    assert list(rule.check(good)) == []
    for other in LANGUAGE.rules:
        if other.stage < Stage.SECURITY:
            assert list(other.check(good)) == [], other.name


def test_rule_names_are_unique_and_stages_in_order():
    assert len(set(NAMES)) == len(NAMES)
    assert sum(rule.stage == Stage.SECURITY for rule in LANGUAGE.rules) >= 12


def _web(*lines):
    return "services:\n  web:\n    image: nginx:1.27\n" + "".join(f"    {x}\n" for x in lines)


REJECTED = [
    ("services: [a]", "values-have-the-right-type"),
    ("services:\n  web:", "values-have-the-right-type"),
    ("services:\n  we b:\n    image: a", "fields-are-known"),
    ("service:\n  web:\n    image: a", "fields-are-known"),
    ("name: 3\nservices: {}", "values-have-the-right-type"),
    (_web("environment: {1: a}"), "keys-are-text"),
    (_web("environment: A=1"), "values-have-the-right-type"),
    (_web("environment: {A: [1]}"), "values-have-the-right-type"),
    (_web("environment: ['A =1']"), "entries-are-pairs"),
    (_web("ports: 80"), "values-have-the-right-type"),
    (_web("ports: [80:http]"), "ports-are-right"),
    (_web("ports: ['99999:80']"), "ports-are-right"),
    (_web("ports: ['8000-8002:80-81']"), "ports-are-right"),
    (_web("ports: ['1.2.3:80:80']"), "ports-are-right"),
    (_web("ports: ['80:80/http']"), "ports-are-right"),
    (_web("ports: ['80:']"), "ports-are-right"),
    (_web("ports: [{published: 80}]"), "ports-are-right"),
    (_web("ports: [{target: 80, host_ip: here}]"), "ports-are-right"),
    (_web("ports: [{target: 80, port: 1}]"), "fields-are-known"),
    (_web("ports: [{target: abc}]"), "variables-are-written-right"),
    (_web("volumes: ['data:/x']"), "volumes-are-defined"),
    (_web("volumes: ['data:/b:ro:rw']"), "mounts-are-right"),
    (_web("volumes: ['./a::ro']"), "mounts-are-right"),
    (_web("volumes: [{source: a, target: /b}]"), "required-fields-are-there"),
    (_web("volumes: [{type: nfs, target: /b}]"), "values-are-allowed"),
    (_web("volumes: [{type: bind, target: /b}]"), "mounts-are-right"),
    (_web("mem_limit: 512 megabytes"), "sizes-are-right"),
    (_web("mem_limit: 512q"), "sizes-are-right"),
    (_web("deploy: {resources: {limits: {memory: 512}}}"), "values-have-the-right-type"),
    (_web("deploy: {resources: {limits: {cpus: half}}}"), "sizes-are-right"),
    (_web("healthcheck: {test: [CMD, a], interval: 30}"), "values-have-the-right-type"),
    (_web("healthcheck: {test: [CMD, a], interval: '30'}"), "durations-are-right"),
    (_web("healthcheck: {test: [curl, a]}"), "health-tests-name-their-kind"),
    (_web("healthcheck: {test: [CMD, a], retries: many}"), "variables-are-written-right"),
    (_web("healthcheck: {test: [CMD, a], intervall: 3s}"), "fields-are-known"),
    (_web("command: sh -c 'a"), "commands-can-be-split"),
    (_web("command: [a, 1]"), "values-have-the-right-type"),
    (_web("restart: true"), "values-have-the-right-type"),
    (_web("restart: no # YAML 1.2 text", "user: 1000"), "values-have-the-right-type"),
    (_web("depends_on: [web]"), "dependencies-form-no-cycle"),
    (_web("depends_on: [db]"), "dependencies-exist"),
    (_web("depends_on: {db: {condition: service_started, required: false}}"), "dependencies-exist"),
    (_web("links: ['db:alias']"), "dependencies-exist"),
    (_web("volumes_from: ['db:ro']"), "dependencies-exist"),
    (_web("network_mode: service:db"), "dependencies-exist"),
    (_web("network_mode: host", "networks: [default]"), "network-mode-stands-alone"),
    (_web("networks: [front]"), "networks-are-defined"),
    (_web("networks: {front: }"), "networks-are-defined"),
    (_web("secrets: [s]"), "secrets-are-defined"),
    (_web("secrets: [s]") + "secrets:\n  s: {external: false}\n",
     "secrets-and-configs-have-one-source"),
    (_web("configs: [{source: c}]"), "configs-are-defined"),
    (_web("extends: base"), "extended-services-exist"),
    (_web("extends: web"), "extended-services-exist"),
    (_web("scale: -1"), "replicas-agree"),
    (_web("container_name: a1", "scale: 2"), "container-names-are-single"),
    (_web("cpus: 0.5", "deploy: {resources: {limits: {memory: 1g}}}"), "limits-agree"),
    (_web("mem_limit: 1g", "deploy: {resources: {limits: {cpus: '1'}}}"), "limits-agree"),
    (_web("cap_add: [A, 1]"), "values-have-the-right-type"),
    (_web("security_opt: [a, a]"), "values-are-allowed"),
    (_web("pull_policy: often"), "values-are-allowed"),
    (_web("image2: a"), "fields-are-known"),
    (_web("privileged: maybe"), "variables-are-written-right"),
    (_web("deploy: {replicas: '${N}'}"), "variables-are-written-right"),
    (_web("hostname: ${A:?not set}"), "variables-are-written-right"),
    (_web("hostname: ${}"), "variables-are-written-right"),
    (_web("hostname: ${1A}"), "variables-are-written-right"),
    (_web("hostname: '${A'"), "variables-are-written-right"),
    (_web("hostname: ${A!b}"), "variables-are-written-right"),
    (_web("extra_hosts: [somewhere]"), "entries-are-pairs"),
    (_web("devices: ['/a:/b:r:w']"), "mounts-are-right"),
    (_web("devices: [{source: /dev/a}]"), "mounts-are-right"),
    (_web("build: {ssh: [key]}"), "build-entries-are-pairs"),
    (_web("tmpfs: /a", "volumes: ['/x:/a']"), "mounts-are-right"),
    ("services:\n  a:\n    image: x\n    depends_on: [b]\n  b:\n    image: y\n    profiles: [p]\n",
     "dependencies-exist"),
    ("services:\n  a:\n    image: x\n    profiles: [p]\n    networks: [n]\n",
     "networks-are-defined"),
    ("volumes:\n  v: {external: true, driver: local}\n", "external-volumes-have-no-settings"),
    ("networks:\n  n: {driver: [x]}\n", "values-have-the-right-type"),
    ("- a", "syntax"),
    ("just words", "syntax"),
    ("services: {a: {image: x}", "syntax"),
    ("services:\n  a:\n    image: x\n    image: y\n", "syntax"),
    ("", "syntax"),
    ("{}", "syntax"),
    ("# nothing", "syntax"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "rule"), REJECTED, ids=[f"{r}-{i}" for i, (_, r) in enumerate(REJECTED)]
)
def test_rejected(findings, text, rule):
    assert rule in findings(text), findings(text)


ACCEPTED = [
    "services: {}",
    "version: '3.9'\nservices:\n  a: {image: x}\n",
    "x-a: 1\nservices:\n  a: {image: x, x-b: 2}\n",
    "name: Any Name!\nservices:\n  a: {image: x}\n",
    _web("ports: [80, '81', '8080:82', '127.0.0.1:1:83', '[::1]:2:84', '8000-8009:85/udp']"),
    _web("ports: [{target: 80}, {target: '81', published: '8000-8010', protocol: udp}]"),
    _web("ports: ['8080:80', '8080:80']"),
    _web("ports: [{target: 80, published: 'http'}]"),
    _web("devices: ['/dev/a', '/a:/b:rw', {source: /a, target: /b}]"),
    _web("build: {ssh: [default, 'a=b'], additional_contexts: ['a=b']}"),
    _web("environment: [A=1, B, A=2]"),
    _web("environment: {A: 1, B: true, C: , D: 1.5, E: ''}"),
    _web("volumes: [/anon, ./a:/b, ~/c:/d:ro, 'C:\\x:/e', '/f:/g:z']"),
    _web("volumes: ['aa:/b', 'cc:/b']") + "volumes: {aa: , cc: {}}\n",
    _web("env_file: a.env"),
    _web("env_file: [a.env, {path: b.env, required: false}]"),
    _web("command: ", "entrypoint: []"),
    _web("command: a && b | c > d; e"),
    _web("healthcheck: {disable: 'yes'}"),
    _web("healthcheck: {test: NONE}"),
    _web("healthcheck: {test: [CMD, a], interval: 1d2h, timeout: 1.5s, retries: '3'}"),
    _web("mem_limit: 1.5gb", "memswap_limit: -1", "shm_size: '64 KiB'", "cpus: '.5'"),
    _web("hostname: cost$$5 $ 5%"),
    _web("hostname: ${I:-nginx}-${T:-${U:-1}}"),
    _web("labels: {a.b: 1}"),
    _web("restart: maybe"),
    _web("networks: [default]"),
    _web("network_mode: bridge"),
    _web("deploy: {replicas: '${N:-2}'}"),
    _web("privileged: ${P:-no}"),
    _web("volumes: ['d:/x']"),
    _web("extends: {file: other.yaml, service: base}"),
    _web("container_name: web-${COMPOSE_PROJECT_NAME}"),
    _web("logging: {driver: json-file, options: {max-size: 10m, max-file: 3}}"),
    _web("configs: [c]") + "configs:\n  c: {content: hi}\n",
    _web("secrets: [s]") + "secrets:\n  s: {environment: TOKEN}\n",
    "services:\n  a:\n    image: x\n    depends_on:\n      b: {condition: service_started, "
    "required: false}\n  b:\n    image: y\n    profiles: [p]\n",
    "services:\n  a:\n    image: x\n    profiles: [p]\n    depends_on: [b]\n  b:\n    image: y\n"
    "    profiles: [q]\n",
    "services:\n  a:\n    image: x\n---\nservices:\n  a:\n    ports: [80]\n",
    "include: [other.yaml]\nservices:\n  a:\n    image: x\n    depends_on: [elsewhere]\n",
    '{"services": {"a": {"image": "x", "ports": ["80"]}}}',
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(findings, text):
    assert findings(text) == {}


def test_positions_and_hints(parse):
    model = parse(_web("port: ['80']"))
    (rule,) = [one for one in LANGUAGE.rules if one.name == "fields-are-known"]
    (finding,) = rule.check(model)
    assert (finding.line, finding.file) == (4, "compose.yaml")
    assert finding.hint == "did you mean `ports`?"


SECURITY = [
    (_web("image: nginx:latest").replace("image: nginx:1.27\n    ", ""), "images-are-pinned"),
    (_web("user: '0:0'"), "users-are-not-root"),
    (_web("pid: host"), "host-namespaces-are-not-shared"),
    (_web("volumes: ['/:/host']"), "system-paths-are-not-mounted"),
    (_web("volumes: [{type: bind, source: /etc, target: /e}]"), "system-paths-are-not-mounted"),
    (_web("volumes: ['/run/docker.sock:/s:ro']"), "engine-sockets-are-not-mounted"),
    (_web("cap_add: [CAP_SYS_ADMIN]"), "powerful-capabilities-are-not-added"),
    (_web("environment: [API_TOKEN=abc]"), "secrets-are-not-in-the-environment"),
    (_web("ports: ['0.0.0.0:6379:6379']"), "databases-are-not-public"),
    (_web("ports: ['5432']"), "databases-are-not-public"),
    (_web("security_opt: ['apparmor=unconfined']"), "confinement-is-on"),
]


@pytest.mark.parametrize(("text", "rule"), SECURITY)
def test_security_is_reported(findings, text, rule):
    assert rule in findings(text, security=True)
    assert findings(text) == {}


def test_secrets_by_reference_are_fine(findings):
    text = _web("environment: {DB_PASSWORD_FILE: /run/secrets/x, API_TOKEN: , TOKENS_MAX: 3}")
    assert "secrets-are-not-in-the-environment" not in findings(text, security=True)


def test_the_first_problem_names_the_place(parse):
    with pytest.raises(ParseError) as caught:
        parse("services:\n  a: [")
    assert caught.value.findings[0].line >= 1
