"""What a saved plan was answered with: its figures and the facts that it read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Plans saved before have none."""
    op.add_column("plan", sa.Column("then", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Without them."""
    op.drop_column("plan", "then")
