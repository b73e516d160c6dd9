"""What the Terraform tasks are about: regions, tags, address ranges, names."""

from __future__ import annotations

AWS_REGIONS = tuple(
    """us-east-1 us-east-2 us-west-2 eu-west-1 eu-west-2 eu-central-1 eu-north-1 ap-southeast-1
    ap-southeast-2 ap-northeast-1 ca-central-1 sa-east-1""".split()
)
TAGS = (
    ("Team", tuple("payments platform search growth data mobile security finance".split())),
    ("Environment", tuple("production staging development sandbox qa".split())),
    ("CostCenter", tuple("1042 2210 3317 4408 5120 6093 7001".split())),
    ("Owner", tuple("alice bob carol dave erin frank grace heidi".split())),
)
#: Second octets of networks, so that ranges differ from task to task.
OCTETS = range(1, 240)
RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)
