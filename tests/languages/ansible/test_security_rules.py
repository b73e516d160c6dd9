"""Rules about security: each with what it finds and with what it must leave alone."""

from __future__ import annotations

import pytest

from iac_gym.check import Rule
from iac_gym.languages.ansible.parse import parse
from iac_gym.languages.ansible.rules import security

NAMES = {one.name for one in vars(security).values() if isinstance(one, Rule)}


def play(task: str, more: str = "") -> str:
    """Put one task into a play."""
    return f"- hosts: all\n{more}  tasks:\n    - {task}\n"


def found(text: str, path: str = "site.yml") -> set[str]:
    """Return the names of the security rules that find something."""
    return {name for name, some in parse({path: text}).examine().items() if some} & NAMES


RISKY = {
    "secrets-are-not-in-plain-text": [
        "ansible.builtin.user: {name: a, password: secret1}",
        "ansible.builtin.uri: {url: 'https://a', url_password: p4ss}",
        "{ansible.builtin.set_fact: {api_token: abc123}}",
        "{ansible.builtin.ping: , vars: {db_password: abc123}}",
    ],
    "secrets-are-not-logged": [
        "ansible.builtin.debug: {var: x, msg: '{{ db_password }}'}",
        "ansible.builtin.shell: mysql -p{{ vault.root_password }} x",
    ],
    "failures-are-not-ignored": [
        "{ansible.builtin.ping: , ignore_errors: true}",
    ],
    "certificates-are-checked": [
        "ansible.builtin.uri: {url: 'https://a', validate_certs: no}",
        "ansible.builtin.command: curl -k https://a",
    ],
    "packages-are-signed": [
        "ansible.builtin.apt: {name: a, allow_unauthenticated: true}",
        "ansible.builtin.yum_repository: {name: a, baseurl: 'https://a', gpgcheck: false}",
    ],
    "downloads-are-encrypted": [
        "ansible.builtin.get_url: {url: 'http://a/b', dest: /b, checksum: 'md5:1'}",
        "ansible.builtin.apt_repository: {repo: 'deb http://a b c'}",
    ],
    "downloads-are-checked": [
        "ansible.builtin.get_url: {url: 'https://a/b', dest: /b}",
    ],
    "downloads-are-not-run-unseen": [
        "ansible.builtin.shell: curl -sSL https://a | sudo -E bash -",
        "ansible.builtin.shell: bash <(wget -qO- https://a)",
    ],
    "versions-are-pinned": [
        "ansible.builtin.apt: {name: a, state: latest}",
    ],
    "selinux-stays-on": [
        "ansible.posix.selinux: {state: permissive, policy: targeted}",
        "ansible.builtin.command: setenforce 0",
    ],
    "firewalls-stay-on": [
        "community.general.ufw: {state: disabled}",
        "ansible.builtin.systemd: {name: ufw.service, enabled: false}",
        "ansible.builtin.command: iptables -F",
    ],
    "sudo-asks-for-a-password": [
        "community.general.sudoers: {name: a, user: b, commands: ALL}",
        "ansible.builtin.lineinfile: {path: /etc/sudoers, line: 'a ALL=(ALL) NOPASSWD: ALL'}",
    ],
    "containers-are-contained": [
        "community.docker.docker_container: {name: a, privileged: 'yes'}",
        "community.docker.docker_container: {name: a, volumes: ['/var/run/docker.sock:/d']}",
    ],
    "remote-access-is-limited": [
        "{amazon.aws.ec2_security_group: {name: a, description: b, rules: "
        "[{proto: tcp, from_port: 20, to_port: 30, cidr_ip: 0.0.0.0/0}]}}",
    ],
    "host-keys-are-checked": [
        "ansible.builtin.git: {repo: a, dest: /b, accept_hostkey: true}",
    ],
    "modules-do-the-work": [
        "ansible.builtin.command: apt-get install nginx",
        "ansible.builtin.shell: systemctl restart nginx",
    ],
    "files-are-not-open-to-all": [
        "ansible.builtin.file: {path: /a, mode: '0777'}",
        "ansible.builtin.file: {path: /a, mode: 'a+rw'}",
        "ansible.builtin.command: chmod -R 777 /a",
    ],
    "modes-are-octal": [
        "ansible.builtin.file: {path: /a, mode: 755}",
    ],
    "private-keys-are-private": [
        "ansible.builtin.copy: {src: a, dest: /home/a/.ssh/id_ed25519, mode: '0644'}",
    ],
    "logins-are-safe": [
        "ansible.builtin.lineinfile: {path: /a, line: PasswordAuthentication yes}",
    ],
}


@pytest.mark.parametrize(("task", "rule"), [(t, rule) for rule in RISKY for t in RISKY[rule]])
def test_what_is_risky_is_found(task: str, rule: str) -> None:
    assert rule in found(play(task))


@pytest.mark.parametrize(
    "task",
    [
        "ansible.builtin.user: {name: a, password: '{{ vault_password }}'}",
        "ansible.builtin.user: {name: a, password: '$6$rounds=5000$abc$def'}",
        "ansible.builtin.user: {name: a, password: '!', update_password: on_create}",
        "{ansible.builtin.set_fact: {password_length: 12, token_file: /run/secrets/token}}",
        '{ansible.builtin.set_fact: {db_password: \'{{ lookup("env", "DB") }}\'}, no_log: true}',
        "ansible.builtin.debug: {msg: 'the password is not here'}",
        "ansible.builtin.debug: {var: password_changed_at}",
        "{ansible.builtin.ping: , ignore_errors: false}",
        "ansible.builtin.uri: {url: 'http://localhost:8080/health'}",
        "ansible.builtin.get_url: {url: 'https://a', dest: /b, checksum: 'sha256:1'}",
        "ansible.builtin.shell: curl https://a | jq .b",
        "ansible.builtin.apt: {name: a, state: present}",
        "ansible.builtin.systemd: {name: nginx, state: stopped, enabled: false}",
        "community.general.ufw: {rule: allow, port: 22, proto: tcp}",
        "ansible.builtin.command: systemctl is-active nginx",
        "ansible.builtin.shell: apt list --installed | grep nginx",
        "ansible.builtin.command: git rev-parse HEAD",
        "ansible.builtin.file: {path: /a, mode: '0755'}",
        "ansible.builtin.file: {path: /a, mode: 0644}",
        "ansible.builtin.file: {path: /a, mode: 420}",
        "ansible.builtin.file: {path: /tmp/a, state: directory, mode: '1777'}",
        "ansible.builtin.file: {path: /a, mode: 'u=rw,g=r,o='}",
        "ansible.builtin.copy: {src: a, dest: /a/tls.key, mode: '0600'}",
        "ansible.builtin.copy: {src: a, dest: /a/tls.crt, mode: '0644'}",
        "ansible.builtin.command: chmod u+w /a/b",
        "ansible.builtin.lineinfile: {path: /a, line: PermitRootLogin no}",
    ],
)
def test_what_is_safe_is_left_alone(task: str) -> None:
    assert not found(play(task)) - {"modules-do-the-work"}


def test_no_log_of_a_play_or_block_hides_a_secret() -> None:
    task = "ansible.builtin.command: login {{ api_token }}"
    assert found(play(task)) == {"secrets-are-not-logged"}
    assert not found(play(task, "  no_log: true\n"))
    block = f"- hosts: all\n  tasks:\n    - no_log: true\n      block:\n        - {task}\n"
    assert not found(block)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("group_vars/all.yml", "db_password: hunter22\n"),
        ("host_vars/a.yml", "users:\n  - {name: a, api_key: abcdef}\n"),
        ("roles/a/defaults/main.yml", "a:\n  smtp_password: abc\n"),
        ("inventory.ini", "[a]\nb ansible_password=abc\n"),
        ("site.yml", "- hosts: all\n  vars: {secret_key: abc}\n"),
    ],
)
def test_secrets_in_variables_are_found(path: str, text: str) -> None:
    assert found(text, path) == {"secrets-are-not-in-plain-text"}


def test_encrypted_secrets_are_left_alone() -> None:
    text = "db_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n"
    assert not found(text, "group_vars/all.yml")


def test_host_keys_are_checked_in_the_configuration() -> None:
    text = "[defaults]\nhost_key_checking = False\n"
    assert found(text, "ansible.cfg") == {"host-keys-are-checked"}


def test_a_finding_names_its_place() -> None:
    text = play("ansible.builtin.file:\n        path: /a\n        mode: 0777\n")
    findings = parse({"site.yml": text}).examine()["files-are-not-open-to-all"]
    assert [(one.file, one.line, one.column) for one in findings] == [("site.yml", 5, 15)]
