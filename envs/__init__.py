"""The environments: one folder each, reached by id through `iac_gym`."""
