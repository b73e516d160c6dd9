"""The families of tasks about Dockerfiles and compose files."""
