"""The HTTP API that the Python client `reportify-sdk` (PyPI, 0.3.59) asks: its paths, parameters and
shapes, with the meaning they have on what has been read. docs/reportify-client.md says what each means."""
