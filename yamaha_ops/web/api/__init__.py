"""The HTTP API under /api/v1: one module for each subject, with an APIRouter named ``router``."""
