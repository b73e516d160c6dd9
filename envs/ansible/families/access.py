"""Families about access: accounts, keys, sudo, SSH, firewalls."""

from __future__ import annotations

from typing import Any

from envs.ansible import choices
from envs.ansible.families.parts import limits_of_play, removed
from envs.ansible.families.playbook_recipe import Extra, Playbook
from envs.ansible.requirements import attributes, databases, security, services, users
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

USER = "ansible.builtin.user"
LINE = "ansible.builtin.lineinfile"


def _key(draw: Draw, name: str) -> str:
    """Return a public key that is different for every draw."""
    who = draw.choice(name, tuple(
        f"{person}@{place}" for person in choices.PEOPLE
        for place in ("laptop", "desk", "bastion", "ci", "home")
    ))  # fmt: skip
    letters = "".join(chr(65 + (ord(sign) * 7 + at) % 26) for at, sign in enumerate(who * 6))[:43]
    return f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{letters} {who}"


@family("ansible", levels=(1, 2, 3, 4, 5))
def service_account(draw: Draw) -> Draft:
    """An account with its groups, its keys and its right to use sudo."""
    made = Playbook(draw)
    user = draw.choice("user", choices.USERS)
    account: dict[str, Any] = {"name": user, "state": "present"}
    made.task(f"Create {user}", USER, account)
    made.ask(users.user_exists(user=user))

    def shell(made: Playbook) -> None:
        account["shell"] = draw.choice("shell", choices.SHELLS)
        made.ask(users.user_shell(user=user, shell=account["shell"]))

    def group(made: Playbook) -> None:
        name = draw.choice("group", choices.UNIX_GROUPS)
        account.update(groups=[name], append=True)
        made.ask(users.user_in_group(user=user, group=name))

    def key(made: Playbook) -> None:
        text = _key(draw, "key")
        given: dict[str, Any] = {"user": user, "key": text, "state": "present"}
        made.task("Authorise the key", "ansible.posix.authorized_key", given)
        made.ask(users.key_authorised(user=user, key=text))
        if draw.chance("exclusive", 0.35):
            given["exclusive"] = True
            made.ask(users.keys_exclusive(user=user))

    def sudo(made: Playbook) -> None:
        what = draw.choice("sudo", (
            "ALL", "/usr/bin/systemctl restart nginx", "/usr/bin/apt-get", "/usr/sbin/service",
            "/usr/bin/docker", "/usr/bin/rsync",
        ))  # fmt: skip
        rule = f"{user} ALL=(ALL) NOPASSWD: {what}"
        made.task("Allow sudo", "ansible.builtin.copy", {
            "content": f"{rule}\n", "dest": f"/etc/sudoers.d/{user}", "mode": "0440",
            "validate": "visudo -cf %s",
        })  # fmt: skip
        made.ask(users.sudo_rule(file=user, rule=rule))

    def home(made: Playbook) -> None:
        account["home"] = f"{draw.choice('home', ('/srv', '/opt', '/data', '/var/lib'))}/{user}"
        made.ask(users.user_home(user=user, home=account["home"]))

    def number(made: Playbook) -> None:
        account["uid"] = draw.integer("uid", 1500, 1990, 10)
        made.ask(users.user_id(user=user, uid=account["uid"]))

    def system_account(made: Playbook) -> None:
        account["system"] = True
        made.ask(users.user_is_system(user=user))

    def locked(made: Playbook) -> None:
        account["password_lock"] = True
        made.ask(users.password_locked(user=user))

    made.grow((
        Extra("shell", 1, shell), Extra("group", 1, group), Extra("key", 1.4, key),
        Extra("sudo", 1, sudo),
        Extra("home", 1, home), Extra("system", 1, system_account),
        Extra("become", 1, lambda made: made.become()), Extra("uid", 1, number),
        Extra("locked", 1, locked), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that sets up the account {user} on `{made.group}`",
        f"The hosts of `{made.group}` need an account {user}: write the playbook",
    )


@family("ansible", levels=(2, 3, 4, 5))
def team_accounts(draw: Draw) -> Draft:
    """The people of a team, their group, and those who have left."""
    made = Playbook(draw)
    group = draw.choice(
        "group", ("ops", "devs", "oncall", "data", "release", "auditors", "support")
    )
    people = draw.sample("people", choices.PEOPLE, draw.integer("count", 2, 3))
    unix_group: dict[str, Any] = {"name": group, "state": "present"}
    made.task("Create the group", "ansible.builtin.group", unix_group)
    made.task("Create the people", USER,
              {"name": "{{ item }}", "groups": [group], "append": True},
              loop=list(people))  # fmt: skip
    made.ask(users.group_exists(group=group))
    for person in people:
        made.ask(users.user_in_group(user=person, group=group))

    def left(made: Playbook) -> None:
        gone = draw.choice("gone", ("mallory", "oscar", "peggy", "trent", "victor", "walter"))
        given: dict[str, Any] = {"name": gone, "state": "absent"}
        made.task("Remove who has left", USER, given)
        made.ask(users.user_removed(user=gone))
        if draw.chance("home too", 0.5):
            given["remove"] = True
            made.ask(users.home_removed(user=gone))

    def number(made: Playbook) -> None:
        unix_group["gid"] = draw.integer("gid", 2000, 2900, 25)
        made.ask(users.group_id(group=group, gid=unix_group["gid"]))

    def sudo(made: Playbook) -> None:
        rule = f"%{group} ALL=(ALL) {draw.choice('sudo', ('ALL', 'NOPASSWD: ALL'))}"
        made.task("Allow sudo", "ansible.builtin.copy", {
            "content": f"{rule}\n", "dest": f"/etc/sudoers.d/{group}", "mode": "0440",
            "validate": "visudo -cf %s",
        })  # fmt: skip
        made.ask(users.sudo_rule(file=group, rule=rule))

    def guest(made: Playbook) -> None:
        name = draw.choice("guest", ("contractor", "intern", "auditor", "vendor", "trainee"))
        epoch = draw.choice("epoch", (1798761600, 1830297600, 1861920000, 1893456000))
        made.task("Create the guest", USER, {"name": name, "expires": epoch, "group": group})
        made.ask(users.user_expires(user=name, epoch=epoch),
                 users.user_main_group(user=name, group=group))  # fmt: skip

    made.grow((
        Extra("gone", 1.5, left), Extra("become", 1, lambda made: made.become()),
        Extra("gid", 1, number), Extra("sudo", 1, sudo), Extra("guest", 2, guest), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that manages the people with access to `{made.group}`",
        f"Access of the team to `{made.group}` shall be managed with Ansible: write the playbook",
    )


@family("ansible", levels=(1, 2, 3, 4, 5))
def ssh_hardening(draw: Draw) -> Draft:
    """Settings of sshd, checked before they count, and a restart."""
    made = Playbook(draw)
    names = draw.sample("options", tuple(choices.SSH_OPTIONS), draw.integer("count", 1, 4))
    tasks = []
    for name in names:
        value = draw.choice(name, choices.SSH_OPTIONS[name])
        tasks.append(made.task(f"Set {name}", LINE, {
            "path": security.SSHD, "regexp": f"^#?\\s*{name}\\s", "line": f"{name} {value}",
        }))  # fmt: skip
        made.ask(security.ssh_option(option=name, value=value))

    def restart(made: Playbook) -> None:
        state = draw.choice("reaction", ("restarted", "reloaded"))
        for task in tasks:
            task["notify"] = made.restarts("sshd", state)
        asked = services.change_restarts if state == "restarted" else services.change_reloads
        made.ask(asked(path=security.SSHD, service="sshd"))

    def check(made: Playbook) -> None:
        for task in tasks:
            task[LINE]["validate"] = "sshd -t -f %s"
        made.ask(attributes.file_validated(path=security.SSHD, command="sshd -t -f %s"))

    def keep(made: Playbook) -> None:
        for task in tasks:
            task[LINE]["backup"] = True
        made.ask(attributes.backup_kept(path=security.SSHD))

    def mode(made: Playbook) -> None:
        value = draw.choice("mode", ("0600", "0644", "0640"))
        for task in tasks:
            task[LINE]["mode"] = value
        made.ask(attributes.mode_is(path=security.SSHD, mode=value))

    made.grow((
        Extra("restart", 1, restart), Extra("check", 1, check),
        Extra("become", 1, lambda made: made.become()), Extra("backup", 1, keep),
        Extra("mode", 1, mode), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that hardens the SSH daemon on `{made.group}`",
        f"Harden sshd on the hosts of `{made.group}`: write the playbook",
    )


@family("ansible", levels=(1, 2, 3, 4))
def ufw_firewall(draw: Draw) -> Draft:
    """The firewall of Ubuntu hosts."""
    made = Playbook(draw)
    opened = draw.choice("port", (22, 80, 443, 2222, 3000))
    protocol = draw.choice("protocol", ("tcp", "udp"))
    ufw = "community.general.ufw"
    made.task("Open the port", ufw, {"rule": "allow", "port": str(opened), "proto": protocol})
    made.ask(security.ufw_allows(port=opened, protocol=protocol))

    def inner(made: Playbook) -> None:
        network = draw.choice("network", ("10.0.0.0/8", "192.168.10.0/24", "172.16.5.0/24",
                                          "10.20.0.0/16", "203.0.113.7"))  # fmt: skip
        own = draw.choice("own port", (5432, 6379, 9090, 9100))
        made.task("Open a port for the network", ufw, {
            "rule": "allow", "port": str(own), "proto": "tcp", "from_ip": network,
        })  # fmt: skip
        made.ask(security.ufw_allows_from(port=own, network=network))

    def second(made: Playbook) -> None:
        another = draw.choice("another port", (8000, 8080, 8443, 7000, 4443))
        made.task("Open another port", ufw, {"rule": "allow", "port": str(another), "proto": "tcp"})
        made.ask(security.ufw_allows(port=another, protocol="tcp"))

    def turned_on(made: Playbook) -> None:
        made.task(
            "Turn it on", ufw, {"state": "enabled", "default": "deny", "direction": "incoming"}
        )
        made.ask(security.ufw_on())

    made.grow((
        Extra("on", 1, turned_on), Extra("inner", 1, inner), Extra("second", 1, second),
        Extra("become", 1, lambda made: made.become()), removed(), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that sets up ufw on the Ubuntu hosts of `{made.group}`",
        f"The Ubuntu hosts of `{made.group}` need a firewall (ufw): write the playbook",
    )


@family("ansible", levels=(2, 3, 4))
def red_hat_security(draw: Draw) -> Draft:
    """firewalld and SELinux on hosts of the Red Hat family."""
    made = Playbook(draw)
    zone = draw.choice("zone", ("public", "internal", "dmz", "work", "external"))
    service = draw.choice("service", ("http", "https", "postgresql", "nfs", "dns", "ssh", "mysql"))
    module = "ansible.posix.firewalld"
    both = {"zone": zone, "state": "enabled", "permanent": True, "immediate": True}
    made.task("Allow the service", module, {"service": service, **both})
    made.ask(security.firewalld_allows(kind="service", name=service, zone=zone))

    def port(made: Playbook) -> None:
        name = f"{draw.choice('port', choices.PORTS)}/{draw.choice('protocol', ('tcp', 'udp'))}"
        made.task("Allow the port", module, {"port": name, **both})
        made.ask(security.firewalld_allows(kind="port", name=name, zone=zone))

    def enforcing(made: Playbook) -> None:
        policy = draw.choice("policy", ("targeted", "mls", "minimum"))
        made.task(
            "Enforce SELinux", "ansible.posix.selinux", {"state": "enforcing", "policy": policy}
        )
        made.ask(security.selinux_enforces(policy=policy))

    def boolean(made: Playbook) -> None:
        name = draw.choice("boolean", (
            "httpd_can_network_connect", "httpd_can_network_connect_db", "nis_enabled",
            "haproxy_connect_any", "samba_enable_home_dirs", "ftpd_full_access",
        ))  # fmt: skip
        made.task("Set the boolean", "ansible.posix.seboolean",
                  {"name": name, "state": True, "persistent": True})  # fmt: skip
        made.ask(security.selinux_boolean(name=name))

    made.grow((
        Extra("port", 1, port), Extra("enforcing", 1, enforcing),
        Extra("become", 1, lambda made: made.become()), Extra("boolean", 1, boolean),
        removed("ansible.builtin.dnf"), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook for firewalld and SELinux on the Rocky Linux hosts of `{made.group}`",
        f"Set up the security of the Red Hat family hosts in `{made.group}` with a playbook",
    )


@family("ansible", levels=(2, 3, 4))
def account_with_secret(draw: Draw) -> Draft:
    """An account whose password is given from outside."""
    made = Playbook(draw)
    user = draw.choice("user", choices.USERS)
    variable = f"{draw.choice('prefix', ('vault', 'secret', 'external', 'ci'))}_{user}_password"
    variable = variable.replace("-", "_")
    account: dict[str, Any] = {
        "name": user, "password": f"{{{{ {variable} | password_hash('sha512') }}}}",
    }  # fmt: skip
    made.task(f"Create {user}", USER, account, no_log=True)
    made.ask(
        users.user_exists(user=user), databases.password_from_variable(user=user, variable=variable)
    )

    def shell(made: Playbook) -> None:
        account["shell"] = draw.choice("shell", choices.SHELLS)
        made.ask(users.user_shell(user=user, shell=account["shell"]))

    def group(made: Playbook) -> None:
        name = draw.choice("group", choices.UNIX_GROUPS)
        account.update(groups=[name], append=True)
        made.ask(users.user_in_group(user=user, group=name))

    made.grow((
        Extra("group", 1, group), Extra("shell", 1, shell),
        Extra("become", 1, lambda made: made.become()), removed(), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that creates the account {user} on `{made.group}`; its password is "
        "handed in from outside",
        f"Create {user} on `{made.group}` with a password that no file may hold: write the "
        "playbook",
    )
