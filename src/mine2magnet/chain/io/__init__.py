"""Files ↔ values of the chain."""
