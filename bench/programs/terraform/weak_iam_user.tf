resource "aws_iam_user" "dev" {
  count = length(var.users)
  name  = var.users[count.index]
}

resource "aws_iam_access_key" "dev" {
  user = aws_iam_user.dev.name
}

variable "users" {
  type    = list(string)
  default = ["ann", "bob"]
}
