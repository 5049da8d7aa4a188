"""`[tool.huizong]` of a workspace: every value with its default and what it is for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
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
    months_of_year: Literal["calendar", "school"] = Field("calendar", description="which months make a year's figure")
    small_cell: int = Field(5, ge=0, description="restricted counts under this are suppressed in publications")
    schedule: str = Field("0 2 * * *", description="cron line of the nightly run")
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
                "evaluations", "workbooks", "switches", "limits", "waivers", "months_of_year", "small_cell",
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
