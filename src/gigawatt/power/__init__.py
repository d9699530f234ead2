"""The power room: a problem (`problem`), one door to its optimum (`solve`), words (`explain`), prices (`prices`)."""

from .solve import solve

__all__ = ["solve"]
