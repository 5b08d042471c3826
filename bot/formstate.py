"""aiogram's form state on the sheet of the current turn: read once before the turn, written with its commit."""

from collections.abc import Mapping
from typing import Any, overload

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from handlers.turn import FormSheet
from storage import forms


def sheet_key(key: StorageKey) -> str:
    """Name the form of one person in one chat of one bot. The bot's id is in it, so it must never change."""
    return forms.key_of(key.bot_id, key.chat_id, key.user_id)


class FormState(BaseStorage):
    """One turn's view of one form. Other keys are refused: a turn touches only its own chat."""

    def __init__(self, sheet: FormSheet) -> None:
        self._sheet = sheet

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        sheet = self._of(key)
        sheet.state = state.state if isinstance(state, State) else state
        sheet.touched = True

    async def get_state(self, key: StorageKey) -> str | None:
        return self._of(key).state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        sheet = self._of(key)
        sheet.data = dict(data)
        sheet.touched = True

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return dict(self._of(key).data)

    @overload
    async def get_value(self, storage_key: StorageKey, dict_key: str) -> Any | None: ...

    @overload
    async def get_value(self, storage_key: StorageKey, dict_key: str, default: Any) -> Any: ...

    async def get_value(self, storage_key: StorageKey, dict_key: str, default: Any | None = None) -> Any | None:
        return self._of(storage_key).data.get(dict_key, default)

    async def close(self) -> None:
        pass

    def _of(self, key: StorageKey) -> FormSheet:
        if sheet_key(key) != self._sheet.key:
            raise LookupError("a turn reads and writes the form of its own chat only")
        return self._sheet
