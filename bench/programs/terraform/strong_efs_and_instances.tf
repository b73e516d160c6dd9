variable "instances" {
  type = map(object({
    type = string
    disk = optional(object({ size = number, type = optional(string, "gp3") }))
  }))

  validation {
    condition     = alltrue([for spec in values(var.instances) : try(spec.disk.size, 8) >= 8])
    error_message = "Disks have 8 GiB at least."
  }
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]

  dynamic "filter" {
    for_each = {
      name                = "al2023-ami-2023.*-x86_64"
      virtualization-type = "hvm"
    }

    content {
      name   = filter.key
      values = [filter.value]
    }
  }
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

resource "aws_instance" "this" {
  for_each = var.instances

  ami                         = data.aws_ami.linux.id
  instance_type               = each.value.type
  subnet_id                   = element(sort(data.aws_subnets.default.ids), index(keys(var.instances), each.key))
  user_data_replace_on_change = true
  user_data                   = <<-EOT
    #cloud-config
    hostname: ${each.key}
    %{if each.value.disk != null~}
    mounts:
      - [ /dev/sdf, /data ]
    %{endif~}
  EOT

  metadata_options {
    http_tokens = "required"
  }

  dynamic "ebs_block_device" {
    for_each = each.value.disk[*]

    content {
      device_name = "/dev/sdf"
      volume_size = ebs_block_device.value.size
      volume_type = ebs_block_device.value.type
      encrypted   = true
    }
  }

  lifecycle {
    precondition {
      condition     = data.aws_ami.linux.architecture == "x86_64"
      error_message = "The image must be for x86_64."
    }
  }

  tags = merge({ Name = each.key }, each.value.disk == null ? {} : { Disk = "${each.value.disk.size}" })
}

check "reachable" {
  assert {
    condition     = length(aws_instance.this) > 0
    error_message = "There is no instance."
  }
}

moved {
  from = aws_instance.web
  to   = aws_instance.this["web"]
}

output "addresses" {
  value = tomap({ for name, instance in aws_instance.this : name => instance.private_ip })
}
