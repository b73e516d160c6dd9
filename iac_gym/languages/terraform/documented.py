"""Facts about providers that no package holds: functions and ephemeral resources.

Source: the pages "Functions" and "Ephemeral Resources" of each provider's documentation. A function
is: types of the parameters, type of any further ones, type of the result; an ephemeral resource is:
mode and type -> names; all in the letters of the pack.
"""

from __future__ import annotations

import json

from iac_gym.languages.terraform.schema_codes import decode
from iac_gym.languages.terraform.schemas import BodySchema

_ID_FUNCTIONS = {
    "location_from_id": ("s", "", "s"),
    "name_from_id": ("s", "", "s"),
    "project_from_id": ("s", "", "s"),
    "region_from_id": ("s", "", "s"),
    "region_from_zone": ("s", "", "s"),
    "zone_from_id": ("s", "", "s"),
}

FUNCTIONS: dict[str, dict[str, tuple[str, str, str]]] = {
    "aws": {"user_agent": ("s", "s", "s")},
    "azurerm": {
        "normalise_resource_id": ("s", "", "s"),
        "parse_resource_id": ("s", "", "a"),
    },
    "google": _ID_FUNCTIONS,
    "google-beta": _ID_FUNCTIONS,
    "kubernetes": {
        "manifest_decode": ("s", "", "a"),
        "manifest_decode_multi": ("s", "", "a"),
        "manifest_encode": ("a", "", "s"),
    },
    "local": {"direxists": ("s", "", "b")},
    "time": {
        "duration_parse": ("s", "", "a"),
        "rfc3339_parse": ("s", "", "a"),
        "unix_timestamp_parse": ("n", "", "a"),
    },
}

_ACCESS_TOKEN = {"rLs": "scopes", "oLs": "delegates", "os": "lifetime", "cs": "access_token"}
_GOOGLE_EPHEMERAL: dict[str, dict[str, str]] = {
    "google_secret_manager_secret_version": {
        "rs": "secret",
        "os": "project version",
        "ob": "is_secret_data_base64",
        "cb": "enabled",
        "cs": "create_time destroy_time name secret_data",
    },
    "google_service_account_access_token": {**_ACCESS_TOKEN, "rs": "target_service_account"},
    "google_service_account_id_token": {
        "rs": "target_audience",
        "os": "target_service_account",
        "oLs": "delegates",
        "ob": "include_email",
        "cs": "id_token",
    },
    "google_service_account_jwt": {
        "rs": "payload target_service_account",
        "on": "expires_in",
        "oLs": "delegates",
        "cs": "jwt",
    },
    "google_service_account_key": {"rs": "name", "os": "public_key_type", "cs": "public_key"},
}

_EPHEMERAL: dict[str, dict[str, dict[str, str]]] = {
    "aws": {
        "aws_ecr_authorization_token": {
            "os": "region",
            "cs": "authorization_token expires_at password proxy_endpoint user_name",
        }
    },
    "azurerm": {
        "azurerm_key_vault_certificate": {
            "rs": "key_vault_id name",
            "os": "version",
            "cs": "expiration_date hex key not_before_date pem",
        },
        "azurerm_key_vault_secret": {
            "rs": "key_vault_id name",
            "os": "version",
            "cs": "expiration_date not_before_date value",
        },
    },
    "google": _GOOGLE_EPHEMERAL,
    "google-beta": _GOOGLE_EPHEMERAL,
    "random": {
        "random_password": {
            "rn": "length",
            "on": "min_lower min_numeric min_special min_upper",
            "ob": "lower numeric special upper",
            "os": "override_special",
            "cs": "bcrypt_hash result",
        }
    },
    "tls": {
        "tls_private_key": {
            "rs": "algorithm",
            "os": "ecdsa_curve",
            "on": "rsa_bits",
            "cs": "private_key_openssh private_key_pem private_key_pem_pkcs8 "
            "public_key_fingerprint_md5 public_key_fingerprint_sha256 public_key_openssh "
            "public_key_pem",
        }
    },
}


def ephemeral(provider: str) -> dict[str, BodySchema]:
    """Return the ephemeral resources of a provider that its documentation names."""
    return {
        name: decode(json.dumps([[groups]]).encode())
        for name, groups in _EPHEMERAL.get(provider, {}).items()
    }
