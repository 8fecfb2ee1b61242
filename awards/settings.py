"""Settings from the environment: frozen, checked once, and refused where they would be unsafe."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadSettings(ValueError):
    """One sentence for each setting that is wrong, naming it."""


class Settings(Struct, frozen=True, kw_only=True):
    production: bool = False
    data: Path = Path("awards-data")
    database_url: str = ""
    base_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: tuple[Network, ...] = ()
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_tls: str = "starttls"
    mail_from: str = "awards@example.org"
    pseudo_locale: bool = False

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def base_host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def mail_folder(self) -> Path:
        return self.data / "mail"


def from_environment(env: Mapping[str, str]) -> Settings:
    """Read AWARDS_* or raise BadSettings naming every setting that is wrong."""
    wrong: list[str] = []
    mode = env.get("AWARDS_MODE", "development")
    if mode not in ("development", "production"):
        wrong.append(f"AWARDS_MODE is {mode!r}: set it to development or production.")
    production = mode == "production"
    data = Path(env.get("AWARDS_DATA", "awards-data")).absolute()
    port = _port(env, "PORT", 8000, wrong)
    host = env.get("HOST", "127.0.0.1")
    base_url = env.get("AWARDS_BASE_URL", "").rstrip("/")
    if not base_url and production:
        wrong.append(
            "AWARDS_BASE_URL is missing: links in mails are made from it, for example https://awards.example.org."
        )
    base_url = base_url or f"http://127.0.0.1:{port}"
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        wrong.append(
            f"AWARDS_BASE_URL is {base_url!r}: write scheme and host only, as in https://awards.example.org."
        )
    elif production and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        wrong.append("AWARDS_BASE_URL must begin with https:// in production: sessions travel over it.")
    database_url = env.get("AWARDS_DATABASE_URL", "") or f"sqlite:///{data / 'awards.sqlite'}"
    if not database_url.startswith(("sqlite:///", "postgresql://", "postgres://")):
        wrong.append("AWARDS_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    tls = env.get("AWARDS_SMTP_TLS", "starttls")
    if tls not in ("starttls", "tls", "none"):
        wrong.append(f"AWARDS_SMTP_TLS is {tls!r}: set it to starttls, tls or none.")
    mail_from = env.get("AWARDS_MAIL_FROM", "awards@example.org")
    if "@" not in mail_from or "\n" in mail_from:
        wrong.append("AWARDS_MAIL_FROM must be one address.")
    elif production and env.get("AWARDS_SMTP_HOST") and "AWARDS_MAIL_FROM" not in env:
        wrong.append("AWARDS_MAIL_FROM is missing: mails need a sender that receives answers.")
    settings = Settings(
        production=production,
        data=data,
        database_url=database_url,
        base_url=base_url,
        host=host,
        port=port,
        trusted_proxies=_networks(env, wrong),
        smtp_host=env.get("AWARDS_SMTP_HOST", ""),
        smtp_port=_port(env, "AWARDS_SMTP_PORT", 587, wrong),
        smtp_username=env.get("AWARDS_SMTP_USERNAME", ""),
        smtp_password=env.get("AWARDS_SMTP_PASSWORD", ""),
        smtp_tls=tls,
        mail_from=mail_from,
        pseudo_locale=env.get("AWARDS_PSEUDO_LOCALE", "") == "1",
    )
    if wrong:
        raise BadSettings("\n".join(wrong))
    return settings


def _port(env: Mapping[str, str], name: str, default: int, wrong: list[str]) -> int:
    text = env.get(name, str(default))
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    wrong.append(f"{name} is {text!r}: write a number from 1 to 65535.")
    return default


def _networks(env: Mapping[str, str], wrong: list[str]) -> tuple[Network, ...]:
    found: list[Network] = []
    for text in env.get("AWARDS_TRUSTED_PROXIES", "").replace(",", " ").split():
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            wrong.append(f"AWARDS_TRUSTED_PROXIES names {text!r}: write addresses or networks (10.0.0.0/8).")
    return tuple(found)
