"""Keep which pages show a sheet that another page shows too."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.create_table(
        "same_sheets",
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("of_frame_id", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["frame_id"],
            ["frames.id"],
            name=op.f("fk_same_sheets_frame_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["of_frame_id"],
            ["frames.id"],
            name=op.f("fk_same_sheets_of_frame_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("frame_id", "of_frame_id", name=op.f("pk_same_sheets")),
    )
    op.create_index(
        op.f("ix_same_sheets_of_frame_id"), "same_sheets", ["of_frame_id"], unique=False
    )
