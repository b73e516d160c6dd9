resource "aws_autoscaling_group" "asg" {
  min_size          = 1
  max_size          = 3
  desired_capacity  = 2
  availability_zones = ["us-east-1a"]
  launch_template   = aws_launch_template.lt.id
}

resource "aws_launch_template" "lt" {
  name          = "lt"
  image_id      = "ami-12345678"
  instance_type = "t3.micro"
}
