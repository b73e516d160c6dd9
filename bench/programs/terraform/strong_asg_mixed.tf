variable "subnets" {
  type = list(string)
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

resource "aws_launch_template" "this" {
  name_prefix            = "workers-"
  image_id               = data.aws_ssm_parameter.image.value
  update_default_version = true
  user_data = base64encode(templatestring(local.script, {
    packages = ["jq", "nginx"]
  }))

  iam_instance_profile {
    name = aws_iam_instance_profile.this.name
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 40
      iops                  = 3000
      throughput            = 125
      encrypted             = true
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "worker" }
  }
}

locals {
  script = <<-EOT
    #!/bin/bash
    %%{ for package in packages ~}
    dnf install -y $${package}
    %%{ endfor ~}
  EOT
}

resource "aws_iam_instance_profile" "this" {
  name = "workers"
  role = aws_iam_role.this.name
}

resource "aws_iam_role" "this" {
  name               = "workers"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_autoscaling_group" "this" {
  name_prefix               = "workers-"
  min_size                  = 2
  max_size                  = 10
  vpc_zone_identifier       = var.subnets
  health_check_type         = "ELB"
  health_check_grace_period = 120
  capacity_rebalance        = true
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances"]
  termination_policies      = ["OldestLaunchTemplate", "Default"]

  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = 1
      on_demand_percentage_above_base_capacity = 25
      spot_allocation_strategy                 = "price-capacity-optimized"
    }

    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.this.id
        version            = "$Latest"
      }

      dynamic "override" {
        for_each = ["m6i.large", "m5.large", "m6a.large"]

        content {
          instance_type     = override.value
          weighted_capacity = "1"
        }
      }
    }
  }

  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 90
      auto_rollback          = true
    }

    triggers = ["tag"]
  }

  tag {
    key                 = "Name"
    value               = "worker"
    propagate_at_launch = true
  }

  timeouts {
    delete = "15m"
  }
}

resource "aws_autoscaling_policy" "cpu" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = 55

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}
