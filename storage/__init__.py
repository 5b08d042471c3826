"""REMEMBERS: the facts that the Department must be able to show, and the law of how each may change."""

from storage.base import Tx
from storage.store import Store

__all__ = ["Store", "Tx"]
