"""Our verdict, our routes and the real amtool's, where it is installed."""

import subprocess

import pytest

from iac_gym.languages.alertmanager import LANGUAGE
from iac_gym.languages.alertmanager.equivalents import equivalents
from iac_gym.languages.alertmanager.tool import amtool, ask_amtool, missing_tool
from iac_gym.verifier import check_files

needs_amtool = pytest.mark.skipif(bool(missing_tool()), reason=missing_tool())
TEXT = """\
global:
  smtp_smarthost: mail.example.org:587
  smtp_from: alerts@example.org
route:
  receiver: ops
  group_by: [alertname]
  repeat_interval: 4h
  routes:
    - matchers: ['severity="critical"', 'team=~"a|b"']
      receiver: pager
    - matchers: [env != prod]
      receiver: nobody
      mute_time_intervals: [nights]
receivers:
  - name: ops
    email_configs:
      - to: ops@example.org
  - name: pager
    pagerduty_configs:
      - routing_key: abc
  - name: nobody
time_intervals:
  - name: nights
    time_intervals:
      - times:
          - start_time: '00:00'
            end_time: '06:00'
"""
LABELS = [{}, {"severity": "critical", "team": "b"}, {"env": "prod"}, {"team": "a", "env": "prod"}]


def _plays(text):
    model = LANGUAGE.parse({"alertmanager.yml": text})
    return [[one.receiver for one in model.receivers_of(labels)] for labels in LABELS]


@pytest.mark.parametrize(("change", "files"), list(equivalents({"alertmanager.yml": TEXT})))
def test_rewritings_mean_the_same(change, files):
    assert check_files(files, {"alertmanager.yml": "alertmanager"}).valid, change
    assert _plays(files["alertmanager.yml"]) == _plays(TEXT)


@needs_amtool
@pytest.mark.parametrize(("change", "files"), list(equivalents({"alertmanager.yml": TEXT})))
def test_amtool_accepts_the_rewritings(change, files):
    said = ask_amtool(files)
    assert said.valid, (change, said.findings)


@needs_amtool
def test_amtool_says_what_is_wrong():
    said = ask_amtool({"alertmanager.yml": TEXT.replace("receiver: pager", "receiver: pagers")})
    assert said.valid is False
    assert "pagers" in said.findings[0].message


@needs_amtool
@pytest.mark.parametrize("labels", LABELS)
def test_amtool_plays_alerts_as_we_do(tmp_path, labels):
    file = tmp_path / "alertmanager.yml"
    file.write_text(TEXT, encoding="utf-8")
    words = [f"{key}={value}" for key, value in labels.items()]
    done = subprocess.run(
        [amtool(), "config", "routes", "test", f"--config.file={file}", *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    model = LANGUAGE.parse({"alertmanager.yml": TEXT})
    assert done.stdout.strip().split(",") == [one.receiver for one in model.receivers_of(labels)]
