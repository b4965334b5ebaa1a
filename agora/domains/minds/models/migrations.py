"""Schema steps, append-only."""

import sqlalchemy as sa
from alembic.operations import Operations


def create_choice(op: Operations) -> None:
    """The model chosen by hand."""
    op.create_table(
        "models_choice",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


STEPS = [create_choice]
