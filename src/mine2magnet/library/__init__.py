"""Read → keep → derive: identity of documents, uploads, topics, export."""

EXPORT_FORMATS = ("md", "html", "json", "pdf")  # here, as the command line lists them in its help
