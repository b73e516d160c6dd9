"""One folder per language: parse, schema, rules, data. Says whether a text is VALID."""
