"""Keep with a batch what patch codes do in it, so that going on with it changes nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.add_column("batches", sa.Column("patch_codes", sa.String(), nullable=True))
