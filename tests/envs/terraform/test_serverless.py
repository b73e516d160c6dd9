"""Requirements about functions, queues, topics and HTTP APIs: other styles pass, others fail."""

from __future__ import annotations

import pytest

from envs.terraform.requirements import aws_functions
from tests.envs.terraform.changes import Answer, failing, untested, wanted

FUNCTION = Answer(
    {
        "main.tf": """
        variable "name" {
          default = "worker"
        }
        data "aws_partition" "here" {}
        data "aws_caller_identity" "me" {}
        data "aws_region" "here" {}
        locals {
          account_id = data.aws_caller_identity.me.account_id
          managed    = "arn:${data.aws_partition.here.partition}:iam::aws:policy"
        }
        data "aws_iam_policy_document" "trust" {
          statement {
            actions = ["sts:AssumeRole"]
            principals {
              type        = "Service"
              identifiers = ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]
            }
            condition {
              test     = "StringEquals"
              variable = "aws:SourceAccount"
              values   = [data.aws_caller_identity.me.account_id]
            }
          }
        }
        resource "aws_iam_role" "worker" {
          name               = join("-", [var.name, "role"])
          assume_role_policy = data.aws_iam_policy_document.trust.json
          inline_policy {
            name   = "objects"
            policy = data.aws_iam_policy_document.objects.json
          }
        }
        data "aws_iam_policy_document" "base" {
          statement {
            sid       = "Write"
            actions   = ["s3:PutObject"]
            resources = ["arn:aws:s3:::${aws_s3_bucket.store.id}/*"]
          }
        }
        data "aws_iam_policy_document" "objects" {
          source_policy_documents = [data.aws_iam_policy_document.base.json]
          statement {
            actions   = ["s3:ListBucket", "s3:getobject"]
            resources = [aws_s3_bucket.store.arn, format("%s/*", aws_s3_bucket.store.arn)]
          }
          statement {
            effect    = "Deny"
            actions   = ["s3:*"]
            resources = ["*"]
            condition {
              test     = "Bool"
              variable = "aws:SecureTransport"
              values   = ["false"]
            }
          }
        }
        resource "aws_iam_role_policy_attachment" "worker" {
          for_each   = toset(["AWSLambdaBasicExecutionRole"])
          role       = aws_iam_role.worker.id
          policy_arn = "${local.managed}/service-role/${each.key}"
        }
        resource "aws_s3_bucket" "store" {
          bucket = "store"
        }
        resource "aws_lambda_function" "worker" {
          function_name                  = var.name
          role                           = aws_iam_role.worker.arn
          runtime                        = "python3.12"
          handler                        = "main.handler"
          filename                       = "function.zip"
          memory_size                    = "512"
          timeout                        = 60
          architectures                  = ["arm64"]
          reserved_concurrent_executions = 5
          environment {
            variables = merge({ A = "b" }, { LOG_LEVEL = "debug" })
          }
          tracing_config {
            mode = "Active"
          }
          dead_letter_config {
            target_arn = aws_sqs_queue.all["dead"].arn
          }
        }
        resource "aws_cloudwatch_log_group" "worker" {
          name              = "/aws/lambda/${aws_lambda_function.worker.id}"
          retention_in_days = 14
        }
        resource "aws_sqs_queue" "all" {
          for_each                   = { jobs = 120, dead = 30 }
          name                       = each.key
          visibility_timeout_seconds = each.value
          message_retention_seconds  = 86400 * 2
        }
        resource "aws_sqs_queue_redrive_policy" "jobs" {
          queue_url = aws_sqs_queue.all["jobs"].url
          redrive_policy = <<-JSON
            {
              "deadLetterTargetArn": "${aws_sqs_queue.all["dead"].arn}",
              "maxReceiveCount": 4
            }
          JSON
        }
        resource "aws_lambda_event_source_mapping" "jobs" {
          event_source_arn = "arn:aws:sqs:${data.aws_region.here.name}:${local.account_id}:jobs"
          function_name    = "worker"
          batch_size       = 5
        }
        resource "aws_scheduler_schedule" "hourly" {
          name                = "hourly"
          schedule_expression = "rate(1 hour)"
          flexible_time_window {
            mode = "OFF"
          }
          target {
            arn      = aws_lambda_function.worker.arn
            role_arn = aws_iam_role.worker.arn
          }
        }
        resource "aws_cloudwatch_event_rule" "daily" {
          schedule_expression = "rate(1 day)"
        }
        resource "aws_cloudwatch_event_target" "daily" {
          rule = aws_cloudwatch_event_rule.daily.id
          arn  = aws_lambda_function.worker.arn
        }
        resource "aws_lambda_permission" "these" {
          for_each      = toset(["events", "apigateway"])
          action        = "lambda:InvokeFunction"
          function_name = aws_lambda_function.worker.arn
          principal     = "${each.key}.amazonaws.com"
          source_arn    = each.key == "events" ? aws_cloudwatch_event_rule.daily.arn : null
        }
        """
    },
    {
        "function": {"name": "worker"},
        "function-code": {"of": "worker", "runtime": "python3.12", "handler": "main.handler"},
        "function-memory": {"of": "worker", "value": 512},
        "function-timeout": {"of": "worker", "value": 60},
        "function-architecture": {"of": "worker", "value": "arm64"},
        "function-concurrency": {"of": "worker", "value": 5},
        "function-tracing": {"of": "worker"},
        "function-dead-letters": {"of": "worker", "to": "dead"},
        "function-variable": {"of": "worker", "key": "LOG_LEVEL", "value": "debug"},
        "function-role": {"of": "worker"},
        "function-managed-policy": {"of": "worker", "policy": "AWSLambdaBasicExecutionRole"},
        "function-uses-bucket": {
            "of": "worker", "actions": ["s3:GetObject", "s3:PutObject"], "bucket": "store",
        },
        "function-log-days": {"of": "worker", "days": 14},
        "function-reads-queue": {"of": "worker", "queue": "jobs", "size": 5},
        "function-schedule": {"of": "worker", "schedule": "rate(1 hour)"},
        "function-schedule daily": {"of": "worker", "schedule": "rate(1 day)"},
        "function-events-permission": {"of": "worker"},
        "function-api-permission": {"of": "worker"},
        "queue": {"name": "dead"},
        "queue-visibility": {"of": "jobs", "value": 120},
        "queue-retention": {"of": "jobs", "value": 172800},
        "queue-dead-letters": {"of": "jobs", "to": "dead", "tries": 4},
    },
    (
        ('default = "worker"', 'default = "other"',
         "function, function-code, function-memory, function-timeout, function-architecture,"
         "function-concurrency, function-tracing, function-dead-letters, function-variable,"
         "function-role, function-managed-policy, function-uses-bucket, function-log-days,"
         "function-reads-queue, function-schedule, function-schedule daily,"
         "function-events-permission, function-api-permission"),
        ('"python3.12"', '"python3.11"', "function-code"),
        ('memory_size                    = "512"', "", "function-memory"),
        ("timeout                        = 60", "timeout = 61", "function-timeout"),
        ('["arm64"]', '["x86_64"]', "function-architecture"),
        ("reserved_concurrent_executions = 5", "", "function-concurrency"),
        ('mode = "Active"', 'mode = "PassThrough"', "function-tracing"),
        ('target_arn = aws_sqs_queue.all["dead"].arn', 'target_arn = aws_sqs_queue.all["jobs"].arn',
         "function-dead-letters"),
        ('{ LOG_LEVEL = "debug" })', '{ LOG_LEVEL = "debug" }, { LOG_LEVEL = "info" })',
         "function-variable"),
        # Roles: another one, its name in place of its ARN, trust for nobody, or taken away.
        ("role                           = aws_iam_role.worker.arn",
         "role = aws_iam_role.worker.name",
         "function-role, function-managed-policy, function-uses-bucket"),
        ('"edgelambda.amazonaws.com", "lambda.amazonaws.com"', '"ec2.amazonaws.com"',
         "function-role"),
        ('["sts:AssumeRole"]', '["sts:TagSession"]', "function-role"),
        ('variable = "aws:SourceAccount"', 'variable = "aws:PrincipalOrgID"', "function-role"),
        ('test     = "StringEquals"', 'test = "StringNotEquals"', "function-role"),
        # Policies: of another path, on another role, denied, conditional, for other things.
        ("/service-role/", "/", "function-managed-policy"),
        ("role       = aws_iam_role.worker.id", 'role = "other"', "function-managed-policy"),
        ("role       = aws_iam_role.worker.id", "role = aws_iam_role.worker.arn",
         "function-managed-policy"),
        ('values   = ["false"]\n            }', 'values   = ["false"]\n            }\n          }\n'
         '          statement {\n effect = "Deny"\n actions = ["s3:Put*"]\n resources = ["*"]',
         "function-uses-bucket"),
        ('actions   = ["s3:PutObject"]', 'actions   = ["s3:*"]', "function-uses-bucket"),
        ("${aws_s3_bucket.store.id}/*", "${aws_s3_bucket.store.id}/a/*", "function-uses-bucket"),
        ("${aws_s3_bucket.store.id}/*", "other/*", "function-uses-bucket"),
        ('sid       = "Write"', 'sid = "Write"\n condition {\n test = "StringEquals"\n'
         ' variable = "aws:username"\n values = ["nobody"]\n }', "function-uses-bucket"),
        ("source_policy_documents = [data.aws_iam_policy_document.base.json]", "",
         "function-uses-bucket"),
        ("/aws/lambda/", "/aws/lambdas/", "function-log-days"),
        ("retention_in_days = 14", "retention_in_days = 7", "function-log-days"),
        ("batch_size       = 5", "", "function-reads-queue"),
        ("batch_size       = 5", "batch_size = 5\n enabled = false", "function-reads-queue"),
        ("batch_size       = 5", "batch_size = 5\n filter_criteria {\n filter {\n"
         ' pattern = jsonencode({ body = { a = ["b"] } })\n }\n }', "function-reads-queue"),
        ("account_id}:jobs", "account_id}:dead", "function-reads-queue"),
        ("rate(1 hour)", "rate(2 hours)", "function-schedule"),
        ('name                = "hourly"', 'name = "hourly"\n state = "DISABLED"',
         "function-schedule"),
        ('schedule_expression = "rate(1 day)"',
         'schedule_expression = "rate(1 day)"\n state = "DISABLED"', "function-schedule daily"),
        ("arn  = aws_lambda_function.worker.arn", 'arn = "other"', "function-schedule daily"),
        ('toset(["events", "apigateway"])', 'toset(["apigateway"])', "function-events-permission"),
        ("aws_cloudwatch_event_rule.daily.arn : null", "aws_s3_bucket.store.arn : null",
         "function-events-permission"),
        ('toset(["events", "apigateway"])', 'toset(["events"])', "function-api-permission"),
        ("lambda:InvokeFunction", "lambda:GetFunction",
         "function-events-permission, function-api-permission"),
        ("dead = 30", "died = 30",
         "queue, queue-dead-letters, function-dead-letters"),
        ("jobs = 120", "jobs = 30", "queue-visibility"),
        ("86400 * 2", "86400 * 4", "queue-retention"),
        ('"maxReceiveCount": 4', '"maxReceiveCount": 5', "queue-dead-letters"),
        ('"${aws_sqs_queue.all["dead"].arn}"', '"${aws_sqs_queue.all["jobs"].arn}"',
         "queue-dead-letters"),
    ),
)  # fmt: skip

TOPICS = Answer(
    {
        "main.tf": """
        resource "aws_sns_topic" "events" {
          name = "events"
        }
        resource "aws_sns_topic" "other" {
          name = "other"
        }
        resource "aws_sqs_queue" "audit" {
          name   = "audit"
          policy = jsonencode({
            Statement = [{
              Effect    = "Allow"
              Principal = "*"
              Action    = ["SQS:SendMessage"]
              Resource  = "*"
              Condition = { ArnLike = { "aws:SourceArn" = [aws_sns_topic.events.arn] } }
            }]
          })
        }
        resource "aws_sns_topic_subscription" "audit" {
          for_each  = { audit = aws_sqs_queue.audit.arn }
          topic_arn = aws_sns_topic.events.id
          protocol  = "sqs"
          endpoint  = each.value
        }
        """
    },
    {
        "topic": {"name": "events"},
        "topic-feeds-queue": {"of": "events", "queue": "audit"},
        "queue-admits-topic": {"of": "events", "queue": "audit"},
    },
    (
        ('name = "events"', 'name = "event"', "topic, topic-feeds-queue, queue-admits-topic"),
        ("topic_arn = aws_sns_topic.events.id", "topic_arn = aws_sns_topic.other.id",
         "topic-feeds-queue"),
        ('protocol  = "sqs"', 'protocol = "lambda"', "topic-feeds-queue"),
        ('protocol  = "sqs"', 'protocol = "sqs"\n filter_policy = jsonencode({ a = ["b"] })',
         "topic-feeds-queue"),
        ("{ audit = aws_sqs_queue.audit.arn }", "{}", "topic-feeds-queue"),
        ('Effect    = "Allow"', 'Effect = "Deny"', "queue-admits-topic"),
        ('Principal = "*"', 'Principal = { Service = "s3.amazonaws.com" }', "queue-admits-topic"),
        ("ArnLike =", "ArnNotLike =", "queue-admits-topic"),
        ("[aws_sns_topic.events.arn]", "[aws_sns_topic.other.arn]", "queue-admits-topic"),
        ('Resource  = "*"', "Resource = aws_sns_topic.events.arn", "queue-admits-topic"),
        ('{ "aws:SourceArn" = [aws_sns_topic.events.arn] }',
         '{ "aws:SourceArn" = [aws_sns_topic.events.arn], "aws:username" = "me" }',
         "queue-admits-topic"),
        ("}]\n", '}, { Effect = "Deny", Principal = "*", Action = "sqs:*", Resource = "*" }]\n',
         "queue-admits-topic"),
    ),
)  # fmt: skip

API = """
        resource "aws_iam_role" "site" {
          name               = "site"
          assume_role_policy = "{}"
        }
        resource "aws_lambda_function" "site" {
          function_name = "site"
          role          = aws_iam_role.site.arn
          image_uri     = "registry.example/site:1"
          package_type  = "Image"
        }
        resource "aws_lambda_function" "other" {
          function_name = "other"
          role          = aws_iam_role.site.arn
          image_uri     = "registry.example/other:1"
          package_type  = "Image"
        }
        resource "aws_lambda_permission" "site" {
          action        = "lambda:InvokeFunction"
          function_name = aws_lambda_function.site.function_name
          principal     = "apigateway.amazonaws.com"
          source_arn    = join("/", [aws_apigatewayv2_api.edge.execution_arn, "*"])
        }
"""
ROUTES = Answer(
    {
        "main.tf": API
        + """
        resource "aws_apigatewayv2_api" "edge" {
          name          = "edge"
          protocol_type = "HTTP"
        }
        resource "aws_apigatewayv2_integration" "site" {
          api_id           = aws_apigatewayv2_api.edge.id
          integration_type = "AWS_PROXY"
          integration_uri  = aws_lambda_function.site.arn
        }
        resource "aws_apigatewayv2_route" "site" {
          for_each  = toset(["GET /items", "$default"])
          api_id    = aws_apigatewayv2_api.edge.id
          route_key = each.value
          target    = join("/", ["integrations", aws_apigatewayv2_integration.site.id])
        }
        resource "aws_apigatewayv2_stage" "live" {
          api_id      = aws_apigatewayv2_api.edge.id
          name        = "live"
          auto_deploy = true
        }
        """
    },
    {
        "http-api": {"name": "edge"},
        "api-route": {"of": "edge", "route": "GET /items", "function": "site"},
        "api-stage": {"of": "edge", "name": "live"},
        "function-api-permission": {"of": "site"},
    },
    (
        ('protocol_type = "HTTP"', 'protocol_type = "WEBSOCKET"', "http-api"),
        ('"GET /items"', '"GET /item"', "api-route"),
        ('integration_type = "AWS_PROXY"', 'integration_type = "HTTP_PROXY"', "api-route"),
        ("aws_lambda_function.site.arn\n        }\n        resource \"aws_apigatewayv2_route",
         "aws_lambda_function.other.arn\n        }\n        resource \"aws_apigatewayv2_route",
         "api-route"),
        ("aws_apigatewayv2_integration.site.id]", "aws_apigatewayv2_api.edge.id]", "api-route"),
        ("auto_deploy = true", "", "api-stage"),
        ('name        = "live"', 'name = "lives"', "api-stage"),
        ("function_name = aws_lambda_function.site.function_name",
         "function_name = aws_lambda_function.other.function_name", "function-api-permission"),
        ('"apigateway.amazonaws.com"', '"events.amazonaws.com"', "function-api-permission"),
    ),
)  # fmt: skip
QUICK = Answer(
    {
        "main.tf": API
        + """
        resource "aws_apigatewayv2_api" "edge" {
          name          = "edge"
          protocol_type = "HTTP"
          target        = aws_lambda_function.site.arn
        }
        """
    },
    {
        "http-api": {"name": "edge"},
        "api-route": {"of": "edge", "route": "$default", "function": "site"},
        "api-stage": {"of": "edge", "name": "$default"},
    },
    (
        ("target        = aws_lambda_function.site.arn", "", "api-route, api-stage"),
        ("target        = aws_lambda_function.site.arn", "target = aws_lambda_function.other.arn",
         "api-route"),
        ('protocol_type = "HTTP"', 'protocol_type = "HTTP"\n route_key = "GET /"', "api-route"),
    ),
)  # fmt: skip

ANSWERS = {"function": FUNCTION, "topics": TOPICS, "routes": ROUTES, "quick": QUICK}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_right_answer_in_another_style_passes(name: str) -> None:
    assert failing(ANSWERS[name].files, ANSWERS[name].asks) == set()


@pytest.mark.parametrize(
    ("name", "change"),
    [(name, change) for name, answer in ANSWERS.items() for change in answer.changes],
)
def test_a_change_fails_exactly_what_it_breaks(name: str, change: tuple[str, str, str]) -> None:
    old, new, labels = change
    answer = ANSWERS[name]
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)


def test_every_requirement_has_a_right_and_a_wrong_answer() -> None:
    assert untested(tuple(ANSWERS.values()), aws_functions) == set()
