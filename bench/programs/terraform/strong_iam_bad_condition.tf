data "aws_iam_policy_document" "read" {
  statement {
    sid       = "read-objects"
    effect    = "allow"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::reports/*"]

    condition {
      test     = "StringEquals"
      variable = "s3:prefix"
      value    = "in/"
    }
  }
}

resource "aws_iam_policy" "read" {
  name   = "read"
  policy = data.aws_iam_policy_document.read.json
}
