"""What could not be judged: it is said, and neither credited nor punished."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.model import Configuration
from iac_gym.verdict import Stage


@rule(Stage.NOTICE)
def not_judged(model: Configuration) -> Findings:
    """What has no schema here is not judged: other providers, versions, remote modules.

    Resources that cannot be judged meet no requirement, and make no answer invalid.

    Source: https://developer.hashicorp.com/terraform/language/providers/requirements (which
    provider a configuration uses); the pack's `SOURCE.md` lists those that it holds.

    Bad::

        module "network" {
          source = "terraform-aws-modules/vpc/aws"
        }

    Good::

        resource "random_pet" "name" {
          length = 2
        }
    """
    return model.notes
