"""Rules about references: what they name exists, and may be named there."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.model import Configuration
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def undeclared_reference(model: Configuration) -> Findings:
    """Every variable, local value, resource, data source and module that is named is declared.

    A reference is checked wherever it stands, also in a branch that is never taken.

    Source: https://developer.hashicorp.com/terraform/language/expressions/references

    Bad::

        variable "region" {}

        output "region" {
          value = var.regoin
        }

    Good::

        variable "region" {}

        output "region" {
          value = var.region
        }
    """
    yield from model.faults.get("undeclared-reference", ())


@rule(Stage.REFERENCES)
def invalid_reference(model: Configuration) -> Findings:
    """A reference is a known word, or a resource type and a name; a text stands in quotes.

    Source: https://developer.hashicorp.com/terraform/language/expressions/references

    Bad::

        resource "terraform_data" "size" {
          input = large
        }

    Good::

        resource "terraform_data" "size" {
          input = "large"
        }
    """
    yield from model.faults.get("invalid-reference", ())


@rule(Stage.REFERENCES)
def unsupported_attribute(model: Configuration) -> Findings:
    """An attribute of a resource that is named is in the schema; blocks in lists need an index.

    Source: https://developer.hashicorp.com/terraform/language/expressions/references#resources

    Bad::

        resource "terraform_data" "one" {}

        output "id" {
          value = terraform_data.one.identifier
        }

    Good::

        resource "terraform_data" "one" {}

        output "id" {
          value = terraform_data.one.id
        }
    """
    yield from model.faults.get("unsupported-attribute", ())


@rule(Stage.REFERENCES)
def instance_key(model: Configuration) -> Findings:
    """Attributes of a resource with `count` or `for_each` follow an index; of any other, none.

    Source: https://developer.hashicorp.com/terraform/language/expressions/references#resources

    Bad::

        resource "terraform_data" "two" {
          count = 2
        }

        output "id" {
          value = terraform_data.two.id
        }

    Good::

        resource "terraform_data" "two" {
          count = 2
        }

        output "ids" {
          value = terraform_data.two[*].id
        }
    """
    yield from model.faults.get("instance-key", ())


@rule(Stage.REFERENCES)
def reference_context(model: Configuration) -> Findings:
    """`each`, `count`, `self`, `path`, `terraform` are used where they are, by their attributes.

    Source: https://developer.hashicorp.com/terraform/language/expressions/references

    Bad::

        resource "terraform_data" "one" {
          input = each.key
        }

    Good::

        resource "terraform_data" "one" {
          for_each = toset(["a", "b"])
          input    = each.key
        }
    """
    yield from model.faults.get("reference-context", ())


@rule(Stage.REFERENCES)
def provider_function(model: Configuration) -> Findings:
    """A function of a provider exists, and the module declares that provider.

    Source: https://developer.hashicorp.com/terraform/language/functions#provider-defined-functions

    Bad::

        output "text" {
          value = provider::terraform::encode_tfvars({ a = 1 })
        }

    Good::

        terraform {
          required_providers {
            terraform = {
              source = "terraform.io/builtin/terraform"
            }
          }
        }

        output "text" {
          value = provider::terraform::encode_tfvars({ a = 1 })
        }
    """
    yield from model.faults.get("provider-function", ())


@rule(Stage.REFERENCES)
def dependency_cycle(model: Configuration) -> Findings:
    """Nothing depends on itself, directly or through others.

    Source: https://developer.hashicorp.com/terraform/internals/graph

    Bad::

        resource "terraform_data" "egg" {
          input = terraform_data.hen.id
        }

        resource "terraform_data" "hen" {
          input = terraform_data.egg.id
        }

    Good::

        resource "terraform_data" "egg" {}

        resource "terraform_data" "hen" {
          input = terraform_data.egg.id
        }
    """
    yield from model.faults.get("dependency-cycle", ())


@rule(Stage.REFERENCES)
def depends_on(model: Configuration) -> Findings:
    """`depends_on` is a list of whole objects: no attributes and no expressions.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on

    Bad::

        resource "terraform_data" "first" {}

        resource "terraform_data" "second" {
          depends_on = [terraform_data.first.id]
        }

    Good::

        resource "terraform_data" "first" {}

        resource "terraform_data" "second" {
          depends_on = [terraform_data.first]
        }
    """
    yield from model.faults.get("depends-on", ())


@rule(Stage.REFERENCES)
def replacement_trigger(model: Configuration) -> Findings:
    """Each item of `replace_triggered_by` refers to one resource.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#replace_triggered_by

    Bad::

        variable "revision" {}

        resource "terraform_data" "one" {
          lifecycle {
            replace_triggered_by = [var.revision]
          }
        }

    Good::

        variable "revision" {}

        resource "terraform_data" "revision" {
          input = var.revision
        }

        resource "terraform_data" "one" {
          lifecycle {
            replace_triggered_by = [terraform_data.revision]
          }
        }
    """
    yield from model.faults.get("replacement-trigger", ())


@rule(Stage.REFERENCES)
def provisioner_reference(model: Configuration) -> Findings:
    """A destroy-time provisioner refers to its own resource only, by `self`.

    Source: https://developer.hashicorp.com/terraform/language/resources/provisioners/syntax#destroy-time-provisioners

    Bad::

        variable "host" {}

        resource "terraform_data" "one" {
          provisioner "local-exec" {
            when    = destroy
            command = "echo ${var.host}"
          }
        }

    Good::

        variable "host" {}

        resource "terraform_data" "one" {
          input = var.host

          provisioner "local-exec" {
            when    = destroy
            command = "echo ${self.input}"
          }
        }
    """
    yield from model.faults.get("provisioner-reference", ())


@rule(Stage.REFERENCES)
def condition_reference(model: Configuration) -> Findings:
    """A condition refers to something; that of a variable to it, that of a resource not to itself.

    Source: https://developer.hashicorp.com/terraform/language/expressions/custom-conditions

    Bad::

        variable "size" {
          type = number

          validation {
            condition     = 3 > 2
            error_message = "Too small."
          }
        }

    Good::

        variable "size" {
          type = number

          validation {
            condition     = var.size > 2
            error_message = "Too small."
          }
        }
    """
    yield from model.faults.get("condition-reference", ())


@rule(Stage.REFERENCES)
def provider_reference(model: Configuration) -> Findings:
    """`provider` and `providers` take the name of a provider, with an alias after a dot.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments/resource-provider

    Bad::

        provider "terraform" {
          alias = "other"
        }

        resource "terraform_data" "one" {
          provider = terraform["other"]
        }

    Good::

        provider "terraform" {
          alias = "other"
        }

        resource "terraform_data" "one" {
          provider = terraform.other
        }
    """
    yield from model.faults.get("provider-reference", ())


@rule(Stage.REFERENCES)
def provider_alias(model: Configuration) -> Findings:
    """A configuration of a provider that is asked for exists, and its alias is a name.

    Source: https://developer.hashicorp.com/terraform/language/providers/configuration#alias-multiple-provider-configurations

    Bad::

        resource "terraform_data" "one" {
          provider = terraform.other
        }

    Good::

        provider "terraform" {
          alias = "other"
        }

        resource "terraform_data" "one" {
          provider = terraform.other
        }
    """
    yield from model.faults.get("provider-alias", ())


@rule(Stage.REFERENCES)
def address_form(model: Configuration) -> Findings:
    """`moved`, `removed` and `import` blocks name addresses, without quotes and attributes.

    Source: https://developer.hashicorp.com/terraform/language/moved

    Bad::

        moved {
          from = "terraform_data.old"
          to   = terraform_data.new
        }

        resource "terraform_data" "new" {}

    Good::

        moved {
          from = terraform_data.old
          to   = terraform_data.new
        }

        resource "terraform_data" "new" {}
    """
    yield from model.faults.get("address-form", ())


@rule(Stage.REFERENCES)
def import_target(model: Configuration) -> Findings:
    """An import has an id, and its target fits the resource that is declared.

    Source: https://developer.hashicorp.com/terraform/language/import

    Bad::

        import {
          to = terraform_data.one[0]
          id = "one"
        }

        resource "terraform_data" "one" {}

    Good::

        import {
          to = terraform_data.one
          id = "one"
        }

        resource "terraform_data" "one" {}
    """
    yield from model.faults.get("import-target", ())
