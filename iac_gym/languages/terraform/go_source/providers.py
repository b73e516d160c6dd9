"""The providers whose source is read: their versions, and where they list their schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from iac_gym.languages.terraform.go_source.framework import framework_records
from iac_gym.languages.terraform.go_source.schema_rules import Reader, Record, resource_schema
from iac_gym.languages.terraform.go_source.validators import Validators
from iac_gym.languages.terraform.go_source.values import Struct, Value


def google_schemas(run: Validators, module: str) -> Iterator[tuple[str, str, Value]]:
    """Yield (mode, type, schema) of the Google provider."""
    package = f"{module}/google/provider"
    for mode, names in {
        "resource": (
            "dclResources",
            "generatedResources",
            "handwrittenResources",
            "handwrittenIAMResources",
        ),
        "data": ("handwrittenDatasources", "generatedIAMDatasources", "handwrittenIAMDatasources"),
    }.items():
        for name in names:
            run.restart()
            table = run.member(package, name)
            for type, resource in table.items() if isinstance(table, dict) else ():
                yield mode, type, resource_schema(run, resource)


def azurerm_schemas(run: Validators, module: str) -> Iterator[tuple[str, str, Value]]:
    """Yield (mode, type, schema) of the Azure provider: its two kinds of services."""
    package = f"{module}/internal/provider"
    for service in run.call(run.member(package, "SupportedUntypedServices"), []):
        for mode, name in (("resource", "SupportedResources"), ("data", "SupportedDataSources")):
            run.restart()
            table = run.call(run.method(service, name), [])
            for type, resource in table.items() if isinstance(table, dict) else ():
                yield mode, type, resource_schema(run, resource)
    for service in run.call(run.member(package, "SupportedTypedServices"), []):
        for mode, name in (("resource", "Resources"), ("data", "DataSources")):
            run.restart()
            listed = run.call(run.method(service, name), [])
            for resource in listed if isinstance(listed, list) else ():
                type = run.call(run.method(resource, "ResourceType"), [])
                if isinstance(type, str):
                    yield mode, type, run.call(run.method(resource, "Arguments"), [])


def kubernetes_schemas(run: Validators, module: str) -> Iterator[tuple[str, str, Value]]:
    """Yield (mode, type, schema) of the Kubernetes provider."""
    provider = run.call(run.member(f"{module}/kubernetes", "Provider"), [])
    for mode, name in (("resource", "ResourcesMap"), ("data", "DataSourcesMap")):
        table = provider.get(name) if isinstance(provider, Struct) else None
        for type, resource in table.items() if isinstance(table, dict) else ():
            yield mode, type, resource_schema(run, resource)


Records = Iterator[tuple[str, str, Record | None]]


def read_schemas(
    schemas: Callable[[Validators, str], Iterator[tuple[str, str, Value]]],
) -> Callable[[Validators, str], Records]:
    """Make a function that yields (mode, type, record), None for a schema not understood."""

    def read(run: Validators, module: str) -> Records:
        for mode, type, schema in schemas(run, module):
            yield mode, type, Reader(run, schema).record() if isinstance(schema, dict) else None

    return read


def read_framework(folder: str, name: str, prefix: str) -> Callable[[Validators, str], Records]:
    """Make a function that yields (mode, type, record) of a provider of the framework."""

    def read(run: Validators, module: str) -> Records:
        package = f"{module}/{folder}"
        yield from framework_records(run, Struct(package, name), prefix)

    return read


class Provider(NamedTuple):
    """A provider: its version, its module, and the function that yields its records.

    `validation` names packages of its own that only pass validators of the SDK on; `libraries`
    are modules whose constants it uses, laid beside it.
    """

    version: str
    module: str
    records: Callable[[Validators, str], Records]
    validation: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


_HASHICORP = "github.com/hashicorp/terraform-provider-"
_INTERNAL = "internal/provider"
PROVIDERS: Mapping[str, Provider] = {
    "google": Provider("6.50.0", f"{_HASHICORP}google", read_schemas(google_schemas)),
    "azurerm": Provider(
        "4.55.0", f"{_HASHICORP}azurerm", read_schemas(azurerm_schemas), ("internal/tf/validation",)
    ),
    "kubernetes": Provider(
        "2.38.0",
        f"{_HASHICORP}kubernetes",
        read_schemas(kubernetes_schemas),
        (),
        ("k8s.io/api", "k8s.io/apimachinery"),
    ),
    "helm": Provider("3.1.1", f"{_HASHICORP}helm", read_framework("helm", "HelmProvider", "helm")),
    "random": Provider(
        "3.7.2",
        "github.com/terraform-providers/terraform-provider-random",
        read_framework(_INTERNAL, "randomProvider", "random"),
    ),
    "tls": Provider("4.1.0", f"{_HASHICORP}tls", read_framework(_INTERNAL, "tlsProvider", "tls")),
    "time": Provider(
        "0.13.1", f"{_HASHICORP}time", read_framework(_INTERNAL, "timeProvider", "time")
    ),
    "local": Provider(
        "2.6.1",
        "github.com/terraform-providers/terraform-provider-local",
        read_framework(_INTERNAL, "localProvider", "local"),
    ),
    "archive": Provider(
        "2.7.1", f"{_HASHICORP}archive", read_framework(_INTERNAL, "archiveProvider", "archive")
    ),
}
