"""The sockets of an emulated router; the only modules of the lab that open any."""
