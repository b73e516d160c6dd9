"""Tasks whose answers are several files: local modules, variables and outputs apart."""

from __future__ import annotations

from functools import partial

from envs.terraform.requirements import aws_buckets
from envs.terraform.requirements import modules as ask
from envs.terraform.stack import PROVIDERS, Extra, Stack, decorate, label_of
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, Top, block, nested, render

FOLDERS = ("modules/bucket", "modules/storage", "modules/s3", "modules/store")
PURPOSES = ("logs", "media", "backups", "exports", "uploads", "reports")


def _head() -> Top:
    source, version = PROVIDERS["aws"]
    required = {"aws": {"source": source, "version": version}}
    return block("terraform", required_providers=nested(**required))


def _texts(files: dict[str, tuple[Top, ...]]) -> dict[str, str]:
    return {path: render(*blocks) for path, blocks in files.items()}


def _draft(stack: Stack, files: dict[str, tuple[Top, ...]], *openings: str) -> Draft:
    return Draft(
        openings=openings,
        asks=tuple(stack.asks),
        reference=partial(_texts, files),
        files=tuple((path, "terraform") for path in files),
    )


@family("terraform", levels=(2, 3, 4))
def bucket_module(draw: Draw) -> Draft:
    """A local module for buckets, called for each of several names."""
    stack = Stack(draw, "aws")
    folder, prefix = (
        draw.phrase("folder", FOLDERS),
        draw.name("prefix", ("data", "files", "assets")),
    )
    count = 1 if draw.level == 2 else 2
    names = [f"{prefix}-{which}" for which in draw.sample("purposes", PURPOSES, count)]
    variable = draw.choice("variable", ("name", "bucket_name", "bucket"))
    stack.ask(ask.module_variable(folder=folder, name=variable, type="string"))
    for name in names:
        stack.ask(aws_buckets.bucket(name=name), ask.bucket_by_module(of=name, folder=folder))
    main = [block("resource", "aws_s3_bucket", "this", bucket=Raw(f"var.{variable}"))]
    if draw.wants("versioned", 3):
        for name in names:
            stack.ask(aws_buckets.bucket_versioned(of=name))
        main.append(
            block(
                "resource", "aws_s3_bucket_versioning", "this",
                bucket=Raw("aws_s3_bucket.this.id"),
                versioning_configuration=nested(status="Enabled"),
            )
        )  # fmt: skip
    outs = (block("output", "bucket_id", value=Raw("aws_s3_bucket.this.id")),)
    if draw.wants("output", 2):
        out = draw.choice("output name", ("arn", "bucket_arn"))
        stack.ask(ask.module_arn_output(folder=folder, name=out))
        outs = (block("output", out, value=Raw("aws_s3_bucket.this.arn")),)
    keys = [label_of(name.removeprefix(f"{prefix}-")) for name in names]
    pairs = dict(zip(keys, names, strict=True))
    root = [_head()]
    if draw.phrase("style", ("for_each", "calls")) == "for_each":
        each = {"source": f"./{folder}", "for_each": pairs, variable: Raw("each.value")}
        root.append(Top("module", ("buckets",), each))
    else:
        root += [
            Top("module", (key,), {"source": f"./{folder}", variable: name})
            for key, name in pairs.items()
        ]
    inner = (block("variable", variable, type=Raw("string")),)
    files = {
        "main.tf": tuple(root),
        f"{folder}/main.tf": tuple(main),
        f"{folder}/variables.tf": inner,
        f"{folder}/outputs.tf": outs,
    }
    return _draft(
        stack, files,
        f"Write a reusable Terraform module in {folder}, and use it from main.tf",
        f"Our buckets are all alike: put them into a module ({folder}), called from main.tf",
    )  # fmt: skip


@family("terraform", levels=(2, 3, 4))
def split_files(draw: Draw) -> Draft:
    """A bucket configured by variables, with variables and outputs in files of their own."""
    stack = Stack(draw, "aws")
    name = draw.name("bucket", PURPOSES)
    variable = draw.choice("variable", ("bucket_name", "store_name", "name"))
    out = draw.choice("output", ("bucket_arn", "arn", "store_arn"))
    stack.ask(
        ask.variable_in(file="variables.tf", name=variable, type="string", default=name),
        aws_buckets.bucket(name=name), ask.bucket_named_by(of=name, variable=variable),
        ask.bucket_arn_in(of=name, name=out, file="outputs.tf"),
    )  # fmt: skip
    made = stack.add("aws_s3_bucket", "store", bucket=Raw(f"var.{variable}"))
    variables = [block("variable", variable, type=Raw("string"), default=name)]

    def expiring() -> None:
        days = draw.integer("days", 7, 730)
        chosen = draw.choice("days variable", ("keep_days", "expire_after", "retention_days"))
        stack.ask(
            ask.variable_in(file="variables.tf", name=chosen, type="number", default=days),
            ask.bucket_expires_by(of=name, variable=chosen),
        )
        variables.append(block("variable", chosen, type=Raw("number"), default=days))
        expiration = nested(days=Raw(f"var.{chosen}"))
        rule = nested(id="expire", status="Enabled", filter=nested(), expiration=expiration)
        stack.add("aws_s3_bucket_lifecycle_configuration", "store", bucket=made["id"], rule=rule)

    def versioned() -> None:
        stack.ask(aws_buckets.bucket_versioned(of=name))
        stack.add(
            "aws_s3_bucket_versioning", "store", bucket=made["id"],
            versioning_configuration=nested(status="Enabled"),
        )  # fmt: skip

    def tagged() -> None:
        team = draw.choice("team", ("search", "growth", "platform", "finance", "mobile"))
        stack.ask(aws_buckets.bucket_tag(of=name, key="Team", value=team))
        made.set(tags={"Team": team})

    decorate(
        stack,
        (Extra("versioned", 1, versioned), Extra("expiry", 2, expiring), Extra("team", 1, tagged)),
    )
    files = {
        "main.tf": tuple(stack.tops()),
        "variables.tf": tuple(variables),
        "outputs.tf": (block("output", out, value=made["arn"]),),
    }
    return _draft(
        stack, files,
        f"Write the configuration of the bucket `{name}` as main.tf, variables.tf and outputs.tf",
        f"A bucket `{name}`, with its variables and outputs in files of their own",
    )  # fmt: skip


@family("terraform", levels=(1, 2), held_out=True)
def bucket_map(draw: Draw) -> Draft:
    """Several buckets from one map, with their ARNs as a map."""
    stack = Stack(draw, "aws")
    prefix = draw.name("prefix", ("data", "files", "assets", "team"))
    keys = list(draw.sample("keys", PURPOSES, 1 if draw.level == 1 else 3))
    names = {key: f"{prefix}-{key}" for key in keys}
    out = draw.choice("output", ("arns", "bucket_arns", "store_arns"))
    for name in names.values():
        stack.ask(aws_buckets.bucket(name=name))
    stack.ask(
        ask.one_for_each(keys=keys, prefix=prefix),
        ask.arn_map(name=out, keys=keys, prefix=prefix),
    )
    stack.top(block("locals", buckets=names))
    stack.add("aws_s3_bucket", "each", for_each=Raw("local.buckets"), bucket=Raw("each.value"))
    stack.top(
        block("output", out, value=Raw("{ for key, one in aws_s3_bucket.each : key => one.arn }"))
    )
    return stack.draft(
        f"Create the buckets of `{prefix}` from one map",
        f"Several buckets that are alike: those of `{prefix}`",
    )
