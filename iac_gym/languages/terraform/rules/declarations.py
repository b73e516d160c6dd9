"""Rules about declarations: variables, outputs, modules, versions."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.model import Configuration
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def unique_names(model: Configuration) -> Findings:
    """A name is declared once: resources of a type, variables, outputs, modules.

    Source: https://developer.hashicorp.com/terraform/language/resources/syntax

    Bad::

        resource "terraform_data" "one" {}

        resource "terraform_data" "one" {}

    Good::

        resource "terraform_data" "one" {}

        resource "terraform_data" "two" {}
    """
    yield from model.faults.get("unique-names", ())


@rule(Stage.SEMANTICS)
def variable_type(model: Configuration) -> Findings:
    """The type of a variable is a type without quotes: `string`, `object({ ... })`.

    Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints

    Bad::

        variable "names" {
          type = "list(string)"
        }

    Good::

        variable "names" {
          type = list(string)
        }
    """
    yield from model.faults.get("variable-type", ())


@rule(Stage.SEMANTICS)
def variable_default(model: Configuration) -> Findings:
    """The default of a variable is of its type, and not null where null is not allowed.

    Source: https://developer.hashicorp.com/terraform/language/values/variables#default-values

    Bad::

        variable "size" {
          type    = number
          default = "large"
        }

    Good::

        variable "size" {
          type    = number
          default = 3
        }
    """
    yield from model.faults.get("variable-default", ())


@rule(Stage.SEMANTICS)
def condition_holds(model: Configuration) -> Findings:
    """A condition is a bool and holds for the values that are given; its message is a text.

    Source: https://developer.hashicorp.com/terraform/language/expressions/custom-conditions

    Bad::

        locals {
          ready = "maybe"
        }

        output "one" {
          value = 1

          precondition {
            condition     = local.ready
            error_message = "Not ready."
          }
        }

    Good::

        locals {
          ready = true
        }

        output "one" {
          value = 1

          precondition {
            condition     = local.ready
            error_message = "Not ready."
          }
        }
    """
    yield from model.faults.get("condition-holds", ())


@rule(Stage.SEMANTICS)
def output_sensitive(model: Configuration) -> Findings:
    """An output of the root module that shows sensitive values says so.

    Source: https://developer.hashicorp.com/terraform/language/values/outputs#sensitive-suppressing-values-in-cli-output

    Bad::

        variable "password" {
          type      = string
          sensitive = true
        }

        output "password" {
          value = var.password
        }

    Good::

        variable "password" {
          type      = string
          sensitive = true
        }

        output "password" {
          value     = var.password
          sensitive = true
        }
    """
    yield from model.faults.get("output-sensitive", ())


@rule(Stage.SEMANTICS)
def ephemeral_value(model: Configuration) -> Findings:
    """Ephemeral values go only where nothing is stored: write-only arguments, ephemeral variables.

    Source: https://developer.hashicorp.com/terraform/language/values/variables#exclude-values-from-state

    Bad::

        variable "token" {
          type      = string
          ephemeral = true
        }

        resource "terraform_data" "one" {
          input = var.token
        }

    Good::

        variable "token" {
          type      = string
          ephemeral = true
        }

        locals {
          header = "Bearer ${var.token}"
        }
    """
    yield from model.faults.get("ephemeral-value", ())


@rule(Stage.SEMANTICS)
def module_source(model: Configuration) -> Findings:
    """The source of a module is a text that says where it is; a folder begins with `./` and exists.

    Source: https://developer.hashicorp.com/terraform/language/modules/sources

    Bad::

        module "network" {
          source = "network"
        }

    Good::

        # With the module in the folder `network` beside this file: source = "./network"
        resource "terraform_data" "network" {}
    """
    yield from model.faults.get("module-source", ())


@rule(Stage.SEMANTICS)
def module_inputs(model: Configuration) -> Findings:
    """A module call sets the variables that the module needs, and no others, as their types want.

    Source: https://developer.hashicorp.com/terraform/language/modules/syntax

    Bad::

        variable "size" {
          type = number
        }

        module "again" {
          source = "./"
          size   = "large"
        }

    Good::

        variable "size" {
          type = number
        }

        output "size" {
          value = var.size
        }
    """
    yield from model.faults.get("module-inputs", ())


@rule(Stage.SEMANTICS)
def module_providers(model: Configuration) -> Findings:
    """A module gets configurations of the providers that it asks for.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments/module-providers

    Bad::

        terraform {
          required_providers {
            terraform = {
              source                = "terraform.io/builtin/terraform"
              configuration_aliases = [terraform.other]
            }
          }
        }

        module "again" {
          source = "./"
        }

    Good::

        provider "terraform" {
          alias = "other"
        }

        resource "terraform_data" "one" {
          provider = terraform.other
        }
    """
    yield from model.faults.get("module-providers", ())


@rule(Stage.SEMANTICS)
def required_version(model: Configuration) -> Findings:
    """`required_version` allows the version of Terraform whose verdicts these are.

    Source: https://developer.hashicorp.com/terraform/language/terraform#terraform-required_version

    Bad::

        terraform {
          required_version = "~> 0.12.0"
        }

    Good::

        terraform {
          required_version = ">= 1.5"
        }
    """
    yield from model.faults.get("required-version", ())


@rule(Stage.SEMANTICS)
def version_constraint(model: Configuration) -> Findings:
    """A version constraint is one: operators and versions, separated by commas.

    Source: https://developer.hashicorp.com/terraform/language/expressions/version-constraints

    Bad::

        terraform {
          required_version = "latest"
        }

    Good::

        terraform {
          required_version = ">= 1.5, < 2.0"
        }
    """
    yield from model.faults.get("version-constraint", ())


@rule(Stage.SEMANTICS)
def provider_requirement(model: Configuration) -> Findings:
    """An entry of `required_providers` has a source as in `hashicorp/aws`, and a version.

    Source: https://developer.hashicorp.com/terraform/language/providers/requirements

    Bad::

        terraform {
          required_providers {
            aws = {
              source = "hashicorp/aws"
              region = "us-east-1"
            }
          }
        }

    Good::

        terraform {
          required_providers {
            aws = {
              source  = "hashicorp/aws"
              version = "~> 5.0"
            }
          }
        }
    """
    yield from model.faults.get("provider-requirement", ())
