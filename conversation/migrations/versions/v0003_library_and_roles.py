"""The library of trees, and users with roles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever there is before there are roles was made by the one link that makes an admin.
    op.add_column("user_account", sa.Column("role", sa.String(length=16), nullable=False, server_default="admin"))
    op.add_column("user_account", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "invitation",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_table(
        "library_tree",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_tree"),
    )
    op.create_table(
        "tree_draft",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("tree_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("tree_id", "revision", name="pk_tree_draft"),
    )
    op.create_table(
        "tree_publication",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("tree_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=32), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("before_tree", sa.String(length=32), nullable=True),
        sa.Column("before_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("tree_id", "version", name="pk_tree_publication"),
    )
    op.create_table(
        "on_air",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tree_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("candidate_tree", sa.String(length=32), nullable=True),
        sa.Column("candidate_version", sa.Integer(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name="pk_on_air"),
    )
    op.create_table(
        "tree_test",
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("tree_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tree_id", "name", name="pk_tree_test"),
    )
