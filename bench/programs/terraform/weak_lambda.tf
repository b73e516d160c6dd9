resource "aws_lambda_function" "hello" {
  filename      = "lambda.zip"
  function_name = "hello"
  role          = aws_iam_role.lambda.arn
  handler       = "index.handler"
  runtime       = "nodejs"
  environment {
    DB_HOST = "localhost"
  }
}

resource "aws_iam_role" "lambda" {
  name = "lambda-role"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action = "sts:AssumeRole"
      Effect = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}
