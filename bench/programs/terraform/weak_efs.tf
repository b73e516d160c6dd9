resource "aws_efs_file_system" "fs" {
  creation_token   = "fs"
  performance_mode = "general"
  lifecycle_policy {
    transition_to_ia = "30_DAYS"
  }
}

resource "aws_efs_mount_target" "m" {
  file_system_id = aws_efs_file_system.fs.id
  subnet_id      = "subnet-1"
  security_group = "sg-1"
}
