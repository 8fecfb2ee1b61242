"""Where Piccolo looks for the engine and the tables. Importing this connects to nothing."""

from piccolo.conf.apps import AppRegistry

from awards.db import database_url, engine_from_url

DB = engine_from_url(database_url())
APP_REGISTRY = AppRegistry(apps=["awards.piccolo_app"])
