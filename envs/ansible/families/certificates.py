"""Families about keys and certificates."""

from __future__ import annotations

from typing import Any

from envs.ansible import choices
from envs.ansible.families.parts import limits_of_play, ownership
from envs.ansible.families.playbook_recipe import Extra, Playbook
from envs.ansible.requirements import certificates, services
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


@family("ansible", levels=(2, 3, 4))
def tls_certificate(draw: Draw) -> Draft:
    """A key, a signing request and a self-signed certificate on the hosts."""
    made = Playbook(draw)
    domain = draw.choice("domain", choices.DOMAINS)
    key, request, path = (f"/etc/ssl/{domain}.{end}" for end in ("key", "csr", "crt"))
    size = draw.choice("size", (2048, 3072, 4096))
    keyed: dict[str, Any] = {"path": key, "size": size}
    asked: dict[str, Any] = {"path": request, "privatekey_path": key, "common_name": domain}
    signed: dict[str, Any] = {
        "path": path, "csr_path": request, "privatekey_path": key, "provider": "selfsigned",
    }  # fmt: skip
    making = made.task("Make the key", certificates.KEY, keyed)
    made.task("Make the signing request", certificates.REQUEST, asked)
    signing = made.task("Make the certificate", certificates.CERTIFICATE, signed)
    made.ask(
        certificates.private_key(path=key, size=size),
        certificates.signing_request(path=request, name=domain, key=key),
        certificates.certificate(path=path, request=request, key=key),
    )

    def name(made: Playbook) -> None:
        other = f"{draw.choice('alternative', ('www', 'api', 'static', 'mail'))}.{domain}"
        asked["subject_alt_name"] = [f"DNS:{domain}", f"DNS:{other}"]
        made.ask(certificates.request_name(path=request, name=other))

    def days(made: Playbook) -> None:
        count = draw.choice("days", (30, 90, 180, 365, 730))
        signed["selfsigned_not_after"] = f"+{count}d"
        made.ask(certificates.certificate_days(path=path, days=count))

    def kept(made: Playbook) -> None:
        keyed["regenerate"] = "never"
        made.ask(certificates.key_kept(path=key))

    def reload(made: Playbook) -> None:
        service = draw.choice("server", ("nginx", "haproxy", "apache2", "postfix"))
        signing["notify"] = made.restarts(service, "reloaded")
        made.ask(services.change_reloads(path=path, service=service))

    made.grow((
        Extra("name", 1, name), Extra("reload", 1, reload),
        ownership(making, certificates.KEY, key, ("0600", "0640", "0400", "0440")),
        Extra("become", 1, lambda made: made.become()), Extra("days", 1, days),
        Extra("kept", 1, kept), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that makes a self-signed certificate for {domain} on `{made.group}`",
        f"`{made.group}` needs a key and a self-signed certificate for {domain}: write "
        "the playbook",
    )
