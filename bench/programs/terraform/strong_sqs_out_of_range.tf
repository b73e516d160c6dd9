resource "aws_sqs_queue" "jobs" {
  name                       = "jobs"
  visibility_timeout_seconds = 43201
  max_message_size           = 262144
  receive_wait_time_seconds  = 20
  kms_master_key_id          = "alias/aws/sqs"
}

resource "aws_sns_topic" "alerts" {
  name         = "alerts"
  display_name = "Alerts"

  delivery_policy = <<-JSON
    {
      "http": {
        "defaultHealthyRetryPolicy": {
          "minDelayTarget": 20,
        }
      }
    }
  JSON
}
