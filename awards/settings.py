"""Settings from the environment: frozen, checked once, and refused where they would be unsafe."""

import ipaddress
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

BUCKET_OPTIONS = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL"
)  # fmt: skip
_OF_ADDRESS = {"endpoint": "ENDPOINT_URL", "region": "REGION"}
OWN_MACHINE = ("127.0.0.1", "localhost", "::1")
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
    files: str = ""
    files_options: Mapping[str, str] = {}
    scanner: tuple[str, ...] = ()

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def base_host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def mail_folder(self) -> Path:
        return self.data / "mail"

    @property
    def files_bucket(self) -> str:
        """Empty where files are kept in a folder."""
        return self.files if self.files.startswith("s3://") else ""

    @property
    def files_folder(self) -> Path:
        return Path(self.files) if self.files and not self.files_bucket else self.data / "files"


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
    elif production and parts.scheme != "https" and parts.hostname not in OWN_MACHINE:
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
    files, files_options = _files(env, production, wrong)
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
        files=files,
        files_options=files_options,
        scanner=_command(env, "AWARDS_SCANNER", wrong),
    )
    if wrong:
        raise BadSettings("\n".join(wrong))
    return settings


def _files(env: Mapping[str, str], production: bool, wrong: list[str]) -> tuple[str, Mapping[str, str]]:
    """A folder, or s3://BUCKET/FOLDER?endpoint=…&region=… with the keys in the environment, as AWS names them."""
    text = env.get("AWARDS_FILES", "")
    if "://" not in text:
        return (str(Path(text).absolute()) if text else ""), {}
    parts = urlsplit(text)
    asked = dict(parse_qsl(parts.query))
    options = {name: env[name] for name in BUCKET_OPTIONS if env.get(name)}
    options |= {f"AWS_{_OF_ADDRESS[name]}": value for name, value in asked.items() if name in _OF_ADDRESS}
    if parts.scheme != "s3" or not parts.hostname or "@" in parts.netloc or asked.keys() - _OF_ADDRESS.keys():
        wrong.append(
            "AWARDS_FILES must be a folder, or s3://BUCKET/FOLDER?endpoint=https://…&region=… without keys in it."
        )
    endpoint = urlsplit(options.get("AWS_ENDPOINT_URL", "https://"))
    if endpoint.scheme not in ("http", "https"):
        wrong.append("The endpoint of AWARDS_FILES must begin with https:// (or http:// on this machine).")
    elif production and endpoint.scheme == "http" and endpoint.hostname not in OWN_MACHINE:
        wrong.append(
            "The endpoint of AWARDS_FILES must begin with https:// in production: files travel over it."
        )
    if ("AWS_ACCESS_KEY_ID" in options) != ("AWS_SECRET_ACCESS_KEY" in options):
        wrong.append("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together: set both or neither.")
    return f"s3://{parts.netloc}{parts.path}", options


def _command(env: Mapping[str, str], name: str, wrong: list[str]) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(env.get(name, "")))
    except ValueError as problem:
        wrong.append(f"{name} is no command: {problem}.")
        return ()


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
