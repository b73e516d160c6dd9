"""Reinforcement-learning environments for Infrastructure-as-Code."""
