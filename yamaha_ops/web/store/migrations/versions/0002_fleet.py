"""State of the routers, samples, alarms, and messages about them on their way."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.Float(53)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "router_states",
        sa.Column("router", sa.String(64), primary_key=True),
        sa.Column("reach", sa.String(16), nullable=False),
        sa.Column("reach_since", _NUMBER, nullable=False),
        sa.Column("checked", _NUMBER, nullable=False),
        sa.Column("last_contact", _NUMBER),
        sa.Column("error", sa.Text()),
        sa.Column("model", sa.Text()),
        sa.Column("firmware", sa.Text()),
        sa.Column("serial", sa.Text()),
        sa.Column("line", sa.String(16), nullable=False),
        sa.Column("line_interface", sa.Text()),
        sa.Column("tunnel", sa.Text()),
        sa.Column("prefix", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.Column("consistent", sa.Boolean()),
        sa.Column("ports", sa.Integer()),
        sa.Column("sessions", sa.Integer()),
        sa.Column("sessions_limit", sa.Integer()),
        sa.Column("cpu", _NUMBER),
        sa.Column("memory", _NUMBER),
        sa.Column("temperature", _NUMBER),
        sa.Column("uptime", _NUMBER),
        sa.Column("unsaved", sa.Boolean()),
        sa.Column("drift", sa.Integer()),
        sa.Column("configuration_read", _NUMBER),
        sa.Column("backup", _NUMBER),
        sa.Column("remembered", sa.JSON(), nullable=False),
    )
    op.create_table(
        "router_records",
        sa.Column("router", sa.String(64), primary_key=True),
        sa.Column("time", _NUMBER, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "samples",
        sa.Column("router", sa.String(64), primary_key=True),
        sa.Column("time", _NUMBER, primary_key=True),
        sa.Column("seconds", _NUMBER, server_default="0", nullable=False),
        sa.Column("cpu", _NUMBER),
        sa.Column("memory", _NUMBER),
        sa.Column("temperature", _NUMBER),
        sa.Column("ports", _NUMBER),
        sa.Column("sessions", _NUMBER),
        sa.Column("traffic", sa.JSON(), nullable=False),
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("router", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("value", _NUMBER),
        sa.Column("opened", _NUMBER, nullable=False, index=True),
        sa.Column("closed", _NUMBER),
        sa.Column("acknowledged", _NUMBER),
        sa.Column("acknowledged_by", sa.String(64)),
        sa.Column("note", sa.String(400), server_default="", nullable=False),
        sa.Index(None, "router", "opened"),
        sa.Index("ix_alarms_open", "closed", "opened"),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("receiver", sa.String(128), nullable=False),
        sa.Column("alarm_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("created", _NUMBER, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", _NUMBER, nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.UniqueConstraint("receiver", "alarm_id", "event"),
        sa.Index(None, "receiver", "id"),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("notifications", "alarms", "samples", "router_records", "router_states"):
        op.drop_table(table)
