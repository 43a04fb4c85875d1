"""Keep what people decide, frame by frame."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("despite", sa.Boolean(), nullable=False),
        sa.Column("ruled_out", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('patient', 'no patient', 'type', 'value', 'boundary', 'state', 'seen')",
            name=op.f("ck_decisions_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_table(
        "decision_frames",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("machine_state", sa.String(), nullable=False),
        sa.Column("machine_reason", sa.String(), nullable=False),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_decision_frames_decision_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", "source", "number", name=op.f("pk_decision_frames")),
    )
    op.create_index(op.f("ix_decision_frames_source"), "decision_frames", ["source"], unique=False)
