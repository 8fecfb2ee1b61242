"""Where Piccolo looks for the engine and the tables. Importing this connects to nothing."""

from piccolo.conf.apps import AppRegistry

from awards.db import current

DB = current()
APP_REGISTRY = AppRegistry(apps=["awards.piccolo_app"])
