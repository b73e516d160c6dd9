"""The pack of fields: it is built from Go structs, and holds what the documentation names."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from iac_gym.languages.prometheus.build_data import read, unfold
from iac_gym.languages.prometheus.checks_config import checks
from iac_gym.languages.prometheus.schema import structs

GO = """\
package demo

// SDConfig is the configuration of a discovery.
type SDConfig struct {
	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`

	Port     int                `yaml:"port"`
	Wait     model.Duration     `yaml:"wait,omitempty"`
	Labels   map[string]string  `yaml:"labels,omitempty" json:"labels"`
	Filters  []*Filter          `yaml:"filters"`
	Hidden   string             `yaml:"-"`
	Untagged *http.Client
}

// Filter chooses.
type Filter struct {
	Name   string   `yaml:"name"`
	Values []string `yaml:"values"`
}

func (*SDConfig) Name() string { return "demo" }
"""


def test_structs_are_read_from_go(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "demo.go").write_text(GO, encoding="utf-8")
    found, names = read(tmp_path, ("demo/*.go",))
    assert names == {"demo": "demo.SDConfig"}
    found["http.HTTPClientConfig"] = [("proxy_url", "url", False)]
    assert unfold("demo.SDConfig", found) == {
        "proxy_url": "url",
        "port": "int",
        "wait": "duration",
        "labels": "{text}",
        "filters": "[demo.Filter]",
    }
    assert unfold("demo.Filter", found) == {"name": "text", "values": "[text]"}


@pytest.mark.parametrize(
    ("struct", "key", "kind"),
    [
        ("config.Config", "scrape_configs", "[config.ScrapeConfig]"),
        ("config.GlobalConfig", "scrape_interval", "duration"),
        ("config.ScrapeConfig", "kubernetes_sd_configs", "[kubernetes.SDConfig]"),
        ("config.ScrapeConfig", "basic_auth", "http.BasicAuth"),
        ("config.ScrapeConfig", "body_size_limit", "bytes"),
        ("config.RemoteWriteConfig", "queue_config", "config.QueueConfig"),
        ("relabel.Config", "regex", "regexp"),
        ("promtool.testGroup", "input_series", "[promtool.series]"),
    ],
)
def test_the_pack_knows_the_fields(struct: str, key: str, kind: str) -> None:
    assert structs()[struct][key] == kind


def test_every_type_of_the_pack_is_known() -> None:
    simple = {"text", "bool", "int", "uint", "float", "duration", "bytes", "url", "regexp", "any"}
    kinds = {kind.strip("[]{}") for fields in structs().values() for kind in fields.values()}
    assert kinds - simple <= set(structs())


def test_every_discovery_has_a_check() -> None:
    named = {
        kind.strip("[]") for key, kind in structs()["config.ScrapeConfig"].items()
        if key.endswith("_sd_configs")
    }  # fmt: skip
    assert named <= set(checks())


def test_the_source_is_named() -> None:
    source = files("iac_gym.languages.prometheus") / "data" / "SOURCE.md"
    assert "v3.14.0" in source.read_text(encoding="utf-8")
