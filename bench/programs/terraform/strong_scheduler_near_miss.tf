resource "aws_scheduler_schedule" "report" {
  name                = "weekly report"
  schedule_expression = "rate(7 days)"
  state               = "ON"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:sqs:eu-west-1:123456789012:reports"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"
  }
}
