resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "latency"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 0.5
  metric_name         = "TargetResponseTime"
  namespace           = "AWS/ApplicationELB"
  period              = 60
  extended_statistic  = "p(99)"
  treat_missing_data  = "ignored"
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  log_group_name = "/app"
  pattern        = "ERROR"

  metric_transformation {
    name          = "Errors"
    namespace     = "App"
    value         = 1
    default_value = "0"
    unit          = "count"
  }
}
