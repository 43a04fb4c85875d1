"""Find patients by whole name and social security number; keep what the site taught."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.add_column("patient_names", sa.Column("given_key", sa.String(), nullable=True))
    _fill_keys()
    op.drop_index("ix_patient_names_surname_key", "patient_names")
    with op.batch_alter_table("patient_names") as table:
        table.alter_column("given_key", existing_type=sa.String(), nullable=False)
    op.create_index("ix_patient_names_keys", "patient_names", ["surname_key", "given_key"])
    op.create_index(op.f("ix_patients_ssn"), "patients", ["ssn"])
    op.create_table(
        "learned",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_learned")),
    )


def _fill_keys() -> None:
    connection = op.get_bind()
    names = sa.table(
        "patient_names",
        *map(sa.column, ("mrn", "rank", "first_name", "given_key")),
    )
    for first in list(connection.execute(sa.select(names.c.first_name).distinct()).scalars()):
        # As archive.patients.name_key made the keys of surnames when this was written.
        key = "".join(letter for letter in first.casefold() if letter.isalnum())
        same = names.c.first_name == first
        connection.execute(names.update().where(same).values(given_key=key))
