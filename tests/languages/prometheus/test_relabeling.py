"""Steps of relabeling, played on the labels of a target."""

from __future__ import annotations

import pytest

from iac_gym.languages.prometheus import LANGUAGE
from iac_gym.languages.prometheus.globs import names_file
from iac_gym.languages.prometheus.relabeling import (
    Relabel,
    Unplayable,
    captured,
    expanded,
    played,
    relabeled,
)


def _steps(text: str) -> tuple[Relabel, ...]:
    config = f"scrape_configs:\n  - job_name: a\n    relabel_configs: {text}\n"
    found: tuple[Relabel, ...] = LANGUAGE.parse({"prometheus.yml": config}).config.jobs[0].relabel
    return found


@pytest.mark.parametrize(
    ("steps", "labels", "after"),
    [
        ("[{action: keep, source_labels: [a], regex: b|c}]", {"a": "b"}, {"a": "b"}),
        ("[{action: keep, source_labels: [a], regex: b|c}]", {"a": "bc"}, None),
        ("[{action: drop, source_labels: [a, b], regex: x;y}]", {"a": "x", "b": "y"}, None),
        ("[{source_labels: [a], target_label: b}]", {"a": "x"}, {"a": "x", "b": "x"}),
        ("[{source_labels: [a], target_label: b, regex: y}]", {"a": "x"}, {"a": "x"}),
        ("[{target_label: b, replacement: z}]", {}, {"b": "z"}),
        ("[{source_labels: [a], target_label: a, replacement: ''}]", {"a": "x"}, {}),
        (
            "[{source_labels: [a, p], regex: '([^:]+)(?::\\d+)?;(\\d+)', replacement: '$1:${2}', "
            "target_label: a}]",
            {"a": "h:80", "p": "9100"},
            {"a": "h:9100", "p": "9100"},
        ),
        ("[{action: labelmap, regex: m_(.+)}]", {"m_x": "1"}, {"m_x": "1", "x": "1"}),
        ("[{action: labeldrop, regex: m_.*}]", {"m_x": "1", "y": "2"}, {"y": "2"}),
        ("[{action: labelkeep, regex: y}]", {"m_x": "1", "y": "2"}, {"y": "2"}),
        ("[{action: lowercase, source_labels: [a], target_label: b}]", {"a": "X"},
         {"a": "X", "b": "x"}),
        ("[{action: keepequal, source_labels: [a], target_label: b}]", {"a": "x", "b": "y"}, None),
        ("[{action: hashmod, source_labels: [c], target_label: d, modulus: 1000}]", {"c": "baz"},
         {"c": "baz", "d": "976"}),
    ],
)  # fmt: skip
def test_a_step(steps: str, labels: dict[str, str], after: dict[str, str] | None) -> None:
    assert relabeled(labels, _steps(steps)) == after


def test_what_is_scraped() -> None:
    job = LANGUAGE.parse(
        {
            "prometheus.yml": """\
scrape_configs:
  - job_name: probe
    metrics_path: /probe
    params: {module: [http_2xx]}
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: "blackbox:9115"}
"""
        }
    ).config.jobs[0]
    found = job.scraped("https://example.com", {"__meta_x": "y"})
    assert found["__address__"] == "blackbox:9115"
    assert found["instance"] == found["__param_target"] == "https://example.com"
    assert found["__param_module"] == "http_2xx"
    assert "__meta_x" not in found


def test_expressions_that_could_take_long_do_not() -> None:
    steps = _steps("[{source_labels: [a], regex: '(a*)*c', target_label: b}]")
    labels = {"a": "a" * 2000 + "b"}
    assert played(labels, steps) == labels
    assert relabeled(labels, steps) == labels
    with pytest.raises(Unplayable):
        captured("(a*)*c", "a" * 2000)


def test_groups_and_templates() -> None:
    assert captured(r"(\w+)-(?P<n>\d*)", "ab-12") == {"0": "ab-12", "1": "ab", "2": "12", "n": "12"}
    assert expanded("$1-${2}_$$-$1x", {"1": "a", "2": "b"}) == "a-b_$-"


@pytest.mark.parametrize(
    ("pattern", "path", "base", "fits"),
    [
        ("rules/*.yml", "rules/a.yml", "prometheus.yml", True),
        ("rules/*.yml", "rules/b/a.yml", "prometheus.yml", False),
        ("*.yml", "etc/a.yml", "etc/prometheus.yml", True),
        ("/etc/prometheus/rules/*.yml", "rules/a.yml", "", True),
        ("/etc/prometheus/rules/*.yml", "alerts/a.yml", "", False),
        ("/etc/prometheus/a.yml", "a.yml", "", True),
        ("a+(b).yml", "a+(b).yml", "", True),
        ("[ab].yml", "b.yml", "", True),
        ("../rules/a?.yml", "rules/ab.yml", "conf/prometheus.yml", True),
    ],
)
def test_globs(pattern: str, path: str, base: str, fits: bool) -> None:
    assert names_file(pattern, path, base) is fits
