"""Requirements about Dockerfiles."""
