"""Requirements about keys and certificates that are made on the hosts."""

from __future__ import annotations

from collections.abc import Iterable

from envs.ansible.requirements.reading import Done, done, missing, same, standing, truth, words
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Finding

KEY = "community.crypto.openssl_privatekey"
REQUEST = "community.crypto.openssl_csr"
CERTIFICATE = "community.crypto.x509_certificate"
_SIZE = 4096


def _at(model: Project, module: str, path: str) -> list[Done]:
    return standing([one for one in done(model, (module,)) if same(one[1].get("path"), path)])


@requirement(
    "`{path}` is a private RSA key of {size} bits", "an RSA key of {size} bits is made in `{path}`"
)
def private_key(model: Project, path: str, size: int) -> Iterable[Finding]:
    """The openssl_privatekey module; without a size it is 4096."""
    found = _at(model, KEY, path)
    if not found:
        yield from missing(f"no task makes the private key `{path}`")
    for task, given in found[-1:]:
        if not same(given.get("size", _SIZE), size) or not same(given.get("type", "RSA"), "RSA"):
            yield task.finding(f"the key is not one of RSA with {size} bits", "size")


@requirement(
    "`{path}` is a signing request for the common name `{name}`, made with the key `{key}`",
    "the key `{key}` makes the signing request `{path}` with the common name `{name}`",
)
def signing_request(model: Project, path: str, name: str, key: str) -> Iterable[Finding]:
    """The openssl_csr module."""
    found = _at(model, REQUEST, path)
    if not found:
        yield from missing(f"no task makes the signing request `{path}`")
    for task, given in found[-1:]:
        subject = given.get("subject")
        inner = subject.get("CN") if isinstance(subject, dict) else None
        if not same(given.get("common_name", inner), name):
            yield task.finding(f"the common name is not `{name}`", "common_name")
        if not same(given.get("privatekey_path"), key):
            yield task.finding(f"the key is not `{key}`", "privatekey_path")


@requirement(
    "the signing request `{path}` has the alternative name `{name}` (DNS)",
    "`{name}` is a DNS alternative name in the signing request `{path}`",
)
def request_name(model: Project, path: str, name: str) -> Iterable[Finding]:
    """`subject_alt_name` of the openssl_csr module."""
    for _, given in _at(model, REQUEST, path)[-1:]:
        if f"DNS:{name}" in words(given.get("subject_alt_name")):
            return
    yield from missing(f"`{path}` does not have the alternative name `{name}`")


@requirement(
    "`{path}` is a self-signed certificate of the request `{request}` and the key `{key}`",
    "the request `{request}` and the key `{key}` make the self-signed certificate `{path}`",
)
def certificate(model: Project, path: str, request: str, key: str) -> Iterable[Finding]:
    """The x509_certificate module with the provider `selfsigned`."""
    found = _at(model, CERTIFICATE, path)
    if not found:
        yield from missing(f"no task makes the certificate `{path}`")
    for task, given in found[-1:]:
        if not same(given.get("provider"), "selfsigned"):
            yield task.finding("the certificate is not self-signed", "provider")
        for option, wanted in (("csr_path", request), ("privatekey_path", key)):
            if not same(given.get(option), wanted):
                yield task.finding(f"`{option}` is not `{wanted}`", option)


@requirement(
    "the certificate `{path}` is valid for {days} days",
    "{days} days after it is made the certificate `{path}` expires",
)
def certificate_days(model: Project, path: str, days: int) -> Iterable[Finding]:
    """`selfsigned_not_after`, in days or in weeks."""
    for _, given in _at(model, CERTIFICATE, path)[-1:]:
        spellings = [f"+{days}d"] + ([f"+{days // 7}w"] if days % 7 == 0 else [])
        if any(same(given.get("selfsigned_not_after"), one) for one in spellings):
            return
    yield from missing(f"the certificate `{path}` is not valid for {days} days")


@requirement(
    "an existing key `{path}` is never replaced by a new one (`regenerate: never`)",
    "the key `{path}` is kept whatever it is like: `regenerate` is `never`",
)
def key_kept(model: Project, path: str) -> Iterable[Finding]:
    """`regenerate` of the openssl_privatekey module."""
    for _, given in _at(model, KEY, path)[-1:]:
        if same(given.get("regenerate"), "never") and not truth(given.get("force")):
            return
    yield from missing(f"the key `{path}` may be replaced")
