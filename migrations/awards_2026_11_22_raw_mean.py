from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-22T00:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the raw mean of a standing under a name that hides nothing"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="awards", description=DESCRIPTION)

    manager.rename_column(
        table_class_name="Standing",
        tablename="standing",
        old_column_name="raw",
        new_column_name="raw_mean",
        old_db_column_name="raw",
        new_db_column_name="raw_mean",
        schema=None,
    )

    return manager
