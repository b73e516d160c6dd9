resource "aws_sfn_state_machine" "this" {
  name     = "import"
  role_arn = aws_iam_role.sfn.arn
  type     = "STANDARD"

  definition = jsonencode({
    StartAt = "Fetch"
    States = {
      Fetch = {
        Type     = "Task"
        Resource = "arn:aws:states:::lambda:invoke"
        Next     = "Done"
        Retry    = [{ ErrorEquals = ["States.ALL"], MaxAttempts = 2, BackoffRate = 1.5 }]
      }
      Done = { Type = "Succeed" }
    }
  })

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.sfn.arn}:*"
  }

  tracing_configuration {
    enabled = true
  }
}

resource "aws_cloudwatch_log_group" "sfn" {
  name_prefix       = "/sfn/import-"
  retention_in_days = 7
  log_group_class   = "STANDARD"
}

resource "aws_iam_role" "sfn" {
  name                 = "sfn"
  path                 = "/service/"
  max_session_duration = 3600
  assume_role_policy   = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": "sts:AssumeRole",
          "Principal": { "Service": "states.amazonaws.com" }
        }
      ]
    }
  JSON

  inline_policy {
    name   = "invoke"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = "*" }] })
  }
}

resource "aws_scheduler_schedule" "nightly" {
  name                         = "nightly"
  schedule_expression          = "cron(0 2 * * ? *)"
  schedule_expression_timezone = "Europe/Berlin"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = aws_sfn_state_machine.this.arn
    role_arn = aws_iam_role.sfn.arn
    input    = jsonencode({ day = "yesterday" })

    retry_policy {
      maximum_retry_attempts = 2
    }
  }
}
