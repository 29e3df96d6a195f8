"""A separation case worked out."""
