"""What settings of an HTTP client must fit together.

Source: https://github.com/prometheus/common/blob/v0.70.1/config/http_config.go
"""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.prometheus.faults import flag_of, mark_of, text_of
from iac_gym.languages.prometheus.schema import Note

TOGETHER = "settings-go-together"
COMPLETE = "sections-are-complete"
ALLOWED = "values-are-allowed"
#: Headers that the client sets itself.
_RESERVED = frozenset(
    """accept-encoding authorization connection content-encoding content-length content-type host
    keep-alive proxy-authenticate proxy-authorization user-agent www-authenticate
    x-amz-content-sha256 x-amz-date x-amz-security-token x-prometheus-remote-read-version
    x-prometheus-remote-write-version x-prometheus-scrape-timeout-seconds""".split()
)
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ALGORITHMS = ("RS256", "RS384", "RS512")
_TLS_VERSIONS = frozenset(("TLS10", "TLS11", "TLS12", "TLS13"))
#: Keys of which a section can have one only.
_ONE_OF = {
    "http.BasicAuth": (
        ("username", "username_file", "username_ref"),
        ("password", "password_file", "password_ref"),
    ),
    "http.Authorization": (("credentials", "credentials_file", "credentials_ref"),),
    "http.TLSConfig": (
        ("ca", "ca_file", "ca_ref"),
        ("cert", "cert_file", "cert_ref"),
        ("key", "key_file", "key_ref"),
    ),
}


def given(tree: YamlMap, *keys: str) -> list[str]:
    """Return those of some keys that have a text that is not empty."""
    return [key for key in keys if text_of(tree.get(key))]


def present(tree: YamlMap, *keys: str) -> list[str]:
    """Return those of some keys that are not null."""
    return [key for key in keys if tree.get(key) is not None]


def at_most_one(tree: YamlMap, keys: list[str], note: Note) -> None:
    """Note that only one of some keys may be there."""
    if len(keys) > 1:
        named = " and ".join(f"`{key}`" for key in keys)
        note(TOGETHER, f"only one of {named} may be set", mark_of(tree, keys[1]))


def check_one_of(name: str) -> Any:
    """Make the check of a section with keys that exclude each other."""

    def check(tree: YamlMap, note: Note) -> None:
        for keys in _ONE_OF[name]:
            at_most_one(tree, given(tree, *keys), note)

    return check


def check_client(tree: YamlMap, note: Note) -> None:
    """Check a section that contains the settings of a client itself."""
    if _QUIET.isdisjoint(tree):
        return
    bearer = given(tree, "bearer_token", "bearer_token_file")
    ways = present(tree, "basic_auth", "authorization", "oauth2")
    at_most_one(tree, ways + bearer, note)
    check_proxy(tree, note)
    headers = tree.get("http_headers")
    if headers.__class__ is YamlMap:
        for key in headers:
            if text_of(key).lower() in _RESERVED:
                message = f"the header `{text_of(key)}` cannot be set here"
                note(ALLOWED, message, headers.key_marks.get(key, headers.mark))


_QUIET = frozenset(
    """authorization basic_auth bearer_token bearer_token_file http_headers no_proxy oauth2
    proxy_connect_header proxy_from_environment proxy_url""".split()
)


def check_proxy(tree: YamlMap, note: Note) -> None:
    """Check the settings of a proxy."""
    url, environment = (
        text_of(tree.get("proxy_url")),
        flag_of(tree.get("proxy_from_environment"), False),
    )
    if tree.get("proxy_connect_header") and not url and not environment:
        message = "`proxy_connect_header` needs `proxy_url` or `proxy_from_environment`"
        note(TOGETHER, message, mark_of(tree, "proxy_connect_header"))
    if environment:
        at_most_one(tree, ["proxy_from_environment", *given(tree, "proxy_url")], note)
        at_most_one(tree, ["proxy_from_environment", *given(tree, "no_proxy")], note)
    elif text_of(tree.get("no_proxy")) and tree.get("proxy_url") is None:
        note(TOGETHER, "`no_proxy` needs `proxy_url`", mark_of(tree, "no_proxy"))


def check_authorization(tree: YamlMap, note: Note) -> None:
    """Check `authorization`."""
    check_one_of("http.Authorization")(tree, note)
    if text_of(tree.get("type")).strip().lower() == "basic":
        message = "the type `basic` is not for `authorization`"
        note(ALLOWED, message, mark_of(tree, "type"), "use `basic_auth`")


def check_oauth2(tree: YamlMap, note: Note) -> None:
    """Check `oauth2`."""
    for key in ("client_id", "token_url"):
        if not text_of(tree.get(key)):
            note(COMPLETE, f"`oauth2` needs `{key}`", tree.mark)
    check_proxy(tree, note)
    part = "client_secret"
    if text_of(tree.get("grant_type")) == _JWT:
        part = "client_certificate_key"
        algorithm = text_of(tree.get("signature_algorithm"))
        if algorithm and algorithm not in _ALGORITHMS:
            message = f"`signature_algorithm` is one of {', '.join(_ALGORITHMS)}"
            note(ALLOWED, message, mark_of(tree, "signature_algorithm"))
    at_most_one(tree, given(tree, part, f"{part}_file", f"{part}_ref"), note)


def check_tls(tree: YamlMap, note: Note) -> None:
    """Check `tls_config`."""
    check_one_of("http.TLSConfig")(tree, note)
    cert = given(tree, "cert", "cert_file", "cert_ref")
    key = given(tree, "key", "key_file", "key_ref")
    if bool(cert) != bool(key):
        alone, missing = (cert, "key") if cert else (key, "cert")
        message = f"`{alone[0]}` needs `{missing}_file` (or `{missing}`) beside it"
        note(TOGETHER, message, mark_of(tree, alone[0]))
    for name in ("min_version", "max_version"):
        version = tree.get(name)
        if version is not None and text_of(version) not in _TLS_VERSIONS:
            allowed = ", ".join(sorted(_TLS_VERSIONS))
            note(ALLOWED, f"`{name}` is one of {allowed}", mark_of(tree, name))


CHECKS = {
    "http.BasicAuth": check_one_of("http.BasicAuth"),
    "http.Authorization": check_authorization,
    "http.OAuth2": check_oauth2,
    "http.TLSConfig": check_tls,
}
