resource "aws_instance" "web" {
  ami           = "ami-12345678"
  instance_type = "t2.micro"
  user_data     = <<-EOF
              #!/bin/bash
              sudo apt-get update
              sudo apt-get install -y nginx
              systemctl start nginx
              EOF
  root_block_device = {
    volume_size = 20
  }
}
