"""A sentence in another language: from its claims, by key words, or by a model here or at an endpoint."""
