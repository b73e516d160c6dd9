"""Task families about compose files."""
