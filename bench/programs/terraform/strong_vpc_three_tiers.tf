terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.40"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project   = var.project
      ManagedBy = "terraform"
    }
  }
}

variable "region" {
  description = "Where everything is made."
  type        = string
  default     = "eu-central-1"
}

variable "project" {
  type    = string
  default = "atlas"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,15}$", var.project))
    error_message = "A project has 3 to 16 small letters, digits and hyphens."
  }
}

variable "tiers" {
  description = "Bits and publicity of each tier."
  type = map(object({
    newbits = number
    offset  = number
    public  = optional(bool, false)
  }))
  default = {
    public = { newbits = 8, offset = 0, public = true }
    app    = { newbits = 8, offset = 10 }
    data   = { newbits = 8, offset = 20 }
  }
}

data "aws_availability_zones" "this" {
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = slice(data.aws_availability_zones.this.names, 0, 3)
  subnets = merge([
    for tier, spec in var.tiers : {
      for index, zone in local.zones : "${tier}-${zone}" => {
        tier   = tier
        zone   = zone
        public = spec.public
        cidr   = cidrsubnet("10.20.0.0/16", spec.newbits, spec.offset + index)
      }
    }
  ]...)
}

resource "aws_vpc" "this" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = "${var.project}-vpc" }
}

resource "aws_subnet" "this" {
  for_each = local.subnets

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.value.zone
  cidr_block              = each.value.cidr
  map_public_ip_on_launch = each.value.public

  tags = {
    Name = "${var.project}-${each.key}"
    Tier = each.value.tier
  }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_eip" "nat" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.allocation_id
  subnet_id     = [for key, subnet in aws_subnet.this : subnet.id if startswith(key, "public")][0]
}

resource "aws_route_table" "this" {
  for_each = var.tiers
  vpc_id   = aws_vpc.this.id

  dynamic "route" {
    for_each = each.key == "data" ? [] : [1]

    content {
      cidr_block     = "0.0.0.0/0"
      gateway_id     = each.value.public ? aws_internet_gateway.this.id : null
      nat_gateway_id = each.value.public ? null : aws_nat_gateway.this.id
    }
  }
}

resource "aws_route_table_association" "this" {
  for_each = aws_subnet.this

  subnet_id      = each.value.id
  route_table_id = aws_route_table.this[local.subnets[each.key].tier].id
}

output "subnet_ids" {
  value = { for tier in keys(var.tiers) : tier => [
    for key, subnet in aws_subnet.this : subnet.id if local.subnets[key].tier == tier
  ] }
}
