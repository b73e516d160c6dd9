locals {
  alarms = {
    cpu     = { metric = "CPUUtilization", operator = "GreaterThanThreshold", threshold = 80, statistic = "Average" }
    storage = { metric = "FreeStorageSpace", operator = "LessThanThreshold", threshold = 5 * pow(1024, 3), statistic = "Minimum" }
  }
}

resource "aws_cloudwatch_metric_alarm" "db" {
  for_each = local.alarms

  alarm_name          = "db-${each.key}"
  comparison_operator = each.value.operator
  metric_name         = each.value.metric
  namespace           = "AWS/RDS"
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  dimensions = {
    DBInstanceIdentifier = "orders"
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "error-rate"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 2
  threshold           = 5

  metric_query {
    id          = "rate"
    expression  = "errors / requests * 100"
    label       = "Error rate"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "5XXError", requests = "Count" }

    content {
      id = metric_query.key

      metric {
        metric_name = metric_query.value
        namespace   = "AWS/ApiGateway"
        period      = 60
        stat        = "Sum"
        unit        = "Count"
      }
    }
  }
}

resource "aws_sns_topic" "alarms" {
  name = "alarms"
}

resource "aws_backup_vault" "this" {
  name = "daily"
}

resource "aws_backup_plan" "this" {
  name = "daily"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.this.name
    schedule          = "cron(0 5 ? * * *)"
    start_window      = 60
    completion_window = 300

    lifecycle {
      cold_storage_after = 30
      delete_after       = 365
    }
  }

  advanced_backup_setting {
    backup_options = { WindowsVSS = "enabled" }
    resource_type  = "EC2"
  }
}

resource "aws_backup_selection" "this" {
  name         = "tagged"
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = "arn:aws:iam::123456789012:role/backup"

  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = "daily"
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "db"
  dashboard_body = jsonencode({
    widgets = [for name, alarm in aws_cloudwatch_metric_alarm.db : {
      type       = "alarm"
      x          = 0
      y          = 6 * index(keys(local.alarms), name)
      width      = 12
      height     = 6
      properties = { title = name, alarms = [alarm.arn] }
    }]
  })
}
