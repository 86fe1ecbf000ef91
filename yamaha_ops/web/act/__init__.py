"""What people do to routers in the browser: changes, commands, scripts, firmware, places."""
