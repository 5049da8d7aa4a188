"""`[tool.huizong]` of a workspace: every value with its default and what it is for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
)

from flows.errors import WorkspaceError
from schemas.yaml_files import describe_fault


class Section(BaseModel):
    """A section of the bureau that files returns of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(description="code written on the cover of its returns")
    name: str


class Collection(BaseModel):
    """A period for which returns are taken in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    period: str = Field(description="such as 2025-2026, 2025 or 2025-09")
    returns: list[str] = Field(default_factory=list, description="numbers of the returns asked for; empty: all")
    due: dict[str, date] = Field(default_factory=dict, description="return number → due date, where not the usual one")


class WaiverSetting(BaseModel):
    """A check that one school need not pass for one period."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: str = Field(description="code of the check, such as XT05")
    school: str = Field(description="code of the school")
    period: str = Field(description="such as 2025-2026")
    reason: str = Field(min_length=1, description="why, shown wherever the finding is")
    asked_by: str = Field(min_length=1)
    approved_by: str = Field(min_length=1)
    until: date = Field(description="last day on which it holds")


Address = Annotated[str, Field(pattern=r"^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$")]
Seconds = Annotated[float, Field(ge=0, le=600)]
Security = Literal["starttls", "ssl", "none"]
PORTS: dict[Security, int] = {"starttls": 587, "ssl": 465, "none": 25}


class MailSettings(BaseModel):
    """`[tool.huizong.mail]`: where digests go by mail. Nothing is sent unless a host or a block is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field("", description="SMTP server; empty: no mail")
    port: int = Field(0, ge=0, le=65535, description="its port; 0: the usual one for the security")
    security: Security = Field("starttls", description="starttls, ssl or none")
    user: str = Field("", description="name to log in with; the password is HUIZONG_MAIL_PASSWORD")
    sender: Address | Literal[""] = Field("", description="address letters come from; empty: the user")
    recipients: list[Address] = Field(default_factory=list, description="addresses the digest goes to")
    schools: dict[str, Address] = Field(default_factory=dict, description="school code → address its receipts go to")
    block: str = Field("", description="notification block of Prefect told in place of SMTP, as type/name")
    seconds: float = Field(20.0, gt=0, description="longest wait for the server")
    retry_after: list[Seconds] = Field([2.0, 10.0], max_length=10, description="seconds before each further attempt")

    @property
    def address(self) -> str:
        return self.sender or self.user

    def find_port(self) -> int:
        return self.port or PORTS[self.security]

    @model_validator(mode="after")
    def _ask_for_addresses(self) -> MailSettings:
        if self.host and "@" not in self.address:
            raise PydanticCustomError("no_sender", "sender must be an address, as user is none")
        if self.recipients and not (self.host or self.block):
            raise PydanticCustomError("no_host", "recipients are named, but no host")
        return self


class Settings(BaseSettings):
    """Settings of one workspace. Environment variables HUIZONG_… win over pyproject.toml."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix="HUIZONG_")

    district_code: str = Field("000000", description="行政区划代码 of the district, six digits")
    district_name: str = Field("本区", description="name printed on workbooks")
    bureau_code: str = Field("", description="code on the cover of bureau returns; empty: district code + 0000")
    sections: list[Section] = Field(default_factory=list, description="sections filing returns of scope section")
    language: Literal["zh", "en"] = Field("zh", description="language of help and messages")
    collections: list[Collection] = Field(
        default_factory=list, description="open collections; none: any period is taken"
    )
    target_sets: list[str] = Field(
        default_factory=list, description="target sets indicators are held against, in order"
    )
    evaluations: list[str] = Field(default_factory=list, description="evaluation profiles run every night; empty: all")
    workbooks: list[str] = Field(default_factory=list, description="workbooks published beside the usual ones")
    switches: dict[str, list[str]] = Field(
        default_factory=dict, description="evaluation profile → relaxations switched on"
    )
    waivers: list[WaiverSetting] = Field(
        default_factory=list, description="checks that a school need not pass for a time: why, who asked, who approved"
    )
    limits: dict[str, dict[str, float | str]] = Field(
        default_factory=dict, description="check or indicator → the district's own limits"
    )
    overlapping: list[str] = Field(
        default_factory=list, description="groupings in which a school may belong to several groups"
    )
    months_of_year: Literal["calendar", "school"] = Field("calendar", description="which months make a year's figure")
    small_cell: int = Field(5, ge=0, description="restricted counts under this are suppressed in publications")
    remind_days: int = Field(3, ge=0, description="returns due within so many days are on the chase list already")
    schedule: str = Field("0 2 * * *", description="cron line of the nightly run; empty: none")
    timezone: str = Field("Asia/Shanghai", description="time zone of the schedule and of receipts")
    settle_seconds: float = Field(2.0, ge=0, description="a file in the inbox is left alone until unchanged so long")
    workers: int = Field(2, ge=1, description="reader processes")
    batch_size: int = Field(500, ge=1, description="files or submissions a task takes at once")
    file_megabytes: float = Field(20, gt=0, description="larger files are refused")
    read_seconds: float = Field(60, gt=0, description="a file that takes longer to read is refused")
    read_megabytes: int = Field(1536, gt=0, description="memory a reader may use")
    task_runner: Literal["threads", "dask"] = Field("threads", description="where batches run")
    dask_address: str = Field("", description="scheduler of the Dask cluster, with task_runner = dask")
    publications_to: str = Field("", description="folder to which publications are copied as well")
    receipts_to: str = Field("", description="folder to which receipts are copied as well")
    mail: MailSettings = Field(default_factory=MailSettings, description="where digests go by mail")
    as_of: date | None = Field(None, description="the day runs reckon with, for demonstrations; empty: today")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  only what is said openly counts
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings

    @property
    def own_code(self) -> str:
        """The code that bureau returns carry on their cover."""
        return self.bureau_code or f"{self.district_code}0000"

    @property
    def basis(self) -> str:
        """What figures and publications depend on among the settings; schedules and folders are not."""
        return self.model_dump_json(
            include={
                "district_code", "district_name", "bureau_code", "sections", "collections", "target_sets",
                "evaluations", "workbooks", "switches", "limits", "waivers", "overlapping", "months_of_year",
                "small_cell",
            }
        )  # fmt: skip


TABLE = ("tool", "huizong")


def load_settings(pyproject: Path) -> Settings:
    """Settings of the workspace whose pyproject.toml this is. Raises WorkspaceError naming the key."""

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  only what is said openly counts
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  likewise
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            settings_cls.model_config["pyproject_toml_table_header"] = TABLE
            return init_settings, env_settings, PyprojectTomlConfigSettingsSource(settings_cls, pyproject)

    try:
        return FromFile()
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in fault["loc"])
        raise WorkspaceError("setting", path=pyproject, key=key, problem=describe_fault(fault)) from None
