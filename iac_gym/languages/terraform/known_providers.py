"""The providers that a name without a declared source stands for: those of HashiCorp's namespace.

Source: the public registry's documentation of the `hashicorp` namespace, archived providers and
the copies of partners' providers that are still there included; and the usual sources of others.
"""

from __future__ import annotations

#: Names in the namespace `hashicorp`. One too many costs less than one that is missing.
HASHICORP = frozenset(
    """
    ad alicloud archive arukas assert atlas aws awscc azure azure-classic azuread azurerm azurestack
    bitbucket boundary brightbox checkpoint chef ciscoasa circonus clc cloudinit cobbler consul
    dme dns dyn external fakewebservices flexibleengine github google google-beta
    googleworkspace gridscale hcp hcs helm http icinga2 infoblox influxdb kubernetes
    kubernetes-alpha librato local logentries mailgun mysql netlify nomad nsxt null
    oci oneandone opc oraclepaas ovh packer packet postgresql powerdns profitbricks
    rabbitmq random rancher runscope salesforce scaffolding scaffolding-framework scvmm selvpc
    softlayer spotinst stackpath statuscake telefonicaopencloud template terraform tfcoremock tfe
    time tls triton ultradns vault vra7 vsphere waypoint yandex
    """.split()
)

#: Where well-known providers of others are found: what to declare instead of nothing.
PARTNERS = {
    "argocd": "argoproj-labs/argocd",
    "auth0": "auth0/auth0",
    "azapi": "Azure/azapi",
    "azuredevops": "microsoft/azuredevops",
    "cloudflare": "cloudflare/cloudflare",
    "confluent": "confluentinc/confluent",
    "databricks": "databricks/databricks",
    "datadog": "DataDog/datadog",
    "digitalocean": "digitalocean/digitalocean",
    "docker": "kreuzwerker/docker",
    "equinix": "equinix/equinix",
    "fastly": "fastly/fastly",
    "flux": "fluxcd/flux",
    "gitlab": "gitlabhq/gitlab",
    "grafana": "grafana/grafana",
    "hcloud": "hetznercloud/hcloud",
    "heroku": "heroku/heroku",
    "ibm": "IBM-Cloud/ibm",
    "keycloak": "keycloak/keycloak",
    "kubectl": "gavinbunney/kubectl",
    "libvirt": "dmacvicar/libvirt",
    "linode": "linode/linode",
    "mongodbatlas": "mongodb/mongodbatlas",
    "newrelic": "newrelic/newrelic",
    "okta": "okta/okta",
    "openstack": "terraform-provider-openstack/openstack",
    "pagerduty": "PagerDuty/pagerduty",
    "proxmox": "Telmate/proxmox",
    "rancher2": "rancher/rancher2",
    "scaleway": "scaleway/scaleway",
    "sentry": "jianyuan/sentry",
    "snowflake": "Snowflake-Labs/snowflake",
    "tailscale": "tailscale/tailscale",
    "vercel": "vercel/vercel",
    "vultr": "vultr/vultr",
}
