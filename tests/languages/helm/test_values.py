"""Values of charts and subcharts come together as in Helm's own tests of `chartutil`."""

from __future__ import annotations

import pytest

from iac_gym.languages.helm.chart import load_chart
from iac_gym.languages.helm.dependencies import process
from iac_gym.languages.helm.instance import instance_of
from iac_gym.languages.helm.values import ValuesError, coalesce, get, put


def _chart(files):
    faults = {}
    chart = load_chart(files, "", faults)
    assert chart is not None
    assert faults == {}
    return instance_of(chart)


def _named(name, extra=""):
    return f"apiVersion: v2\nname: {name}\nversion: 1.2.0\n{extra}"


DEPENDENCY = """\
dependencies:
  - name: db
    version: {range}
    repository: https://charts.example.com
{more}"""


def _with_db(values="", db_values="size: 1Gi\n", more="", range_=">=1"):
    return {
        "Chart.yaml": _named("shop", DEPENDENCY.format(range=f'"{range_}"', more=more)),
        "values.yaml": values,
        "charts/db/Chart.yaml": _named("db"),
        "charts/db/values.yaml": db_values,
    }


def _values(files, given=None):
    chart = _chart(files)
    warnings = []
    process(chart, given or {}, warnings.append)
    return coalesce(chart, given or {}, warnings.append), [c.name for c in chart.children], warnings


def test_given_values_win_and_tables_merge():
    files = {"Chart.yaml": _named("shop"), "values.yaml": "a: {b: 1, c: 2}\nd: [1, 2]\n"}
    values, _, _ = _values(files, {"a": {"b": 5.0}, "d": [9.0]})
    assert values == {"a": {"b": 5.0, "c": 2.0}, "d": [9.0]}


def test_null_removes_a_default():
    files = {"Chart.yaml": _named("shop"), "values.yaml": "a: {b: 1, c: 2}\nd: 1\n"}
    values, _, _ = _values(files, {"a": {"b": None}, "d": None})
    assert values == {"a": {"c": 2.0}}


def test_a_table_is_not_replaced_by_another_value_in_silence():
    files = {"Chart.yaml": _named("shop"), "values.yaml": "a: 1\n"}
    values, _, warnings = _values(files, {"a": {"b": 2.0}})
    assert values == {"a": {"b": 2.0}}
    assert "shop.a" in warnings[0]


def test_the_parent_overrides_its_subchart_and_globals_go_down():
    files = _with_db("db: {size: 2Gi}\nglobal: {region: eu, net: {mtu: 1}}\n",
                     "size: 1Gi\nglobal: {net: {mtu: 9, name: x}}\n")  # fmt: skip
    values, children, _ = _values(files)
    assert children == ["db"]
    assert values["db"]["size"] == "2Gi"
    assert values["db"]["global"] == {"region": "eu", "net": {"mtu": 1.0, "name": "x"}}


@pytest.mark.parametrize(
    ("more", "values", "there"),
    [
        ("    condition: db.enabled\n", "db: {enabled: false}\n", []),
        ("    condition: db.enabled\n", "db: {enabled: true}\n", ["db"]),
        ("    condition: missing,db.use\n", "db: {use: false}\n", []),
        ("    condition: db.enabled\n", "db: {enabled: 'false'}\n", ["db"]),
        ("    tags: [back]\n", "tags: {back: false}\n", []),
        ("    tags: [back, front]\n", "tags: {back: false, front: true}\n", ["db"]),
        (
            "    tags: [back]\n    condition: db.use\n",
            "tags: {back: false}\ndb: {use: true}\n",
            ["db"],
        ),
        ("    alias: store\n", "", ["store"]),
    ],
)
def test_subcharts_are_switched_by_conditions_and_tags(more, values, there):
    assert _values(_with_db(values, more=more))[1] == there


def test_a_version_that_does_not_fit_is_not_renamed():
    assert _values(_with_db(more="    alias: store\n", range_="^2.0.0"))[1] == ["db"]


def test_two_aliases_of_one_chart():
    chart = _named("shop", DEPENDENCY.format(range='"1.x"', more="    alias: one\n")
                   + "  - {name: db, version: 1.x, alias: two}\n")  # fmt: skip
    values, children, _ = _values({**_with_db("one: {size: 5Gi}\n"), "Chart.yaml": chart})
    assert children == ["one", "two"]
    assert (values["one"]["size"], values["two"]["size"]) == ("5Gi", "1Gi")


def test_values_are_imported_from_a_subchart():
    more = "    import-values:\n      - data\n      - {child: own, parent: my.own}\n"
    files = _with_db(more=more, db_values="exports: {data: {port: 5432}}\nown: {a: 1}\n")
    values, _, _ = _values(files)
    assert values["port"] == 5432.0
    assert values["my"]["own"] == {"a": 1.0}


def test_values_of_a_subchart_must_be_a_mapping():
    with pytest.raises(ValuesError, match="subchart db"):
        _values(_with_db("db: large\n"))


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("a.b", {"a": {"b": 9}, "l": [{"x": 1}]}),
        ("l[0].x", {"a": {}, "l": [{"x": 9}]}),
        ("l.0.x", {"a": {}, "l": [{"x": 9}]}),
        ("l[7].x", {"a": {}, "l": [{"x": 1}]}),
        ("new.deep", {"a": {}, "l": [{"x": 1}], "new": {"deep": 9}}),
    ],
)
def test_put_sets_one_path(path, made):
    assert put({"a": {}, "l": [{"x": 1}]}, path, 9) == made


def test_get_of_a_missing_path():
    assert get({"a": [{"b": 1}]}, "a[0].b") == 1
    with pytest.raises(KeyError):
        get({"a": 1}, "a.b")
