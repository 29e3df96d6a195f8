"""What every room uses and that knows nothing of the field."""
