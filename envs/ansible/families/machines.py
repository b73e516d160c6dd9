"""Families about other machines than Linux hosts: Windows, switches, resources of a cloud."""

from __future__ import annotations

from typing import Any

from envs.ansible import choices
from envs.ansible.families.parts import limits_of_play
from envs.ansible.families.playbook_recipe import Extra, Playbook
from envs.ansible.requirements import clouds, networks, plays, windows
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.words import FIRST

CONFIG = "cisco.ios.ios_config"
_LINES = (
    "service password-encryption", "no ip http server", "no ip domain lookup", "ip ssh version 2",
    "ntp server 10.0.0.123", "logging host 10.0.0.50", "no cdp run",
    "spanning-tree mode rapid-pvst",
)  # fmt: skip


@family("ansible", levels=(1, 2, 3, 4))
def windows_server(draw: Draw) -> Draft:
    """Features, services and programs of Windows servers."""
    made = Playbook(draw)
    feature = draw.choice("feature", ("Web-Server", "Web-Asp-Net45", "DNS", "DHCP", "FS-FileServer",
                                      "NET-Framework-45-Core", "SNMP-Service"))  # fmt: skip
    made.task("Install the feature", "ansible.windows.win_feature",
              {"name": feature, "state": "present"})  # fmt: skip
    made.ask(windows.windows_feature(feature=feature))

    def service(made: Playbook) -> None:
        name = draw.choice("service", ("W3SVC", "Spooler", "WinRM", "W32Time", "LanmanServer"))
        given: dict[str, Any] = {"name": name, "state": "started"}
        made.task("Run the service", "ansible.windows.win_service", given)
        made.ask(windows.windows_service(service=name))
        if draw.chance("mode too", 0.6):
            given["start_mode"] = draw.choice("start mode", ("auto", "delayed", "manual"))
            made.ask(windows.windows_start(service=name, mode=given["start_mode"]))

    def package(made: Playbook) -> None:
        name = draw.choice("package", ("7zip", "git", "notepadplusplus", "python3", "vscode"))
        made.task("Install the program", "chocolatey.chocolatey.win_chocolatey",
                  {"name": name, "state": "present"})  # fmt: skip
        made.ask(windows.windows_package(package=name))

    def folder(made: Playbook) -> None:
        path = f"C:\\{draw.choice('root', ('Apps', 'Data', 'Logs'))}\\{draw.choice('app', FIRST)}"
        made.task("Make the folder", "ansible.windows.win_file",
                  {"path": path, "state": "directory"})  # fmt: skip
        made.ask(windows.windows_folder(path=path))

    def firewall(made: Playbook) -> None:
        port, protocol = draw.choice("port", choices.PORTS), draw.choice("proto", ("tcp", "udp"))
        made.task("Open the firewall", "community.windows.win_firewall_rule", {
            "name": f"Allow {protocol} {port}", "localport": port, "protocol": protocol,
            "direction": "in", "action": "allow", "state": "present", "enabled": True,
        })  # fmt: skip
        made.ask(windows.windows_firewall(protocol=protocol, port=port))

    def registry(made: Playbook) -> None:
        path = "HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU"
        name = draw.choice(
            "value", ("NoAutoUpdate", "NoAutoRebootWithLoggedOnUsers", "UseWUServer")
        )
        data = draw.choice("data", (0, 1))
        made.task("Set the registry value", "ansible.windows.win_regedit",
                  {"path": path, "name": name, "data": data, "type": "dword"})  # fmt: skip
        made.ask(windows.windows_registry(path=path, name=name, data=data))

    made.grow((
        Extra("service", 1.6, service), Extra("package", 1, package), Extra("folder", 1, folder),
        Extra("firewall", 1, firewall), Extra("registry", 1, registry), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook for the Windows servers in `{made.group}`",
        f"The Windows servers of `{made.group}` shall be set up by Ansible: write the playbook",
    )


@family("ansible", levels=(2, 3), held_out=True)
def switch_setup(draw: Draw) -> Draft:
    """VLANs, ports and settings of Cisco switches."""
    made = Playbook(draw, gather_facts=False)
    connection = "ansible.netcommon.network_cli"
    made.play["connection"] = connection
    number = draw.integer("vlan", 10, 990, 10)
    name = draw.choice("vlan name", tuple(word.upper() for word in FIRST[::3]))
    made.task("Make the VLAN", "cisco.ios.ios_vlans",
              {"config": [{"vlan_id": number, "name": name}], "state": "merged"})  # fmt: skip
    made.ask(
        plays.play_without_facts(group=made.group),
        networks.switch_connection(group=made.group, connection=connection),
        networks.switch_vlan(number=number, name=name),
    )

    def port(made: Playbook) -> None:
        place = draw.integer("port", 1, 24)
        interface = f"GigabitEthernet1/0/{place}"
        entry = {"name": interface, "mode": "access", "access": {"vlan": number}}
        made.task("Set the port up", "cisco.ios.ios_l2_interfaces",
                  {"config": [entry], "state": "merged"})  # fmt: skip
        made.ask(networks.switch_port(interface=interface, vlan=number))

    def line(made: Playbook) -> None:
        wanted = draw.choice("line", _LINES)
        given: dict[str, Any] = {"lines": [wanted]}
        made.task("Configure the switch", CONFIG, given)
        made.ask(networks.switch_line(line=wanted))

    def saved(made: Playbook) -> None:
        made.task("Save the configuration", CONFIG, {"save_when": "modified"})
        made.ask(networks.switch_saved())

    def system(made: Playbook) -> None:
        made.play["vars"] = {"ansible_network_os": "cisco.ios.ios"}
        made.ask(networks.switch_system(group=made.group))

    made.grow((
        Extra("port", 1, port), Extra("line", 1, line), Extra("saved", 1, saved),
        Extra("system", 1, system), limits_of_play(facts=False),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that sets up the Cisco IOS switches of `{made.group}`",
        f"The switches in `{made.group}` (Cisco IOS) get a new VLAN: write the playbook",
    )


@family("ansible", levels=(2, 3))
def cloud_storage(draw: Draw) -> Draft:
    """A bucket and a security group in AWS, made from the controller."""
    made = Playbook(draw, "localhost", connection="local", gather_facts=False)
    name = f"{draw.choice('app', choices.APPS)}-{draw.choice('kind', ('logs', 'data', 'media'))}"
    region = draw.choice("region", ("eu-central-1", "eu-west-1", "us-east-1", "ap-southeast-2"))
    bucket: dict[str, Any] = {"name": name, "state": "present", "region": region}
    made.task("Make the bucket", "amazon.aws.s3_bucket", bucket)
    made.ask(clouds.bucket_exists(name=name), clouds.cloud_region(region=region))

    def private(made: Playbook) -> None:
        bucket["public_access"] = dict.fromkeys(clouds.BLOCKS, True)
        made.ask(clouds.bucket_private(name=name))

    def versions(made: Playbook) -> None:
        bucket["versioning"] = True
        made.ask(clouds.bucket_versioned(name=name))

    def encryption(made: Playbook) -> None:
        bucket["encryption"] = draw.choice("encryption", ("AES256", "aws:kms"))
        made.ask(clouds.bucket_encrypted(name=name, kind=bucket["encryption"]))

    def tag(made: Playbook) -> None:
        key, value = draw.choice("tag", (
            ("team", "platform"), ("team", "payments"), ("env", "prod"), ("env", "staging"),
            ("owner", "search"), ("cost-center", "4711"),
        ))  # fmt: skip
        bucket["tags"] = {key: value}
        made.ask(clouds.bucket_tag(name=name, key=key, value=value))

    def group(made: Playbook) -> None:
        vpc = draw.choice("vpc", ("vpc-0a1b2c3d4e5f60718", "vpc-0f9e8d7c6b5a41302"))
        called = f"{draw.choice('group', FIRST)}-sg"
        given: dict[str, Any] = {
            "name": called, "description": "Managed by Ansible", "vpc_id": vpc, "region": region,
        }  # fmt: skip
        made.task("Make the security group", "amazon.aws.ec2_security_group", given)
        made.ask(clouds.security_group(name=called, vpc=vpc))
        if draw.chance("rule", 0.7):
            port = draw.choice("port", (22, 443, 5432, 8080))
            network = draw.choice("network", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
            rule = {"proto": "tcp", "ports": [port], "cidr_ip": network}
            given["rules"] = [rule]
            made.ask(clouds.security_rule(name=called, port=port, network=network))

    made.grow((
        Extra("private", 1, private), Extra("group", 1.7, group), Extra("versions", 1, versions),
        Extra("encryption", 1, encryption), Extra("tag", 1, tag),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that runs on localhost and makes the S3 bucket {name} in AWS",
        f"Ansible shall make the S3 bucket {name} in AWS, from the controller itself: write the "
        "playbook",
    )
