"""Users, logins, tokens and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("shown_name", sa.String(128), nullable=False),
        sa.Column("subject", sa.String(512), unique=True),
        sa.Column("password_hash", sa.Text()),
        sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("totp_sealed", sa.Text()),
        sa.Column("totp_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("recovery_hashes", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON()),
        sa.Column("language", sa.String(8)),
        sa.Column("barred", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.Column("last_login", sa.Float(53)),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "logins",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("user_id", sa.Integer(), nullable=False, index=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.Column("seen", sa.Float(53), nullable=False),
        sa.Column("spent_seconds", sa.Float(53), server_default="0", nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("ticks", sa.Float(53), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(256), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), nullable=False, index=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("start", sa.String(16), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.Column("expires", sa.Float(53)),
        sa.Column("last_used", sa.Float(53)),
        sa.Column("last_address", sa.String(64)),
        sa.Column("ended", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("time", sa.Float(53), nullable=False, index=True),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("act", sa.String(64), nullable=False, index=True),
        sa.Column("router", sa.String(64)),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Index(None, "router", "id"),
        sa.Index(None, "who", "id"),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("audit", "tokens", "logins", "users"):
        op.drop_table(table)
