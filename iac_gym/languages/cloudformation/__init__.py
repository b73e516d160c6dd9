"""CloudFormation templates, judged as the service and cfn-lint judge them."""
