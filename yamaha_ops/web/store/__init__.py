"""What the console remembers: SQLAlchemy over SQLite or PostgreSQL."""
