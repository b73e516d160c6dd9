data "aws_region" "current" {}

data "aws_availability_zones" "all" {
  all_availability_zones = true
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(["s3", "dynamodb"])

  vpc_id            = "vpc-0123456789abcdef0"
  service_name      = "com.amazonaws.${data.aws_region.current.name}.${each.key}"
  vpc_endpoint_type = "Gateway"
}

resource "aws_vpc_endpoint" "interface" {
  vpc_id              = "vpc-0123456789abcdef0"
  service_name        = "com.amazonaws.${data.aws_region.current.region}.ssm"
  vpc_endpoint_type   = "interface"
  private_dns_enabled = true

  dns_options {
    dns_record_ip_type = "ipv4"
  }
}
