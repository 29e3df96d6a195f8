"""The one multilingual encoder: text → sentence vector."""
