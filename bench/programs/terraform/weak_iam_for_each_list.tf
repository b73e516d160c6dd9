variable "users" {
  type    = list(string)
  default = ["ann", "bob"]
}

resource "aws_iam_user" "dev" {
  for_each = var.users
  name     = each.value
}
