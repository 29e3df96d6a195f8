"""Documents → index; a query → ranked documents and passages, across languages."""

from mine2magnet.encoder.encode import embed_in_turn, embed_passages
from mine2magnet.search.index import Index
from mine2magnet.search.matched import matched
from mine2magnet.search.membership import matches
from mine2magnet.search.query import parse
from mine2magnet.search.relevance import relevance

__all__ = ["Index", "embed_in_turn", "embed_passages", "matched", "matches", "parse", "relevance"]
