"""Keeps the code server's watch over the processes of runs going while the database is away.

Dagster looks after them in a thread that ends at its first error. Afterwards a run whose process has gone stays known to
the server, is taken for running, and holds the pool's slot until its longest time is over. Seen with Dagster 1.13.
"""
from dagster._grpc.server import DagsterApiServer


def keep_watching() -> None:
    """Makes the watch try again at its next turn, half a second later. Called where the definitions are loaded, which is in the server."""
    look = DagsterApiServer._check_for_orphaned_runs  # noqa: SLF001
    if getattr(look, "tries_again", False):
        return

    def look_again(server: DagsterApiServer) -> None:
        try:
            look(server)
        except Exception as error:  # noqa: BLE001: whatever the database's driver throws
            server._logger.warning(f"runs cannot be looked after now, trying again: {type(error).__name__}")  # noqa: SLF001

    look_again.tries_again = True
    DagsterApiServer._check_for_orphaned_runs = look_again  # noqa: SLF001
