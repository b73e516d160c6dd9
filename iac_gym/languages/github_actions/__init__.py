"""GitHub Actions: workflow files and `action.yml`, judged as the service judges them."""
