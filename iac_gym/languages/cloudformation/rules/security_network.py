"""Rules about security: what is open to the internet, and traffic that anybody can read."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import Rule
from iac_gym.languages.cloudformation.folded import Folded, is_false, is_true, number_of, text_of
from iac_gym.languages.cloudformation.resolved import Item
from iac_gym.languages.cloudformation.rules.security_checks import is_set, secure
from iac_gym.verdict import Finding

_WORLD = ("0.0.0.0/0", "::/0", "0::/0", "0:0:0:0:0:0:0:0/0")
_ADMIN = {22: "SSH", 3389: "RDP"}
_DATA = {
    1433: "SQL Server", 1521: "Oracle", 3306: "MySQL", 5432: "PostgreSQL", 6379: "Redis",
    9200: "OpenSearch", 11211: "Memcached", 27017: "MongoDB",
}  # fmt: skip
_GROUPS = ("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress")


def open_rules(item: Item) -> Iterator[tuple[str, int, int]]:
    """Yield (protocol, first port, last port) of what a security group opens to the world."""
    if item.type == "AWS::EC2::SecurityGroup":
        entries = [one for one in item.list("SecurityGroupIngress") if isinstance(one, dict)]
    else:
        entries = [item.properties]
    for entry in entries:
        if entry.get("CidrIp") in _WORLD or entry.get("CidrIpv6") in _WORLD:
            yield _ports(entry)


def _ports(entry: dict[str, Folded]) -> tuple[str, int, int]:
    protocol = {"6": "tcp", "17": "udp"}.get(text := text_of(entry.get("IpProtocol"), "-1"), text)
    if protocol == "-1":
        return protocol, 0, 65535
    first, last = number_of(entry.get("FromPort"), -1), number_of(entry.get("ToPort"), -1)
    return protocol.lower(), -1 if first is None else first, -1 if last is None else last


def _opened(item: Item, ports: dict[int, str]) -> Iterator[Finding]:
    """Yield what opens some TCP ports to the world, apart from what opens everything."""
    for protocol, first, last in open_rules(item):
        if protocol != "tcp" or (first <= 0 and last >= 65535):
            continue
        named = [f"{name} ({port})" for port, name in ports.items() if first <= port <= last]
        if named:
            message = f"`{{}}` opens {', '.join(named)} to the whole internet"
            yield item.finding(message, "SecurityGroupIngress", "name the addresses that need it")


@secure(*_GROUPS)
def closed_admin_ports(item: Item) -> Iterator[Finding]:
    """No security group admits the whole internet to SSH (22) or RDP (3389).

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-53

    Bad::

        Resources:
          Web:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              SecurityGroupIngress:
                - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}

    Good::

        Resources:
          Web:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              SecurityGroupIngress:
                - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}
    """
    yield from _opened(item, _ADMIN)


@secure(*_GROUPS)
def closed_data_ports(item: Item) -> Iterator[Finding]:
    """No security group admits the whole internet to the port of a database, cache or index.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19

    Bad::

        Resources:
          Db:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: database
              SecurityGroupIngress:
                - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0}

    Good::

        Resources:
          Db:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: database
              SecurityGroupIngress:
                - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/16}
    """
    yield from _opened(item, _DATA)


@secure(*_GROUPS)
def not_all_ports_open(item: Item) -> Iterator[Finding]:
    """No security group admits the whole internet to every port.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18

    Bad::

        Resources:
          Web:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              SecurityGroupIngress:
                - {IpProtocol: "-1", CidrIp: 0.0.0.0/0}

    Good::

        Resources:
          Web:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              SecurityGroupIngress:
                - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
    """
    for protocol, first, last in open_rules(item):
        if protocol in ("-1", "tcp", "udp") and first <= 0 and last >= 65535:
            yield item.finding(
                "`{}` opens every port to the whole internet", "SecurityGroupIngress"
            )


@secure("AWS::RDS::DBInstance", "AWS::Redshift::Cluster", "AWS::DMS::ReplicationInstance")
def private_databases(item: Item) -> Iterator[Finding]:
    """Databases and warehouses have no public address.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-2

    Bad::

        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              DBInstanceClass: db.t3.micro
              Engine: postgres
              AllocatedStorage: "20"
              MasterUsername: app
              ManageMasterUserPassword: true
              PubliclyAccessible: true

    Good::

        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              DBInstanceClass: db.t3.micro
              Engine: postgres
              AllocatedStorage: "20"
              MasterUsername: app
              ManageMasterUserPassword: true
              PubliclyAccessible: false
    """
    if is_true(item.get("PubliclyAccessible")):
        yield item.finding("`{}` has a public address", "PubliclyAccessible")


@secure("AWS::ElasticLoadBalancingV2::Listener")
def listeners_redirect_http(item: Item) -> Iterator[Finding]:
    """A listener for HTTP redirects to HTTPS instead of forwarding requests.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-1

    Bad::

        Resources:
          Http:
            Type: AWS::ElasticLoadBalancingV2::Listener
            Properties:
              LoadBalancerArn: !Ref Balancer
              Port: 80
              Protocol: HTTP
              DefaultActions:
                - Type: fixed-response
                  FixedResponseConfig: {StatusCode: "200"}
          Balancer:
            Type: AWS::ElasticLoadBalancingV2::LoadBalancer
            Properties:
              Subnets: [subnet-0a1b2c3d4e5f60718, subnet-1a1b2c3d4e5f60718]

    Good::

        Resources:
          Http:
            Type: AWS::ElasticLoadBalancingV2::Listener
            Properties:
              LoadBalancerArn: !Ref Balancer
              Port: 80
              Protocol: HTTP
              DefaultActions:
                - Type: redirect
                  RedirectConfig: {Protocol: HTTPS, Port: "443", StatusCode: HTTP_301}
          Balancer:
            Type: AWS::ElasticLoadBalancingV2::LoadBalancer
            Properties:
              Subnets: [subnet-0a1b2c3d4e5f60718, subnet-1a1b2c3d4e5f60718]
    """
    if item.get("Protocol") != "HTTP":
        return
    for action in item.list("DefaultActions"):
        if not isinstance(action, dict):
            continue
        config = action.get("RedirectConfig")
        kind = action.get("Type")
        target = config.get("Protocol") if isinstance(config, dict) else ""
        safe = kind == "redirect" and target == "HTTPS"
        if not safe and kind in ("redirect", "forward", "fixed-response"):
            yield item.finding("the listener `{}` answers plain HTTP", "DefaultActions")
            return


@secure("AWS::ElasticLoadBalancingV2::Listener")
def modern_listener_policy(item: Item) -> Iterator[Finding]:
    """A listener for HTTPS or TLS accepts TLS 1.2 and newer only, which its default does not.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17

    Bad::

        Resources:
          Https:
            Type: AWS::ElasticLoadBalancingV2::Listener
            Properties:
              LoadBalancerArn: !Ref Balancer
              Port: 443
              Protocol: HTTPS
              SslPolicy: ELBSecurityPolicy-2016-08
              Certificates:
                - CertificateArn: !Ref Certificate
              DefaultActions:
                - Type: fixed-response
                  FixedResponseConfig: {StatusCode: "200"}
          Certificate:
            Type: AWS::CertificateManager::Certificate
            Properties:
              DomainName: example.org
              ValidationMethod: DNS
          Balancer:
            Type: AWS::ElasticLoadBalancingV2::LoadBalancer
            Properties:
              Subnets: [subnet-0a1b2c3d4e5f60718, subnet-1a1b2c3d4e5f60718]

    Good::

        Resources:
          Https:
            Type: AWS::ElasticLoadBalancingV2::Listener
            Properties:
              LoadBalancerArn: !Ref Balancer
              Port: 443
              Protocol: HTTPS
              SslPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06
              Certificates:
                - CertificateArn: !Ref Certificate
              DefaultActions:
                - Type: fixed-response
                  FixedResponseConfig: {StatusCode: "200"}
          Certificate:
            Type: AWS::CertificateManager::Certificate
            Properties:
              DomainName: example.org
              ValidationMethod: DNS
          Balancer:
            Type: AWS::ElasticLoadBalancingV2::LoadBalancer
            Properties:
              Subnets: [subnet-0a1b2c3d4e5f60718, subnet-1a1b2c3d4e5f60718]
    """
    if item.get("Protocol") not in ("HTTPS", "TLS"):
        return
    policy = item.get("SslPolicy")
    if policy is None or (
        isinstance(policy, str)
        and not any(one in policy for one in ("TLS13-1-2", "TLS13-1-3", "-1-2"))
    ):
        yield item.finding("the listener `{}` accepts TLS older than 1.2", "SslPolicy")


@secure("AWS::CloudFront::Distribution")
def distributions_use_https(item: Item) -> Iterator[Finding]:
    """A CloudFront distribution redirects viewers to HTTPS, or accepts nothing else.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html

    Bad::

        Resources:
          Site:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                Enabled: true
                Origins:
                  - Id: web
                    DomainName: www.example.org
                    CustomOriginConfig: {OriginProtocolPolicy: https-only}
                DefaultCacheBehavior:
                  TargetOriginId: web
                  ViewerProtocolPolicy: allow-all
                  CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6

    Good::

        Resources:
          Site:
            Type: AWS::CloudFront::Distribution
            Properties:
              DistributionConfig:
                Enabled: true
                Origins:
                  - Id: web
                    DomainName: www.example.org
                    CustomOriginConfig: {OriginProtocolPolicy: https-only}
                DefaultCacheBehavior:
                  TargetOriginId: web
                  ViewerProtocolPolicy: redirect-to-https
                  CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
    """
    for name in ("DefaultCacheBehavior", "CacheBehaviors"):
        path = f"DistributionConfig.{name}"
        if "allow-all" in item.each(f"{path}.ViewerProtocolPolicy"):
            yield item.finding("the distribution `{}` accepts plain HTTP", path)


@secure("AWS::EC2::Instance", "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration")
def metadata_needs_token(item: Item) -> Iterator[Finding]:
    """The metadata of machines can be read with a session token only (IMDSv2).

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-8

    Bad::

        Resources:
          Web:
            Type: AWS::EC2::LaunchTemplate
            Properties:
              LaunchTemplateData:
                ImageId: ami-0abcdef1234567890

    Good::

        Resources:
          Web:
            Type: AWS::EC2::LaunchTemplate
            Properties:
              LaunchTemplateData:
                ImageId: ami-0abcdef1234567890
                MetadataOptions: {HttpTokens: required}
    """
    prefix = "LaunchTemplateData." if item.type == "AWS::EC2::LaunchTemplate" else ""
    if item.type == "AWS::EC2::Instance" and item.has("LaunchTemplate"):
        return  # the template says it
    path = f"{prefix}MetadataOptions"
    if item.get(f"{path}.HttpEndpoint") == "disabled":
        return
    tokens = item.get(f"{path}.HttpTokens")
    if tokens is None or tokens == "optional":
        yield item.finding("the metadata of `{}` can be read without a token", path)


@secure("AWS::Lambda::Url")
def authenticated_function_urls(item: Item) -> Iterator[Finding]:
    """The URL of a Lambda function asks for a signed request.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html

    Bad::

        Resources:
          Url:
            Type: AWS::Lambda::Url
            Properties:
              AuthType: NONE
              TargetFunctionArn: resize

    Good::

        Resources:
          Url:
            Type: AWS::Lambda::Url
            Properties:
              AuthType: AWS_IAM
              TargetFunctionArn: resize
    """
    if item.get("AuthType") == "NONE":
        yield item.finding("anybody can call the URL `{}`", "AuthType")


@secure("AWS::EKS::Cluster")
def closed_cluster_endpoint(item: Item) -> Iterator[Finding]:
    """The API endpoint of an EKS cluster is not public, or only for named address ranges.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-1

    Bad::

        Resources:
          Apps:
            Type: AWS::EKS::Cluster
            Properties:
              RoleArn: arn:aws:iam::123456789012:role/eks
              ResourcesVpcConfig:
                SubnetIds: [subnet-0a1b2c3d4e5f60718, subnet-1a1b2c3d4e5f60718]

    Good::

        Resources:
          Apps:
            Type: AWS::EKS::Cluster
            Properties:
              RoleArn: arn:aws:iam::123456789012:role/eks
              ResourcesVpcConfig:
                SubnetIds: [subnet-0a1b2c3d4e5f60718, subnet-1a1b2c3d4e5f60718]
                EndpointPublicAccess: false
                EndpointPrivateAccess: true
    """
    path = "ResourcesVpcConfig"
    if is_false(item.get(f"{path}.EndpointPublicAccess")):
        return
    ranges = item.list(f"{path}.PublicAccessCidrs")
    if not is_set(ranges) or any(one in _WORLD for one in ranges):
        yield item.finding("the endpoint of `{}` is open to the whole internet", path)


IN_ORDER: tuple[Rule, ...] = (
    closed_admin_ports, closed_data_ports, not_all_ports_open, private_databases,
    listeners_redirect_http, modern_listener_policy, distributions_use_https, metadata_needs_token,
    authenticated_function_urls, closed_cluster_endpoint,
)  # fmt: skip
