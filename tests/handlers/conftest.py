import pytest

from storage import Store
from tests.cast import Clock, House, Papers, papers


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library() -> Papers:
    return papers()


@pytest.fixture
def house(store: Store, clock: Clock, library: Papers) -> House:
    return House(store, clock=clock, asker=library)
