"""Keep how well each page can be read, and whether it is mostly written by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.add_column("readings", sa.Column("quality", sa.JSON(), nullable=True))
    op.add_column("readings", sa.Column("verdict", sa.String(), nullable=True))
    op.add_column(
        "readings",
        sa.Column("handwritten", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
