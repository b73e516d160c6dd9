"""What a configuration shows to others: secrets, unchecked certificates, plain connections."""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.prometheus.config import Config, Http
from iac_gym.languages.prometheus.faults import Faults, flag_of, is_scalar, text_of
from iac_gym.languages.prometheus.urls import Url, parse_url

_SECRETS = frozenset(
    """application_credential_secret application_secret auth_token bearer_token certificate_password
    client_secret consumer_key credentials key_passphrase password secret_key token""".split()
)
#: A text that stands for a secret rather than being one.
_PLACEHOLDER = re.compile(r"\$\{?\w+\}?|<[^>]*>|\{\{.*\}\}|")
#: Hosts that are this machine, or names that resolve inside one network only.
_NEAR = re.compile(
    r"localhost|127\.[\d.]+|\[::1\]|[^.]+|.*\.svc(?:\.cluster\.local)?|.*\.(?:local|internal)",
    re.ASCII,
)
_DEEPEST = 40


def find_risks(config: Config, faults: Faults) -> None:
    """Note the risks of a configuration."""
    _walk(config.tree, config.file, faults)
    for job in config.jobs:
        hosts = [one.address for one in job.targets if not _near(one.address)]
        if job.scheme == "http" and hosts and _identifies(job.http):
            message = (
                f"the job `{job.name}` sends credentials to `{hosts[0][:80]}` without encryption"
            )
            faults.add("credentials-are-sent-encrypted", message, job.file, job.mark)
    for remote in (*config.remote_write, *config.remote_read):
        url = parse_url(remote.url)
        if isinstance(url, Url) and url.scheme == "http" and not _near(url.host):
            message = f"`{remote.url[:80]}` is not encrypted"
            mark = remote.tree.marks.get("url", remote.mark)
            faults.add("credentials-are-sent-encrypted", message, remote.file, mark)


def _identifies(http: Http) -> bool:
    return bool(http.basic_auth or http.authorization or http.oauth2)


def _near(address: str) -> bool:
    host = address.rpartition(":")[0] or address
    return bool(_NEAR.fullmatch(host)) or "$" in host


def _walk(tree: Any, file: str, faults: Faults) -> None:
    stack = [(tree, 0)]
    while stack:
        tree, depth = stack.pop()
        if tree.__class__ is YamlList:
            stack.extend((item, depth + 1) for item in tree)
        elif tree.__class__ is YamlMap and depth < _DEEPEST:
            for key, value in tree.items():
                if value.__class__ is YamlMap or value.__class__ is YamlList:
                    stack.append((value, depth + 1))
                elif key in _SECRETS and is_scalar(value):
                    _secret(tree, key, file, faults)
                elif key == "insecure_skip_verify" and flag_of(value, False):
                    message = "`insecure_skip_verify` accepts every certificate"
                    faults.add("certificates-are-checked", message, file, tree.marks[key])


def _secret(tree: YamlMap, key: str, file: str, faults: Faults) -> None:
    if not _PLACEHOLDER.fullmatch(text_of(tree[key])):
        hint = f"use `{key}_file`" if key not in ("secret_key", "token") else ""
        message = f"`{key}` is written into the file"
        faults.add("secrets-are-in-files", message, file, tree.marks[key], hint)
