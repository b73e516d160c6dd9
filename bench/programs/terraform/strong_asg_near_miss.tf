resource "aws_autoscaling_group" "this" {
  name                = "workers"
  min_size            = 1
  max_size            = 4
  vpc_zone_identifier = ["subnet-0a1b2c3d"]

  launch_template {
    id      = aws_launch_template.this.id
    name    = aws_launch_template.this.name
    version = aws_launch_template.this.latest_version
  }

  instance_refresh {
    strategy = "Rolling"
    triggers = ["launch_template"]
  }

  tag {
    key   = "Name"
    value = "worker"
  }
}

resource "aws_launch_template" "this" {
  name     = "workers"
  image_id = "ami-0123456789abcdef0"
}
