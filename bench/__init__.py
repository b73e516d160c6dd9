"""Benchmarks: speed of the verifier; later InfraMind-Bench and its leaderboard."""
