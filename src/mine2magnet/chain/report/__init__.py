"""A stress test as tables, charts, a map, files."""
