"""The mine-to-magnet supply chain: what is being said, what it does to us, what replacing it takes."""

__version__ = "0.1.0"
