"""The rules of CloudFormation templates, in order."""
