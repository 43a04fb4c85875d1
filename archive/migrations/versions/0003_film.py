"""Keep rolls and cards with their frames and account, and the film index (CAR)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the schema one step forward."""
    _create_rolls()
    _create_roll_frames()
    _create_account()
    _create_car_rows()


def _create_rolls() -> None:
    op.create_table(
        "rolls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roll_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("reduction", sa.Float(), nullable=True),
        sa.Column("deferred", sa.Boolean(), nullable=False),
        sa.Column("blips", sa.JSON(), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("density", sa.JSON(), nullable=False),
        sa.Column("density_step", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('roll', 'fiche')", name=op.f("ck_rolls_kind")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_rolls_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rolls")),
        sa.UniqueConstraint("batch_id", "name", name=op.f("uq_rolls_batch_id_name")),
    )
    op.create_index(op.f("ix_rolls_roll_key"), "rolls", ["roll_key"], unique=False)
    op.create_table(
        "roll_parts",
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("image", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("shift", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["roll_id"], ["rolls.id"], name=op.f("fk_roll_parts_roll_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_roll_parts_source_id")
        ),
        sa.PrimaryKeyConstraint("roll_id", "position", name=op.f("pk_roll_parts")),
        sa.UniqueConstraint("source_id", "image", name=op.f("uq_roll_parts_source_id_image")),
    )


def _create_roll_frames() -> None:
    op.create_table(
        "roll_frames",
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("title_strip", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("card_row", sa.Integer(), nullable=False),
        sa.Column("card_column", sa.Integer(), nullable=False),
        sa.Column("blip", sa.JSON(), nullable=True),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["roll_id"], ["rolls.id"], name=op.f("fk_roll_frames_roll_id")),
        sa.ForeignKeyConstraint(
            ["frame_id"],
            ["frames.id"],
            name=op.f("fk_roll_frames_frame_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("roll_id", "position", name=op.f("pk_roll_frames")),
        sa.UniqueConstraint("frame_id", name=op.f("uq_roll_frames_frame_id")),
    )


def _create_account() -> None:
    op.create_table(
        "roll_witnesses",
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("of", sa.Integer(), nullable=True),
        sa.Column("series", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["roll_id"], ["rolls.id"], name=op.f("fk_roll_witnesses_roll_id")),
        sa.PrimaryKeyConstraint("roll_id", "witness", name=op.f("pk_roll_witnesses")),
    )
    op.create_table(
        "roll_explanations",
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("difference", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["roll_id"], ["rolls.id"], name=op.f("fk_roll_explanations_roll_id")
        ),
        sa.PrimaryKeyConstraint("roll_id", "difference", name=op.f("pk_roll_explanations")),
    )


def _create_car_rows() -> None:
    op.create_table(
        "car_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roll", sa.String(), nullable=False),
        sa.Column("roll_key", sa.String(), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("mrn", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("document_type", sa.String(), nullable=False),
        sa.Column("date", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_car_rows")),
    )
    op.create_index(op.f("ix_car_rows_place"), "car_rows", ["place"], unique=False)
    op.create_index(op.f("ix_car_rows_roll"), "car_rows", ["roll"], unique=False)
    op.create_index(op.f("ix_car_rows_roll_key"), "car_rows", ["roll_key"], unique=False)
