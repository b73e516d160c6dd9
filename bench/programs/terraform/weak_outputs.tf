resource "aws_instance" "web" {
  count         = 2
  ami           = "ami-12345678"
  instance_type = "t2.micro"
}

output "ip" {
  value = aws_instance.web.public_ip
}

output "ids" {
  value = aws_instance.web.*.id
}
