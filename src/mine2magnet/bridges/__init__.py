"""Claims → scenario; separation plant → network."""
