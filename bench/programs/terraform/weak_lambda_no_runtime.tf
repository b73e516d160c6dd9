resource "aws_lambda_function" "fn" {
  function_name = "process-orders"
  role          = "my-lambda-role"
  handler       = "main.handler"
  memory_size   = 64
  timeout       = 1000
}
