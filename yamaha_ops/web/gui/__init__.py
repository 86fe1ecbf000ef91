"""The routers' own web pages, reached through the console (YNO's GUI forwarder).

What a router serves is not ours: a name that a guest's telephone gave itself may stand in it as a
script. So its pages run in a sandbox of their own origin, from which neither our cookies nor our
pages can be reached. A browser then sends no cookie either, and the way in is a key in the path,
which only the operator's browser has; the router's own cookies and login stay here, with the key.
"""
