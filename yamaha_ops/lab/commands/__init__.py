"""Operation commands, one module for each thing they act on; importing one registers it."""
