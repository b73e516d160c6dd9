"""GitLab CI pipelines, judged as GitLab's own linter judges them."""
