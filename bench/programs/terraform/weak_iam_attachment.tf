resource "aws_iam_role" "ec2" {
  name = "ec2-role"
}

resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.ec2.name
  policy_arn = "AmazonS3ReadOnlyAccess"
}

resource "aws_iam_instance_profile" "p" {
  name  = "profile"
  roles = [aws_iam_role.ec2.name]
}
