"""Requirements about log groups, metric filters, alarms and dashboards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from envs.cloudformation.requirements.factories import existence, retained, setting, tag
from envs.cloudformation.requirements.kinds import (
    Kind,
    all_of,
    blocks,
    companions,
    refers,
    same,
    text,
    the,
    things,
    unless,
    values_of,
)
from envs.cloudformation.requirements.policies import read
from envs.cloudformation.requirements.services import (
    ALARM,
    DASHBOARD,
    FUNCTION,
    LOG_GROUP,
    QUEUE,
    TABLE,
    TOPIC,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

log_group = existence(
    "log-group", LOG_GROUP, "a log group called {name}", "the CloudWatch log group {name}"
)
log_days = setting(
    "log-days", LOG_GROUP, "RetentionInDays",
    "entries in {of} kept for {value} days", "the log group {of} keeps its entries {value} days",
)  # fmt: skip
log_class = setting(
    "log-class", LOG_GROUP, "LogGroupClass",
    "the log class {value} for {of}", "{of} in the log class {value}",
)  # fmt: skip
log_tag = tag(
    "log-tag", LOG_GROUP,
    "the tag {key} = `{value}` on the log group {of}", "{of} tagged {key} = `{value}`",
)  # fmt: skip
log_retained = retained(
    "log-retained", LOG_GROUP,
    "the log group {of} stays when the stack is deleted", "{of} not deleted along with its stack",
)  # fmt: skip


def _pattern(filter: Thing) -> str:
    """Return the pattern of a filter; a single term may stand in quotes."""
    given = str(text(filter.value("FilterPattern"))).strip()
    return given[1:-1] if len(given) > 1 and given[0] == given[-1] == '"' else given


@requirement(
    "a metric filter on {of} that counts {pattern} as the metric {metric} in {namespace}",
    "{pattern} in the log group {of} counted by a metric filter: metric {metric}, namespace "
    "{namespace}",
)
def log_metric(template: Template, of: str, pattern: str, metric: str, namespace: str) -> Findings:
    """A metric filter of the group with that pattern, that adds 1 to the metric."""
    group = the(template, LOG_GROUP, of)
    if isinstance(group, Finding):
        return [group]
    right = any(
        _pattern(one) == pattern
        and any(
            same(each.get("MetricName"), metric)
            and same(each.get("MetricNamespace"), namespace)
            and same(each.get("MetricValue"), "1")
            for each in blocks(one, "MetricTransformations")
        )
        for one in companions(
            template, "AWS::Logs::MetricFilter", "LogGroupName", group, LOG_GROUP, ("name",)
        )
    )
    return unless(right, template, group, f"no filter of {of} counts {pattern} as {metric}")


@requirement(
    "the entries of {of} that match {pattern} sent to the function `{function}`",
    "a subscription filter on {of} that sends what matches {pattern} to the function `{function}`",
)
def log_subscription(template: Template, of: str, pattern: str, function: str) -> Findings:
    """A subscription filter of the group with the function's ARN."""
    found, problems = all_of(template, (LOG_GROUP, of), (FUNCTION, function))
    if problems:
        return problems
    right = any(
        _pattern(one) == pattern
        and refers(one.value("DestinationArn"), found[1], FUNCTION, ("arn",))
        for one in companions(
            template, "AWS::Logs::SubscriptionFilter", "LogGroupName", found[0], LOG_GROUP,
            ("name",),
        )
    )  # fmt: skip
    return unless(right, template, found[0], f"{of} does not send {pattern} to `{function}`")


# -- alarms ----------------------------------------------------------------------------------------

alarm = existence(
    "alarm", ALARM, "a CloudWatch alarm called `{name}`", "the CloudWatch alarm `{name}`"
)
alarm_periods = setting(
    "alarm-periods", ALARM, "EvaluationPeriods",
    "`{of}` looks at {value} periods in a row", "{value} evaluation periods for the alarm `{of}`",
)  # fmt: skip
alarm_period = setting(
    "alarm-period", ALARM, ("Period", "Metrics.MetricStat.Period"),
    "periods of {value} seconds for `{of}`", "the alarm `{of}` measures over {value} seconds",
)  # fmt: skip
alarm_missing = setting(
    "alarm-missing", ALARM, "TreatMissingData",
    "missing data treated as {value} by `{of}`", "`{of}` treats missing data as {value}",
    absent="missing",
)  # fmt: skip
alarm_description = setting(
    "alarm-description", ALARM, "AlarmDescription",
    "`{value}` as the description of the alarm `{of}`", "`{of}` described as `{value}`",
)  # fmt: skip
alarm_points = setting(
    "alarm-points", ALARM, "DatapointsToAlarm",
    "the number of data points to alarm of `{of}`: {value}",
    "the alarm `{of}` with {value} as its number of data points to alarm",
)  # fmt: skip


@requirement(
    "the metric {metric} of {namespace}, with the statistic {statistic}, watched by `{of}`",
    "`{of}` watches {metric} in {namespace} (statistic {statistic})",
)
def alarm_metric(
    template: Template, of: str, metric: str, namespace: str, statistic: str
) -> Findings:
    """The metric of the alarm, itself or as its only query."""
    thing = the(template, ALARM, of)
    if isinstance(thing, Finding):
        return [thing]
    right = (
        same(thing.value("MetricName"), metric)
        and same(thing.value("Namespace"), namespace)
        and same(thing.value("Statistic"), statistic)
    )
    queries = blocks(thing, "Metrics.MetricStat")
    alone = len(queries) == len(blocks(thing, "Metrics")) == 1  # and nothing that is calculated
    right = right or (alone and _queries(queries[0], metric, namespace, statistic))
    right = right and not _lost(template, thing, metric, namespace)
    return unless(right, template, thing, f"`{of}` does not watch {metric} of {namespace}")


def _lost(template: Template, alarm: Thing, metric: str, namespace: str) -> bool:
    """Whether an alarm has dimensions that its metric, made by a filter of the template, lacks."""
    made = [
        one
        for filter in things(template, "AWS::Logs::MetricFilter")
        for one in blocks(filter, "MetricTransformations")
        if same(one.get("MetricName"), metric) and same(one.get("MetricNamespace"), namespace)
    ]
    return bool(made and _dimensions(alarm)) and not any(one.get("Dimensions") for one in made)


def _queries(query: Mapping[str, Any], metric: str, namespace: str, statistic: str) -> bool:
    inner = query.get("Metric")
    return (
        isinstance(inner, Mapping)
        and same(inner.get("MetricName"), metric)
        and same(inner.get("Namespace"), namespace)
        and same(query.get("Stat"), statistic)
    )


#: How wordings say an operator.
OPERATORS = {
    "greater than": "GreaterThanThreshold",
    "at least": "GreaterThanOrEqualToThreshold",
    "less than": "LessThanThreshold",
    "at most": "LessThanOrEqualToThreshold",
}


@requirement(
    "`{of}` raised when the value is {comparison} {threshold}",
    "the alarm `{of}` for values {comparison} {threshold}",
)
def alarm_threshold(template: Template, of: str, comparison: str, threshold: Any) -> Findings:
    """The operator and the threshold."""
    thing = the(template, ALARM, of)
    if isinstance(thing, Finding):
        return [thing]
    right = same(thing.value("ComparisonOperator"), OPERATORS[comparison]) and same(
        thing.value("Threshold"), threshold
    )
    return unless(right, template, thing, f"`{of}` is not for values {comparison} {threshold}")


def _acts(template: Template, of: str, topic: str, name: str) -> list[Finding]:
    found, problems = all_of(template, (ALARM, of), (TOPIC, topic))
    if problems:
        return problems
    on = not same(found[0].value("ActionsEnabled"), False)
    right = on and any(
        refers(value, found[1], TOPIC, ("arn",)) for value in values_of(found[0], name)
    )
    return unless(right, template, found[0], f"`{name}` of `{of}` do not tell `{topic}`")


@requirement(
    "the topic `{topic}` told when `{of}` is raised", "`{of}` notifies the topic `{topic}`",
)  # fmt: skip
def alarm_notifies(template: Template, of: str, topic: str) -> Findings:
    """`AlarmActions` has the topic, and actions are enabled."""
    return _acts(template, of, topic, "AlarmActions")


@requirement(
    "the topic `{topic}` also told when `{of}` is over",
    "`{of}` notifies `{topic}` of the return to OK as well",
)
def alarm_recovers(template: Template, of: str, topic: str) -> Findings:
    """`OKActions` has the topic, and actions are enabled."""
    return _acts(template, of, topic, "OKActions")


def _dimensions(alarm: Thing) -> list[Mapping[str, Any]]:
    own = blocks(alarm, "Dimensions")
    return own or blocks(alarm, "Metrics.MetricStat.Metric.Dimensions")


def _watches(template: Template, of: str, kind: Kind, to: str, key: str) -> list[Finding]:
    found, problems = all_of(template, (ALARM, of), (kind, to))
    if problems:
        return problems
    whole = _dimensions(found[0])
    named = [one for one in whole if same(one.get("Name"), key)]
    further = kind is QUEUE and len(named) < len(whole)  # no metric of a queue has another one
    right = (
        named
        and not further
        and all(refers(one.get("Value"), found[1], kind, ("name",)) for one in named)
    )
    return unless(right, template, found[0], f"the dimension {key} of `{of}` is not `{to}`")


@requirement(
    "`{of}` just for the queue `{queue}` (dimension QueueName)",
    "the queue `{queue}` as the dimension QueueName of the alarm `{of}`",
)
def alarm_of_queue(template: Template, of: str, queue: str) -> Findings:
    """A dimension with the queue's name."""
    return _watches(template, of, QUEUE, queue, "QueueName")


@requirement(
    "`{of}` just for the table `{table}` (dimension TableName)",
    "the table `{table}` as the dimension TableName of the alarm `{of}`",
)
def alarm_of_table(template: Template, of: str, table: str) -> Findings:
    """A dimension with the table's name."""
    return _watches(template, of, TABLE, table, "TableName")


# -- dashboards ------------------------------------------------------------------------------------

dashboard = existence(
    "dashboard", DASHBOARD, "a CloudWatch dashboard called `{name}`", "the dashboard `{name}`"
)


def _widgets(dashboard: Thing) -> Iterator[Mapping[str, Any]]:
    body = read(dashboard.value("DashboardBody"))
    if isinstance(body, Mapping):
        for one in blocks(body, "widgets"):
            if same(one.get("type"), "metric") and isinstance(one.get("properties"), Mapping):
                yield one["properties"]


def _shown(metrics: Any) -> Iterator[list[Any]]:
    """Yield namespace and name of the metrics of a widget; a dot repeats what stands above it."""
    above: list[Any] = []
    for row in metrics if isinstance(metrics, list) else ():
        if isinstance(row, list) and len(row) > 1:
            whole = [
                above[at] if one == "." and at < len(above) else one for at, one in enumerate(row)
            ]
            above = whole
            options = row[-1] if isinstance(row[-1], Mapping) else {}
            if options.get("visible") is not False:
                yield whole[:2]


@requirement(
    "a widget titled `{title}` with the metric {metric} of {namespace} on `{of}`",
    "{metric} of {namespace} shown on the dashboard `{of}`, in a widget titled `{title}`",
)
def dashboard_widget(
    template: Template, of: str, title: str, metric: str, namespace: str
) -> Findings:
    """A widget of that title one of whose metrics is that one."""
    thing = the(template, DASHBOARD, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.get("title"), title)
        and any(row == [namespace, metric] for row in _shown(one.get("metrics")))
        for one in _widgets(thing)
    )
    return unless(right, template, thing, f"`{of}` has no such widget")
