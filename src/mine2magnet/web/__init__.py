"""The pages and the HTTP API: every page is also JSON at its address. No knowledge of its own."""
