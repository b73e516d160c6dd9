variable "repositories" {
  type    = set(string)
  default = ["acme/api", "acme/web"]
}

data "aws_caller_identity" "me" {}

resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

data "aws_iam_policy_document" "trust" {
  for_each = var.repositories

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    dynamic "condition" {
      for_each = {
        aud = ["StringEquals", "sts.amazonaws.com"]
        sub = ["StringLike", "repo:${each.key}:*"]
      }

      content {
        test     = condition.value[0]
        variable = "token.actions.githubusercontent.com:${condition.key}"
        values   = [condition.value[1]]
      }
    }
  }
}

resource "aws_iam_role" "ci" {
  for_each = var.repositories

  name                 = "ci-${replace(each.key, "/", "-")}"
  description          = "Deploys ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:policy/boundary"
}

resource "aws_iam_role_policies_exclusive" "ci" {
  for_each     = aws_iam_role.ci
  role_name    = each.value.name
  policy_names = []
}

output "roles" {
  description = "Role by repository."
  value       = { for repository, role in aws_iam_role.ci : repository => role.arn }
}
