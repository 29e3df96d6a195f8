"""A company's own parts, stocks and suppliers in the chain: what stops, what it costs, what to do."""
