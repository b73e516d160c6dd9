"""Modules, providers, versions, addresses, provisioners, cycles: as the real tool judges."""

from __future__ import annotations

TEXT = """
=== module-source-missing | missing-argument
module "a" {}
=== module-source-reference | expression
variable "s" {}
module "a" { source = var.s }
=== module-source-template | expression
--- main.tf
module "a" { source = "./${path.module}" }
--- a/main.tf
=== module-source-null | module-source
module "a" { source = null }
=== module-source-bare-path | module-source
--- main.tf
module "a" { source = "a" }
--- a/main.tf
=== module-source-bare-nested-path | module-source
--- main.tf
module "a" { source = "modules/a" }
--- modules/a/main.tf
=== module-source-not-found | module-source
module "a" { source = "./a" }
=== module-source-empty | module-source
module "a" { source = "" }
=== module-source-parent |
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
module "b" { source = "../b" }
--- b/main.tf
variable "x" { default = 1 }
=== module-source-self | module-source
module "a" { source = "./" }
=== module-source-dot | module-source
module "a" { source = "." }
=== module-source-trailing-slash |
--- main.tf
module "a" { source = "./a/" }
--- a/main.tf
=== module-source-redundant |
--- main.tf
module "a" { source = "./x/../a" }
--- a/main.tf
--- x/main.tf
=== module-source-backslash |
--- main.tf
module "a" { source = ".\\\\a" }
--- a/main.tf
=== module-cycle | module-source
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
module "b" { source = "../b" }
--- b/main.tf
module "a" { source = "../a" }
=== module-version-local | module-source
--- main.tf
module "a" {
  source  = "./a"
  version = "1.0.0"
}
--- a/main.tf
=== module-version-bad | version-constraint
--- main.tf
module "a" {
  source  = "./a"
  version = "latest"
}
--- a/main.tf
=== module-input-missing | module-inputs
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
variable "x" {}
=== module-input-given |
--- main.tf
module "a" {
  source = "./a"
  x      = 1
}
--- a/main.tf
variable "x" {}
=== module-input-unknown | module-inputs
--- main.tf
module "a" {
  source = "./a"
  y      = 1
}
--- a/main.tf
=== module-input-null-required |
--- main.tf
module "a" {
  source = "./a"
  x      = null
}
--- a/main.tf
variable "x" {}
=== module-input-null-not-nullable | module-inputs
--- main.tf
module "a" {
  source = "./a"
  x      = null
}
--- a/main.tf
variable "x" { nullable = false }
=== module-input-null-not-nullable-default |
--- main.tf
module "a" {
  source = "./a"
  x      = null
}
--- a/main.tf
variable "x" {
  default  = 1
  nullable = false
}
=== module-input-default-null-counts |
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
variable "x" { default = null }
=== module-input-type-ok |
--- main.tf
module "a" {
  source = "./a"
  x      = "5"
}
--- a/main.tf
variable "x" { type = number }
=== module-input-type-bad | module-inputs
--- main.tf
module "a" {
  source = "./a"
  x      = "five"
}
--- a/main.tf
variable "x" { type = number }
=== module-input-list-for-string | module-inputs
--- main.tf
module "a" {
  source = "./a"
  x      = ["a"]
}
--- a/main.tf
variable "x" { type = string }
=== module-input-string-for-list | module-inputs
--- main.tf
module "a" {
  source = "./a"
  x      = "a"
}
--- a/main.tf
variable "x" { type = list(string) }
=== module-input-object-missing | module-inputs
--- main.tf
module "a" {
  source = "./a"
  x      = { a = 1 }
}
--- a/main.tf
variable "x" { type = object({ a = number, b = number }) }
=== module-input-object-optional |
--- main.tf
module "a" {
  source = "./a"
  x      = { a = 1 }
}
--- a/main.tf
variable "x" { type = object({ a = number, b = optional(number, 3) }) }
=== module-input-unknown-typed-bad | module-inputs
--- main.tf
variable "l" { type = list(string) }
module "a" {
  source = "./a"
  x      = var.l
}
--- a/main.tf
variable "x" { type = string }
=== module-input-unknown-typed-ok |
--- main.tf
variable "l" { type = string }
module "a" {
  source = "./a"
  x      = var.l
}
--- a/main.tf
variable "x" { type = number }
=== module-input-resource |
--- main.tf
resource "terraform_data" "r" {}
module "a" {
  source = "./a"
  x      = terraform_data.r.id
}
--- a/main.tf
variable "x" { type = list(string) }
=== module-input-counted-module-list | module-inputs
--- main.tf
module "b" {
  source = "./b"
  count  = 2
}
module "a" {
  source = "./a"
  x      = module.b[*].o
}
--- a/main.tf
variable "x" { type = string }
--- b/main.tf
output "o" { value = 1 }
=== module-input-expression-error | expression
--- main.tf
module "a" {
  source = "./a"
  x      = 1 + "a"
}
--- a/main.tf
variable "x" {}
=== module-input-validation-fails | condition-holds
--- main.tf
module "a" {
  source = "./a"
  x      = "a"
}
--- a/main.tf
variable "x" {
  validation {
    condition     = length(var.x) > 3
    error_message = "short"
  }
}
=== module-input-validation-holds |
--- main.tf
module "a" {
  source = "./a"
  x      = "abcdef"
}
--- a/main.tf
variable "x" {
  validation {
    condition     = length(var.x) > 3
    error_message = "short"
  }
}
=== module-input-validation-unknown |
--- main.tf
variable "y" {}
module "a" {
  source = "./a"
  x      = var.y
}
--- a/main.tf
variable "x" {
  validation {
    condition     = length(var.x) > 3
    error_message = "short"
  }
}
=== module-input-validation-default-fails | condition-holds
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
variable "x" {
  default = "a"
  validation {
    condition     = length(var.x) > 3
    error_message = "short"
  }
}
=== module-input-validation-contains | condition-holds
--- main.tf
module "a" {
  source = "./a"
  env    = "production"
}
--- a/main.tf
variable "env" {
  type = string
  validation {
    condition     = contains(["dev", "prod"], var.env)
    error_message = "bad ${var.env}"
  }
}
=== module-input-sensitive-to-child |
--- main.tf
variable "s" { sensitive = true }
module "a" {
  source = "./a"
  x      = var.s
}
--- a/main.tf
variable "x" {}
output "o" { value = var.x }
=== module-input-ephemeral-to-plain | ephemeral-value
--- main.tf
variable "s" { ephemeral = true }
module "a" {
  source = "./a"
  x      = var.s
}
--- a/main.tf
variable "x" {}
=== module-input-ephemeral-to-ephemeral |
--- main.tf
variable "s" { ephemeral = true }
module "a" {
  source = "./a"
  x      = var.s
}
--- a/main.tf
variable "x" { ephemeral = true }
=== module-count-bad | argument-type
--- main.tf
module "a" {
  source = "./a"
  count  = "x"
}
--- a/main.tf
=== module-for-each-tuple | repetition
--- main.tf
module "a" {
  source   = "./a"
  for_each = ["x"]
}
--- a/main.tf
=== module-providers |
--- main.tf
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
provider "terraform" { alias = "x" }
module "a" {
  source    = "./a"
  providers = { terraform = terraform.x }
}
--- a/main.tf
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
resource "terraform_data" "r" {}
=== module-providers-missing-alias | module-providers
--- main.tf
module "a" {
  source    = "./a"
  providers = { terraform = terraform.x }
}
--- a/main.tf
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
resource "terraform_data" "r" {}
=== module-providers-quoted |
--- main.tf
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
provider "terraform" { alias = "x" }
module "a" {
  source    = "./a"
  providers = { "terraform" = "terraform.x" }
}
--- a/main.tf
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
resource "terraform_data" "r" {}
=== module-providers-list | provider-reference
--- main.tf
provider "terraform" { alias = "x" }
module "a" {
  source    = "./a"
  providers = [terraform.x]
}
--- a/main.tf
resource "terraform_data" "r" {}
=== module-providers-expression | provider-reference
--- main.tf
provider "terraform" { alias = "x" }
module "a" {
  source    = "./a"
  providers = { terraform = upper("x") }
}
--- a/main.tf
resource "terraform_data" "r" {}
=== module-providers-configuration-alias |
--- main.tf
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
provider "terraform" { alias = "x" }
module "a" {
  source    = "./a"
  providers = { terraform.y = terraform.x }
}
--- a/main.tf
terraform {
  required_providers {
    terraform = {
      source                = "terraform.io/builtin/terraform"
      configuration_aliases = [terraform.y]
    }
  }
}
resource "terraform_data" "r" { provider = terraform.y }
=== module-providers-configuration-alias-missing | module-providers
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
terraform {
  required_providers {
    terraform = {
      source                = "terraform.io/builtin/terraform"
      configuration_aliases = [terraform.y]
    }
  }
}
=== module-providers-undeclared-alias-in-child |
--- main.tf
provider "terraform" { alias = "x" }
module "a" {
  source    = "./a"
  providers = { terraform.y = terraform.x }
}
--- a/main.tf
resource "terraform_data" "r" { provider = terraform.y }
=== module-child-alias-not-inherited | provider-alias
--- main.tf
provider "terraform" { alias = "x" }
module "a" { source = "./a" }
--- a/main.tf
resource "terraform_data" "r" { provider = terraform.x }
=== module-unused-configuration-alias-in-root |
terraform {
  required_providers {
    terraform = {
      source                = "terraform.io/builtin/terraform"
      configuration_aliases = [terraform.y]
    }
  }
}
resource "terraform_data" "r" {}
=== module-used-configuration-alias-in-root | provider-alias
terraform {
  required_providers {
    terraform = {
      source                = "terraform.io/builtin/terraform"
      configuration_aliases = [terraform.y]
    }
  }
}
resource "terraform_data" "r" { provider = terraform.y }
=== module-legacy-provider-count | unsupported-argument
--- main.tf
module "a" {
  source = "./a"
  count  = 1
}
--- a/main.tf
provider "terraform" { x = 1 }
resource "terraform_data" "r" {}
=== module-legacy-provider-plain |
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
provider "terraform" {}
resource "terraform_data" "r" {}
=== module-escape-block | unsupported-block
--- main.tf
module "a" {
  source = "./a"
  provider "x" {}
}
--- a/main.tf
=== module-name-bad | block-labels
--- main.tf
module "1a" { source = "./a" }
--- a/main.tf
=== provider-alias-ok |
provider "terraform" { alias = "x" }
resource "terraform_data" "r" { provider = terraform.x }
=== provider-alias-missing | provider-alias
resource "terraform_data" "r" { provider = terraform.x }
=== provider-alias-wrong | provider-alias
provider "terraform" { alias = "x" }
resource "terraform_data" "r" { provider = terraform.y }
=== provider-alias-quoted |
provider "terraform" { alias = "x" }
resource "terraform_data" "r" { provider = "terraform.x" }
=== provider-plain-name |
resource "terraform_data" "r" { provider = terraform }
=== provider-too-long | provider-reference
provider "terraform" { alias = "x" }
resource "terraform_data" "r" { provider = terraform.x.y }
=== provider-index | provider-reference
provider "terraform" { alias = "x" }
resource "terraform_data" "r" { provider = terraform["x"] }
=== provider-call | provider-reference
resource "terraform_data" "r" { provider = lower("terraform") }
=== provider-template | provider-reference
variable "x" {}
resource "terraform_data" "r" { provider = "terraform.${var.x}" }
=== provider-number | provider-reference
resource "terraform_data" "r" { provider = 1 }
=== provider-upper-case | provider-reference
resource "terraform_data" "r" { provider = Terraform }
=== provider-duplicate | unique-names
provider "terraform" {}
provider "terraform" {}
=== provider-duplicate-alias | unique-names
provider "terraform" { alias = "x" }
provider "terraform" { alias = "x" }
=== provider-alias-reference | expression
variable "x" {}
provider "terraform" { alias = var.x }
=== provider-alias-bad-name | provider-alias
provider "terraform" { alias = "1x" }
=== provider-alias-empty | provider-alias
provider "terraform" { alias = "" }
=== provider-alias-number | provider-alias
provider "terraform" { alias = 1 }
=== provider-name-bad | provider-reference
provider "Terraform" {}
=== provider-name-underscore | provider-reference
provider "my_provider" {}
=== provider-version | provider-requirement
provider "terraform" { version = "~> 1.0" }
=== provider-version-bad | version-constraint
provider "terraform" { version = "one" }
=== provider-reserved-count | unsupported-argument
provider "terraform" { count = 1 }
=== provider-unused-unknown-argument |
provider "terraform" { nope = var.nope }
=== provider-used-unknown-argument | unsupported-argument
provider "terraform" { nope = 1 }
resource "terraform_data" "r" {}
=== provider-used-alias-only-unknown-argument |
provider "terraform" {
  alias = "x"
  nope  = 1
}
resource "terraform_data" "r" {}
=== terraform-required-version |
terraform { required_version = ">= 1.0" }
=== terraform-required-version-unmet | required-version
terraform { required_version = ">= 2.0" }
=== terraform-required-version-syntax | version-constraint
terraform { required_version = "latest" }
=== terraform-required-version-prerelease | required-version
terraform { required_version = ">= 1.0.0-beta" }
=== terraform-required-version-reference | expression
variable "v" {}
terraform { required_version = var.v }
=== terraform-required-version-number | required-version
terraform { required_version = 1.5 }
=== terraform-required-version-null |
terraform { required_version = null }
=== terraform-required-version-list | version-constraint
terraform { required_version = [">= 1.0"] }
=== terraform-required-version-twice | required-version
terraform { required_version = ">= 1.0" }
terraform { required_version = "< 1.0" }
=== terraform-required-version-child | required-version
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
terraform { required_version = "< 1.0" }
=== terraform-required-providers-plain |
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
=== terraform-required-providers-twice | block-count
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
  required_providers {
    foo = { source = "terraform.io/builtin/terraform" }
  }
}
=== terraform-required-providers-two-files | block-count
--- a.tf
terraform {
  required_providers {}
}
--- b.tf
terraform {
  required_providers {}
}
=== terraform-required-providers-unknown-key | provider-requirement
terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
      region = "x"
    }
  }
}
=== terraform-required-providers-source-number | provider-requirement
terraform {
  required_providers {
    terraform = { source = 1 }
  }
}
=== terraform-required-providers-source-bad | provider-requirement
terraform {
  required_providers {
    terraform = { source = "a/b/c/d" }
  }
}
=== terraform-required-providers-source-empty | provider-requirement
terraform {
  required_providers {
    terraform = { source = "" }
  }
}
=== terraform-required-providers-source-prefix | provider-requirement
terraform {
  required_providers {
    foo = { source = "hashicorp/terraform-provider-aws" }
  }
}
=== terraform-required-providers-source-url | provider-requirement
terraform {
  required_providers {
    foo = { source = "https://example.com/a" }
  }
}
=== terraform-required-providers-source-space | provider-requirement
terraform {
  required_providers {
    foo = { source = "hashi corp/aws" }
  }
}
=== terraform-required-providers-source-builtin-versioned | provider-requirement
terraform {
  required_providers {
    terraform = {
      source  = "terraform.io/builtin/terraform"
      version = "1.0"
    }
  }
}
=== terraform-required-providers-source-legacy | provider-requirement
terraform {
  required_providers {
    foo = { source = "-/aws" }
  }
}
=== terraform-required-providers-version-bad | version-constraint
terraform {
  required_providers {
    terraform = {
      source  = "terraform.io/builtin/terraform"
      version = "five"
    }
  }
}
=== terraform-required-providers-version-number | version-constraint
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = 5
    }
  }
}
=== terraform-required-providers-version-reference | version-constraint
variable "v" {}
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = var.v
    }
  }
}
=== terraform-required-providers-list | provider-requirement
terraform {
  required_providers {
    aws = ["hashicorp/aws"]
  }
}
=== terraform-required-providers-block | unsupported-block
terraform {
  required_providers {
    aws { source = "hashicorp/aws" }
  }
}
=== terraform-required-providers-name-bad | provider-requirement
terraform {
  required_providers {
    my_provider = { source = "hashicorp/aws" }
  }
}
=== terraform-required-providers-alias-other | provider-requirement
terraform {
  required_providers {
    terraform = {
      source                = "terraform.io/builtin/terraform"
      configuration_aliases = [aws.x]
    }
  }
}
=== terraform-required-providers-alias-literal | provider-requirement
terraform {
  required_providers {
    terraform = {
      source                = "terraform.io/builtin/terraform"
      configuration_aliases = ["terraform.x"]
    }
  }
}
=== terraform-required-providers-alias-no-list | provider-requirement
terraform {
  required_providers {
    terraform = {
      source                = "terraform.io/builtin/terraform"
      configuration_aliases = terraform.x
    }
  }
}
=== terraform-required-providers-top-level | unsupported-block
required_providers {
  aws = { source = "hashicorp/aws" }
}
=== terraform-backend |
terraform {
  backend "s3" {
    bucket = "x"
  }
}
=== terraform-backend-unknown-type |
terraform {
  backend "nope" {}
}
=== terraform-backend-reference |
variable "b" {}
terraform {
  backend "s3" {
    bucket = var.b
  }
}
=== terraform-backend-two | block-count
terraform {
  backend "s3" {}
  backend "local" {}
}
=== terraform-cloud |
terraform {
  cloud {
    organization = "x"
    workspaces { name = "y" }
  }
}
=== terraform-cloud-and-backend | block-count
terraform {
  cloud {
    organization = "x"
    workspaces { name = "y" }
  }
  backend "s3" {}
}
=== terraform-cloud-twice | block-count
terraform {
  cloud {}
  cloud {}
}
=== terraform-unknown-argument | unsupported-argument
terraform { nope = 1 }
=== terraform-unknown-block | unsupported-block
terraform {
  nope {}
}
=== terraform-experiments-unknown | unsupported-argument
terraform { experiments = [nope] }
=== terraform-language | required-version
terraform { language = TF2030 }
=== terraform-language-now |
terraform { language = TF2021 }
=== moved-resource |
resource "terraform_data" "b" {}
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
=== moved-undeclared |
moved {
  from = terraform_data.a
  to   = terraform_data.b
}
=== moved-module |
--- main.tf
module "b" { source = "./b" }
moved {
  from = module.a
  to   = module.b
}
--- b/main.tf
=== moved-mixed | address-form
moved {
  from = terraform_data.a
  to   = module.b
}
=== moved-resource-into-module |
--- main.tf
module "b" { source = "./b" }
moved {
  from = terraform_data.a
  to   = module.b.terraform_data.a
}
--- b/main.tf
resource "terraform_data" "a" {}
=== moved-instance |
resource "terraform_data" "b" { count = 1 }
moved {
  from = terraform_data.b
  to   = terraform_data.b[0]
}
=== moved-quoted | address-form
moved {
  from = "terraform_data.a"
  to   = "terraform_data.b"
}
=== moved-attribute | address-form
moved {
  from = terraform_data.a.id
  to   = terraform_data.b
}
=== moved-variable | address-form
moved {
  from = var.a
  to   = var.b
}
=== moved-data |
moved {
  from = data.terraform_remote_state.a
  to   = data.terraform_remote_state.b
}
=== moved-type-only | address-form
moved {
  from = terraform_data
  to   = terraform_data.b
}
=== moved-computed | address-form
variable "i" {}
moved {
  from = terraform_data.a[var.i]
  to   = terraform_data.b
}
=== moved-same |
resource "terraform_data" "a" {}
moved {
  from = terraform_data.a
  to   = terraform_data.a
}
=== moved-missing-to | missing-argument
moved { from = terraform_data.a }
=== moved-other-type |
resource "terraform_data" "b" {}
moved {
  from = null_resource.a
  to   = terraform_data.b
}
=== removed-resource |
removed {
  from = terraform_data.a
  lifecycle { destroy = false }
}
=== removed-without-lifecycle |
removed { from = terraform_data.a }
=== removed-still-there |
resource "terraform_data" "a" {}
removed { from = terraform_data.a }
=== removed-instance | address-form
removed { from = terraform_data.a[0] }
=== removed-data | address-form
removed { from = data.terraform_remote_state.a }
=== removed-module |
removed {
  from = module.a
  lifecycle { destroy = false }
}
=== removed-module-instance | address-form
removed { from = module.a[0] }
=== removed-quoted | address-form
removed { from = "terraform_data.a" }
=== removed-type-only | address-form
removed { from = terraform_data }
=== removed-destroy-bad | argument-type
removed {
  from = terraform_data.a
  lifecycle { destroy = "no" }
}
=== removed-destroy-variable | expression
variable "v" {}
removed {
  from = terraform_data.a
  lifecycle { destroy = var.v }
}
=== removed-provisioner |
removed {
  from = terraform_data.a
  provisioner "local-exec" {
    when    = destroy
    command = "echo ${self.id}"
  }
}
=== removed-provisioner-create | provisioner-keyword
removed {
  from = terraform_data.a
  provisioner "local-exec" { command = "echo" }
}
=== removed-provisioner-module | provisioner-keyword
removed {
  from = module.a
  provisioner "local-exec" {
    when    = destroy
    command = "echo"
  }
}
=== import-plain |
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = "x"
}
=== import-undeclared |
import {
  to = terraform_data.a
  id = "x"
}
=== import-undeclared-key | import-target
import {
  to = terraform_data.a[0]
  id = "x"
}
=== import-quoted | address-form
resource "terraform_data" "a" {}
import {
  to = "terraform_data.a"
  id = "x"
}
=== import-data | address-form
data "terraform_remote_state" "a" { backend = "local" }
import {
  to = data.terraform_remote_state.a
  id = "x"
}
=== import-counted |
resource "terraform_data" "a" { count = 1 }
import {
  to = terraform_data.a[0]
  id = "x"
}
=== import-counted-without-key | import-target
resource "terraform_data" "a" { count = 1 }
import {
  to = terraform_data.a
  id = "x"
}
=== import-single-with-key | import-target
resource "terraform_data" "a" {}
import {
  to = terraform_data.a[0]
  id = "x"
}
=== import-for-each-number-key | import-target
resource "terraform_data" "a" { for_each = toset(["x"]) }
import {
  to = terraform_data.a[0]
  id = "x"
}
=== import-id-variable |
variable "i" {}
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = var.i
}
=== import-id-undeclared | undeclared-reference
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = var.nope
}
=== import-id-null | import-target
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = null
}
=== import-id-empty | import-target
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = ""
}
=== import-id-list | import-target
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = ["x"]
}
=== import-id-number |
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = 5
}
=== import-id-resource |
resource "terraform_data" "b" {}
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = terraform_data.b.id
}
=== import-id-own | import-target
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = terraform_data.a.id
}
=== import-for-each |
resource "terraform_data" "a" { for_each = toset(["x"]) }
import {
  for_each = toset(["x"])
  to       = terraform_data.a[each.key]
  id       = each.value
}
=== import-for-each-string | repetition
resource "terraform_data" "a" { for_each = toset(["x"]) }
import {
  for_each = "x"
  to       = terraform_data.a[each.key]
  id       = each.value
}
=== import-for-each-tuple |
resource "terraform_data" "a" { for_each = toset(["x"]) }
import {
  for_each = ["x"]
  to       = terraform_data.a[each.value]
  id       = each.value
}
=== import-each-without-for-each | reference-context
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = each.key
}
=== import-twice | unique-names
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = "x"
}
import {
  to = terraform_data.a
  id = "y"
}
=== import-in-module | import-target
--- main.tf
module "a" { source = "./a" }
--- a/main.tf
resource "terraform_data" "a" {}
import {
  to = terraform_data.a
  id = "x"
}
=== import-into-module |
--- main.tf
module "a" { source = "./a" }
import {
  to = module.a.terraform_data.a
  id = "x"
}
--- a/main.tf
resource "terraform_data" "a" {}
=== import-into-missing-module | import-target
import {
  to = module.a.terraform_data.a
  id = "x"
}
=== import-into-module-missing-resource | import-target
--- main.tf
module "a" { source = "./a" }
import {
  to = module.a.terraform_data.a
  id = "x"
}
--- a/main.tf
=== import-provider |
provider "terraform" { alias = "x" }
import {
  provider = terraform.x
  to       = terraform_data.a
  id       = "x"
}
=== import-provider-missing | provider-alias
import {
  provider = terraform.x
  to       = terraform_data.a
  id       = "x"
}
=== import-provider-module | import-target
--- main.tf
module "a" { source = "./a" }
import {
  provider = terraform
  to       = module.a.terraform_data.a
  id       = "x"
}
--- a/main.tf
resource "terraform_data" "a" {}
=== import-module-only | address-form
--- main.tf
module "a" { source = "./a" }
import {
  to = module.a
  id = "x"
}
--- a/main.tf
=== provisioner-local |
resource "terraform_data" "a" {
  provisioner "local-exec" {
    command     = "echo"
    when        = create
    on_failure  = continue
    environment = { A = "b" }
  }
}
=== provisioner-unknown | known-provisioner
resource "terraform_data" "a" {
  provisioner "nope" {}
}
=== provisioner-chef | known-provisioner
resource "terraform_data" "a" {
  provisioner "chef" {}
}
=== provisioner-missing-command | missing-argument
resource "terraform_data" "a" {
  provisioner "local-exec" {}
}
=== provisioner-unknown-argument | unsupported-argument
resource "terraform_data" "a" {
  provisioner "local-exec" {
    command = "x"
    nope    = 1
  }
}
=== provisioner-argument-type | argument-type
resource "terraform_data" "a" {
  provisioner "local-exec" {
    command = ["x"]
  }
}
=== provisioner-empty-command |
resource "terraform_data" "a" {
  provisioner "local-exec" {
    command = ""
  }
}
=== provisioner-remote-inline |
resource "terraform_data" "a" {
  connection { host = "x" }
  provisioner "remote-exec" { inline = ["x"] }
}
=== provisioner-remote-nothing | arguments-together
resource "terraform_data" "a" {
  connection { host = "x" }
  provisioner "remote-exec" {}
}
=== provisioner-remote-two | arguments-together
resource "terraform_data" "a" {
  connection { host = "x" }
  provisioner "remote-exec" {
    inline = ["x"]
    script = "y"
  }
}
=== provisioner-remote-without-connection |
resource "terraform_data" "a" {
  provisioner "remote-exec" { inline = ["x"] }
}
=== provisioner-file |
resource "terraform_data" "a" {
  connection { host = "x" }
  provisioner "file" {
    source      = "a"
    destination = "b"
  }
}
=== provisioner-file-content |
resource "terraform_data" "a" {
  provisioner "file" {
    content     = "a"
    destination = "b"
  }
}
=== provisioner-file-both | arguments-together
resource "terraform_data" "a" {
  provisioner "file" {
    content     = "a"
    source      = "a"
    destination = "b"
  }
}
=== provisioner-file-neither | arguments-together
resource "terraform_data" "a" {
  provisioner "file" {
    destination = "b"
  }
}
=== provisioner-file-no-destination | missing-argument
resource "terraform_data" "a" {
  provisioner "file" {
    content = "b"
  }
}
=== provisioner-when-quoted |
resource "terraform_data" "a" {
  provisioner "local-exec" {
    when    = "destroy"
    command = "x"
  }
}
=== provisioner-when-bad | provisioner-keyword
resource "terraform_data" "a" {
  provisioner "local-exec" {
    when    = update
    command = "x"
  }
}
=== provisioner-on-failure-bad | provisioner-keyword
resource "terraform_data" "a" {
  provisioner "local-exec" {
    on_failure = ignore
    command    = "x"
  }
}
=== provisioner-destroy-other | provisioner-reference
variable "v" {}
resource "terraform_data" "a" {
  provisioner "local-exec" {
    when    = destroy
    command = "x ${var.v}"
  }
}
=== provisioner-destroy-own-name | provisioner-reference
resource "terraform_data" "a" {
  provisioner "local-exec" {
    when    = destroy
    command = "x ${terraform_data.a.id}"
  }
}
=== provisioner-destroy-self |
resource "terraform_data" "a" {
  count = 1
  provisioner "local-exec" {
    when    = destroy
    command = "x ${self.id} ${count.index} ${path.module}"
  }
}
=== provisioner-destroy-each-value | provisioner-reference
resource "terraform_data" "a" {
  for_each = toset(["x"])
  provisioner "local-exec" {
    when    = destroy
    command = "x ${each.value}"
  }
}
=== provisioner-destroy-connection-other | provisioner-reference
variable "v" {}
resource "terraform_data" "a" {
  connection { host = var.v }
  provisioner "remote-exec" {
    when   = destroy
    inline = ["x"]
  }
}
=== provisioner-undeclared | undeclared-reference
resource "terraform_data" "a" {
  provisioner "local-exec" { command = var.nope }
}
=== provisioner-expression-error | expression
resource "terraform_data" "a" {
  provisioner "local-exec" { command = 1 + "x" }
}
=== connection-unknown-argument | unsupported-argument
resource "terraform_data" "a" {
  connection {
    host = "x"
    nope = 1
  }
  provisioner "remote-exec" { inline = ["x"] }
}
=== connection-without-host | missing-argument
resource "terraform_data" "a" {
  connection { user = "x" }
  provisioner "remote-exec" { inline = ["x"] }
}
=== connection-without-provisioner |
resource "terraform_data" "a" {
  connection { nope = var.nope }
}
=== connection-type-unknown |
resource "terraform_data" "a" {
  connection {
    type = "telnet"
    host = "x"
  }
  provisioner "remote-exec" { inline = ["x"] }
}
=== connection-port-bad | argument-type
resource "terraform_data" "a" {
  connection {
    host = "x"
    port = "ssh"
  }
  provisioner "remote-exec" { inline = ["x"] }
}
=== connection-merged |
resource "terraform_data" "a" {
  connection { host = "x" }
  provisioner "remote-exec" {
    connection { user = "y" }
    inline = ["x"]
  }
}
=== connection-in-provisioner-without-host | missing-argument
resource "terraform_data" "a" {
  provisioner "remote-exec" {
    connection { user = "y" }
    inline = ["x"]
  }
}
=== connection-two | block-count
resource "terraform_data" "a" {
  connection { host = "x" }
  connection { host = "x" }
}
=== provisioner-on-data | unsupported-block
data "terraform_remote_state" "a" {
  backend = "local"
  provisioner "local-exec" { command = "x" }
}
=== cycle-two-resources | dependency-cycle
resource "terraform_data" "a" { input = terraform_data.b.id }
resource "terraform_data" "b" { input = terraform_data.a.id }
=== cycle-three-resources | dependency-cycle
resource "terraform_data" "a" { input = terraform_data.b.id }
resource "terraform_data" "b" { input = terraform_data.c.id }
resource "terraform_data" "c" { input = terraform_data.a.id }
=== cycle-self-resource |
resource "terraform_data" "a" { input = terraform_data.a.id }
=== cycle-depends-on | dependency-cycle
resource "terraform_data" "a" { depends_on = [terraform_data.b] }
resource "terraform_data" "b" { depends_on = [terraform_data.a] }
=== cycle-locals | dependency-cycle
locals {
  a = local.b
  b = local.a
}
=== cycle-self-local | dependency-cycle
locals { a = local.a }
=== cycle-local-resource | dependency-cycle
locals { a = terraform_data.a.id }
resource "terraform_data" "a" { input = local.a }
=== cycle-data | dependency-cycle
data "terraform_remote_state" "a" {
  backend = terraform_data.a.id
}
resource "terraform_data" "a" { input = data.terraform_remote_state.a.outputs }
=== cycle-module-inputs | dependency-cycle
--- main.tf
module "a" {
  source = "./m"
  x      = module.b.o
}
module "b" {
  source = "./m"
  x      = module.a.o
}
--- m/main.tf
variable "x" {}
output "o" { value = var.x }
=== cycle-module-inputs-separate |
--- main.tf
module "a" {
  source = "./m"
  x      = module.b.p
}
module "b" {
  source = "./m"
  x      = module.a.o
}
--- m/main.tf
variable "x" {}
output "o" { value = var.x }
output "p" { value = 1 }
=== cycle-module-whole | dependency-cycle
--- main.tf
module "a" {
  source = "./m"
  x      = module.a
}
--- m/main.tf
variable "x" {}
output "p" { value = 1 }
=== cycle-module-own-output |
--- main.tf
module "a" {
  source = "./m"
  x      = module.a.p
}
--- m/main.tf
variable "x" {}
output "o" { value = var.x }
output "p" { value = 1 }
=== cycle-module-own-output-used | dependency-cycle
--- main.tf
module "a" {
  source = "./m"
  x      = module.a.o
}
--- m/main.tf
variable "x" {}
output "o" { value = var.x }
=== module-providers-type-mismatch | module-providers
--- main.tf
provider "terraform" { alias = "x" }
module "a" {
  source    = "./a"
  providers = { terraform = terraform.x }
}
--- a/main.tf
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
resource "terraform_data" "r" {}
=== cycle-module-depends-on | dependency-cycle
--- main.tf
module "a" {
  source     = "./m"
  depends_on = [terraform_data.r]
}
resource "terraform_data" "r" { input = module.a.p }
--- m/main.tf
output "p" { value = 1 }
=== cycle-module-count | dependency-cycle
--- main.tf
module "a" {
  source = "./m"
  count  = terraform_data.r.output
}
resource "terraform_data" "r" { input = module.a[0].p }
--- m/main.tf
output "p" { value = 1 }
=== cycle-module-resource-inside | dependency-cycle
--- main.tf
module "a" {
  source = "./m"
  x      = terraform_data.r.id
}
resource "terraform_data" "r" { input = module.a.o }
--- m/main.tf
variable "x" {}
resource "terraform_data" "i" { input = var.x }
output "o" { value = terraform_data.i.id }
=== cycle-module-depends-on-whole | dependency-cycle
--- main.tf
module "a" {
  source = "./m"
  x      = terraform_data.r.id
}
resource "terraform_data" "r" { depends_on = [module.a] }
--- m/main.tf
variable "x" {}
=== cycle-module-index-computed | dependency-cycle
--- main.tf
variable "i" {}
module "a" {
  source = "./m"
  count  = 2
  x      = terraform_data.r.id
}
resource "terraform_data" "r" { input = module.a[var.i].p }
--- m/main.tf
variable "x" {}
output "p" { value = 1 }
=== cycle-module-index-literal |
--- main.tf
module "a" {
  source = "./m"
  count  = 2
  x      = terraform_data.r.id
}
resource "terraform_data" "r" { input = module.a[0].p }
--- m/main.tf
variable "x" {}
output "p" { value = 1 }
=== cycle-module-splat | dependency-cycle
--- main.tf
module "a" {
  source = "./m"
  count  = 2
  x      = terraform_data.r.id
}
resource "terraform_data" "r" { input = module.a[*].p }
--- m/main.tf
variable "x" {}
output "p" { value = 1 }
=== cycle-inside-module | dependency-cycle
--- main.tf
module "a" { source = "./m" }
--- m/main.tf
resource "terraform_data" "a" { input = terraform_data.b.id }
resource "terraform_data" "b" { input = terraform_data.a.id }
=== cycle-output-precondition | dependency-cycle
--- main.tf
module "a" {
  source = "./m"
  x      = terraform_data.r.id
}
resource "terraform_data" "r" { input = module.a.p }
--- m/main.tf
variable "x" {}
output "p" {
  value = 1
  precondition {
    condition     = var.x != ""
    error_message = "x"
  }
}
=== cycle-lifecycle-condition | dependency-cycle
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = terraform_data.b.id != ""
      error_message = "x"
    }
  }
}
resource "terraform_data" "b" { input = terraform_data.a.id }
=== cycle-replace-triggered-by | dependency-cycle
resource "terraform_data" "a" {
  lifecycle { replace_triggered_by = [terraform_data.b] }
}
resource "terraform_data" "b" { input = terraform_data.a.id }
=== cycle-provisioner | dependency-cycle
resource "terraform_data" "a" {
  provisioner "local-exec" { command = terraform_data.b.id }
}
resource "terraform_data" "b" { input = terraform_data.a.id }
=== cycle-connection | dependency-cycle
resource "terraform_data" "a" {
  connection { host = terraform_data.b.id }
  provisioner "remote-exec" { inline = ["x"] }
}
resource "terraform_data" "b" { input = terraform_data.a.id }
=== cycle-count | dependency-cycle
resource "terraform_data" "a" { count = length(terraform_data.b.id) }
resource "terraform_data" "b" { input = terraform_data.a[0].id }
=== cycle-in-dead-branch | dependency-cycle
resource "terraform_data" "a" { input = true ? 1 : terraform_data.b.id }
resource "terraform_data" "b" { input = terraform_data.a.id }
=== cycle-variable-validation | dependency-cycle
variable "v" {
  validation {
    condition     = var.v != terraform_data.a.id
    error_message = "x"
  }
}
resource "terraform_data" "a" { input = var.v }
=== cycle-variable-validation-local | dependency-cycle
variable "v" {
  validation {
    condition     = var.v != local.l
    error_message = "x"
  }
}
locals { l = var.v }
=== cycle-check |
variable "v" {}
check "c" {
  data "terraform_remote_state" "x" { backend = var.v }
  assert {
    condition     = data.terraform_remote_state.x.outputs.y
    error_message = "x"
  }
}
=== cycle-for-name-is-no-reference |
resource "terraform_data" "a" { input = [for terraform_data in [{ b = 1 }] : terraform_data.b] }
resource "terraform_data" "b" { input = terraform_data.a.id }
=== cycle-data-depends-on | dependency-cycle
data "terraform_remote_state" "a" {
  backend    = "local"
  depends_on = [terraform_data.a]
}
resource "terraform_data" "a" { input = data.terraform_remote_state.a.outputs }
=== cycle-import-id |
resource "terraform_data" "a" {}
resource "terraform_data" "b" { input = terraform_data.a.id }
import {
  to = terraform_data.b
  id = "x"
}
=== cycle-import-id-dependant | dependency-cycle
resource "terraform_data" "a" {}
resource "terraform_data" "b" { input = terraform_data.a.id }
import {
  to = terraform_data.a
  id = terraform_data.b.id
}
=== json-valid |
--- main.tf.json
{
 "resource": {
  "terraform_data": {
   "a": {
    "input": "x"
   },
   "b": {
    "input": "${terraform_data.a.id}",
    "depends_on": [
     "terraform_data.a"
    ]
   }
  }
 }
}
=== json-undeclared | undeclared-reference
--- main.tf.json
{"resource": {"terraform_data": {"b": {"input": "${terraform_data.a.id}"}}}}
=== json-depends-on-undeclared | undeclared-reference
--- main.tf.json
{"resource": {"terraform_data": {"b": {"depends_on": ["terraform_data.a"]}}}}
=== json-variable |
--- main.tf.json
{
 "variable": {
  "v": {
   "type": "list(string)",
   "default": [
    "a"
   ]
  }
 },
 "output": {
  "o": {
   "value": "${var.v[0]}"
  }
 }
}
=== json-variable-type-bad | variable-type
--- main.tf.json
{"variable": {"v": {"type": "lst(string)"}}}
=== json-lifecycle |
--- main.tf.json
{
 "resource": {
  "terraform_data": {
   "b": {
    "lifecycle": {
     "ignore_changes": [
      "input"
     ],
     "create_before_destroy": true
    }
   }
  }
 }
}
=== json-cycle | dependency-cycle
--- main.tf.json
{
 "resource": {
  "terraform_data": {
   "a": {
    "input": "${terraform_data.b.id}"
   },
   "b": {
    "input": "${terraform_data.a.id}"
   }
  }
 }
}
=== json-ignore-changes-unknown | ignored-attribute
--- main.tf.json
{"resource": {"terraform_data": {"b": {"lifecycle": {"ignore_changes": ["nope"]}}}}}
=== json-provider-alias | provider-alias
--- main.tf.json
{"resource": {"terraform_data": {"b": {"provider": "terraform.x"}}}}
=== json-moved |
--- main.tf.json
{"moved": {"from": "terraform_data.a", "to": "terraform_data.b"}}
=== json-replace-triggered-by |
--- main.tf.json
{
 "resource": {
  "terraform_data": {
   "a": {},
   "b": {
    "lifecycle": {
     "replace_triggered_by": [
      "terraform_data.a"
     ]
    }
   }
  }
 }
}
"""
