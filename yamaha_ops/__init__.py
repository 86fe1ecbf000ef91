"""Render, apply safely and watch Yamaha RTX router configurations."""

__version__ = "0.1.0"
