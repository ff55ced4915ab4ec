from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recsys.errors import BadSetting


@dataclass(frozen=True)
class Settings:
    """What can be set from outside, each by one environment variable.

    Attributes
    ----------
    home
        ``AISLE_HOME``: the workspace folder (default ``./workspace``).
    database_url
        ``AISLE_DATABASE_URL``: metadata database; empty means SQLite in the workspace.
    qdrant_url, qdrant_api_key
        ``AISLE_QDRANT_URL``, ``AISLE_QDRANT_API_KEY``: a Qdrant server; empty means embedded.
    upload_max_bytes
        ``AISLE_UPLOAD_MAX_MB`` in bytes: the largest file the upload route takes (default 4 GB).
    allowed_hosts
        ``AISLE_ALLOWED_HOSTS``: comma-separated host names the server answers to, beside loopback.
    data_roots
        ``AISLE_DATA_ROOTS``: folders on the server whose files may be loaded, separated by ``:``;
        none by default.
    image_hosts
        ``AISLE_IMAGE_HOSTS``: comma-separated host names from which pages show product pictures,
        by https only; none by default, since the browser of who looks asks them for it.
    time_zone
        ``AISLE_TIME_ZONE``: the shop's zone, in which rules start and end (default ``UTC``).
    llm_provider
        ``AISLE_LLM_PROVIDER``: ``anthropic`` (default), or ``openai`` for any endpoint that speaks
        as OpenAI's does. Keys are no settings: they are read where a provider is opened.
    llm_url
        ``AISLE_LLM_URL``: the endpoint's address, where it is not the provider's own.
    llm_model
        ``AISLE_LLM_MODEL``: the model, where none is chosen on the Copy page.
    copy_fields
        ``AISLE_COPY_FIELDS``: comma-separated further columns of the catalogue that prompts may
        hold, beside name, category, brand and description.
    """

    home: Path
    database_url: str = ""
    qdrant_url: str = ""
    qdrant_api_key: str = ""
    upload_max_bytes: int = 4_000_000_000
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    data_roots: tuple[Path, ...] = ()
    image_hosts: tuple[str, ...] = ()
    time_zone: str = "UTC"
    llm_provider: str = "anthropic"
    llm_url: str = ""
    llm_model: str = ""
    copy_fields: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the settings from the environment.

        Raises
        ------
        BadSetting
            A number is not one, a folder is no absolute path, or a time zone is unknown.
        """
        megabytes = os.environ.get("AISLE_UPLOAD_MAX_MB", "4000")
        if not megabytes.isdigit() or int(megabytes) < 1:
            raise BadSetting(
                f"AISLE_UPLOAD_MAX_MB is {megabytes!r}, which is not a number of megabytes.",
                hint="Set it to a whole number, for example 4000.",
            )
        return cls(
            home=Path(os.environ.get("AISLE_HOME", "workspace")).resolve(),
            database_url=os.environ.get("AISLE_DATABASE_URL", ""),
            qdrant_url=os.environ.get("AISLE_QDRANT_URL", ""),
            qdrant_api_key=os.environ.get("AISLE_QDRANT_API_KEY", ""),
            upload_max_bytes=int(megabytes) * 1_000_000,
            allowed_hosts=cls.allowed_hosts + _hosts("AISLE_ALLOWED_HOSTS"),
            data_roots=_data_roots(),
            image_hosts=_hosts("AISLE_IMAGE_HOSTS"),
            time_zone=_time_zone(),
            llm_provider=_llm_provider(),
            llm_url=os.environ.get("AISLE_LLM_URL", "").strip(),
            llm_model=os.environ.get("AISLE_LLM_MODEL", "").strip(),
            copy_fields=_names("AISLE_COPY_FIELDS"),
        )


def _hosts(name: str) -> tuple[str, ...]:
    return tuple(host.lower() for host in _names(name))


def _names(name: str) -> tuple[str, ...]:
    given = os.environ.get(name, "").split(",")
    return tuple(one.strip() for one in given if one.strip())


def _llm_provider() -> str:
    given = os.environ.get("AISLE_LLM_PROVIDER", "").strip().lower() or "anthropic"
    if given not in {"anthropic", "openai"}:
        raise BadSetting(
            f"AISLE_LLM_PROVIDER is {given!r}, which Aisle does not know.",
            hint="Set it to anthropic, or to openai with the endpoint's address in AISLE_LLM_URL.",
        )
    return given


def _data_roots() -> tuple[Path, ...]:
    given = os.environ.get("AISLE_DATA_ROOTS", "")
    roots = [Path(one.strip()) for one in given.split(os.pathsep) if one.strip()]
    for root in roots:
        if not root.is_absolute():
            raise BadSetting(
                f"AISLE_DATA_ROOTS names '{root}', which is not an absolute path.",
                hint="Write folders from the root on, for example /srv/shop:/data/exports.",
            )
    return tuple(root.resolve() for root in roots)


def _time_zone() -> str:
    name = os.environ.get("AISLE_TIME_ZONE", "").strip() or "UTC"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # it may name a folder, or be no path
        raise BadSetting(
            f"AISLE_TIME_ZONE is {name!r}, which is no time zone.",
            hint="Use a name of the IANA list, for example Europe/Berlin or America/New_York.",
        ) from None
    return name
