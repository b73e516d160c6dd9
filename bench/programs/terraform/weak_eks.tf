resource "aws_eks_cluster" "k" {
  name     = "my cluster"
  role_arn = aws_iam_role.eks.arn
  version  = 1.29
  subnet_ids = ["subnet-a", "subnet-b"]
}

resource "aws_iam_role" "eks" {
  name               = "eks"
  assume_role_policy = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
}
