"""Document → Digest: what it says in a few of its own sentences, each with its paragraph."""

from mine2magnet.digests.extractive import MAKER, METHOD, digest
from mine2magnet.digests.render import as_html, as_markdown, as_text, escaped, with_names

__all__ = ["MAKER", "METHOD", "as_html", "as_markdown", "as_text", "digest", "escaped", "with_names"]
