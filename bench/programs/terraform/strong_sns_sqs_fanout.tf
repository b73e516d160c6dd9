locals {
  topics = {
    orders   = { fifo = true, queues = ["billing", "shipping"] }
    invoices = { fifo = false, queues = ["archive"] }
  }
  pairs = { for pair in flatten([
    for topic, spec in local.topics : [
      for queue in spec.queues : { topic = topic, queue = queue, fifo = spec.fifo }
    ]
  ]) : "${pair.topic}.${pair.queue}" => pair }
}

resource "aws_sns_topic" "this" {
  for_each = local.topics

  name                        = each.value.fifo ? "${each.key}.fifo" : each.key
  fifo_topic                  = each.value.fifo
  content_based_deduplication = each.value.fifo
  kms_master_key_id           = "alias/aws/sns"
}

resource "aws_sqs_queue" "dead" {
  for_each = local.pairs

  name                      = format("%s-dead%s", replace(each.key, ".", "-"), each.value.fifo ? ".fifo" : "")
  fifo_queue                = each.value.fifo ? true : null
  message_retention_seconds = 14 * 24 * 3600
}

resource "aws_sqs_queue" "this" {
  for_each = local.pairs

  name                       = format("%s%s", replace(each.key, ".", "-"), each.value.fifo ? ".fifo" : "")
  fifo_queue                 = each.value.fifo ? true : null
  visibility_timeout_seconds = 90
  receive_wait_time_seconds  = 20

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = 5
  })
}

resource "aws_sns_topic_subscription" "this" {
  for_each = local.pairs

  topic_arn            = aws_sns_topic.this[each.value.topic].arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this[each.key].arn
  raw_message_delivery = true

  filter_policy_scope = "MessageAttributes"
  filter_policy       = jsonencode({ kind = ["created", { prefix = "up" }] })
}

data "aws_iam_policy_document" "queue" {
  for_each = local.pairs

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this[each.key].arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.this[each.value.topic].arn]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  for_each  = aws_sqs_queue.this
  queue_url = each.value.url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

output "queues" {
  value = { for key, queue in aws_sqs_queue.this : key => queue.url }
}
