"""Configurations of providers in modules, as `terraform validate` 1.11.4 judges them."""

from __future__ import annotations

TEXT = """
=== pass-alias |
--- main.tf
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
module "m" {
  source    = "./m"
  providers = { aws = aws.west }
}
--- m/main.tf
resource "aws_s3_bucket" "b" {}
=== pass-two |
--- main.tf
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
module "m" {
  source = "./m"
  providers = {
    aws.src = aws
    aws.dst = aws.west
  }
}
--- m/main.tf
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = ">= 5.0"
      configuration_aliases = [aws.src, aws.dst]
    }
  }
}
resource "aws_s3_bucket" "b" { provider = aws.src }
resource "aws_s3_bucket" "c" { provider = aws.dst }
=== pass-two-one-missing | module-providers
--- main.tf
provider "aws" { region = "us-east-1" }
module "m" {
  source = "./m"
  providers = {
    aws.src = aws
  }
}
--- m/main.tf
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.src, aws.dst]
    }
  }
}
resource "aws_s3_bucket" "b" { provider = aws.src }
=== inherit-default |
--- main.tf
provider "aws" { region = "us-east-1" }
module "m" { source = "./m" }
--- m/main.tf
resource "aws_s3_bucket" "b" {}
=== inherit-implicit |
--- main.tf
module "m" { source = "./m" }
--- m/main.tf
resource "aws_s3_bucket" "b" {}
=== proxy-block |
--- main.tf
provider "aws" { alias = "west" }
module "m" {
  source    = "./m"
  providers = { aws.west = aws.west }
}
--- m/main.tf
provider "aws" { alias = "west" }
resource "aws_s3_bucket" "b" { provider = aws.west }
=== proxy-block-not-passed | provider-alias
--- main.tf
provider "aws" { alias = "west" }
module "m" { source = "./m" }
--- m/main.tf
resource "aws_s3_bucket" "b" { provider = aws.west }
=== proxy-block-only-in-child |
--- main.tf
module "m" { source = "./m" }
--- m/main.tf
provider "aws" { alias = "west" }
resource "aws_s3_bucket" "b" { provider = aws.west }
=== configured-in-child-and-for-each | module-providers
--- main.tf
module "m" {
  source   = "./m"
  for_each = toset(["a"])
}
--- m/main.tf
provider "aws" { region = "us-east-1" }
resource "aws_s3_bucket" "b" {}
=== configured-in-child-and-depends-on | module-providers
--- main.tf
resource "terraform_data" "x" {}
module "m" {
  source     = "./m"
  depends_on = [terraform_data.x]
}
--- m/main.tf
provider "aws" { region = "us-east-1" }
resource "aws_s3_bucket" "b" {}
=== configured-in-child-and-passed | module-providers
--- main.tf
provider "aws" { region = "us-east-1" }
module "m" {
  source    = "./m"
  providers = { aws = aws }
}
--- m/main.tf
provider "aws" { region = "us-east-1" }
resource "aws_s3_bucket" "b" {}
=== configured-in-grandchild-and-count | module-providers
--- main.tf
module "m" {
  source = "./m"
  count  = 1
}
--- m/main.tf
module "n" { source = "./n" }
--- m/n/main.tf
provider "aws" { region = "us-east-1" }
resource "aws_s3_bucket" "b" {}
=== local-name-other |
terraform {
  required_providers {
    amazon = { source = "hashicorp/aws" }
  }
}
provider "amazon" { region = "us-east-1" }
resource "aws_s3_bucket" "b" { provider = amazon }
=== local-name-other-in-child |
--- main.tf
provider "aws" { alias = "x" }
module "m" {
  source    = "./m"
  providers = { amazon = aws.x }
}
--- m/main.tf
terraform {
  required_providers {
    amazon = { source = "hashicorp/aws" }
  }
}
resource "aws_s3_bucket" "b" { provider = amazon }
=== pass-undeclared-name | module-providers
--- main.tf
provider "aws" { alias = "x" }
module "m" {
  source    = "./m"
  providers = { amazon = aws.x }
}
--- m/main.tf
resource "aws_s3_bucket" "b" {}
=== pass-through-two-levels |
--- main.tf
provider "aws" { alias = "x" }
module "m" {
  source    = "./m"
  providers = { aws = aws.x }
}
--- m/main.tf
module "n" {
  source    = "./n"
  providers = { aws = aws }
}
--- m/n/main.tf
resource "aws_s3_bucket" "b" {}
=== pass-alias-missing-in-root | provider-alias
--- main.tf
provider "aws" { region = "us-east-1" }
module "m" {
  source    = "./m"
  providers = { aws = aws.nope }
}
--- m/main.tf
resource "aws_s3_bucket" "b" {}
=== provider-cycle | dependency-cycle
provider "aws" { region = aws_s3_bucket.b.region }
resource "aws_s3_bucket" "b" {}
=== provider-cycle-by-local | dependency-cycle
locals { region = data.aws_region.r.name }
provider "aws" { region = local.region }
data "aws_region" "r" {}
=== provider-alias-no-cycle |
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "b"
  region = data.aws_region.r.name
}
data "aws_region" "r" {}
resource "aws_s3_bucket" "b" { provider = aws.b }
=== provider-cycle-passed | dependency-cycle
--- main.tf
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "b"
  region = module.m.region
}
module "m" {
  source    = "./m"
  providers = { aws = aws.b }
}
--- m/main.tf
resource "aws_s3_bucket" "b" {}
output "region" { value = aws_s3_bucket.b.region }
=== provider-cycle-inherited | dependency-cycle
--- main.tf
provider "aws" { region = module.m.region }
module "m" { source = "./m" }
--- m/main.tf
resource "aws_s3_bucket" "b" {}
output "region" { value = aws_s3_bucket.b.region }
=== check-data-provider |
provider "aws" {
  alias  = "b"
  region = "us-east-1"
}
check "c" {
  data "aws_region" "r" { provider = aws.b }
  assert {
    condition     = data.aws_region.r.name == "us-east-1"
    error_message = "x"
  }
}
=== check-data-provider-missing | provider-alias
check "c" {
  data "aws_region" "r" { provider = aws.b }
  assert {
    condition     = data.aws_region.r.name == "us-east-1"
    error_message = "x"
  }
}
=== check-data-attribute-unknown | unsupported-attribute
check "c" {
  data "aws_region" "r" {}
  assert {
    condition     = data.aws_region.r.nope == "us-east-1"
    error_message = "x"
  }
}
"""
