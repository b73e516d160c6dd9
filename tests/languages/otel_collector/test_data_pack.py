"""The data pack: what its script reads, and that every schema finds its parts in it."""

from iac_gym.languages.otel_collector import pack
from iac_gym.languages.otel_collector.build_data import components, structs
from iac_gym.languages.otel_collector.components import NEEDED, SCHEMAS, SIGNALS
from iac_gym.languages.otel_collector.settings import fields

SOURCE = """
type Config struct {
	TimeoutConfig exporterhelper.TimeoutConfig `mapstructure:",squash"` // a comment
	Queue configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	Headers map[string]configopaque.String `mapstructure:"headers,omitempty"`
	Wait *time.Duration `mapstructure:"wait"`
	Keys []string `mapstructure:"keys"`
	Auth *configauth.Config `mapstructure:"auth"`
	hidden int
}
"""
MANIFEST = """
exporters:
  - gomod: go.opentelemetry.io/collector/exporter/debugexporter v0.130.0
  - gomod: github.com/open-telemetry/x/exporter/fileexporter v0.130.0
extensions:
  - gomod: github.com/open-telemetry/x/extension/storage/filestorage v0.130.0
"""


def test_structs_are_read(tmp_path):
    (tmp_path / "config.go").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "config_test.go").write_text(SOURCE.replace("Config", "Test"), encoding="utf-8")
    assert structs(tmp_path, "x") == {
        "x.Config": {
            "<struct:exporterhelper.TimeoutConfig": "struct:exporterhelper.TimeoutConfig",
            "sending_queue": "struct:queuebatch.Config",
            "headers": "headers",
            "wait": "duration",
            "keys": "list:text",
            "auth": "struct:configauth.Config",
        }
    }


def test_the_manifest_is_read():
    found = components(MANIFEST)
    assert found["exporters"] == ["debug", "file"]
    assert found["extensions"] == ["filestorage"]


def test_every_schema_finds_its_parts():
    for about, schema in SCHEMAS.items():
        known, _ = fields(schema)
        for of in known.values():
            if "struct:" in of:
                assert pack.struct(of.rpartition("struct:")[2])
        for group in NEEDED.get(about, ()):
            assert set(group) <= known.keys(), about


def test_the_components_with_schemas_are_in_the_distribution():
    for kind, of in (*SCHEMAS, *SIGNALS):
        names = {of.replace("_", ""), of.replace("_", "") + "auth"}
        inner = {"memory_limiter": "processors"}.get(of, kind)
        assert names & pack.modules(inner), (kind, of)
