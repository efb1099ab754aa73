"""Further lifted models."""
