"""The console in a browser: the fleet at a glance, and changes that two people can see."""
