"""xinfang: the case book of a petition bureau."""

__version__ = "0.1.0"
