"""The inventory: what each router should be, who may reach it, and where its secrets are."""

from yamaha_ops.inventory.inventory import Inventory
from yamaha_ops.inventory.loading import load
from yamaha_ops.inventory.parts import Login
from yamaha_ops.inventory.router import Router
from yamaha_ops.inventory.secret import Secret

__all__ = ["Inventory", "Login", "Router", "Secret", "load"]
