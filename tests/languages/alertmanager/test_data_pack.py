"""The data pack: what its script reads from Go's structs, and what it holds."""

from iac_gym.languages.alertmanager import pack
from iac_gym.languages.alertmanager.build_data import structs
from iac_gym.languages.alertmanager.decode import SCALARS
from iac_gym.languages.alertmanager.receivers import FALLBACKS, SUFFIX
from iac_gym.languages.alertmanager.structs import EXCLUSIVE, NEEDED

SOURCE = """
type Thing struct {
	NotifierConfig `yaml:",inline" json:",inline"`

	// A comment.
	Name    string                      `yaml:"name" json:"name"`
	HTTP    *commoncfg.HTTPClientConfig `yaml:"http_config,omitempty"`
	Hidden  bool                        `yaml:"-"`
	Parts   []*Part                     `yaml:"parts,omitempty"`
	Extra   map[string]string           `yaml:"extra,omitempty"`
	Address *commoncfg.URL              `yaml:"address,omitempty"`
	Wait    model.Duration              `yaml:"wait"`
}
"""


def test_structs_are_read():
    assert structs(SOURCE, 0) == {
        "Thing": {
            "<NotifierConfig": "NotifierConfig",
            "name": "text",
            "http_config": "struct:HTTPClientConfig",
            "parts": "list:struct:Part",
            "extra": "map:text",
            "address": "any url",
            "wait": "duration",
        }
    }


def test_every_type_is_known():
    known = pack.structs()
    for fields in known.values():
        for of in fields.values():
            *heads, last = of.split(":")
            assert set(heads) <= {"list", "map", "struct"}
            assert (last in known) if "struct" in heads else (last in SCALARS), of


def test_tables_name_fields_that_exist():
    known = pack.structs()
    for table in (EXCLUSIVE, NEEDED):
        for name, groups in table.items():
            assert {key for group in groups for key in group} <= known[name].keys(), name
    for kind, groups in FALLBACKS.items():
        of = known["Receiver"][kind + SUFFIX].removeprefix("list:struct:")
        for group in groups:
            assert group.keys() <= known[of].keys(), kind
            assert set(group.values()) <= known["GlobalConfig"].keys(), kind


def test_zones_and_functions():
    assert {"UTC", "Local", "", "Europe/Berlin"} <= pack.zones()
    assert {"toUpper", "reReplaceAll", "join"} <= pack.functions()
    assert "slack.default.title" in pack.templates()
