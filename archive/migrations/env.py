"""Lets alembic work on the connection that the catalogue hands it, in one transaction."""

from alembic import context

from archive.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
