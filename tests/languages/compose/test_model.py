"""The normal form: different spellings of the same thing give equal services."""

import dataclasses

import pytest

from iac_gym.languages.compose.equivalents import equivalents
from iac_gym.languages.compose.model import Service


def _facts(service: Service) -> dict:
    """Return a service's fields without places."""

    def strip(value):
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {
                field.name: strip(getattr(value, field.name))
                for field in dataclasses.fields(value)
                if field.name not in ("mark", "tree", "name")
            }
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items()}
        return [strip(item) for item in value] if isinstance(value, (list, tuple)) else value

    return strip(service)


PAIRS = [
    ("ports: ['8080:80']", "ports: [{target: 80, published: '8080'}]"),
    ("ports: ['8080:80']", "ports: [{target: 80, published: 8080, protocol: tcp}]"),
    ("ports: ['127.0.0.1:53:53/udp']",
     "ports: [{target: 53, published: 53, protocol: udp, host_ip: 127.0.0.1}]"),
    ("environment: [A=1, B, C=]", "environment: {A: 1, B: , C: ''}"),
    ("environment: [A=true]", "environment: {A: true}"),
    ("environment: [A=0, A=1]", "environment: {A: '1'}"),
    ("labels: [a=b]", "labels: {a: b}"),
    ("volumes: ['data:/a']", "volumes: [{type: volume, source: data, target: /a/}]"),
    ("volumes: ['./a:/b:ro']", "volumes: [{type: bind, source: ./a, target: /b, read_only: true}]"),
    ("env_file: a.env", "env_file: [{path: a.env}]"),
    ("depends_on: [db]", "depends_on: {db: {condition: service_started}}"),
    ("networks: [a]", "networks: {a: }"),
    ("networks: [default]", "image: x"),
    ("secrets: [s]", "secrets: [{source: s, target: s}]"),
    ("secrets: [s]", "secrets: [{source: s, target: /run/secrets/s}]"),
    ("configs: [c]", "configs: [{source: c, target: /c}]"),
    ("command: npm run 'a b'", "command: [npm, run, a b]"),
    ("build: ./a", "build: {context: ./a}"),
    ("healthcheck: {test: a b}", "healthcheck: {test: [CMD-SHELL, a b]}"),
    ("healthcheck: {test: [CMD, a], interval: 90s}",
     "healthcheck: {test: [CMD, a], interval: 1m30s}"),
    ("healthcheck: {disable: yes, test: [NONE]}", "healthcheck: {disable: true, test: [NONE]}"),
    ("mem_limit: 512m", "deploy: {resources: {limits: {memory: 512MiB}}}"),
    ("cpus: 0.5", "deploy: {resources: {limits: {cpus: '0.50'}}}"),
    ("scale: 3", "deploy: {replicas: '3'}"),
    ("stop_grace_period: 90s", "stop_grace_period: 1.5m"),
    ("tmpfs: /a", "tmpfs: [/a]"),
    ("ulimits: {nofile: 5}", "ulimits: {nofile: {soft: 5, hard: '5'}}"),
    ("extra_hosts: ['a:1.2.3.4']", "extra_hosts: {a: 1.2.3.4}"),
    ("restart: ${R:-always}", "restart: always"),
    ("privileged: 'YES'", "privileged: true"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_equal_spellings_are_equal(parse, one, two):
    made = [parse(f"services:\n  a:\n    {text}\n").services["a"] for text in (one, two)]
    left, right = (_facts(service) for service in made)
    for part in (left, right):
        part.pop("image")
        part["limits"].pop("mark", None)
    assert left == right


def test_extends_merges_and_overrides(parse):
    model = parse(
        """
        services:
          base:
            image: a:1
            command: [x]
            environment: {A: 1, B: 2}
            ports: ["1:1"]
            volumes: ["aa:/x", "bb:/y"]
            labels: [l=1]
            logging: {driver: local, options: {a: 1}}
            healthcheck: {test: [CMD, old], retries: 3}
          web:
            extends: {service: base}
            image: b:2
            command: [y]
            environment: [B=3, C=4]
            ports: ["2:2"]
            volumes: ["cc:/x"]
            logging: {driver: syslog}
            healthcheck: {test: [CMD, new]}
        """
    )
    web = model.services["web"]
    assert web.image == "b:2"
    assert web.command == ("y",)
    assert web.environment == {"A": "1", "B": "3", "C": "4"}
    assert [port.target[0] for port in web.ports] == [1, 2]
    assert [(mount.source, mount.target) for mount in web.volumes] == [("cc", "/x"), ("bb", "/y")]
    assert web.labels == {"l": "1"}
    assert (web.logging.driver, web.logging.options) == ("syslog", {})
    assert (web.healthcheck.test, web.healthcheck.retries) == (("CMD", "new"), 3)


def test_extends_in_a_chain_and_in_a_cycle(findings, parse):
    chain = "services:\n  s0: {image: x}\n" + "".join(
        f"  s{i}: {{extends: s{i - 1}}}\n" for i in range(1, 20)
    )
    assert parse(chain).services["s19"].image == "x"
    cycle = "services:\n  a: {extends: b}\n  b: {extends: a, image: x}\n"
    assert "extended-services-exist" in findings(cycle)


def test_dead_services_do_not_run(parse):
    model = parse(
        """
        services:
          a: {image: x}
          b: {image: x, profiles: [dev]}
          c: {image: x, scale: 0}
          d: {image: x, deploy: {replicas: 0}}
          e: {ports: [80]}
        """
    )
    assert list(model.running) == ["a"]


def test_variables_and_merge_keys(parse):
    model = parse(
        """
        x-common: &common
          restart: always
          environment: &env {A: "${A:-1}"}
        services:
          web:
            <<: *common
            image: "nginx:${TAG-1.27}"
            environment: {<<: *env, PRICE: "$$5"}
        """
    )
    web = model.services["web"]
    assert (web.image, web.restart) == ("nginx:1.27", "always")
    assert web.environment == {"A": "1", "PRICE": "$5"}


def test_equivalents_are_many():
    text = "services:\n  a:\n    image: x:1\n    ports: ['1:2']\n  b:\n    image: y\n"
    assert len(list(equivalents({"compose.yaml": text}))) > 10


def test_places(parse):
    web = parse("services:\n  web:\n    image: x\n    ports:\n      - '80'\n").services["web"]
    assert web.place("ports") == (5, 7)
    assert web.place("image") == (3, 12)
    assert web.place("nothing", "here") == web.mark
    assert web.ports[0].mark == (5, 9)
