"""What the CloudFormation tasks are about: tags, address ranges, days, names of outputs."""

from __future__ import annotations

TAGS = (
    ("Team", tuple("payments platform search growth data mobile security finance".split())),
    ("Environment", tuple("production staging development sandbox qa".split())),
    ("CostCenter", tuple("1042 2210 3317 4408 5120 6093 7001".split())),
    ("Owner", tuple("alice bob carol dave erin frank grace heidi".split())),
)
#: Second octets of networks, so that ranges differ from task to task.
OCTETS = range(1, 240)
#: What CloudWatch Logs takes as a retention, in days.
LOG_DAYS = (3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)
#: Addresses of offices, from the ranges that are kept for documentation.
OFFICES = tuple(
    f"{front}.{last}/32"
    for front in ("203.0.113", "198.51.100", "192.0.2")
    for last in (7, 18, 42, 64, 99, 130, 201)
)
RUNTIMES = (
    ("python3.12", "main.handler"), ("python3.13", "app.handle"), ("python3.11", "worker.run"),
    ("nodejs22.x", "index.handler"), ("nodejs24.x", "dist/index.handler"),
    ("java21", "com.example.App::handle"), ("ruby3.3", "app.handler"),
    ("provided.al2023", "bootstrap"),
)  # fmt: skip
VARIABLES = (
    ("LOG_LEVEL", ("debug", "info", "warning", "error")),
    ("STAGE", ("dev", "staging", "prod", "test")),
    ("PAGE_SIZE", ("10", "25", "50", "100")),
    ("CURRENCY", ("EUR", "USD", "GBP", "CHF")),
)
SCHEDULES = (
    "rate(5 minutes)", "rate(10 minutes)", "rate(1 hour)", "rate(1 day)", "rate(2 hours)",
    "cron(0 6 * * ? *)", "cron(30 22 ? * MON-FRI *)", "cron(15 3 1 * ? *)",
)  # fmt: skip
