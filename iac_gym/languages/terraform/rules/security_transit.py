"""Rules about security: traffic that is encrypted on its way (AWS)."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.known import is_false, text_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.rules.security_faults import Fault, none_of, on, report
from iac_gym.verdict import Stage

#: Policies of listeners that still offer TLS 1.0 or 1.1.
_OLD_POLICIES = (
    "ELBSecurityPolicy-2015-05", "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-FS-2018-06",
    "ELBSecurityPolicy-FS-1-1-2019-08", "ELBSecurityPolicy-TLS-1-0-2015-04",
    "ELBSecurityPolicy-TLS-1-1-2017-01", "ELBSecurityPolicy-TLS13-1-0-2021-06",
    "ELBSecurityPolicy-TLS13-1-1-2021-06",
)  # fmt: skip
#: Protocol versions of CloudFront that allow TLS 1.0 or 1.1.
_OLD_VERSIONS = ("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016")


def plain_listener(thing: Instance, strict: bool) -> Iterator[Fault]:
    """Yield where a listener for HTTP answers by itself instead of redirecting to HTTPS."""
    if text_of(thing.get("protocol")).upper() != "HTTP":
        return
    for action in thing.blocks("default_action"):
        if action.get("type") == "forward":
            yield action.where("type"), "forwards plain HTTP instead of redirecting to HTTPS"
        for target in action.blocks("redirect"):
            if text_of(target.get("protocol")).upper() == "HTTP":
                yield target.where("protocol"), "redirects to plain HTTP"


@rule(Stage.SECURITY)
def listeners_redirect_http(model: Configuration) -> Findings:
    """A listener for HTTP redirects to HTTPS instead of forwarding requests.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-1

    Bad::

        resource "aws_lb_listener" "http" {
          load_balancer_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/w"
          port              = 80
          protocol          = "HTTP"
          default_action {
            type             = "forward"
            target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/w/1"
          }
        }

    Good::

        resource "aws_lb_listener" "http" {
          load_balancer_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/w"
          port              = 80
          protocol          = "HTTP"
          default_action {
            type = "redirect"
            redirect {
              port        = "443"
              protocol    = "HTTPS"
              status_code = "HTTP_301"
            }
          }
        }
    """
    yield from report(model, plain_listener, "aws_lb_listener", "aws_alb_listener")


def old_listener(thing: Instance, strict: bool) -> Iterator[Fault]:
    """Yield where an encrypted listener offers old versions of TLS (it does by default)."""
    if text_of(thing.get("protocol")).upper() in ("HTTPS", "TLS"):
        offers = "still accepts TLS 1.0 or 1.1"
        yield from none_of("ssl_policy", _OLD_POLICIES, offers, absent=False)(thing, strict)


@rule(Stage.SECURITY)
def modern_listener_policy(model: Configuration) -> Findings:
    """A listener for HTTPS or TLS accepts TLS 1.2 and newer only, which its default does not.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17

    Bad::

        resource "aws_lb_listener" "https" {
          load_balancer_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/w"
          port              = 443
          protocol          = "HTTPS"
          ssl_policy        = "ELBSecurityPolicy-2016-08"
          certificate_arn   = "arn:aws:acm:eu-west-1:123456789012:certificate/1a2b3c4d"
          default_action {
            type             = "forward"
            target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/w/1"
          }
        }

    Good::

        resource "aws_lb_listener" "https" {
          load_balancer_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/w"
          port              = 443
          protocol          = "HTTPS"
          ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
          certificate_arn   = "arn:aws:acm:eu-west-1:123456789012:certificate/1a2b3c4d"
          default_action {
            type             = "forward"
            target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/w/1"
          }
        }
    """
    yield from report(model, old_listener, "aws_lb_listener", "aws_alb_listener")


def _viewer_http(thing: Instance, strict: bool) -> Iterator[Fault]:
    for kind in ("default_cache_behavior", "ordered_cache_behavior"):
        for behavior in thing.blocks(kind):
            if behavior.get("viewer_protocol_policy") == "allow-all":
                at = behavior.where("viewer_protocol_policy")
                yield at, "serves its viewers over plain HTTP"


@rule(Stage.SECURITY)
def distributions_use_https(model: Configuration) -> Findings:
    """A CloudFront distribution redirects viewers to HTTPS, or accepts nothing else.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-3

    Bad::

        resource "aws_cloudfront_distribution" "site" {
          enabled = true
          origin {
            domain_name = "shop-site.s3.amazonaws.com"
            origin_id   = "site"
          }
          default_cache_behavior {
            target_origin_id       = "site"
            viewer_protocol_policy = "allow-all"
            allowed_methods        = ["GET", "HEAD"]
            cached_methods         = ["GET", "HEAD"]
          }
          restrictions {
            geo_restriction {
              restriction_type = "none"
            }
          }
          viewer_certificate {
            cloudfront_default_certificate = true
          }
        }

    Good::

        resource "aws_cloudfront_distribution" "site" {
          enabled = true
          origin {
            domain_name = "shop-site.s3.amazonaws.com"
            origin_id   = "site"
          }
          default_cache_behavior {
            target_origin_id       = "site"
            viewer_protocol_policy = "redirect-to-https"
            allowed_methods        = ["GET", "HEAD"]
            cached_methods         = ["GET", "HEAD"]
          }
          restrictions {
            geo_restriction {
              restriction_type = "none"
            }
          }
          viewer_certificate {
            cloudfront_default_certificate = true
          }
        }
    """
    yield from report(model, _viewer_http, "aws_cloudfront_distribution")


@rule(Stage.SECURITY)
def distributions_use_modern_tls(model: Configuration) -> Findings:
    """A CloudFront distribution with its own certificate does not accept TLS 1.0 or 1.1.

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html

    Bad::

        resource "aws_cloudfront_distribution" "site" {
          enabled = true
          origin {
            domain_name = "shop-site.s3.amazonaws.com"
            origin_id   = "site"
          }
          default_cache_behavior {
            target_origin_id       = "site"
            viewer_protocol_policy = "https-only"
            allowed_methods        = ["GET", "HEAD"]
            cached_methods         = ["GET", "HEAD"]
          }
          restrictions {
            geo_restriction {
              restriction_type = "none"
            }
          }
          viewer_certificate {
            acm_certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/1a2b3c4d"
            ssl_support_method       = "sni-only"
            minimum_protocol_version = "TLSv1"
          }
        }

    Good::

        resource "aws_cloudfront_distribution" "site" {
          enabled = true
          origin {
            domain_name = "shop-site.s3.amazonaws.com"
            origin_id   = "site"
          }
          default_cache_behavior {
            target_origin_id       = "site"
            viewer_protocol_policy = "https-only"
            allowed_methods        = ["GET", "HEAD"]
            cached_methods         = ["GET", "HEAD"]
          }
          restrictions {
            geo_restriction {
              restriction_type = "none"
            }
          }
          viewer_certificate {
            acm_certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/1a2b3c4d"
            ssl_support_method       = "sni-only"
            minimum_protocol_version = "TLSv1.2_2021"
          }
        }
    """
    for one in model.resolved().instances("aws_cloudfront_distribution"):
        for certificate in one.blocks("viewer_certificate"):
            if certificate.get("minimum_protocol_version") in _OLD_VERSIONS:
                at = certificate.where("minimum_protocol_version")
                yield model.finding(at, "viewers may still use TLS 1.0 or 1.1")


@rule(Stage.SECURITY)
def caches_encrypt_transit(model: Configuration) -> Findings:
    """Redis and Valkey replication groups encrypt the traffic of their clients.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html#elasticache-5

    Bad::

        resource "aws_elasticache_replication_group" "sessions" {
          replication_group_id       = "sessions"
          description                = "Sessions"
          transit_encryption_enabled = false
        }

    Good::

        resource "aws_elasticache_replication_group" "sessions" {
          replication_group_id       = "sessions"
          description                = "Sessions"
          transit_encryption_enabled = true
        }
    """
    switch = "transit_encryption_enabled"
    for one in model.resolved().instances("aws_elasticache_replication_group"):
        given = one.get(switch)
        if is_false(given) or (given is None and one.get("engine") in (None, "redis")):
            yield model.finding(one.where(switch), f"`{one.address[:80]}` sends data in the clear")


@rule(Stage.SECURITY)
def search_uses_https(model: Configuration) -> Findings:
    """Search domains accept HTTPS only.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/opensearch-controls.html#opensearch-8

    Bad::

        resource "aws_opensearch_domain" "logs" {
          domain_name = "logs"
          domain_endpoint_options {
            enforce_https = false
          }
        }

    Good::

        resource "aws_opensearch_domain" "logs" {
          domain_name = "logs"
          domain_endpoint_options {
            enforce_https       = true
            tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
          }
        }
    """
    https = on("domain_endpoint_options.enforce_https", "accepts plain HTTP", absent=True)
    yield from report(model, https, "aws_opensearch_domain", "aws_elasticsearch_domain")


@rule(Stage.SECURITY)
def mounts_encrypt_transit(model: Configuration) -> Findings:
    """A task mounts EFS over an encrypted connection.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html

    Bad::

        resource "aws_ecs_task_definition" "web" {
          family                = "web"
          container_definitions = jsonencode([{ name = "web", image = "nginx:1.27" }])
          volume {
            name = "home"
            efs_volume_configuration {
              file_system_id = "fs-0123456789abcdef0"
            }
          }
        }

    Good::

        resource "aws_ecs_task_definition" "web" {
          family                = "web"
          container_definitions = jsonencode([{ name = "web", image = "nginx:1.27" }])
          volume {
            name = "home"
            efs_volume_configuration {
              file_system_id     = "fs-0123456789abcdef0"
              transit_encryption = "ENABLED"
            }
          }
        }
    """
    for one in model.resolved().instances("aws_ecs_task_definition"):
        for volume in one.blocks("volume"):
            for mount in volume.blocks("efs_volume_configuration"):
                if mount.get("transit_encryption") in (None, "DISABLED"):
                    at = mount.where("transit_encryption")
                    yield model.finding(at, "the file system is mounted without encryption")
