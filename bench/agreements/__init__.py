"""How often our verdict is that of the real tool: one module for each language."""
