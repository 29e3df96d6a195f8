"""What is asked of the API and what it answers beside the values of `model`."""
