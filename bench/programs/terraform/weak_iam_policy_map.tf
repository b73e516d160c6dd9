resource "aws_iam_policy" "s3" {
  name = "s3-access"
  policy = {
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = "*"
    }]
  }
}
