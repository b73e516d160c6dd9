resource "aws_cloudwatch_event_rule" "r" {
  name                = "nightly"
  schedule_expression = "0 2 * * *"
}

resource "aws_cloudwatch_event_target" "t" {
  rule      = aws_cloudwatch_event_rule.r.name
  target_id = "lambda"
  arn       = "arn:aws:lambda:us-east-1:123456789012:function:x"
}
