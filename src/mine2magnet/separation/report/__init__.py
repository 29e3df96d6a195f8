"""A worked case as tables, charts, files."""
