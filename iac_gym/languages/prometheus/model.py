"""What an answer of Prometheus files says: a configuration, and the rules that it loads.

- `config`: the configuration in normal form (see `config.py`), None where there is none.
- `groups`: all groups of all rule files. `alerts` and `records` are the rules that really work:
  their expression is valid, an alert can fire, and, where the answer has a configuration, one of
  its `rule_files` names their file. `every_alert` is without these conditions.
- `targets`: groups of targets for `file_sd_configs`, by path.
- `tests`: files of `promtool test rules`, by path.
- `faults`: what the rules of the language find, by rule.

Everything carries `mark` (line, column) and `file`. Nothing raises, whatever the files look like.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.promql.firing import Fires
from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.prometheus.config import Config, Job, Target
from iac_gym.languages.prometheus.faults import Faults
from iac_gym.languages.prometheus.globs import names_file
from iac_gym.languages.prometheus.groups import Alert, Group, Record
from iac_gym.verdict import Finding


@dataclass
class Monitoring:
    """All files of an answer together."""

    files: tuple[str, ...]
    config: Config | None = None
    groups: tuple[Group, ...] = ()
    targets: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)
    tests: Mapping[str, YamlMap] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    #: The trees of the files, by path.
    trees: Mapping[str, Any] = field(default_factory=dict)

    def loads(self, path: str) -> bool:
        """Tell whether the rules of a file are loaded: always, where there is no configuration."""
        return self.config is None or any(
            names_file(pattern, path, self.config.file) for pattern in self.config.rule_files
        )

    @lazy
    def every_alert(self) -> tuple[Alert, ...]:
        """All alerts, whether they work or not."""
        return tuple(one for group in self.groups for one in group.alerts)

    @lazy
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts that are loaded and can fire."""
        return tuple(
            one
            for one in self.every_alert
            if one.expr and one.fires is not Fires.NEVER and self.loads(one.file)
        )

    @lazy
    def records(self) -> tuple[Record, ...]:
        """The recording rules that are loaded and whose expressions can be read."""
        return tuple(
            one
            for group in self.groups
            for one in group.records
            if one.expr and self.loads(one.file)
        )

    def alert(self, name: str) -> Alert | None:
        """Return the first working alert of a name."""
        return next((one for one in self.alerts if one.name == name), None)

    def record(self, name: str) -> Record | None:
        """Return the first working recording rule of a name."""
        return next((one for one in self.records if one.name == name), None)

    def group(self, name: str) -> Group | None:
        """Return the group of a name, in a file that is loaded."""
        return next((g for g in self.groups if g.name == name and self.loads(g.file)), None)

    def targets_of(self, job: Job) -> tuple[Target, ...]:
        """Return the static targets of a job, and those in files of the answer that it names."""
        base = self.config.file if self.config else ""
        named = [name for one in job.discovers("file") for name in one.texts("files")]
        more = [
            target
            for path, targets in self.targets.items()
            if any(names_file(pattern, path, base) for pattern in named)
            for target in targets
        ]
        return (*job.targets, *more)

    def interval_of(self, rule: Alert | Record | Group) -> float:
        """Return how often a rule is evaluated, in seconds."""
        default = self.config.evaluation_interval if self.config else 60.0
        return rule.interval or default

    def finding(self, message: str, mark: Mark = (0, 0), file: str = "", hint: str = "") -> Finding:
        """Make a finding; without a place it belongs to the first file."""
        return Finding(message, file or self.files[0], mark[0], mark[1], hint)
