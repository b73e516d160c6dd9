resource "aws_instance" "servers" {
  count         = 3
  ami           = "ami-12345678"
  instance_type = "t2.micro"
  monitoring    = True
  tags = {
    Name = f"server-{count.index}"
  }
}
