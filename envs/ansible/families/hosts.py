"""Families about the system itself: kernel, clock, cron jobs, storage, backups."""

from __future__ import annotations

from typing import Any

from envs.ansible import choices
from envs.ansible.families.parts import command, enabled, limits_of_play, ownership, removed
from envs.ansible.families.playbook_recipe import Extra, Playbook
from envs.ansible.requirements import attributes, commands, files, flow, services, software, system
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

CRON = "ansible.builtin.cron"
_BECOME = Extra("become", 1, lambda made: made.become())


@family("ansible", levels=(1, 2, 3, 4))
def kernel_tuning(draw: Draw) -> Draft:
    """Kernel parameters, modules and limits."""
    made = Playbook(draw)
    names = draw.sample("parameters", tuple(choices.SYSCTLS), draw.integer("count", 1, 3))
    for name in names:
        value = draw.choice(name, choices.SYSCTLS[name])
        made.task(f"Set {name}", "ansible.posix.sysctl",
                  {"name": name, "value": value, "state": "present", "reload": True})  # fmt: skip
        made.ask(system.kernel_parameter(name=name, value=value))

    def module(made: Playbook) -> None:
        name = draw.choice("module", ("br_netfilter", "overlay", "nf_conntrack", "ip_vs", "8021q",
                                      "vhost_net", "dm_crypt", "bonding"))  # fmt: skip
        made.task(f"Load {name}", "community.general.modprobe",
                  {"name": name, "state": "present", "persistent": "present"})  # fmt: skip
        made.ask(system.kernel_module(name=name))

    def limit(made: Playbook) -> None:
        domain = draw.choice("domain", ("*", "root", "postgres", "elasticsearch", "@devs", "nginx"))
        kind = draw.choice("kind", ("soft", "hard"))
        item = draw.choice("item", ("nofile", "nproc", "memlock", "stack"))
        value = draw.choice("value", (4096, 8192, 16384, 65536, 131072, 262144))
        made.task(f"Limit {item}", "community.general.pam_limits", {
            "domain": domain, "limit_type": kind, "limit_item": item, "value": value,
        })  # fmt: skip
        made.ask(system.resource_limit(domain=domain, kind=kind, item=item, value=value))

    def reboot(made: Playbook) -> None:
        seconds = draw.choice("reboot", (300, 600, 900, 1200, 1800))
        made.task("Reboot", "ansible.builtin.reboot", {"reboot_timeout": seconds},
                  section="post_tasks")  # fmt: skip
        made.ask(system.rebooted(seconds=seconds))

    made.grow((
        Extra("resource limit", 1, limit), _BECOME, Extra("module", 1, module), Extra("reboot",
                                                                                      1, reboot),
        limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that tunes the kernel of the hosts in `{made.group}`",
        f"The hosts of `{made.group}` need other kernel settings: write the playbook",
    )


@family("ansible", levels=(1, 2, 3, 4))
def clock_and_names(draw: Draw) -> Draft:
    """Time zone, time service and host names."""
    made = Playbook(draw)
    zone = draw.choice("zone", choices.ZONES)
    made.task("Set the time zone", "community.general.timezone", {"name": zone})
    made.ask(system.time_zone(zone=zone))

    def names(made: Playbook) -> None:
        made.task("Name the host", "ansible.builtin.hostname", {"name": "{{ inventory_hostname }}"})
        made.ask(system.host_named())

    def clock(made: Playbook) -> None:
        package, service = draw.choice("clock", (
            ("chrony", "chronyd"), ("chrony", "chrony"), ("ntpsec", "ntpsec"), ("openntpd",
                                                                                "openntpd"),
        ))  # fmt: skip
        made.task("Install the time service", "ansible.builtin.apt", {"name": package})
        run = made.task("Start the time service", "ansible.builtin.service",
                        {"name": service, "state": "started"})  # fmt: skip
        made.ask(
            software.package_installed(package=package), services.service_running(service=service)
        )
        if draw.chance("clock at boot", 0.5):
            enabled(run, "ansible.builtin.service", service).make(made)

    def server(made: Playbook) -> None:
        line = f"server {draw.choice('server', choices.DOMAINS)} iburst"
        path = "/etc/chrony/conf.d/company.conf"
        task = made.task("Choose the time server", "ansible.builtin.copy",
                         {"content": f"{line}\n", "dest": path})  # fmt: skip
        made.ask(files.file_says(path=path, content=line))
        if draw.chance("server mode", 0.5):
            mode = draw.choice("mode of the server", choices.MODES)
            task["ansible.builtin.copy"]["mode"] = mode
            made.ask(attributes.mode_is(path=path, mode=mode))

    made.grow((
        Extra("clock", 2.5, clock), Extra("names", 1, names), Extra("server", 1.5, server),
        _BECOME, limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that sets the clocks of the Debian hosts in `{made.group}` right",
        f"Time settings of `{made.group}` (Debian hosts) shall be managed: write the playbook",
    )


@family("ansible", levels=(1, 2, 3, 4))
def cron_jobs(draw: Draw) -> Draft:
    """Jobs of cron, with their user and their file."""
    made = Playbook(draw)
    app = draw.choice("app", choices.APPS)
    name = draw.choice("script", ("backup", "cleanup", "report", "sync", "rotate"))
    script = f"/opt/{app}/bin/{name}.sh"
    minute, hour = draw.integer("minute", 1, 59), draw.integer("hour", 0, 23)
    given: dict[str, Any] = {"name": f"{app} job", "job": script, "minute": str(minute)}
    schedule = [str(minute), str(hour), "*", "*", "*"]
    given["hour"] = str(hour)
    if draw.chance("weekly", 0.3):
        day = draw.integer("weekday", 0, 6)
        given["weekday"], schedule[4] = str(day), str(day)
    made.task("Schedule the job", CRON, given)
    made.ask(system.cron_job(job=script, schedule=" ".join(schedule)))

    def user(made: Playbook) -> None:
        given["user"] = draw.choice("user", choices.USERS)
        made.ask(system.cron_user(job=script, user=given["user"]))

    def file(made: Playbook) -> None:
        given["cron_file"] = app
        given.setdefault("user", "root")
        made.ask(system.cron_file(job=script, file=app))

    def script_there(made: Playbook) -> None:
        task = made.task("Install the script", "ansible.builtin.copy",
                         {"src": script.rpartition("/")[2], "dest": script})  # fmt: skip
        made.sections["tasks"].insert(0, made.sections["tasks"].pop())
        made.ask(files.file_copied(path=script, source=script.rpartition("/")[2]))
        ownership(task, "ansible.builtin.copy", script, ("0750", "0755", "0700")).make(made)

    def second(made: Playbook) -> None:
        every = draw.choice("every", (5, 10, 15, 20, 30))
        job = f"/opt/{app}/bin/poll --quiet"
        made.task("Schedule the poll", CRON,
                  {"name": f"{app} poll", "job": job, "minute": f"*/{every}"})  # fmt: skip
        made.ask(system.cron_job(job=job, schedule=f"*/{every} * * * *"))

    made.grow((
        Extra("user", 1, user), Extra("second", 1, second), Extra("file", 1, file),
        Extra("script", 3, script_there), _BECOME, limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that schedules the jobs of {app} on `{made.group}`",
        f"Cron jobs of {app} on `{made.group}` shall come from Ansible: write the playbook",
    )


@family("ansible", levels=(1, 2, 3, 4))
def data_disk(draw: Draw) -> Draft:
    """A disk with a file system, mounted for good."""
    made = Playbook(draw)
    device = draw.choice("device", ("/dev/vdb", "/dev/sdb", "/dev/nvme1n1", "/dev/xvdf",
                                    "/dev/sdc1",
                                    "/dev/vg0/data", "/dev/mapper/vg1-srv"))  # fmt: skip
    kind = draw.choice("kind", ("ext4", "xfs", "btrfs"))
    path = draw.choice("path", ("/data", "/srv", "/var/lib/docker", "/var/lib/postgresql",
                                "/backup",
                                "/var/log", "/mnt/media", "/opt/app"))  # fmt: skip
    mount: dict[str, Any] = {"path": path, "src": device, "fstype": kind, "state": "mounted"}
    made.task(
        "Make the file system", "community.general.filesystem", {"dev": device, "fstype": kind}
    )
    made.task("Mount it", "ansible.posix.mount", mount)
    made.ask(
        system.file_system(device=device, fstype=kind),
        system.mounted(source=device, path=path, fstype=kind),
    )

    def option(made: Playbook) -> None:
        names = draw.sample("options", ("noatime", "nodev", "nosuid", "noexec", "nofail",
                                        "discard"),
                            draw.integer("option count", 1, 2))  # fmt: skip
        mount["opts"] = ",".join(("defaults", *names))
        for name in names:
            made.ask(system.mount_option(path=path, option=name))

    def folder(made: Playbook) -> None:
        there = f"{path}/{draw.choice('folder', ('app', 'db', 'media', 'export', 'home'))}"
        task = made.task("Make a folder on it", "ansible.builtin.file",
                         {"path": there, "state": "directory"})  # fmt: skip
        made.ask(files.folder_exists(path=there))
        ownership(task, "ansible.builtin.file", there, choices.FOLDER_MODES).make(made)

    def tools(made: Playbook) -> None:
        package = {"ext4": "e2fsprogs", "xfs": "xfsprogs", "btrfs": "btrfs-progs"}[kind]
        made.task("Install the tools", "ansible.builtin.package", {"name": package})
        made.sections["tasks"].insert(0, made.sections["tasks"].pop())
        made.ask(software.package_installed(package=package))

    made.grow((
        Extra("options", 1.5, option), Extra("folder", 3, folder), Extra("tools", 1, tools),
        _BECOME, limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that prepares the data disk of the hosts in `{made.group}`",
        f"The hosts of `{made.group}` have a new disk, {device}: write the playbook that puts it "
        "to use",
    )


@family("ansible", levels=(2, 3, 4, 5))
def backup_run(draw: Draw) -> Draft:
    """A backup that is packed on the host and fetched."""
    made = Playbook(draw)
    source = draw.choice("source", (*choices.FOLDERS[:20], "/etc", "/var/lib/grafana", "/var/www"))
    path = f"/var/backups/{draw.choice('name', choices.APPS)}.tar.gz"
    given: dict[str, Any] = {"path": source, "dest": path}
    packing = made.task("Pack the backup", "community.general.archive", given)
    made.ask(files.archived(source=source, path=path))

    def fetch(made: Playbook) -> None:
        folder = f"{draw.choice('folder', ('backups', 'archive', 'dumps', 'safe'))}"
        made.task("Fetch the backup", "ansible.builtin.fetch", {"src": path, "dest": f"{folder}/"})
        made.ask(files.fetched(path=path, folder=folder))

    def around(made: Playbook) -> None:
        service = draw.choice("service", ("grafana-server", "gitea", "vault", "consul", "jenkins"))
        stop, start = f"systemctl stop {service}", f"systemctl start {service}"
        made.sections["tasks"].remove(packing)
        block = [
            {"name": "Stop the service", "ansible.builtin.command": {"cmd": stop}},
            packing,
        ]
        always = [{"name": "Start it again", "ansible.builtin.command": {"cmd": start}}]
        made.sections["tasks"].insert(0, {
            "name": "Back up while it stands still", "block": block, "always": always,
        })  # fmt: skip
        made.ask(
            commands.command_runs(command=stop), flow.always_cleaned(command=stop, cleanup=start)
        )

    def folder(made: Playbook) -> None:
        mode = draw.choice("folder mode", ("0700", "0750"))
        made.task("Make the folder", "ansible.builtin.file",
                  {"path": "/var/backups", "state": "directory", "mode": mode})  # fmt: skip
        made.sections["tasks"].insert(0, made.sections["tasks"].pop())
        made.ask(attributes.mode_is(path="/var/backups", mode=mode))

    def upload(made: Playbook) -> None:
        bucket = draw.choice("bucket", choices.APPS)
        line = f"aws s3 cp {path} s3://{bucket}-backups/"
        task = command(made, line, section="post_tasks")
        if draw.chance("upload retries", 0.6):
            retries, delay = draw.integer("retries", 2, 6), draw.choice("delay", (10, 20, 30, 60))
            task |= {"register": "upload", "until": "upload is succeeded", "retries": retries,
                     "delay": delay}  # fmt: skip
            made.ask(commands.command_retried(command=line, retries=retries, delay=delay))

    def tidy(made: Playbook) -> None:
        made.task("Remove the archive", "ansible.builtin.file", {"path": path, "state": "absent"},
                  section="post_tasks")  # fmt: skip
        made.ask(files.path_absent(path=path))

    made.grow((
        Extra("fetch", 1, fetch), Extra("around", 2, around), Extra("folder", 1, folder),
        Extra("upload", 1.6, upload), _BECOME, Extra("tidy", 1, tidy), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that backs up {source} of the hosts in `{made.group}`",
        f"Back up {source} on `{made.group}`: write the playbook",
    )


def _cleaned(line: str, cleanup: str) -> Any:

    return flow.always_cleaned(command=line, cleanup=cleanup)


@family("ansible", levels=(2, 3, 4), held_out=True)
def audit_logging(draw: Draw) -> Draft:
    """Rules of auditd and where logs are sent."""
    made = Playbook(draw)
    watched = draw.choice("watched", ("/etc/passwd", "/etc/shadow", "/etc/sudoers", "/etc/ssh",
                                      "/var/log/auth.log", "/etc/crontab",
                                      "/usr/bin/su"))  # fmt: skip
    key = draw.choice("key", ("identity", "access", "privileged", "scope", "logins", "watchlist"))
    rule = f"-w {watched} -p wa -k {key}"
    path = "/etc/audit/rules.d/company.rules"
    task = made.task("Write the rule", "ansible.builtin.lineinfile",
                     {"path": path, "line": rule, "create": True})  # fmt: skip
    made.ask(files.file_has_line(path=path, line=rule))

    def forward(made: Playbook) -> None:
        port = draw.choice("port", (514, 6514, 1514))
        line = f"*.* @@{draw.choice('server', choices.DOMAINS)}:{port}"
        there = "/etc/rsyslog.d/90-forward.conf"
        written = made.task("Forward the logs", "ansible.builtin.copy",
                            {"content": f"{line}\n", "dest": there})  # fmt: skip
        made.ask(files.file_says(path=there, content=line))
        if draw.chance("rsyslog restarts", 0.6):
            written["notify"] = made.restarts("rsyslog")
            made.ask(services.change_restarts(path=there, service="rsyslog"))

    def running(made: Playbook) -> None:
        made.task("Install auditd", "ansible.builtin.apt", {"name": "auditd", "state": "present"})
        run = made.task("Start auditd", "ansible.builtin.service",
                        {"name": "auditd", "state": "started"})  # fmt: skip
        made.sections["tasks"][:0] = made.sections["tasks"][-2:]
        del made.sections["tasks"][-2:]
        made.ask(software.package_installed(package="auditd"),
                 services.service_running(service="auditd"))  # fmt: skip
        if draw.chance("auditd at boot", 0.5):
            enabled(run, "ansible.builtin.service", "auditd").make(made)

    made.grow((
        Extra("running", 2.5, running), Extra("forward", 1.6, forward), _BECOME,
        ownership(task, "ansible.builtin.lineinfile", path, ("0640", "0600", "0440")), removed(),
        limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that sets up audit logging on the Debian hosts of `{made.group}`",
        f"The auditors want to know what happens on `{made.group}` (Debian): write the playbook",
    )
