"""Questions → answers from what has been read; conversations."""
