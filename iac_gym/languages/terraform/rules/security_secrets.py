"""Rules about security: secrets that stand in the configuration in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.known import texts_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.rules.security_platforms import task_containers
from iac_gym.languages.terraform.values import Joined, Value
from iac_gym.verdict import Finding, Stage

#: The arguments that hold a secret.
_ARGUMENTS = {
    "aws_db_instance": "password",
    "aws_rds_cluster": "master_password",
    "aws_docdb_cluster": "master_password",
    "aws_redshift_cluster": "master_password",
    "aws_elasticache_replication_group": "auth_token",
    "aws_secretsmanager_secret_version": "secret_string",
    "aws_directory_service_directory": "password",
    "google_sql_user": "password",
    "google_secret_manager_secret_version": "secret_data",
    "azurerm_key_vault_secret": "value",
    "azurerm_linux_virtual_machine": "admin_password",
    "azurerm_windows_virtual_machine": "admin_password",
    "azurerm_mssql_server": "administrator_login_password",
    "azurerm_mysql_flexible_server": "administrator_password",
    "azurerm_postgresql_flexible_server": "administrator_password",
    "kubernetes_secret": "data",
}
#: Names of what is secret; the word stands at the end (`password_length` is no secret).
_SECRET_NAME = re.compile(
    r"(?:^|.*[_.-])(?:password|passwd|pwd|secret|token|api_?key|access_?key|secret_?key"
    r"|private_?key|credentials?|passphrase)",
    re.IGNORECASE,
)
#: Names of what is no secret by itself: the public half of a key.
_PUBLIC_NAME = re.compile(r".*(?:public|access_?key_?id)", re.IGNORECASE)
#: Values that name a secret kept elsewhere, or none.
_ELSEWHERE = re.compile(
    r"(?:arn:|projects/|https?://|/|ssm:|secretsmanager:|@Microsoft\.KeyVault|\$\{|<).*", re.DOTALL
)
#: What a secret looks like in a script.
_KEYS = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----")
_ASSIGNED = re.compile(
    r"\b(?:[A-Za-z0-9_]{0,40}_)?(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|ACCESS_KEY|SECRET_KEY)"
    r"[ \t]{0,4}=[ \t]{0,4}[\"']?([^\s\"'$<(]{4,})",
    re.IGNORECASE,
)


def is_secret_name(name: str) -> bool:
    """Whether something of that name is a secret."""
    return bool(_SECRET_NAME.fullmatch(name[:200])) and not _PUBLIC_NAME.match(name[:200])


def is_plain_secret(value: Value) -> bool:
    """Whether a value is a known text that does not just say where the secret is kept."""
    return isinstance(value, str) and value != "" and not _ELSEWHERE.match(value)


@rule(Stage.SECURITY)
def no_plain_secrets(model: Configuration) -> Findings:
    """Passwords, tokens and the contents of secrets do not stand in the configuration.

    Source: https://developer.hashicorp.com/terraform/language/manage-sensitive-data

    Bad::

        resource "aws_db_instance" "shop" {
          instance_class = "db.t4g.small"
          username       = "dbadmin"
          password       = "correct-horse-42"
        }

    Good::

        resource "aws_db_instance" "shop" {
          instance_class              = "db.t4g.small"
          username                    = "dbadmin"
          manage_master_user_password = true
        }
    """
    for kind, name in _ARGUMENTS.items():
        for one in model.resolved().instances(kind):
            value = one.get(name)
            values = list(value.values()) if isinstance(value, dict) else [value]
            if any(isinstance(item, str) and item for item in values):
                yield model.finding(one.where(name), f"`{name}` stands here in plain text")
    for one in model.resolved().instances("aws_ssm_parameter"):
        if one.get("type") == "SecureString" and is_plain_secret(one.get("value")):
            yield model.finding(one.where("value"), "the secret stands here in plain text")


@rule(Stage.SECURITY)
def no_secret_defaults(model: Configuration) -> Findings:
    """A variable for a secret has no default that gives it away.

    Source: https://developer.hashicorp.com/terraform/language/values/variables#suppressing-values-in-cli-output

    Bad::

        variable "db_password" {
          type    = string
          default = "correct-horse-42"
        }

    Good::

        variable "db_password" {
          type      = string
          sensitive = true
        }
    """
    for scope in model.resolved().scopes():
        for variable in scope.module.variables.values():
            default = variable.default
            if default is not None and is_secret_name(variable.name):
                view = View(variable.body, scope, {}, variable.at)
                if is_plain_secret(view.get("default")):
                    text = f"the secret `{variable.name[:60]}` has a default in plain text"
                    yield model.finding(default.at, text)


#: Arguments of provider blocks that hold a secret.
_PROVIDER_SECRETS = ("secret_key", "access_key", "token", "password", "client_secret", "api_token")


@rule(Stage.SECURITY)
def no_provider_secrets(model: Configuration) -> Findings:
    """A provider block does not hold the credentials of an account.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs#provider-configuration

    Bad::

        provider "aws" {
          region     = "eu-west-1"
          access_key = "AKIAIOSFODNN7EXAMPLE"
          secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        }

    Good::

        provider "aws" {
          region  = "eu-west-1"
          profile = "shop"
        }
    """
    root = model.resolved().root
    for provider in model.root.providers.values():
        view = View(provider.body, root, {}, provider.at)
        for name in _PROVIDER_SECRETS:
            if name in provider.body.attributes and texts_of(view.get(name)):
                yield model.finding(view.where(name), f"`{name}` stands here in plain text")


def _text_pieces(value: Value) -> list[str]:
    """Return the known pieces of a text."""
    if isinstance(value, Joined):
        return [part for part in value.parts if isinstance(part, str)]
    return [value] if isinstance(value, str) else []


def gives_away(text: str) -> bool:
    """Whether a script has a key or a password in it."""
    return bool(_KEYS.search(text) or _ASSIGNED.search(text))


#: Most characters of scripts that are searched.
_MOST_SCRIPTS = 1 << 17
#: Where scripts that run at the first start stand.
_SCRIPTS = {
    "aws_instance": "user_data",
    "aws_launch_configuration": "user_data",
    "google_compute_instance": "metadata_startup_script",
    "google_compute_instance_template": "metadata_startup_script",
}


@rule(Stage.SECURITY)
def no_secrets_in_scripts(model: Configuration) -> Findings:
    """Scripts that machines run at their start have no key and no password in them.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html

    Bad::

        resource "aws_instance" "app" {
          ami           = "ami-0123456789abcdef0"
          instance_type = "t3.small"
          user_data     = "export DB_PASSWORD=correct-horse-42"
        }

    Good::

        resource "aws_instance" "app" {
          ami           = "ami-0123456789abcdef0"
          instance_type = "t3.small"
          user_data     = "export DB_PASSWORD=$(aws ssm get-parameter --name /shop/db)"
        }
    """
    read: dict[str, bool] = {}
    left = _MOST_SCRIPTS
    for kind, name in _SCRIPTS.items():
        for one in model.resolved().instances(kind):
            for piece in _text_pieces(one.get(name)):
                if piece not in read:
                    left -= len(piece)
                    read[piece] = left > 0 and gives_away(piece)
                if read[piece]:
                    yield model.finding(one.where(name), "the script has a secret in plain text")


Setting = tuple[str, Value, int]


def _map_settings(view: View | ValueView, name: str) -> Iterator[Setting]:
    """Yield the entries of a map of environment variables."""
    given = view.get(name)
    if isinstance(given, dict):
        at = view.where(name)
        yield from ((str(key), value, at) for key, value in given.items())


def _block_settings(thing: Instance, path: str) -> Iterator[Setting]:
    """Yield environment variables that are blocks with `name` and `value`."""
    views: list[View | ValueView] = [thing]
    for kind in path.split("."):
        views = [inner for view in views for inner in view.blocks(kind)]
    for view in views:
        if view.get("type") in (None, "PLAINTEXT"):
            yield str(view.get("name")), view.get("value"), view.where("value")


#: Environment variables as blocks, by resource type.
_BLOCKS = {
    "google_cloud_run_v2_service": "template.containers.env",
    "google_cloud_run_v2_job": "template.template.containers.env",
    "aws_codebuild_project": "environment.environment_variable",
}
#: The block ("" for none) and the map of environment variables, by resource type.
_MAPS = {
    "aws_lambda_function": ("environment", "variables"),
    "google_cloudfunctions2_function": ("service_config", "environment_variables"),
    "google_cloudfunctions_function": ("", "environment_variables"),
    "azurerm_linux_web_app": ("", "app_settings"),
    "azurerm_windows_web_app": ("", "app_settings"),
    "azurerm_linux_function_app": ("", "app_settings"),
}


def _environment(model: Configuration) -> Iterator[Setting]:
    """Yield all environment variables of functions, containers and applications."""
    world = model.resolved()
    for kind, (block, name) in _MAPS.items():
        for one in world.instances(kind):
            for view in one.blocks(block) if block else (one,):
                yield from _map_settings(view, name)
    for kind, path in _BLOCKS.items():
        for one in world.instances(kind):
            yield from _block_settings(one, path)
    for container, task in task_containers(model):
        given = container.get("environment")
        for entry in given if isinstance(given, list) else []:
            if isinstance(entry, dict):
                at = task.where("container_definitions")
                yield str(entry.get("name")), entry.get("value"), at


@rule(Stage.SECURITY)
def no_secrets_in_environment(model: Configuration) -> Iterator[Finding]:
    """Environment variables of functions and containers hold no secret in plain text.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8

    Bad::

        resource "aws_lambda_function" "api" {
          function_name = "shop-api"
          role          = "arn:aws:iam::123456789012:role/api"
          package_type  = "Image"
          image_uri     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:1.4"
          environment {
            variables = {
              DB_PASSWORD = "correct-horse-42"
            }
          }
        }

    Good::

        resource "aws_lambda_function" "api" {
          function_name = "shop-api"
          role          = "arn:aws:iam::123456789012:role/api"
          package_type  = "Image"
          image_uri     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:1.4"
          environment {
            variables = {
              DB_SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"
            }
          }
        }
    """
    for name, value, at in _environment(model):
        if is_secret_name(name) and is_plain_secret(value):
            yield model.finding(at, f"`{name[:60]}` is set to a plain text")
