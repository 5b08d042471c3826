"""Small writes of many, in one transaction: storage's, under the name by which the channels know it."""

from storage.together import Together

__all__ = ["Together"]
