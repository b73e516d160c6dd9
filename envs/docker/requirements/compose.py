"""Requirements about compose files."""
