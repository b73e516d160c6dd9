"""Task families about Dockerfiles."""
