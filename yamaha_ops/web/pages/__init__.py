"""Pages: one module each, with an APIRouter named ``router``."""
