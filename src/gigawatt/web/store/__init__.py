"""What is kept between visits: saved plans with notes, and jobs. SQLite by default, PostgreSQL by URL."""

from gigawatt.web.store.database import Database, opened
from gigawatt.web.store.tables import Base, Job, SavedPlan

__all__ = ["Base", "Database", "Job", "SavedPlan", "opened"]
