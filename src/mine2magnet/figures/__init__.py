"""Claims → figures side by side: agreement, conflict, look-alikes, reference."""
