"""A question over the index: the paragraphs that may answer it, and how well any text speaks to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from mine2magnet.model import Filters
from mine2magnet.search import fusion
from mine2magnet.search.centring import centred_query, passage_means
from mine2magnet.search.evidence import COMMON, evidence
from mine2magnet.search.excerpts import highlights
from mine2magnet.search.index import Index
from mine2magnet.search.meaning import Vectors, embed_passages, embed_query
from mine2magnet.search.units import Unit, understand
from mine2magnet.thesaurus import Thesaurus

PASSAGES = 8  # nearest passages of each language that are looked at
DOCUMENTS = 8  # … and best documents of a search
_RECENT = 4096  # sentences whose vectors are remembered: 6 MB
