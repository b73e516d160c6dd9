"""Rewritings that mean the same are judged the same."""

from __future__ import annotations

from iac_gym.languages.cloudformation.equivalents import equivalents
from iac_gym.verifier import check_files

TEXT = """\
Parameters:
  Name: {Type: String, Default: a}
Conditions:
  Is: !Equals [!Ref Name, a]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "r-${Name}-${AWS::Region}"
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
  Code:
    Type: AWS::Lambda::Function
    DependsOn: Role
    Properties:
      FunctionName: !Join ["", [f-, !Ref Name]]
      Role: !GetAtt Role.Arn
      Runtime: python3.13
      Handler: index.handler
      Timeout: 5
      MemorySize: !If [Is, 256, 128]
      Code: {ZipFile: pass}
"""


def test_every_rewriting_is_valid_and_changes_the_text() -> None:
    made = dict(equivalents({"t.yaml": TEXT}))
    assert len(made) > 12
    for change, files in made.items():
        verdict = check_files(files, {"t.yaml": "cloudformation"})
        assert verdict.valid, (change, [str(one) for one in verdict.diagnostics])
        assert files["t.yaml"] != TEXT, change


def test_rewritings_do_what_they_say() -> None:
    made = {change: files["t.yaml"] for change, files in equivalents({"t.yaml": TEXT})}
    assert "Fn::Join" in made["Join for Sub"]
    assert "${Name}-${AWS::Region}" not in made["Join for Sub"]
    assert "f-${Name}" in made["Sub for Join"]
    assert 'Timeout: "5"' in made["quoted numbers"]
    assert "Role.Arn" in made["GetAtt with a dot"]
    assert "!GetAtt" in made["short forms"]
    assert "!GetAtt" not in made["long forms"]
    assert made["JSON"].startswith("{")
    assert "*kept" in made["an anchor"]
