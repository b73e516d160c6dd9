"""Whole answers as people write them meet everything; small slips break just one thing."""

from __future__ import annotations

from typing import Any

import pytest

from envs.ansible import CATEGORY
from iac_gym.languages.ansible import LANGUAGE
from tests.envs.ansible.answers import faults

Ask = tuple[str, dict[str, Any]]
SERVER = """
---
- name: Configure the Redis servers
  hosts: cache
  become: true
  vars:
    redis_package: redis-server
    redis_config: /etc/redis/redis.conf
  tasks:
    - name: Install {{ redis_package }}
      ansible.builtin.apt:
        name: "{{ redis_package }}"
        state: present
        update_cache: true
        cache_valid_time: 3600
      when: ansible_facts['os_family'] == 'Debian'

    - name: Deploy the configuration
      ansible.builtin.template:
        src: redis.conf.j2
        dest: "{{ redis_config }}"
        owner: root
        group: adm
        mode: u=rw,g=r,o=
        backup: true
      notify:
        - Restart Redis

    - name: Make sure that Redis runs
      ansible.builtin.systemd_service:
        name: "{{ redis_package }}"
        state: started
        enabled: true

  handlers:
    - name: Restart Redis
      ansible.builtin.systemd_service:
        name: "{{ redis_package }}"
        state: restarted
"""
SERVER_ASKS: list[Ask] = [
    ("play-targets", {"group": "cache"}),
    ("package-installed", {"package": "redis-server"}),
    ("package-cache", {"seconds": 3600}),
    ("file-from-template", {"path": "/etc/redis/redis.conf", "source": "redis.conf.j2"}),
    ("service-running", {"service": "redis-server"}),
    ("service-enabled", {"service": "redis-server"}),
    ("change-restarts", {"path": "/etc/redis/redis.conf", "service": "redis-server"}),
    ("group-is", {"path": "/etc/redis/redis.conf", "group": "adm"}),
    ("mode-is", {"path": "/etc/redis/redis.conf", "mode": "0640"}),
    ("backup-kept", {"path": "/etc/redis/redis.conf"}),
    ("play-becomes-root", {"group": "cache"}),
]
ROLLING = """
- name: Check before the rollout
  hosts: web
  gather_facts: false
  tasks:
    - ansible.builtin.assert:
        that:
          - release_version is defined
          - release_version | length > 0
        fail_msg: release_version must be set
      run_once: true
      delegate_to: localhost

- name: Rolling update
  hosts: web
  become: true
  serial: "20%"
  max_fail_percentage: 10
  pre_tasks:
    - name: Drain
      ansible.builtin.command: /usr/local/bin/lb-pool web drain
      delegate_to: lb01
      changed_when: true
  tasks:
    - name: Update
      ansible.builtin.apt:
        name: shop
        state: latest
        update_cache: true
      notify: Restart shop
    - name: Migrate
      ansible.builtin.command:
        cmd: /opt/shop/bin/migrate --apply
      when: inventory_hostname == ansible_play_hosts_all[0]
    - ansible.builtin.meta: flush_handlers
    - name: Keep it running
      ansible.builtin.service:
        name: shop
        state: started
  post_tasks:
    - name: Wait until it answers
      ansible.builtin.uri:
        url: http://localhost:8080/healthz
        status_code: 200
      register: health
      until: health.status == 200
      retries: 6
      delay: 5
    - name: Enable
      ansible.builtin.command: /usr/local/bin/lb-pool web enable
      delegate_to: lb01
      changed_when: true
  handlers:
    - name: Restart shop
      ansible.builtin.service:
        name: shop
        state: restarted
"""
DRAIN, ENABLE = "/usr/local/bin/lb-pool web drain", "/usr/local/bin/lb-pool web enable"
ROLLING_ASKS: list[Ask] = [
    ("play-targets", {"group": "web"}),
    ("variable-demanded", {"name": "release_version", "message": "release_version must be set"}),
    ("play-serial", {"group": "web", "serial": "20%"}),
    ("play-failure-limit", {"group": "web", "percent": 10}),
    ("play-becomes-root", {"group": "web"}),
    ("command-delegated", {"command": DRAIN, "host": "lb01"}),
    ("command-delegated", {"command": ENABLE, "host": "lb01"}),
    ("command-before", {"first": DRAIN, "second": ENABLE}),
    ("package-latest", {"package": "shop"}),
    ("command-once", {"command": "/opt/shop/bin/migrate --apply"}),
    ("service-running", {"service": "shop"}),
    ("url-answers", {"url": "http://localhost:8080/healthz", "status": 200, "retries": 6,
                     "delay": 5}),
]  # fmt: skip
UPGRADE = """
- hosts: app
  strategy: free
  vars:
    tool: /opt/shop/bin/upgrade
    version: v2.0.1
  tasks:
    - name: Enter maintenance
      ansible.builtin.command: /opt/shop/bin/maintenance on
      changed_when: true
    - name: Upgrade
      block:
        - name: Run the upgrade
          ansible.builtin.command:
            argv: ["{{ tool }}", --to, "{{ version }}"]
          become: true
          become_user: shop
          async: 900
          poll: 10
          environment:
            APP_ENV: production
      rescue:
        - name: Roll back
          ansible.builtin.command: "{{ tool }} --rollback"
          become: true
          become_user: shop
        - name: Report
          ansible.builtin.fail:
            msg: "shop could not be upgraded to {{ version }}"
      always:
        - name: Leave maintenance
          ansible.builtin.shell: /opt/shop/bin/maintenance off
"""
UP = "/opt/shop/bin/upgrade --to v2.0.1"
UPGRADE_ASKS: list[Ask] = [
    ("play-targets", {"group": "app"}),
    ("play-strategy", {"group": "app", "strategy": "free"}),
    ("command-runs", {"command": UP}),
    ("failure-rescued", {"command": UP, "remedy": "/opt/shop/bin/upgrade --rollback"}),
    ("failure-reported", {"command": UP, "message": "shop could not be upgraded to v2.0.1"}),
    ("always-cleaned", {"command": UP, "cleanup": "/opt/shop/bin/maintenance off"}),
    ("command-before", {"first": "/opt/shop/bin/maintenance on", "second": UP}),
    ("command-as", {"command": UP, "user": "shop"}),
    ("command-in-background", {"command": UP, "seconds": 900, "poll": 10}),
    ("command-environment", {"command": UP, "name": "APP_ENV", "value": "production"}),
]
SSH = """
- name: Harden SSH
  hosts: edge
  become: true
  any_errors_fatal: true
  vars:
    sshd_settings:
      PermitRootLogin: "no"
      MaxAuthTries: 4
  tasks:
    - name: Apply {{ item.key }}
      ansible.builtin.lineinfile:
        path: /etc/ssh/sshd_config
        regexp: '^\\s*#?\\s*{{ item.key }}\\s+'
        line: "{{ item.key }} {{ item.value }}"
        state: present
        backup: true
        mode: "0600"
        validate: /usr/sbin/sshd -t -f %s
      loop: "{{ sshd_settings | dict2items }}"
      loop_control:
        label: "{{ item.key }}"
      notify: Restart sshd
  handlers:
    - name: Restart sshd
      ansible.builtin.service: name=sshd state=restarted
"""
CONF = "/etc/ssh/sshd_config"
SSH_ASKS: list[Ask] = [
    ("ssh-option", {"option": "PermitRootLogin", "value": "no"}),
    ("ssh-option", {"option": "MaxAuthTries", "value": "4"}),
    ("change-restarts", {"path": CONF, "service": "sshd"}),
    ("file-validated", {"path": CONF, "command": "sshd -t -f %s"}),
    ("mode-is", {"path": CONF, "mode": "0600"}),
    ("backup-kept", {"path": CONF}),
    ("play-all-or-nothing", {"group": "edge"}),
    ("play-becomes-root", {"group": "edge"}),
]
DATABASE = """
- hosts: db
  gather_facts: false
  tasks:
    - name: PostgreSQL itself
      become: true
      block:
        - ansible.builtin.apt:
            name: [postgresql, python3-psycopg2]
        - ansible.builtin.service: {name: postgresql, state: started, enabled: true}
    - name: The database and its owner
      become: true
      become_user: postgres
      block:
        - name: Create the role
          community.postgresql.postgresql_user:
            name: pilot
            password: "{{ vault_pilot_password }}"
          no_log: true
        - name: Create the database
          community.postgresql.postgresql_db: {name: shop, owner: pilot, encoding: UTF8}
        - name: Add the extensions
          community.postgresql.postgresql_ext:
            name: "{{ item }}"
            db: shop
          loop: [hstore, citext]
"""
DATABASE_ASKS: list[Ask] = [
    ("package-installed", {"package": "postgresql"}),
    ("service-running", {"service": "postgresql"}),
    ("service-enabled", {"service": "postgresql"}),
    ("postgresql-user", {"name": "pilot"}),
    ("password-from-variable", {"user": "pilot", "variable": "vault_pilot_password"}),
    ("postgresql-database", {"name": "shop"}),
    ("postgresql-owner", {"name": "shop", "owner": "pilot"}),
    ("postgresql-encoding", {"name": "shop", "encoding": "UTF-8"}),
    ("postgresql-extension", {"extension": "citext", "database": "shop"}),
    ("play-without-facts", {"group": "db"}),
]
MIXED = """
- hosts: mixed
  become: true
  environment:
    http_proxy: http://10.0.0.5:8080
  vars:
    cron_packages:
      Debian: cron
      RedHat: cronie
  tasks:
    - name: Install cron
      ansible.builtin.package:
        name: "{{ cron_packages[ansible_facts['os_family']] }}"
      when: ansible_facts['os_family'] in cron_packages
    - name: Install the rest
      ansible.builtin.package: {name: [curl, git], state: present}
    - name: Remove what nobody wants
      ansible.builtin.package: {name: telnet, state: absent}
"""
MIXED_ASKS: list[Ask] = [
    ("package-on-family", {"family": "Debian", "package": "cron"}),
    ("package-on-family", {"family": "RedHat", "package": "cronie"}),
    ("package-installed", {"package": "curl"}),
    ("package-removed", {"package": "telnet"}),
    ("play-environment", {"group": "mixed", "name": "http_proxy",
                          "value": "http://10.0.0.5:8080"}),
    ("play-becomes-root", {"group": "mixed"}),
]  # fmt: skip
ACCOUNTS = """
- hosts: ops
  become: true
  tasks:
    - name: The group
      group: name=support gid=2100
    - name: The people
      user:
        name: "{{ item.name }}"
        groups: support
        append: yes
        shell: "{{ item.shell | default('/bin/bash') }}"
        state: "{{ item.state | default('present') }}"
        remove: "{{ item.state | default('present') == 'absent' }}"
      with_items:
        - {name: alice}
        - {name: bob, shell: /bin/zsh}
        - {name: oscar, state: absent}
    - name: Let them use sudo
      copy:
        content: |
          # Managed by Ansible
          %support ALL=(ALL) NOPASSWD: ALL
        dest: /etc/sudoers.d/support
        mode: 0440
        validate: visudo -cf %s
"""
ACCOUNTS_ASKS: list[Ask] = [
    ("group-exists", {"group": "support"}),
    ("group-id", {"group": "support", "gid": 2100}),
    ("user-in-group", {"user": "alice", "group": "support"}),
    ("user-in-group", {"user": "bob", "group": "support"}),
    ("user-shell", {"user": "bob", "shell": "/bin/zsh"}),
    ("user-removed", {"user": "oscar"}),
    ("home-removed", {"user": "oscar"}),
    ("sudo-rule", {"file": "support", "rule": "%support ALL=(ALL) NOPASSWD: ALL"}),
    ("mode-is", {"path": "/etc/sudoers.d/support", "mode": "0440"}),
]
WHOLE = {
    "server": (SERVER, SERVER_ASKS), "rolling": (ROLLING, ROLLING_ASKS),
    "upgrade": (UPGRADE, UPGRADE_ASKS), "ssh": (SSH, SSH_ASKS),
    "database": (DATABASE, DATABASE_ASKS), "mixed": (MIXED, MIXED_ASKS),
    "accounts": (ACCOUNTS, ACCOUNTS_ASKS),
}  # fmt: skip
SLIPS = (
    ("server", "o=\n", "o=r\n", {"mode-is"}),
    ("server", "        - Restart Redis\n\n", "        - Reload Redis\n\n", {"change-restarts"}),
    ("server", "state: restarted", "state: stopped", {"change-restarts"}),
    ("rolling", 'serial: "20%"', "serial: 20", {"play-serial"}),
    ("rolling", "state: latest", "state: present", {"package-latest"}),
    ("rolling", "retries: 6", "retries: 5", {"url-answers"}),
    ("rolling", "          - release_version is defined\n", "", {"variable-demanded"}),
    ("rolling", "      when: inventory_hostname == ansible_play_hosts_all[0]\n", "",
     {"command-once"}),
    ("upgrade", "poll: 10", "poll: 0", {"command-in-background"}),
    ("upgrade", "            msg: ", "            msg: oh, ", {"failure-reported"}),
    ("upgrade", "maintenance off", "maintenance off || true", {"always-cleaned"}),
    ("ssh", "#?\\\\s*", "", {"ssh-option"}),
    ("ssh", "validate:", "unsafe_writes: true\n        #", {"file-validated"}),
    ("database", "          no_log: true\n", "", {"password-from-variable"}),
    ("database", "owner: pilot, ", "", {"postgresql-owner"}),
    ("mixed", "      Debian: cron\n", "      Debian: cron\n      Suse: cron\n",
     {"package-on-family"}),
    ("mixed", "state: absent}", "state: absent}\n      when: purge", {"package-removed"}),
    ("accounts", "append: yes", "append: no", {"user-in-group"}),
    ("accounts", "          %support", "          #%support", {"sudo-rule"}),
)  # fmt: skip


def unmet(text: str, asks: list[Ask]) -> set[str]:
    """Return the names of what an answer does not meet."""
    model = LANGUAGE.parse({"playbook.yml": text})
    types = CATEGORY.requirements
    return {name for name, args in asks if list(types[name].check(model, **args))}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_answers_meet_everything(name: str) -> None:
    text, asks = WHOLE[name]
    assert unmet(text, asks) == set()
    assert faults(text) == []


@pytest.mark.parametrize(("name", "old", "new", "broken"), SLIPS)
def test_slips_break_what_they_touch(name: str, old: str, new: str, broken: set[str]) -> None:
    text, asks = WHOLE[name]
    old, new = old.replace("\\\\", "\\"), new.replace("\\\\", "\\")
    assert old in text
    assert unmet(text.replace(old, new), asks) == broken
