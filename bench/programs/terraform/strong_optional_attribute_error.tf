variable "queue" {
  type = object({
    name  = string
    delay = optional(number, 0)
  })
  default = { name = "jobs" }
}

resource "aws_sqs_queue" "this" {
  name          = var.queue.name
  delay_seconds = var.queue.delay
  fifo_queue    = var.queue.fifo
}
