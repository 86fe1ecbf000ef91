"""The one way to change a router: plan, guard, journal, apply, verify.

Everything that changes a router (``apply``, and later ``restore``, zero-touch and Lua schedules)
goes through here, so that the promise is made in one place: a change either works and stays, or
the router is as it was.
"""
