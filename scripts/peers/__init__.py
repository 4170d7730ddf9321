"""Other decoders, and what they read in captures, for scripts/compare-decoders.py."""
