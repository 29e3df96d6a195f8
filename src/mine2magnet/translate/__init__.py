"""A sentence in another language: from its claims, word for word, by a model on this machine, by an endpoint."""
