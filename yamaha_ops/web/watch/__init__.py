"""Watching: routers asked on a schedule, what they said kept, alarms opened and told."""
