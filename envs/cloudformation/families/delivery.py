"""Tasks about CDN, DNS, builds and pipelines."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.choices import VARIABLES
from envs.cloudformation.families.compute import CERTIFICATES, plain_balancer
from envs.cloudformation.families.storage import BUCKETS, add_bucket
from envs.cloudformation.requirements import buckets, builds, distributions, dns_zones
from envs.cloudformation.requirements import logs as logs_ask
from envs.cloudformation.template import (
    Extra,
    Settings,
    Stack,
    decorate,
    document,
    statement,
    sub,
    trust,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

#: AWS's own cache policy CachingOptimized.
CACHING = "658327ea-f89d-4fab-a63d-7e88639e58f6"


@family("cloudformation", levels=(2, 3, 4, 5))
def cdn_site(draw: Draw) -> Draft:
    """A CloudFront distribution in front of a private bucket."""
    stack = Stack(draw, "A site behind a CDN")
    name, store = draw.name("site", ("site", "docs", "app", "assets")), draw.name("bucket", BUCKETS)
    policy = draw.choice("viewers", ("redirect-to-https", "https-only"))
    bucket = add_bucket(stack, store)
    control = stack.add(
        "CloudFront::OriginAccessControl", "AccessControl",
        OriginAccessControlConfig={
            "Name": f"{name}-oac", "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always", "SigningProtocol": "sigv4",
        },
    )  # fmt: skip
    behavior: dict[str, Any] = {
        "TargetOriginId": "bucket", "ViewerProtocolPolicy": policy, "CachePolicyId": CACHING,
    }  # fmt: skip
    config: dict[str, Any] = {
        "Comment": name, "Enabled": True,
        "Origins": [{
            "Id": "bucket", "DomainName": bucket["RegionalDomainName"],
            "OriginAccessControlId": control.ref, "S3OriginConfig": {"OriginAccessIdentity": ""},
        }],
        "DefaultCacheBehavior": behavior,
    }  # fmt: skip
    made = stack.add("CloudFront::Distribution", "Distribution", DistributionConfig=config)
    source = sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}")
    stack.add(
        "S3::BucketPolicy", "BucketPolicy", Bucket=bucket.ref,
        PolicyDocument=document(
            statement(
                "s3:GetObject", sub("${Bucket.Arn}/*"), {"Service": "cloudfront.amazonaws.com"},
                Condition={"StringEquals": {"AWS:SourceArn": source}},
            )
        ),
    )  # fmt: skip
    stack.ask(
        buckets.bucket(name=store), distributions.distribution(name=name),
        distributions.distribution_bucket(of=name, bucket=store),
        distributions.bucket_for_distribution(of=name, bucket=store),
        distributions.distribution_https(of=name, value=policy),
    )  # fmt: skip

    def hosted() -> None:
        host = f"{draw.choice('host', ('www', 'docs', 'static', 'app'))}.example.com"
        arn = draw.choice("certificate", CERTIFICATES)
        stack.ask(distributions.distribution_host(of=name, host=host, arn=arn))
        config["Aliases"] = [host]
        config["ViewerCertificate"] = {
            "AcmCertificateArn": arn, "SslSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        }  # fmt: skip

    def errors() -> None:
        code = draw.choice("code", (403, 404))
        page, answer = draw.choice("page", ("/index.html", "/404.html", "/error.html")), 200
        stack.ask(distributions.distribution_error(of=name, code=code, page=page, answer=answer))
        config["CustomErrorResponses"] = [
            {"ErrorCode": code, "ResponsePagePath": page, "ResponseCode": answer}
        ]

    more = Settings(stack, made, name)
    front = "DistributionConfig"
    decorate(
        stack,
        (
            more.value(distributions.distribution_root, f"{front}.DefaultRootObject",
                       ("index.html", "home.html", "start.html")),
            more.value(distributions.distribution_class, f"{front}.PriceClass",
                       ("PriceClass_100", "PriceClass_200")),
            more.switch(
                distributions.distribution_compress, f"{front}.DefaultCacheBehavior.Compress"
            ),
            Extra("errors", 1, errors),
            more.output(
                distributions.distribution_output, made["DomainName"], ("DomainName", "SiteDomain")
            ),
            Extra("host", 1, hosted),
            more.value(
                distributions.distribution_http, f"{front}.HttpVersion", ("http2", "http2and3")
            ),
        ),
    )  # fmt: skip
    if draw.phrase("on", (True, False, False)):
        stack.ask(distributions.distribution_on(of=name))
    return stack.draft(
        f"Serve the bucket `{store}` through CloudFront, described in CloudFormation",
        f"Write a CloudFormation template for the CDN `{name}` in front of a private bucket",
    )


@family("cloudformation", levels=(1, 2, 3, 4))
def dns_zone(draw: Draw) -> Draft:
    """A Route 53 hosted zone with records and an alias."""
    stack = Stack(draw, "DNS")
    name = f"{draw.name('domain', ('shop', 'app', 'labs', 'team'))}.example.com"
    made = stack.add("Route53::HostedZone", "Zone", Name=name)
    stack.ask(dns_zones.zone(name=name))

    def record(which: str, kind: str, value: str) -> None:
        label = f"{which}.{name}"
        ttl = draw.integer(f"{which} ttl", 60, 3600, 60)
        stack.ask(dns_zones.zone_record(of=name, kind=kind, name=label, value=value, ttl=ttl))
        stack.add(
            "Route53::RecordSet", f"{which.capitalize()}Record", HostedZoneId=made.ref,
            Name=label, Type=kind, TTL=str(ttl), ResourceRecords=[value],
        )  # fmt: skip

    def commented() -> None:
        comment = draw.choice("comment", ("Zone of the shop", "Managed by a stack", "Team zone"))
        stack.ask(dns_zones.zone_comment(of=name, value=comment))
        made.set(HostedZoneConfig={"Comment": comment})

    def tagged() -> None:
        team = draw.choice("team", ("payments", "platform", "search"))
        stack.ask(dns_zones.zone_tag(of=name, key="Team", value=team))
        made.append("HostedZoneTags", {"Key": "Team", "Value": team})

    def alias() -> None:
        front, balancer = plain_balancer(stack)
        label = f"www.{name}"
        stack.ask(dns_zones.zone_alias(of=name, name=label, balancer=balancer))
        stack.add(
            "Route53::RecordSet", "WwwRecord", HostedZoneId=made.ref, Name=label, Type="A",
            AliasTarget={
                "DNSName": front["DNSName"],
                "HostedZoneId": front["CanonicalHostedZoneID"],
            },
        )  # fmt: skip

    address = draw.choice("address", ("192.0.2.10", "198.51.100.20", "203.0.113.30"))
    record("api", "A", address)
    decorate(
        stack,
        (
            Extra("comment", 1, commented), Extra("tag", 1, tagged),
            Extra("mail", 1, lambda: record("mail", "CNAME", draw.choice(
                "mail", ("mx.example.net", "smtp.example.org")))),
            Settings(stack, made, name).output(
                dns_zones.zone_output, made.ref, ("ZoneId", "DnsZone")
            ),
            Extra("text", 1, lambda: record("verify", "TXT", draw.choice(
                "text", ('"token=81f2"', '"token=93aa"')))),
            Extra("alias", 2, alias),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the DNS zone {name} in Route 53 with CloudFormation",
        f"Write a CloudFormation template for the hosted zone {name}",
    )


IMAGES = (
    "aws/codebuild/amazonlinux2-x86_64-standard:5.0", "aws/codebuild/standard:7.0",
    "aws/codebuild/amazonlinux-x86_64-standard:corretto11",
)  # fmt: skip
SIZES = ("BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_LARGE")


class _Project:
    """A CodeBuild project under construction."""

    def __init__(self, stack: Stack, *, alone: bool = True) -> None:
        draw = stack.draw
        self.stack = stack
        self.name = draw.name("project", ("build", "tests", "package", "images"))
        size = draw.choice("size", SIZES)
        image = draw.choice("image", IMAGES) if alone else IMAGES[0]
        self.role = stack.add(
            "IAM::Role", "BuildRole", AssumeRolePolicyDocument=trust("codebuild.amazonaws.com"),
            Policies=[{
                "PolicyName": "build",
                "PolicyDocument": document(
                    statement(
                        ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
                        sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*"),
                    )
                ),
            }],
        )  # fmt: skip
        source = {"Type": "CODEPIPELINE"}
        self.made = stack.add(
            "CodeBuild::Project", "Project", Name=self.name, ServiceRole=self.role["Arn"],
            Artifacts={"Type": "NO_ARTIFACTS" if alone else "CODEPIPELINE"},
            Environment={"Type": "LINUX_CONTAINER", "ComputeType": size, "Image": image},
            Source=source,
        )  # fmt: skip
        stack.ask(builds.project(name=self.name), builds.project_size(of=self.name, value=size))
        if alone:
            where = f"https://github.com/example/{draw.choice('code', ('shop', 'api', 'web'))}.git"
            source.update(Type="GITHUB", Location=where)
            stack.ask(
                builds.project_image(of=self.name, value=image), builds.project_role(of=self.name),
                builds.project_source(of=self.name, kind="GITHUB", location=where),
            )  # fmt: skip

    def variable(self) -> None:
        """Ask for a variable."""
        key, values = self.stack.draw.choice("variable", VARIABLES)
        value = self.stack.draw.choice("variable value", values)
        self.stack.ask(builds.project_variable(of=self.name, key=key, value=value))
        self.made.append("Environment.EnvironmentVariables", {"Name": key, "Value": value})

    def logged(self) -> None:
        """Ask for logs."""
        group = f"/builds/{self.name}"
        made = self.stack.add("Logs::LogGroup", "Logs", LogGroupName=group, RetentionInDays=30)
        self.stack.ask(
            logs_ask.log_group(name=group), builds.project_logs(of=self.name, to=group)
        )  # fmt: skip
        self.made.set(LogsConfig={"CloudWatchLogs": {"Status": "ENABLED", "GroupName": made.ref}})

    def extras(self) -> tuple[Extra, ...]:
        """Return the optional parts."""
        more = Settings(self.stack, self.made, self.name)
        return (
            more.value(builds.project_timeout, "TimeoutInMinutes", range(5, 121, 5)),
            Extra("variable", 1, self.variable), Extra("logs", 2, self.logged),
            more.switch(builds.project_privileged, "Environment.PrivilegedMode"),
        )  # fmt: skip


@family("cloudformation", levels=(2, 3, 4))
def build_project(draw: Draw) -> Draft:
    """A CodeBuild project with its role, source and environment."""
    stack = Stack(draw, "Builds")
    one = _Project(stack)
    decorate(stack, one.extras())
    return stack.draft(
        f"Create the CodeBuild project `{one.name}` with CloudFormation",
        f"Write a CloudFormation template for the builds of `{one.name}`",
    )


@family("cloudformation", levels=(4, 5))
def delivery_pipeline(draw: Draw) -> Draft:
    """A pipeline from a repository through CodeBuild, perhaps with an approval."""
    stack = Stack(draw, "From source to release")
    name, store = (
        draw.name("pipeline", ("release", "pipeline", "delivery")),
        draw.name("bucket", ("artifacts", "builds", "packages")),
    )
    repository = f"example/{draw.choice('repository', ('shop', 'api', 'web', 'infra'))}"
    branch = draw.choice("branch", ("main", "release", "develop"))
    bucket = add_bucket(stack, store)
    build = _Project(stack, alone=False)
    connection = stack.parameter("ConnectionArn")
    objects = statement(["s3:GetObject", "s3:PutObject"], sub("${Bucket.Arn}/*"))
    build.role.append("Policies", {"PolicyName": "artifacts", "PolicyDocument": document(objects)})
    role = stack.add(
        "IAM::Role", "PipelineRole", AssumeRolePolicyDocument=trust("codepipeline.amazonaws.com"),
        Policies=[{
            "PolicyName": "pipeline",
            "PolicyDocument": document(
                objects,
                statement("codestar-connections:UseConnection", connection),
                statement(["codebuild:BatchGetBuilds", "codebuild:StartBuild"], build.made["Arn"]),
            ),
        }],
    )  # fmt: skip
    fetch = _action(
        "Fetch", "Source", "CodeStarSourceConnection",
        {"ConnectionArn": connection, "FullRepositoryId": repository, "BranchName": branch},
        OutputArtifacts=[{"Name": "source"}],
    )  # fmt: skip
    run = _action(
        "Run", "Build", "CodeBuild", {"ProjectName": build.made.ref},
        InputArtifacts=[{"Name": "source"}], OutputArtifacts=[{"Name": "built"}],
    )  # fmt: skip
    stages = [{"Name": "Source", "Actions": [fetch]}, {"Name": "Build", "Actions": [run]}]
    made = stack.add(
        "CodePipeline::Pipeline", "Pipeline", Name=name, RoleArn=role["Arn"],
        ArtifactStore={"Type": "S3", "Location": bucket.ref}, Stages=stages,
    )  # fmt: skip
    stack.ask(
        buckets.bucket(name=store), builds.pipeline(name=name),
        builds.pipeline_store(of=name, bucket=store),
        builds.pipeline_source(of=name, repository=repository, branch=branch),
        builds.pipeline_builds(of=name, stage="Build", project=build.name),
        builds.pipeline_role(of=name),
    )  # fmt: skip

    def approved() -> None:
        stage = draw.choice("approval", ("Approve", "Review", "Release"))
        stack.ask(
            builds.pipeline_approval(of=name, stage=stage),
            builds.pipeline_stages(of=name, stages=["Source", "Build", stage]),
        )
        stages.append({"Name": stage, "Actions": [_action("Ask", "Approval", "Manual", {})]})

    more = Settings(stack, made, name)
    decorate(
        stack,
        (
            more.value(builds.pipeline_type, "PipelineType", ("V2",)),
            Extra("approval", 2, approved),
            *build.extras(),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Build the pipeline `{name}` for {repository}, described in CloudFormation",
        f"Write a CloudFormation template for the CodePipeline pipeline `{name}`",
    )


def _action(
    name: str, category: str, provider: str, configuration: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """Write an action of a pipeline."""
    kind = {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}
    made: dict[str, Any] = {"Name": name, "ActionTypeId": kind}
    if configuration:
        made["Configuration"] = configuration
    return {**made, **more}
