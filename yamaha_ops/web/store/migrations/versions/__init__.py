"""Each step, by number."""
