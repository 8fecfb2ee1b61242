"""Everything that Piccolo's migrations know of: one app, one linear history."""

from piccolo.conf.apps import AppConfig
from piccolo.table import Table

from awards import data_dir
from awards.accounts import tables as accounts
from awards.audit import tables as audit
from awards.cities import tables as cities
from awards.editions import tables as editions
from awards.entries import tables as entries
from awards.files import tables as files
from awards.jobs import tables as jobs
from awards.messages import tables as messages
from awards.operations import tables as operations
from awards.outbox import tables as outbox
from awards.panels import tables as panels
from awards.publication import tables as publication
from awards.results import tables as results
from awards.scoresheets import tables as scoresheets

FEATURES = (
    audit,
    outbox,
    jobs,
    files,
    accounts,
    cities,
    editions,
    entries,
    panels,
    scoresheets,
    results,
    publication,
    messages,
    operations,
)

TABLES: list[type[Table]] = [
    table
    for feature in FEATURES
    for table in vars(feature).values()
    if isinstance(table, type) and issubclass(table, Table) and table.__module__ == feature.__name__
]

APP_CONFIG = AppConfig(
    app_name="awards",
    migrations_folder_path=str(data_dir("migrations")),
    table_classes=TABLES,
    migration_dependencies=[],
    commands=[],
)
