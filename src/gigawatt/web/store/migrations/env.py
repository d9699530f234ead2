"""Run by alembic: applies the migrations on the connection it is given."""

from alembic import context

from gigawatt.web.store.tables import Base


def run() -> None:
    """Apply them in one transaction."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


run()
