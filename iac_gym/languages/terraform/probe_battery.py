"""The values that every attribute is asked about, and more of a kind where it shows interest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

LONG = "A" * 5000

FIRST_TEXTS: tuple[str, ...] = (
    "zz-bogus",
    "",
    LONG,
    'é {weird}\n\t"<>!',
    "12345678901234567890",
    "aws:zz",
    "AWS",
    " lead",
    "internal-zz-",
    "default",
    "https://example.com/",
    "arn:aws:iam::123456789012:role/x",
    "-5",
    "10.0.0.5/8",
    '{"a": 1}',
    "zz--",
)
"""A provider that checks a text at all refuses one of these."""

FIRST_NUMBERS: tuple[float, ...] = (
    -99999, 999999999, -1, 0, 1, 2, 3, 7, 30, 60, 100, 1000, 5000, 20000, 100000, 1.5,
)  # fmt: skip

_ID = "0123456789abcdef0"
_ACCOUNT = "123456789012"
_WORDS = """a A 1 - _ . / : @ + = , * # $ % & ! ? ~ | ; ' ( ) [ ] { } < > ^ ` \\ é 世界 ab
aB Ab a1 1a a-b a_b a.b a/b a:b a@b a+b a=b a,b a*b -a a- _a a_ .a a.
/a a/ a--b a__b a..b a//b A-B abc ABC Abc
example Example EXAMPLE my-name my_name MyName my.name my-name-1 1-name name/with/path /a/b/c
/a/ / prefix/ xn--a sthree-a a-s3alias 192.168.5.4 internal-a amazon AmazonX aws-x AWS-x aws:a
AWS:a sg-a true false True TRUE yes no 0 00 007 2 3 5 10 22 80 99 100 255 443 512 1000 1024 1025
3600 4096 65000 64512 65534 65535 65536 100000 4200000000 4294967294 4294967295 4294967296 -1
-10 +5 1.0 1.5 0.5 .5 5. 1e3 1E3 NaN inf 1_000 0x10 99999999999999999999 1.2.3 v1 v1.2.3 1.27
5.7 8.0.35 latest $LATEST $default 1-2 22-80 80-80 0-65535 80,443 1:2 *:* prod dev alias/a
alias/aws/s3 us-east-1 eu-central-1 us-gov-west-1 us-east-1a cn-north-1 us-iso-east-1 xx-yyyy-9
us-east-11 us-east all All ALL default Default none None NONE enabled Enabled ENABLED disabled
DISABLED Disabled active ACTIVE on off ON OFF standard STANDARD Standard public private PUBLIC
PRIVATE http https HTTP HTTPS tcp TCP udp UDP icmp email ssl tls Allow Deny allow deny GET POST
ANY auto AUTO Auto example.com www.example.com example.com. *.example.com _dmarc.example.com
EXAMPLE.com localhost a.b.c s3.amazonaws.com ec2.amazonaws.com lambda.amazonaws.com.cn
com.amazonaws.us-east-1.s3 user@example.com User.Name+tag@sub.example.co.uk @example.com a@b
user@ +15555550123 5555550123 http://example.com https://example.com
https://example.com:8443/a?b=c#d http://10.0.0.1/ https:// http:// ftp://example.com
s3://bucket/key s3://bucket/ s3://bucket ldap://a //example.com ws://a
https://sqs.us-east-1.amazonaws.com/123456789012/q https://git.example.com/a/b.git
https://a.auth0.com/ git@example.com:a/b.git https://*.example.com * 10.0.0.1 10.0.0.256 10.0.0
0.0.0.0 255.255.255.255 224.0.0.1 169.254.1.1 127.0.0.1 010.0.0.1 10.0.0.0/8 10.0.0.0/16
10.0.0.0/24 10.0.0.0/28 10.0.0.0/29 10.0.0.0/15 10.0.0.1/24 10.0.0.0/33 10.0.0.0/08 10.0.0.1/32
0.0.0.0/0 192.168.0.0/16 172.16.0.0/12 169.254.10.0/30 169.254.0.0/30 ::1 :: 2001:db8::1
2001:DB8::1 fe80::1%eth0 1::2::3 ::ffff:10.0.0.1 ::/0 2001:db8::/32 2001:db8::/56 2001:db8::/64
2001:db8::1/64 2001:db8::/129 fd00::/8 fd00:ec2::/126 fd12:3456:789a:1::/126 2001:0db8::/32
::ffff:10.0.0.0/104 1.2.3.4:80 2023-01-01 2023-13-01 2023-01-01T00:00:00Z 2023-01-01T00:00:00
2023-01-01T00:00:00+01:00 2023-01-01T00:00:00.123Z 2023-02-30T00:00:00Z 2023-01-01t00:00:00z
2023-01-01T00:00Z 2023-01 20230101 2023-01-01T24:00:00Z 2023-1-1T00:00:00Z 2023-01-01_00:00
2087-06-15_00:00 2023-01-01T00:00:00ZZ 1672531200 00:00 03:00 3:00 24:00 23:59 12:60 03:00:00
0300 03:00-04:00 23:00-01:00 3:00-4:00 03:00-03:30 24:00-25:00 sun:05:00-sun:06:00
Sun:05:00-Sun:06:00 SUN:05:00-SUN:06:00 sun:5:00-sun:6:00 mon:03:00 xxx:05:00-sun:06:00
sun:05:00-sun:05:30 1:05:00 d:03:00 SUNDAY Sunday MON Mon mon 0s 5s 30s 5m 1h 24h 168h 1h30m 90
1d 1w P1D PT5M PT1H PT15M P1Y P1Y2M3DT4H5M6S P30D 5mm 1.5h -5m 100ms aGVsbG8= aGVsbG8 aGVsbG8==
aGVs!G8= YQ== Zm9v deadbeef DEADBEEF 0123456789abcdef xyz== 0123456789abcdef0123456789abcdef
d41d8cd98f00b204e9800998ecf8427e da39a3ee5e6b4b0d3255bfef95601890afd80709
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
6ba7b810-9dad-11d1-80b4-00c04fd430c8 6BA7B810-9DAD-11D1-80B4-00C04FD430C8
6ba7b810-9dad-11d1-80b4 {6ba7b810-9dad-11d1-80b4-00c04fd430c8} 6ba7b8109dad11d180b400c04fd430c8
00:1b:44:11:3a:b7 00-1b-44-11-3a-b7 r-abcd ou-abcd-12345678 o-abcdefghij p-abcdefgh
us-east-1:abc E2QWRUHAPOMQZL Z2FDTNDATAQYW2 AKIAIOSFODNN7EXAMPLE 123456789 1234567890123
12345678901a aws-managed third-party 000000000000 image:tag repo/image:tag
repo/image@sha256:e3b0 python3.9 db.t3.micro t3.micro t2.micro cache.t3.micro m5.large
ml.m5.large .m5.large r5.4xlarge custom:a AWS_LAMBDA LAMBDA SAML saml-provider 0.0.0.0/00 a=1
A=1,B=2 $.a $[0] ${a} {{a}} <b></b> a|b (a [a] ^a$ .* a{1} a\\b a%b %20 a&b
""".split()

_RESOURCES = (
    f"ec2:us-east-1:{_ACCOUNT}:instance/i-{_ID}",
    f"iam::{_ACCOUNT}:role/r",
    f"iam::{_ACCOUNT}:user/u",
    f"iam::{_ACCOUNT}:policy/p",
    f"iam::{_ACCOUNT}:root",
    "iam::aws:policy/ReadOnlyAccess",
    f"iam::{_ACCOUNT}:instance-profile/p",
    f"iam::{_ACCOUNT}:saml-provider/p",
    f"iam::{_ACCOUNT}:server-certificate/c",
    f"sts::{_ACCOUNT}:assumed-role/r/s",
    f"lambda:us-east-1:{_ACCOUNT}:function:f",
    f"lambda:us-east-1:{_ACCOUNT}:function:f:1",
    f"lambda:us-east-1:{_ACCOUNT}:layer:l:1",
    f"apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:{_ACCOUNT}:function:f/invocations",
    "s3:::bucket",
    "s3:::bucket/key",
    "s3:::bucket/*",
    f"s3:us-east-1:{_ACCOUNT}:accesspoint/a",
    f"sns:us-east-1:{_ACCOUNT}:topic",
    f"sqs:us-east-1:{_ACCOUNT}:queue",
    f"sqs:us-east-1:{_ACCOUNT}:queue.fifo",
    f"kms:us-east-1:{_ACCOUNT}:key/6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    f"kms:us-east-1:{_ACCOUNT}:key/mrk-0123456789abcdef0123456789abcdef",
    f"kms:us-east-1:{_ACCOUNT}:alias/a",
    f"acm:us-east-1:{_ACCOUNT}:certificate/6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    f"acm:eu-west-1:{_ACCOUNT}:certificate/6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    f"acm-pca:us-east-1:{_ACCOUNT}:certificate-authority/6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    f"logs:us-east-1:{_ACCOUNT}:log-group:g",
    f"logs:us-east-1:{_ACCOUNT}:log-group:g:*",
    f"logs:us-east-1:{_ACCOUNT}:log-group:/aws/a:log-stream:s",
    f"dynamodb:us-east-1:{_ACCOUNT}:table/t",
    f"dynamodb:us-east-1:{_ACCOUNT}:table/t/stream/2023-01-01T00:00:00.000",
    f"kinesis:us-east-1:{_ACCOUNT}:stream/s",
    f"firehose:us-east-1:{_ACCOUNT}:deliverystream/d",
    f"states:us-east-1:{_ACCOUNT}:stateMachine:m",
    f"events:us-east-1:{_ACCOUNT}:event-bus/b",
    f"events:us-east-1:{_ACCOUNT}:rule/r",
    f"elasticloadbalancing:us-east-1:{_ACCOUNT}:loadbalancer/app/a/0123456789abcdef",
    f"elasticloadbalancing:us-east-1:{_ACCOUNT}:targetgroup/t/0123456789abcdef",
    f"elasticloadbalancing:us-east-1:{_ACCOUNT}:listener/app/a/0123456789abcdef/0123456789abcdef",
    f"ecs:us-east-1:{_ACCOUNT}:cluster/c",
    f"ecs:us-east-1:{_ACCOUNT}:task-definition/t:1",
    f"rds:us-east-1:{_ACCOUNT}:db:d",
    f"rds:us-east-1:{_ACCOUNT}:cluster:c",
    f"secretsmanager:us-east-1:{_ACCOUNT}:secret:s-abcdef",
    f"ssm:us-east-1:{_ACCOUNT}:parameter/p",
    f"cognito-idp:us-east-1:{_ACCOUNT}:userpool/us-east-1_abc",
    f"codebuild:us-east-1:{_ACCOUNT}:project/p",
    f"codestar-connections:us-east-1:{_ACCOUNT}:connection/6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    f"elasticfilesystem:us-east-1:{_ACCOUNT}:file-system/fs-{_ID}",
    f"elasticfilesystem:us-east-1:{_ACCOUNT}:access-point/fsap-{_ID}",
    f"organizations::{_ACCOUNT}:organization/o-abcdefghij",
    f"organizations::{_ACCOUNT}:ou/o-abcdefghij/ou-abcd-12345678",
    f"wafv2:us-east-1:{_ACCOUNT}:regional/webacl/a/6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    f"sagemaker:us-east-1:{_ACCOUNT}:image/i",
    f"backup:us-east-1:{_ACCOUNT}:backup-vault:v",
    f"ecr:us-east-1:{_ACCOUNT}:repository/r",
    f"es:us-east-1:{_ACCOUNT}:domain/d",
    f"glue:us-east-1:{_ACCOUNT}:catalog",
    "route53:::hostedzone/Z2FDTNDATAQYW2",
    f"cloudfront::{_ACCOUNT}:distribution/E2QWRUHAPOMQZL",
    f"kafka:us-east-1:{_ACCOUNT}:cluster/c/6ba7b810-9dad-11d1-80b4-00c04fd430c8-1",
    f"autoscaling:us-east-1:{_ACCOUNT}:scalingPolicy:6ba7b810-9dad-11d1-80b4-00c04fd430c8:x",
)

_ARNS = (
    *(f"arn:aws:{rest}" for rest in _RESOURCES),
    f"arn:aws-us-gov:iam::{_ACCOUNT}:role/r",
    f"arn:aws-cn:iam::{_ACCOUNT}:role/r",
    f"arn:aws-iso-b:kms:us-isob-east-1:{_ACCOUNT}:key/a",
    f"arn:AWS:iam::{_ACCOUNT}:role/r",
    f"arn:foo:iam::{_ACCOUNT}:role/r",
    f"arn::iam::{_ACCOUNT}:role/r",
    "arn:aws:iam:::role/r",
    "arn:aws:::x:y",
    "arn:aws:iam::12345:role/r",
    "arn:aws:iam::12345678901a:role/r",
    "arn:aws:s3:us-east-1:cw0123456789:x",
    "arn:aws:s3:us-east-1:aws-managed:x",
    "arn:aws:s3:us-east-1:third-party:x",
    "arn:aws:s3:us-east-1:aws-marketplace:x",
    f"arn:aws:ec2:us-east-12:{_ACCOUNT}:x",
    f"arn:aws:ec2:us-east-123:{_ACCOUNT}:x",
    f"arn:aws:ec2:US-EAST-1:{_ACCOUNT}:x",
    f"arn:aws:ec2:*:{_ACCOUNT}:x",
    f"arn:aws:ec2:us-east-1:{_ACCOUNT}:",
    f"arn:aws:ec2:us-east-1:{_ACCOUNT}",
    f"ARN:aws:ec2:us-east-1:{_ACCOUNT}:x",
    f" arn:aws:ec2:us-east-1:{_ACCOUNT}:x",
    f"arn:aws:ec2:us-east-1:{_ACCOUNT}: ",
    "arn:aws:ec2:us-east-1:*:x",
    "arn:*:*:*:*:*",
    "arn:aws:iam::aws:policy/*",
)

_IDS = tuple(
    prefix + _ID
    for prefix in """
    i- vpc- subnet- sg- ami- lt- eni- igw- nat- rtb- acl- vol- snap- eipalloc- tgw- fs-
    fsap- vpce- pl- cgw- vgw- vpn- pcx- dopt- eigw- cr- r- t- ipam- ipam-pool- lgw- aclassoc-
    tgw-attach- tgw-rtb- vpce-svc- key- fsmt- d- app- src- dst- lb- ws- g- u- svc-""".split()
)

_SENTENCES = (
    " ",
    "  ",
    "\n",
    "\t",
    "a b",
    "a  b",
    " a",
    "a ",
    "a\n",
    "a\nb",
    "a\tb",
    'a"b',
    "Hello, World!",
    "a description. with (some) text: and more; and 'quotes'",
    "rate(5 minutes)",
    "rate(1 minute)",
    "rate(1 day)",
    "rate(1 days)",
    "rate(0 days)",
    "rate(5 weeks)",
    "cron(0 12 * * ? *)",
    "cron(0 12 * * ?)",
    "cron(bad)",
    "at(2023-01-01T00:00:00)",
    "0 12 * * ? *",
    "0 12 * * *",
    "*/5 * * * *",
    "30s timeout",
    "Mon, 02 Jan 2006 15:04:05 GMT",
    "2023-01-01 00:00:00",
    "2023-01-01 00:00:00 UTC",
    "a=1, b=2",
    "SELECT * FROM 'topic'",
    "attribute_exists(a)",
    "{",
    "}",
    "{}",
    "[]",
    "null",
    "{a:1}",
    "{'a': 1}",
    '{"a":1}',
    '{"a":1} x',
    ' {"a":1}',
    '\n{"a":1}',
    '{"a":1}\n',
    '{"a":1,"a":2}',
    '{"a":{"b":1,"b":2}}',
    '{"a":NaN}',
    '{"a":01}',
    '{"a":1,}',
    '{"a":"\t"}',
    '{"a":"\\x"}',
    '{"A":"\\u0041\\/"}',
    '["a"]',
    "[1, 2",
    '"a"',
    '"file.json"',
    '"{}"',
    '[{"a":1}]',
    '[{"name":"a","image":"b"}]',
    '[{"name":"a","image":"b","cpu":1,"memory":2,"essential":true}]',
    '[{"foo":"a"}]',
    '[{"name":"a","memory":"x"}]',
    '{"Version":"2012-10-17","Statement":[]}',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    '{"Statement":{"Effect":"Nope"}}',
    '{"rules":[]}',
    '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan",'
    '"countNumber":1},"action":{"type":"expire"}}]}',
    '{"source":["aws.ec2"]}',
    '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}',
    '{"widgets":[]}',
    '{"openapi":"3.0.1"}',
    '{"a": [1, "b", {"c": null}], "d": {"e": true}}',
    "a: 1\nb: 2\n",
    "a: [1",
    "- a\n- b\n",
    "version: 0.2\nphases: {}\n",
    "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n",
    "schemaVersion: '2.2'\n",
    "<a/>",
    "<a>",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC user@host",
    "#!/bin/bash\necho hi\n",
    "v=spf1 include:example.com ~all",
    "10 mail.example.com",
    "tag:Name=x",
    "tag:Name",
    "key=value key2=value2",
    "cn=admin,dc=example,dc=com",
    "jdbc:mysql://host/db",
    "1.2.3.4, 5.6.7.8",
    "http://a b",
    "a\\",
    "\x7f",
    "\x00",
    "\u00a0",
    "\N{RIGHT SINGLE QUOTATION MARK}",
    "😀",
    "ab\u0308c",
    f"{_ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/r:t",
)

LENGTHS = (
    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30,
    31, 32, 33, 36, 40, 41, 44, 48, 50, 51, 52, 53, 55, 60, 62, 63, 64, 65, 80, 100, 101, 120, 126,
    127, 128, 129, 150, 200, 250, 252, 255, 256, 257, 300, 350, 400, 500, 511, 512, 513, 1000, 1001,
    1023, 1024, 1025, 2000, 2047, 2048, 2049, 4000, 4096, 4097,
)  # fmt: skip

TEXTS: tuple[str, ...] = tuple(dict.fromkeys((*FIRST_TEXTS, *_WORDS, *_ARNS, *_IDS, *_SENTENCES)))
"""The battery: texts of every form that AWS has a name for, and near misses of them."""

SAMPLE_TEXTS: tuple[str, ...] = TEXTS[::23]
"""A few of all forms."""

_FAMILIAR = frozenset(
    """a A 1 - _ . / : a-b a_b a.b a/b a:b a@b a+b a=b a,b A-B abc ABC Abc example my-name my_name
    MyName name/with/path /a/b /a/ alias/a true 0 1 5 10 80 443 65535 65536 -1 1.5 1.2.3 v1 latest
    us-east-1 us-east-1a xx-yyyy-9 all ALL default example.com www.example.com. *.example.com
    user@example.com +15555550123 http://example.com https://example.com:8443/a?b=c#d
    https://a.auth0.com/ s3://bucket/key 10.0.0.1 10.0.0.0/16 10.0.0.1/24 10.0.0.0/29 0.0.0.0/0
    169.254.10.0/30 ::1 2001:db8::/32 2001:db8::/56 fd12:3456:789a:1::/126 2023-01-01
    2023-01-01T00:00:00Z 2023-01-01T00:00:00+01:00 2087-06-15_00:00 03:00 24:00 03:00-04:00
    sun:05:00-sun:06:00 Sun:05:00-Sun:06:00 1:05:00 5m 1h 24h 90 P1D PT5M aGVsbG8= deadbeef
    0123456789abcdef0123456789abcdef
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    6ba7b810-9dad-11d1-80b4-00c04fd430c8 6BA7B810-9DAD-11D1-80B4-00C04FD430C8 r-abcd
    ou-abcd-12345678 o-abcdefghij E2QWRUHAPOMQZL Z2FDTNDATAQYW2 123456789012 1234567890123 80-80
    a=1 $LATEST""".split()
)
SMALL_TEXTS: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *FIRST_TEXTS,
            *(text for text in TEXTS if text in _FAMILIAR),
            *(" ", "a b", "a\nb", "Hello, World!", "rate(5 minutes)", "cron(0 12 * * ? *)", "ROOT"),
            *("{}", "[]", '{"a":1}', '{"a":1,"a":2}', ' {"a":1}', '[{"name":"a","image":"b"}]'),
            *(
                '{"Version":"2012-10-17","Statement":[]}',
                "a: 1\nb: 2\n",
                "é",
                "世界",
                "self",
                "off",
            ),
            *_ARNS[::3],
            *(text for text in _IDS if text.startswith(("vpc-", "subnet-", "sg-", "lt-", "fs-"))),
        )
    )
)
"""One or two texts of every form: what a check that tells little is asked first."""

_DIGITS = re.compile(r"\d{5}")
_ADDRESS = re.compile(r"[\d:a-fA-F]*[.:/]")
_MOMENT = re.compile(r" ?\d\d+[-:]")
_SPAN = re.compile(r"[-+.]?P?\d")
_FIGURE = re.compile(r"[-+.]?[\d._]")
_ALPHABET = re.compile(r"[\w=!+/-]*\Z", re.ASCII)


def _addresses(text: str) -> bool:
    return bool(_ADDRESS.match(text)) and len(text) < 40


_FORMS: Mapping[str, Callable[[str], bool]] = {
    "arn": lambda text: text[:4].lower() == "arn:" or len(text) < 4,
    "json": lambda text: text[:1] in tuple('{["\n \t') or text in ("null", "true", "1", "1e3"),
    "account_id": lambda text: bool(_DIGITS.search(text)) or text in ("aws", "aws-managed", "self"),
    "cidr": _addresses,
    "cidr_network": _addresses,
    "ipv4_cidr_network": _addresses,
    "ipv6_cidr_network": _addresses,
    "ip": _addresses,
    "ipv4": _addresses,
    "ipv6": _addresses,
    "rfc3339": lambda text: bool(_MOMENT.match(text)) or ("T" in text and len(text) < 30),
    "duration": lambda text: (bool(_SPAN.match(text)) and len(text) < 12) or len(text) < 3,
    "number": lambda text: bool(_FIGURE.match(text)) and len(text) < 25,
    "integer": lambda text: bool(_FIGURE.match(text)) and len(text) < 25,
    "boolean": lambda text: len(text) < 6,
    "base64": lambda text: bool(_ALPHABET.match(text)),
}
FORM_TEXTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(text for text in TEXTS if chosen(text)) for name, chosen in _FORMS.items()
}
"""The texts of the battery that are of a form, or nearly."""

LIGHT_TEXTS: Mapping[str, tuple[str, ...]] = {
    "arn": (
        *(f"arn:aws:{_RESOURCES[i]}" for i in (1, 10, 14, 18, 21, 24)),
        *_ARNS[-20::2],
        *("vpc-0123456789abcdef0", "self", "*", "alias/a", "my-name"),
    )
}
"""A sample for forms that very many checks share."""

NUMBERS: tuple[float, ...] = (
    *FIRST_NUMBERS, 4, 5, 6, 8, 9, 10, 11, 12, 14, 15, 16, 19, 20, 21, 24, 25, 28, 29, 31, 32, 33,
    35, 36, 40, 48, 50, 59, 61, 63, 64, 65, 70, 80, 90, 99, 101, 119, 120, 127, 128, 150, 180, 200,
    240, 255, 256, 300, 365, 366, 400, 443, 480, 499, 500, 512, 545, 600, 720, 731, 800, 900, 901,
    999, 1001, 1024, 1096, 1200, 1440, 1827, 2048, 2192, 2400, 2557, 2922, 3288, 3600, 3601, 3653,
    4096, 7200, 7224, 8192, 9000, 10000, 10240, 10241, 14400, 16384, 28800, 30000, 32768, 43200,
    64512, 65534, 65535, 65536, 86400, 86401, 262144, 604800, 1209600, 1209601, 31536000,
    2147483647,    2147483648, 4294967295, -2, -10, -2147483648, 0.5, 0.1, 99.9, 2.5, 100.5,
)  # fmt: skip


def around(number: float) -> Iterator[float]:
    """Yield a limit and its neighbours."""
    yield from (number - 1, number, number + 1)


def cases(word: str) -> Iterator[str]:
    """Yield a word in other cases, and near misses of it."""
    yield from (
        word.lower(),
        word.upper(),
        word.title(),
        word + "x",
        word[:-1],
        " " + word,
        word + " ",
    )
    if "-" in word or "_" in word:
        yield word.replace("-", "_")
        yield word.replace("_", "-")
