"""What goes on while nobody looks: the worker, and the same on a Ray cluster."""
