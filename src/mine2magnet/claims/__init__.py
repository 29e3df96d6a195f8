"""Text to claims: who, what, how much, when, said by whom; claims to agreed figures and conflicts."""

from mine2magnet.claims import compare
from mine2magnet.claims.extract import extract, extract_text, readings
from mine2magnet.claims.quantities import QuantityMention, quantities

MAKER = "claims-5"  # rises when the same text would give other claims

__all__ = ["MAKER", "QuantityMention", "compare", "extract", "extract_text", "quantities", "readings"]
