"""Training: SFT, GRPO and DAPO on TRL, and the embedded tiny model."""
