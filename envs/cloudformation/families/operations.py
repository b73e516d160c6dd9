"""Tasks about alarms, logs, backups and firewalls."""

from __future__ import annotations

import json
from typing import Any

from envs.cloudformation.choices import LOG_DAYS, TAGS
from envs.cloudformation.families.compute import plain_balancer
from envs.cloudformation.families.serverless import TABLES, Function, add_table, arn
from envs.cloudformation.families.storage import add_key
from envs.cloudformation.requirements import backups, keys, messages, tables, web_firewalls
from envs.cloudformation.requirements import logs as ask
from envs.cloudformation.template import (
    Call,
    Extra,
    Settings,
    Stack,
    decorate,
    statement,
    sub,
    trust,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

METRICS = (
    ("CPUUtilization", "AWS/EC2", "Average"), ("Errors", "AWS/Lambda", "Sum"),
    ("HTTPCode_Target_5XX_Count", "AWS/ApplicationELB", "Sum"),
    ("FreeStorageSpace", "AWS/RDS", "Minimum"), ("OrdersFailed", "Shop", "Sum"),
    ("QueueDepth", "Workers", "Maximum"),
)  # fmt: skip


class _Alarm:
    """A CloudWatch alarm under construction."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("alarm", ("alarm", "errors", "latency", "depth", "failures"))
        about = draw.choice("about", ("metric", "queue", "table"))
        words = tuple(ask.OPERATORS)
        comparison, threshold = draw.choice("comparison", words), draw.integer("threshold", 2, 90)
        self.made = stack.add(
            "CloudWatch::Alarm", "Alarm", AlarmName=self.name,
            ComparisonOperator=ask.OPERATORS[comparison], Threshold=threshold,
            EvaluationPeriods=1, Period=300,
        )  # fmt: skip
        stack.ask(
            ask.alarm(name=self.name),
            ask.alarm_threshold(of=self.name, comparison=comparison, threshold=threshold),
        )
        getattr(self, f"_{about}")()

    def _watch(self, metric: str, namespace: str, statistic: str) -> None:
        self.stack.ask(
            ask.alarm_metric(of=self.name, metric=metric, namespace=namespace, statistic=statistic)
        )
        self.made.set(MetricName=metric, Namespace=namespace, Statistic=statistic)

    def _metric(self) -> None:
        self._watch(*self.stack.draw.choice("metric", METRICS))

    def _queue(self) -> None:
        name = self.stack.draw.name("queue", ("jobs", "orders", "dead"))
        queue = self.stack.add("SQS::Queue", "Queue", QueueName=name)
        self._watch("ApproximateNumberOfMessagesVisible", "AWS/SQS", "Maximum")
        self.stack.ask(messages.queue(name=name), ask.alarm_of_queue(of=self.name, queue=name))
        self.made.set(Dimensions=[{"Name": "QueueName", "Value": queue["QueueName"]}])

    def _table(self) -> None:
        name = self.stack.draw.name("table", TABLES)
        table = add_table(self.stack, name, "id", "S")
        self._watch("ReadThrottleEvents", "AWS/DynamoDB", "Sum")
        self.stack.ask(tables.table(name=name), ask.alarm_of_table(of=self.name, table=name))
        self.made.set(Dimensions=[{"Name": "TableName", "Value": table.ref}])

    def tells(self) -> None:
        """Ask for a topic that is told."""
        name = self.stack.draw.name("topic", ("alerts", "oncall", "ops"))
        topic = self.stack.add("SNS::Topic", "Topic", TopicName=name)
        self.stack.ask(messages.topic(name=name), ask.alarm_notifies(of=self.name, topic=name))
        self.made.set(AlarmActions=[topic.ref])
        if self.stack.draw.chance("recovers", 0.4):
            self.stack.ask(ask.alarm_recovers(of=self.name, topic=name))
            self.made.set(OKActions=[topic.ref])


@family("cloudformation", levels=(1, 2, 3, 4))
def metric_alarm(draw: Draw) -> Draft:
    """A CloudWatch alarm and who is told."""
    stack = Stack(draw, "An alarm")
    one = _Alarm(stack)
    more = Settings(stack, one.made, one.name)
    decorate(
        stack,
        (
            more.value(ask.alarm_periods, "EvaluationPeriods", range(2, 8)),
            more.value(
                ask.alarm_missing, "TreatMissingData", ("notBreaching", "breaching", "ignore")
            ),
            Extra("topic", 2.4, one.tells),
            more.value(ask.alarm_period, "Period", (60, 120, 180, 600, 900)),
            more.value(ask.alarm_description, "AlarmDescription",
                       ("Call somebody", "See the runbook", "Too much for too long")),
            more.value(ask.alarm_points, "DatapointsToAlarm", (1,)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the CloudWatch alarm `{one.name}` with CloudFormation",
        f"Write a CloudFormation template for the alarm `{one.name}`",
    )


@family("cloudformation", levels=(1, 2, 3, 4))
def log_monitoring(draw: Draw) -> Draft:
    """A log group: retention, key, metric filter, subscription, dashboard."""
    stack = Stack(draw, "Logs and what is made of them")
    group = f"/{draw.choice('front', ('app', 'service', 'shop'))}/" + draw.name("group")
    days = draw.choice("days", LOG_DAYS)
    made = stack.add("Logs::LogGroup", "Logs", LogGroupName=group, RetentionInDays=days)
    stack.ask(ask.log_group(name=group), ask.log_days(of=group, value=days))
    more = Settings(stack, made, group)

    def counted() -> None:
        pattern = draw.choice("pattern", ("ERROR", "FATAL", "WARN", "Timeout"))
        metric, space = (
            draw.choice("metric", ("Errors", "Problems", "Failures")),
            draw.choice("namespace", ("Shop", "Platform", "Billing")),
        )
        stack.ask(ask.log_metric(of=group, pattern=pattern, metric=metric, namespace=space))
        stack.add(
            "Logs::MetricFilter", "MetricFilter", LogGroupName=made.ref, FilterPattern=pattern,
            MetricTransformations=[
                {"MetricName": metric, "MetricNamespace": space, "MetricValue": "1"}
            ],
        )  # fmt: skip
        if draw.chance("dashboard", 0.5):
            _dashboard(stack, metric, space)

    def sent() -> None:
        worker = Function(stack)
        pattern = draw.choice("sent", ("ERROR", "CRITICAL", "PANIC"))
        stack.ask(ask.log_subscription(of=group, pattern=pattern, function=worker.name))
        permission = stack.add(
            "Lambda::Permission", "LogsPermission", FunctionName=worker.made.ref,
            Action="lambda:InvokeFunction", Principal="logs.amazonaws.com",
            SourceArn=made["Arn"],
        )  # fmt: skip
        one = stack.add(
            "Logs::SubscriptionFilter", "Subscription", LogGroupName=made.ref,
            FilterPattern=pattern, DestinationArn=worker.made["Arn"],
        )  # fmt: skip
        one.attributes["DependsOn"] = permission.id

    def keyed() -> None:
        alias = "alias/" + draw.name("alias", ("logs", "records", "audit"))
        key = add_key(stack, alias)
        service = sub("logs.${AWS::Region}.${AWS::URLSuffix}")
        key.properties["KeyPolicy"]["Statement"].append(
            statement(
                ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*",
                 "kms:Describe*"],
                "*", {"Service": service}, Sid="Logs",
            )
        )  # fmt: skip
        stack.ask(keys.key_for_logs(of=group, alias=alias))
        made.set(KmsKeyId=key["Arn"])

    decorate(
        stack,
        (
            more.tag(ask.log_tag), more.kept(ask.log_retained), Extra("key", 2, keyed),
            # the class for rare use has neither metric filters nor subscriptions
            *((more.value(ask.log_class, "LogGroupClass", ("INFREQUENT_ACCESS",)),)
              if draw.phrase("rare", (False, False, False, False, True))
              else (Extra("metric", 2, counted), Extra("sent", 4, sent))),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the log group {group} with CloudFormation",
        f"Write a CloudFormation template for the logs in {group}",
    )


def _dashboard(stack: Stack, metric: str, space: str) -> None:
    draw = stack.draw
    name, title = (
        draw.name("board", ("overview", "board", "status")),
        draw.choice("title", ("Errors", "Health", "Last hours")),
    )
    stack.ask(
        ask.dashboard(name=name),
        ask.dashboard_widget(of=name, title=title, metric=metric, namespace=space),
    )
    widget = {
        "type": "metric", "x": 0, "y": 0, "width": 12, "height": 6,
        "properties": {
            "title": title, "metrics": [[space, metric]], "stat": "Sum", "period": 300,
            "region": "${AWS::Region}",
        },
    }  # fmt: skip
    body = json.dumps({"widgets": [widget]}, indent=2)
    stack.add(
        "CloudWatch::Dashboard", "Dashboard", DashboardName=name, DashboardBody=Call("Sub", body)
    )


class _Backup:
    """A backup plan under construction, with its vault."""

    def __init__(self, stack: Stack) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("plan", ("plan", "daily", "backups"))
        self.store = draw.name("vault", ("vault", "safe", "archive"))
        self.vault = stack.add("Backup::BackupVault", "Vault", BackupVaultName=self.store)
        self.vault.keep()
        schedule = draw.choice(
            "schedule", ("cron(0 3 * * ? *)", "cron(30 1 ? * SUN *)", "cron(0 5 1 * ? *)")
        )
        days = draw.integer("days", 120, 730, 10)
        self.lifecycle: dict[str, Any] = {"DeleteAfterDays": days}
        rule = {
            "RuleName": "backup", "TargetBackupVault": self.vault.ref,
            "ScheduleExpression": schedule, "Lifecycle": self.lifecycle,
        }  # fmt: skip
        self.plan = stack.add(
            "Backup::BackupPlan", "Plan",
            BackupPlan={"BackupPlanName": self.name, "BackupPlanRule": [rule]},
        )  # fmt: skip
        stack.ask(
            backups.vault(name=self.store), backups.plan(name=self.name),
            backups.plan_schedule(of=self.name, vault=self.store, schedule=schedule),
            backups.plan_retention(of=self.name, vault=self.store, days=days),
        )  # fmt: skip

    def _select(self, id: str, **selection: Any) -> None:
        if not any(one.id == "BackupRole" for one in self.stack.handles):
            self.stack.add(
                "IAM::Role", "BackupRole", AssumeRolePolicyDocument=trust("backup.amazonaws.com"),
                ManagedPolicyArns=[arn("AWSBackupServiceRolePolicyForBackup")],
            )  # fmt: skip
            self.stack.ask(backups.plan_role(of=self.name))
        self.stack.add(
            "Backup::BackupSelection", id, BackupPlanId=self.plan.ref,
            BackupSelection={
                "SelectionName": id.lower(), "IamRoleArn": Call("GetAtt", "BackupRole.Arn"),
                **selection,
            },
        )  # fmt: skip

    def tagged(self) -> None:
        """Ask for a selection by a tag."""
        key, values = self.stack.draw.choice("key", TAGS)
        value = self.stack.draw.choice("value", values)
        self.stack.ask(backups.plan_selects_tag(of=self.name, key=key, value=value))
        entry = {"ConditionType": "STRINGEQUALS", "ConditionKey": key, "ConditionValue": value}
        self._select("ByTag", ListOfTags=[entry])

    def table(self) -> None:
        """Ask for a table that is backed up."""
        one = self.stack.draw.name("table", TABLES)
        made = add_table(self.stack, one, "id", "S")
        self.stack.ask(tables.table(name=one), backups.plan_selects_table(of=self.name, table=one))
        self._select("Tables", Resources=[made["Arn"]])

    def cold(self) -> None:
        """Ask for cold storage."""
        after = self.stack.draw.integer("cold", 7, 28, 7)
        self.stack.ask(backups.plan_cold(of=self.name, vault=self.store, days=after))
        self.lifecycle["MoveToColdStorageAfterDays"] = after

    def keyed(self) -> None:
        """Ask for a key."""
        alias = "alias/" + self.stack.draw.name("alias", ("backup", "vault", "safe"))
        key = add_key(self.stack, alias)
        self.stack.ask(backups.vault_encrypted(of=self.store, alias=alias))
        self.vault.set(EncryptionKeyArn=key["Arn"])

    def locked(self) -> None:
        """Ask for a vault lock."""
        least = self.stack.draw.integer("least", 7, 60)
        self.stack.ask(backups.vault_locked(of=self.store, days=least))
        self.vault.set(LockConfiguration={"MinRetentionDays": least})


@family("cloudformation", levels=(2, 3, 4, 5), held_out=True)
def backup_plan(draw: Draw) -> Draft:
    """A backup plan with its vault and what it selects."""
    stack = Stack(draw, "Backups")
    one = _Backup(stack)
    decorate(
        stack,
        (
            Extra("cold", 1, one.cold), Extra("lock", 1, one.locked), Extra("tag", 2, one.tagged),
            Extra("key", 2, one.keyed), Extra("table", 2, one.table),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Back up our data with the plan `{one.name}` of AWS Backup, by CloudFormation",
        f"Write a CloudFormation template for the backup plan `{one.name}`",
    )


GROUPS = (
    "AWSManagedRulesCommonRuleSet", "AWSManagedRulesSQLiRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesAmazonIpReputationList",
)  # fmt: skip


def _visible(name: str) -> dict[str, Any]:
    return {"CloudWatchMetricsEnabled": True, "SampledRequestsEnabled": True, "MetricName": name}


@family("cloudformation", levels=(1, 2, 3, 4))
def web_firewall(draw: Draw) -> Draft:
    """A WAF web ACL with managed rules, a rate limit and what it guards."""
    stack = Stack(draw, "A web application firewall")
    name = draw.name("firewall", ("waf", "shield", "guard", "filter"))
    default = draw.choice("default", ("allow", "block"))
    rules: list[dict[str, Any]] = []
    made = stack.add(
        "WAFv2::WebACL", "Firewall", Name=name, Scope="REGIONAL",
        DefaultAction={default.capitalize(): {}}, VisibilityConfig=_visible(name), Rules=rules,
    )  # fmt: skip
    stack.ask(
        web_firewalls.firewall(name=name), web_firewalls.firewall_default(of=name, what=default)
    )

    def rule(title: str, statement: dict[str, Any], **action: Any) -> None:
        rules.append({
            "Name": title, "Priority": len(rules), "Statement": statement,
            "VisibilityConfig": _visible(title), **action,
        })  # fmt: skip

    def managed(which: str) -> None:
        options = GROUPS[:2] if which == "first" else GROUPS[2:]
        group = draw.choice(f"{which} group", options)
        stack.ask(web_firewalls.firewall_managed(of=name, group=group))
        inner = {"VendorName": "AWS", "Name": group}
        rule(f"{which}-managed", {"ManagedRuleGroupStatement": inner}, OverrideAction={"None": {}})

    def limited() -> None:
        limit = draw.integer("limit", 500, 5000, 100)
        stack.ask(web_firewalls.firewall_rate(of=name, limit=limit))
        inner = {"Limit": limit, "AggregateKeyType": "IP"}
        rule("rate", {"RateBasedStatement": inner}, Action={"Block": {}})

    def countries() -> None:
        codes = draw.sample("countries", ("KP", "RU", "IR", "SY", "CU"), 2)
        stack.ask(web_firewalls.firewall_countries(of=name, countries=codes))
        rule("countries", {"GeoMatchStatement": {"CountryCodes": list(codes)}},
             Action={"Block": {}})  # fmt: skip

    def guards() -> None:
        front, balancer = plain_balancer(stack)
        stack.ask(web_firewalls.firewall_guards(of=name, balancer=balancer))
        stack.add(
            "WAFv2::WebACLAssociation", "Association", WebACLArn=made["Arn"],
            ResourceArn=front.ref,
        )  # fmt: skip

    managed("first")
    decorate(
        stack,
        (
            Extra("rate", 1, limited), Extra("countries", 1, countries),
            Extra("second", 1, lambda: managed("second")), Extra("guards", 2, guards),
        ),
    )  # fmt: skip
    if draw.phrase("scope", (True, False)):
        stack.ask(web_firewalls.firewall_scope(of=name, value="REGIONAL"))
    return stack.draft(
        f"Set up the web ACL `{name}` of AWS WAF with CloudFormation",
        f"Write a CloudFormation template for the firewall `{name}` (WAFv2)",
    )
