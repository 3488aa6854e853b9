"""Settings: read once, from the environment (``DENWABAN_...``) or ``denwaban.toml``; nonsense is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from channels.transfers import is_allowed
from errands.destinations import Allowed
from errands.signing import secret_key

Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Every setting, its default and its unit. Seconds unless said otherwise."""

    model_config = SettingsConfigDict(env_prefix="DENWABAN_", toml_file="denwaban.toml", extra="forbid", frozen=True)

    dev: bool = False
    """A trial: secrets are made and kept in the data folder, messages go to a page instead of a phone."""

    data: Path = Path("data")
    """Database, recordings, prompts, keys."""
    run: Path = Path("run")
    """Sockets and files that die with the process."""
    models: Path | None = None
    """Where speech models are installed; default: ``models`` in the data folder."""

    # The line
    host: str = "127.0.0.1"
    """Address that SIP, media and web listen on."""
    advertise: str | None = None
    """Address that callers are told, if it differs from ``host`` (NAT)."""
    sip_port: Port = 5060
    line_port: Port = 15060
    """First internal SIP port; line worker n listens on loopback ``line_port + n``."""
    rtp_low: Port = 20000
    rtp_high: Port = 20999
    edge: Literal["kamailio", "none"] = "kamailio"
    lines: Annotated[int, Field(ge=1, le=100)] = 6
    """Line workers; each takes three callers."""
    reserve: Literal["say", "503"] = "say"
    """All lines busy: a reserve worker says so, or 503 with Retry-After."""
    retry_after: int = 30
    trusted: list[str] = []
    """Addresses or networks (CIDR) of trunks: many calls come from one address, so its limits are theirs."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    sip_tls_port: Port = 5061
    recycle_after: int = 400
    """Calls after which a line worker is replaced."""
    media_timeout: float = 20.0
    """No RTP for so long, not on hold: the call ends."""
    longest_call: float = 3600.0
    transfers: dict[str, str] = {}
    """Names that trees may put calls through to: name to number or SIP address."""
    transfer_domain: str = ""
    """Domain of the numbers that calls are put through to, the trunk's; default: where the call came from."""
    transfer_patience: Annotated[float, Field(ge=1, le=300)] = 30.0
    """Nobody answers there for so long: the caller is back with us."""

    # The record
    database: str = ""
    """SQLAlchemy URL; default: SQLite in the data folder."""
    master_key: str = ""
    """32 bytes, base64. Wraps every key of the record. With ``dev`` it is made and kept in the data folder."""
    site: str = "main"

    # The tree and its words
    tree: Path | None = None
    """YAML file; default: the demo tree."""
    language: Literal["ja", "en"] = "ja"
    timezone: str = "Asia/Tokyo"
    centre_number: str = "0312345678"
    """The number that people call, as shown on pages."""
    sms_sender: str = "05012345678"
    """The number that messages come from, named to the caller before one is sent."""
    resume_within: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(hours=1)
    webhook_secrets: Annotated[dict[str, str], Field(repr=False)] = {}
    """Name of a webhook to its secret, ``whsec_...``. One without a secret is called with ``dev`` alone."""
    webhook_allow: list[str] = []
    """Hosts, addresses or networks (CIDR) that webhooks may call though they are not public, also without TLS."""

    # The screens
    web_port: Port = 8080
    base_url: str = ""
    """What links begin with; default ``http://host:web_port``."""
    link_lifetime: timedelta = timedelta(hours=24)

    # The ear and the mouth
    ears: Annotated[int, Field(ge=0, le=32)] = 1
    mouths: Annotated[int, Field(ge=0, le=32)] = 1
    recogniser: Literal["auto", "vosk", "whisper", "none"] = "auto"
    whisper_model: Path | None = None
    vosk_models: dict[str, Path] = {}
    """Language to folder."""
    english_voice: Literal["espeak", "piper"] = "espeak"
    ear_patience: float = 1.4
    """No answer from the ear for so long: the line goes on with keys. With the wait for the end of speech below 2 s."""

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", validation_alias=AliasChoices("DENWABAN_LOG", "log_level")
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @model_validator(mode="after")
    def _make_sense(self) -> Settings:
        if self.rtp_high - self.rtp_low < 40 * (self.lines + 1):
            raise ValueError(f"rtp_low..rtp_high is too small: {self.lines} lines need {40 * (self.lines + 1)} ports")
        for name, target in self.transfers.items():
            if not is_allowed(target):
                raise ValueError(f"transfers: {name} is no number or SIP address that calls may be put through to")
        if self.transfer_domain and not is_allowed(f"sip:x@{self.transfer_domain}"):
            raise ValueError("transfer_domain: no host")
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ValueError("tls_certificate and tls_key go together")
        return self

    @field_validator("webhook_secrets")
    @classmethod
    def _are_secrets(cls, secrets: dict[str, str]) -> dict[str, str]:
        for secret in secrets.values():
            secret_key(secret)
        return secrets

    @field_validator("webhook_allow")
    @classmethod
    def _can_be_allowed(cls, entries: list[str]) -> list[str]:
        Allowed(entries)
        return entries

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data.resolve() / 'denwaban.db'}"

    @property
    def url(self) -> str:
        return (self.base_url or f"http://{self.advertise or self.host}:{self.web_port}").rstrip("/")

    @property
    def models_folder(self) -> Path:
        return self.models or self.data / "models"

    @property
    def hub_socket(self) -> Path:
        return self.run / "hub.sock"

    @property
    def hub_lock(self) -> Path:
        """Held by the hub that serves; holds its process id."""
        return self.run / "hub.lock"

    def ear_socket(self, index: int = 0) -> Path:
        return self.run / f"ear{index}.sock"

    def mouth_socket(self, index: int = 0) -> Path:
        return self.run / f"mouth{index}.sock"
