"""Changes, approvals, what happened to them; runs and their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("router", sa.String(64), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("configuration", sa.String(128)),
        sa.Column("guard", sa.String(32), nullable=False),
        sa.Column("verification_seconds", sa.Float(53), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False, index=True),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.Column("moved", sa.Float(53), nullable=False),
        sa.Column("plan", sa.JSON()),
        sa.Column("allowed", sa.JSON(), nullable=False),
        sa.Column("applied_by", sa.String(64)),
        sa.Column("busy", sa.String(64), unique=True),
        sa.Column("server_run", sa.String(32)),
        sa.Column("journals", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON()),
        sa.Column("interrupted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Index(None, "router", "id"),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("change_id", sa.Integer(), nullable=False, index=True),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("time", sa.Float(53), nullable=False),
        sa.Column("comment", sa.String(400), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("change_id", "who", "version"),
    )
    op.create_table(
        "change_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("time", sa.Float(53), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("who", sa.String(64)),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"], ondelete="CASCADE"),
        sa.Index(None, "change_id", "id"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("routers", sa.JSON(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("server_run", sa.String(32), nullable=False),
        sa.Column("created", sa.Float(53), nullable=False),
        sa.Column("ended", sa.Float(53)),
        sa.Column("interrupted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Index(None, "kind", "id"),
    )
    op.create_table(
        "run_answers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("run_id", sa.Integer(), nullable=False, index=True),
        sa.Column("router", sa.String(64), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("time", sa.Float(53), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("run_id", "router"),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("run_answers", "runs", "change_events", "approvals", "changes"):
        op.drop_table(table)
