resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  name       = "main-vpc"
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
  public     = true
}

resource "aws_internet_gateway" "gw" {
  vpc_id = aws_vpc.main.vpc_id
}
