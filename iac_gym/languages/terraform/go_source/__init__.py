"""Read value rules out of a provider's Go source: for building the data packs only."""
