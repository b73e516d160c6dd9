resource "aws_sqs_queue" "q" {
  name                       = "my-queue.fifo"
  delay_seconds              = 1000
  visibility_timeout_seconds = 30
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq.arn, maxReceiveCount = 4 })
}

resource "aws_sqs_queue" "dlq" {
  name = "dlq"
}

resource "aws_sns_topic_subscription" "s" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "SQS"
  endpoint  = aws_sqs_queue.q.arn
}

resource "aws_sns_topic" "t" {
  name = "updates"
}
