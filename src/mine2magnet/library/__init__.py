"""Read → keep → derive: identity of documents, uploads, topics, export."""
