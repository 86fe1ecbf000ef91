"""Lua on the router: checked here, delivered, run and watched there."""
