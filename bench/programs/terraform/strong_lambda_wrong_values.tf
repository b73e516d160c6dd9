resource "aws_lambda_function" "job" {
  function_name = "nightly-job"
  role          = "arn:aws:iam::123456789012:role/job"
  filename      = "job.zip"
  handler       = "app.handler"
  runtime       = "python3.14"
  architectures = ["x86-64"]
  timeout       = 901
}

resource "aws_lambda_permission" "events" {
  statement_id  = "AllowEvents"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.job.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.nightly.arn
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 2 * * ? *)"
  state               = "ENABLED"
}
