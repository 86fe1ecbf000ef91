"""The tables over time: env.py, and one file in versions/ for each step."""
