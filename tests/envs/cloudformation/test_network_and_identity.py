"""Requirements about networks, machines and IAM: other styles pass, others fail."""

from __future__ import annotations

import pytest

from tests.envs.cloudformation.changes import Answer, cases, failing, wanted

NETWORK = Answer(
    """
    Parameters:
      Octet: {Type: Number, Default: 7}
    Resources:
      Net:
        Type: AWS::EC2::VPC
        Properties:
          CidrBlock: !Sub 10.${Octet}.0.0/16
          EnableDnsHostnames: "true"
          Tags: [{Key: Name, Value: net}]
      Elsewhere:
        Type: AWS::EC2::VPC
        Properties:
          CidrBlock: 10.99.0.0/16
          Tags: [{Key: Name, Value: other}]
      Gateway: {Type: AWS::EC2::InternetGateway}
      Attach:
        Type: AWS::EC2::VPCGatewayAttachment
        Properties: {VpcId: !GetAtt Net.VpcId, InternetGatewayId: !Ref Gateway}
      Public:
        Type: AWS::EC2::Subnet
        Properties:
          VpcId: !Ref Net
          CidrBlock: !Select [0, !Cidr [!GetAtt Net.CidrBlock, 4, 8]]
          AvailabilityZone: !Select [0, !GetAZs ""]
          MapPublicIpOnLaunch: true
          Tags: [{Key: Name, Value: public}]
      Private:
        Type: AWS::EC2::Subnet
        Properties:
          VpcId: !Ref Net
          CidrBlock: 10.7.9.0/24
          AvailabilityZone: !Select [1, !GetAZs {Ref: "AWS::Region"}]
          Tags: [{Key: Name, Value: private}]
      Out: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Net}}
      In: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Net}}
      ToWorld:
        Type: AWS::EC2::Route
        DependsOn: Attach
        Properties:
          RouteTableId: !Ref Out
          DestinationCidrBlock: 0.0.0.0/0
          GatewayId: !Ref Gateway
      ToNat:
        Type: AWS::EC2::Route
        Properties:
          RouteTableId: !GetAtt In.RouteTableId
          DestinationCidrBlock: 0.0.0.0/0
          NatGatewayId: !GetAtt Nat.NatGatewayId
      Use1:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Public, RouteTableId: !Ref Out}
      Use2:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Private, RouteTableId: !Ref In}
      Address: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
      Nat:
        Type: AWS::EC2::NatGateway
        Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Address.AllocationId}
      Endpoint:
        Type: AWS::EC2::VPCEndpoint
        Properties:
          VpcId: !Ref Net
          ServiceName: !Join [".", [com.amazonaws, !Ref AWS::Region, s3]]
          RouteTableIds: [!Ref In]
      Web:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupName: web
          GroupDescription: Web
          VpcId: !Ref Net
          SecurityGroupEgress:
            - {IpProtocol: tcp, FromPort: 443, ToPort: "443", CidrIp: 10.0.0.0/8}
      Https:
        Type: AWS::EC2::SecurityGroupIngress
        Properties:
          GroupId: !GetAtt Web.GroupId
          IpProtocol: "6"
          FromPort: "443"
          ToPort: 443
          CidrIp: 0.0.0.0/0
      App:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupName: app
          GroupDescription: App
          VpcId: !Ref Net
          SecurityGroupIngress:
            - {IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !Ref Web}
            - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 203.0.113.7/32}
    """,
    {
        "vpc-range": {"of": "net", "value": "10.7.0.0/16"},
        "vpc-names": {"of": "net"},
        "vpc-gateway": {"of": "net"},
        "subnet-vpc": {"of": "public", "to": "net"},
        "subnet-range": {"of": "private", "value": "10.7.9.0/24"},
        "subnet-public": {"of": "public"},
        "subnets-apart": {"first": "public", "second": "private"},
        "subnet-to-internet": {"of": "public"},
        "subnet-through-nat": {"of": "private", "public": "public"},
        "vpc-endpoint": {"of": "net", "service": "s3"},
        "group-vpc": {"of": "app", "to": "net"},
        "group-admits": {"of": "app", "port": 22, "source": "203.0.113.7/32"},
        "group-admits-group": {"of": "app", "port": 8080, "source": "web"},
        "group-no-admin": {"of": "app"},
        "group-world-ports": {"of": "web", "ports": 443},
        "group-egress-only": {"of": "web", "port": 443, "target": "10.0.0.0/8"},
    },
    (
        ("Default: 7", "Default: 8", "vpc-range"),
        ('EnableDnsHostnames: "true"', 'EnableDnsHostnames: "false"', "vpc-names"),
        ("VpcId: !GetAtt Net.VpcId", "VpcId: !Ref Elsewhere", "vpc-gateway, subnet-to-internet"),
        ("Select [1, !GetAZs", "Select [0, !GetAZs", "subnets-apart"),
        ('!Select [1, !GetAZs {Ref: "AWS::Region"}]', '!Select [0, !GetAZs ""]', "subnets-apart"),
        ("          AvailabilityZone: !Select [0, !GetAZs \"\"]\n", "", "subnets-apart"),
        ("GatewayId: !Ref Gateway\n      ToNat", "GatewayId: igw-1\n      ToNat",
         "subnet-to-internet"),
        ("          RouteTableId: !Ref Out\n", "          RouteTableId: !Ref In\n",
         "subnet-to-internet"),
        ("{SubnetId: !Ref Public, AllocationId", "{SubnetId: !Ref Private, AllocationId",
         "subnet-through-nat"),
        ("SubnetId: !Ref Public, RouteTableId", "SubnetId: !Ref Private, RouteTableId",
         "subnet-to-internet"),
        ("!Ref AWS::Region, s3]]", "!Ref AWS::Region, sqs]]", "vpc-endpoint"),
        ("RouteTableIds: [!Ref In]", "RouteTableIds: []", "vpc-endpoint"),
        ("GroupId: !GetAtt Web.GroupId", "GroupId: !GetAtt App.GroupId", "group-world-ports"),
        ("CidrIp: 203.0.113.7/32", "CidrIp: 0.0.0.0/0", "group-admits, group-no-admin"),
        ("FromPort: 22, ToPort: 22", "FromPort: 0, ToPort: 22", "group-admits"),
        ("SourceSecurityGroupId: !Ref Web", "SourceSecurityGroupId: !Ref App",
         "group-admits-group"),
        ("IpProtocol: tcp, FromPort: 443", "IpProtocol: udp, FromPort: 443", "group-egress-only"),
        ("          ToPort: 443\n", "          ToPort: 8443\n", "group-world-ports"),
    ),
)  # fmt: skip

IDENTITY = Answer(
    """
    Conditions:
      Nope: !Equals [a, b]
    Resources:
      Store: {Type: AWS::S3::Bucket, Properties: {BucketName: store}}
      Role:
        Type: AWS::IAM::Role
        Properties:
          RoleName: reader
          MaxSessionDuration: "7200"
          AssumeRolePolicyDocument:
            Statement:
              - Effect: Allow
                Principal: {AWS: "111122223333"}
                Action: sts:AssumeRole
                Condition: {StringEquals: {"sts:ExternalId": [acme-1]}}
          PermissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess
      Policy:
        Type: AWS::IAM::RolePolicy
        Properties:
          RoleName: !Ref Role
          PolicyName: read
          PolicyDocument:
            Statement:
              Effect: Allow
              Action: [s3:GetObject]
              Resource: !Join ["", [!GetAtt Store.Arn, "/*"]]
      People:
        Type: AWS::IAM::Group
        Properties:
          GroupName: people
          ManagedPolicyArns: ["arn:aws:iam::aws:policy/SecurityAudit"]
      Ann: {Type: AWS::IAM::User, Properties: {UserName: ann}}
      Add:
        Type: AWS::IAM::UserToGroupAddition
        Properties: {GroupName: people, Users: [!Ref Ann]}
      Assume:
        Type: AWS::IAM::Policy
        Properties:
          PolicyName: assume
          Groups: [people]
          PolicyDocument:
            Statement: {Effect: Allow, Action: "sts:AssumeRole", Resource: !GetAtt Role.Arn}
      Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [reader]}}
      Machine:
        Type: AWS::EC2::Instance
        Properties:
          ImageId: "{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-x}}"
          InstanceType: t3.small
          LaunchTemplate:
            LaunchTemplateId: !Ref Launch
            Version: !GetAtt Launch.LatestVersionNumber
          BlockDeviceMappings:
            - DeviceName: /dev/xvda
              Ebs: {Encrypted: "true", VolumeSize: "30", VolumeType: gp3}
          UserData:
            Fn::Base64: !Sub |
              #!/bin/bash
              # dnf install -y docker
              dnf install -y nginx
          Tags: [{Key: Name, Value: app}]
      Launch:
        Type: AWS::EC2::LaunchTemplate
        Properties:
          LaunchTemplateData: {MetadataOptions: {HttpTokens: required}}
    """,
    {
        "role": {"name": "reader"},
        "role-session": {"of": "reader", "value": 7200},
        "role-trusts-account": {"of": "reader", "account": "111122223333"},
        "role-external-id": {"of": "reader", "value": "acme-1"},
        "role-uses-bucket": {"of": "reader", "actions": ["s3:GetObject"], "bucket": "store"},
        "role-not-wild": {"of": "reader"},
        "role-boundary": {"of": "reader", "policy": "PowerUserAccess"},
        "role-profile": {"of": "reader"},
        "group-member": {"of": "people", "user": "ann"},
        "group-managed": {"of": "people", "policy": "SecurityAudit"},
        "group-assumes": {"of": "people", "role": "reader"},
        "instance-metadata": {"of": "app"},
        "instance-image": {"of": "app"},
        "instance-disk": {"of": "app", "size": 30, "kind": "gp3"},
        "instance-encrypted": {"of": "app"},
        "instance-script": {"of": "app", "text": "dnf install -y nginx"},
    },
    (
        ('AWS: "111122223333"', 'AWS: "*"', "role-trusts-account"),
        ('AWS: "111122223333"', 'AWS: ["111122223333", "444455556666"]', "role-trusts-account"),
        ("StringEquals: {", "StringNotEquals: {", "role-external-id"),
        ("[s3:GetObject]", '["s3:*"]', "role-uses-bucket, role-not-wild"),
        ("!GetAtt Store.Arn, ", "arn:aws:s3:::stores, ", "role-uses-bucket"),
        ("!GetAtt Store.Arn, ", "arn:aws:s3:::store, ", ""),
        ("RoleName: !Ref Role", "RoleName: other", "role-uses-bucket, role-not-wild"),
        ("Type: AWS::IAM::RolePolicy", "Type: AWS::IAM::RolePolicy\n        Condition: Nope",
         "role-uses-bucket, role-not-wild"),
        ("Roles: [reader]", "Roles: [writer]", "role-profile"),
        ("Users: [!Ref Ann]", "Users: [bob]", "group-member"),
        ("Groups: [people]", "Users: [people]", "group-assumes"),
        ("policy/SecurityAudit", "policy/job-function/SecurityAudit", "group-managed"),
        ("HttpTokens: required", "HttpTokens: optional", "instance-metadata"),
        ("al2023-ami-kernel", "amzn2-ami-hvm", "instance-image"),
        ('VolumeSize: "30"', "VolumeSize: 300", "instance-disk"),
        ('Encrypted: "true"', 'Encrypted: "false"', "instance-encrypted"),
        ("DeviceName: /dev/xvda", "DeviceName: /dev/sdf", "instance-disk, instance-encrypted"),
        ("              dnf install -y nginx", "              # dnf install -y nginx",
         "instance-script"),
    ),
)  # fmt: skip

ANSWERS = (NETWORK, IDENTITY)


@pytest.mark.parametrize("answer", ANSWERS)
def test_other_styles_are_right(answer: Answer) -> None:
    """Rules, policies and members as resources of their own count as inline ones do."""
    assert failing(answer.text, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), cases(ANSWERS))
def test_a_change_fails_what_it_breaks(answer: Answer, old: str, new: str, labels: str) -> None:
    """Each change fails exactly the requirements that it breaks."""
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)
