"""A sentence in another language: from its claims, word for word, or by a model here or at an endpoint."""
