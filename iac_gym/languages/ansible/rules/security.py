"""Rules about security: they are reported, and count only where a task asks for them."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Stage


@rule(Stage.SECURITY)
def secrets_are_not_in_plain_text(project: Project) -> Findings:
    """No password, key or token stands in the files for everyone to read.

    Ansible Vault encrypts single values (`!vault`) or whole files; a lookup asks a secret store.

    Source: https://docs.ansible.com/ansible/latest/vault_guide/vault.html
    Bad::

        - hosts: db
          vars:
            db_password: hunter2secret
          tasks:
            - ansible.builtin.ping:

    Good::

        - hosts: db
          vars:
            db_password: "{{ vault_db_password }}"
          tasks:
            - ansible.builtin.ping:
    """
    yield from project.examine().get("secrets-are-not-in-plain-text", ())


@rule(Stage.SECURITY)
def secrets_are_not_logged(project: Project) -> Findings:
    """A task that shows a secret hides its results with `no_log`.

    Commands, requests, facts and `debug` put their arguments into the log; options that a
    module marks itself are hidden anyway.

    Source: https://docs.ansible.com/ansible/latest/reference_appendices/logging.html
    Bad::

        - hosts: db
          vars:
            db_password: "{{ vault_db_password }}"
          tasks:
            - ansible.builtin.command: "createuser --password {{ db_password }}"
              changed_when: true

    Good::

        - hosts: db
          vars:
            db_password: "{{ vault_db_password }}"
          tasks:
            - ansible.builtin.command: "createuser --password {{ db_password }}"
              changed_when: true
              no_log: true
    """
    yield from project.examine().get("secrets-are-not-logged", ())


@rule(Stage.SECURITY)
def failures_are_not_ignored(project: Project) -> Findings:
    """No task or play ignores its failures as a whole.

    `failed_when` says which results are failures; `rescue` says what then happens.

    Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_error_handling.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.command: /opt/migrate
              ignore_errors: true

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.command: /opt/migrate
              register: migration
              failed_when: migration.rc not in [0, 3]
    """
    yield from project.examine().get("failures-are-not-ignored", ())


@rule(Stage.SECURITY)
def certificates_are_checked(project: Project) -> Findings:
    """The certificates of servers are checked.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/uri_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.uri: {url: "https://api.example.com", validate_certs: false}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.uri: {url: "https://api.example.com"}
    """
    yield from project.examine().get("certificates-are-checked", ())


@rule(Stage.SECURITY)
def packages_are_signed(project: Project) -> Findings:
    """Packages are installed with their signatures checked.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/dnf_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.dnf: {name: nginx, disable_gpg_check: true}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.dnf: {name: nginx}
    """
    yield from project.examine().get("packages-are-signed", ())


@rule(Stage.SECURITY)
def downloads_are_encrypted(project: Project) -> Findings:
    """Nothing is fetched over a connection that anyone may change.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/get_url_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.git: {repo: "http://git.example.com/a.git", dest: /srv/a, version: v1}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.git: {repo: "https://git.example.com/a", dest: /srv/a, version: v1}
    """
    yield from project.examine().get("downloads-are-encrypted", ())


@rule(Stage.SECURITY)
def downloads_are_checked(project: Project) -> Findings:
    """A download has a checksum.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/get_url_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.get_url: {url: "https://example.com/a.tgz", dest: /tmp/a.tgz}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.get_url:
                url: https://example.com/a.tgz
                dest: /tmp/a.tgz
                checksum: sha256:https://example.com/a.tgz.sha256
    """
    yield from project.examine().get("downloads-are-checked", ())


@rule(Stage.SECURITY)
def downloads_are_not_run_unseen(project: Project) -> Findings:
    """No script goes from the network straight into a shell.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/get_url_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.shell: curl -fsSL https://get.example.com | bash

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.get_url:
                url: https://get.example.com
                dest: /usr/local/src/install.sh
                checksum: sha256:https://get.example.com/sha256
            - ansible.builtin.command: sh /usr/local/src/install.sh
    """
    yield from project.examine().get("downloads-are-not-run-unseen", ())


@rule(Stage.SECURITY)
def versions_are_pinned(project: Project) -> Findings:
    """Packages are not brought to whatever version is the newest.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/package_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.package: {name: nginx, state: latest}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.package: {name: nginx, state: present}
    """
    yield from project.examine().get("versions-are-pinned", ())


@rule(Stage.SECURITY)
def selinux_stays_on(project: Project) -> Findings:
    """SELinux stays on and enforcing.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/posix/selinux_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.posix.selinux: {state: disabled}

    Good::

        - hosts: all
          tasks:
            - ansible.posix.selinux: {state: enforcing, policy: targeted}
    """
    yield from project.examine().get("selinux-stays-on", ())


@rule(Stage.SECURITY)
def firewalls_stay_on(project: Project) -> Findings:
    """No firewall is switched off.

    Source: https://docs.ansible.com/ansible/latest/collections/community/general/ufw_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.service: {name: firewalld, state: stopped}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.service: {name: firewalld, state: started}
    """
    yield from project.examine().get("firewalls-stay-on", ())


@rule(Stage.SECURITY)
def sudo_asks_for_a_password(project: Project) -> Findings:
    """Nobody may run everything as root without a password.

    Source: https://docs.ansible.com/ansible/latest/collections/community/general/sudoers_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.copy:
                dest: /etc/sudoers.d/deploy
                content: "deploy ALL=(ALL) NOPASSWD: ALL"
                mode: "0440"

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.copy:
                dest: /etc/sudoers.d/deploy
                content: "deploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart web"
                mode: "0440"
    """
    yield from project.examine().get("sudo-asks-for-a-password", ())


@rule(Stage.SECURITY)
def containers_are_contained(project: Project) -> Findings:
    """Containers are not privileged and do not control the Docker of their host.

    Source: https://docs.ansible.com/ansible/latest/collections/community/docker/docker_container_module.html
    Bad::

        - hosts: all
          tasks:
            - community.docker.docker_container: {name: a, image: "a:1", privileged: true}

    Good::

        - hosts: all
          tasks:
            - community.docker.docker_container: {name: a, image: "a:1"}
    """
    yield from project.examine().get("containers-are-contained", ())


@rule(Stage.SECURITY)
def remote_access_is_limited(project: Project) -> Findings:
    """The ports of remote logins are not open to the whole world.

    Source: https://docs.ansible.com/ansible/latest/collections/amazon/aws/ec2_security_group_module.html
    Bad::

        - hosts: localhost
          tasks:
            - amazon.aws.ec2_security_group:
                name: web
                description: web
                rules:
                  - {proto: tcp, ports: [22], cidr_ip: 0.0.0.0/0}

    Good::

        - hosts: localhost
          tasks:
            - amazon.aws.ec2_security_group:
                name: web
                description: web
                rules:
                  - {proto: tcp, ports: [22], cidr_ip: 10.0.0.0/8}
    """
    yield from project.examine().get("remote-access-is-limited", ())


@rule(Stage.SECURITY)
def host_keys_are_checked(project: Project) -> Findings:
    """The keys of SSH hosts are checked.

    Source: https://docs.ansible.com/ansible/latest/inventory_guide/connection_details.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.git:
                repo: git@git.example.com:a.git
                dest: /srv/a
                version: v1
                accept_hostkey: true

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.git: {repo: "git@git.example.com:a.git", dest: /srv/a, version: v1}
    """
    yield from project.examine().get("host-keys-are-checked", ())


@rule(Stage.SECURITY)
def modules_do_the_work(project: Project) -> Findings:
    """No command does what a module does.

    A module knows check mode, changes only what differs and says whether it changed something.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/command_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.command: apt-get install -y nginx

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.apt: {name: nginx}
    """
    yield from project.examine().get("modules-do-the-work", ())


@rule(Stage.SECURITY)
def files_are_not_open_to_all(project: Project) -> Findings:
    """No file may be written by everyone.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/file_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.file: {path: /srv/data, state: directory, mode: "0777"}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.file: {path: /srv/data, state: directory, mode: "0750"}
    """
    yield from project.examine().get("files-are-not-open-to-all", ())


@rule(Stage.SECURITY)
def modes_are_octal(project: Project) -> Findings:
    """A mode is written as text or with a leading zero.

    YAML reads `644` as a decimal number, which is the mode 1204.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/file_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.file: {path: /etc/app.conf, mode: 644}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.file: {path: /etc/app.conf, mode: "0644"}
    """
    yield from project.examine().get("modes-are-octal", ())


@rule(Stage.SECURITY)
def private_keys_are_private(project: Project) -> Findings:
    """Only its owner may read a private key.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/copy_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.copy: {src: tls.key, dest: /etc/ssl/private/tls.key, mode: "0644"}

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.copy: {src: tls.key, dest: /etc/ssl/private/tls.key, mode: "0600"}
    """
    yield from project.examine().get("private-keys-are-private", ())


@rule(Stage.SECURITY)
def logins_are_safe(project: Project) -> Findings:
    """Neither root nor passwords may log in over SSH.

    Source: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/lineinfile_module.html
    Bad::

        - hosts: all
          tasks:
            - ansible.builtin.lineinfile:
                path: /etc/ssh/sshd_config
                regexp: ^#?PermitRootLogin
                line: PermitRootLogin yes

    Good::

        - hosts: all
          tasks:
            - ansible.builtin.lineinfile:
                path: /etc/ssh/sshd_config
                regexp: ^#?PermitRootLogin
                line: PermitRootLogin no
    """
    yield from project.examine().get("logins-are-safe", ())
