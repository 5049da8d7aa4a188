"""What a reader noticed in a file: a name from this list, the place, and the figures for the message.

Which check a signal belongs to, how severe it is and what the school is told stands in the definitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Notice(StrEnum):
    """Everything that can be noticed of a file. Each is claimed by exactly one check."""

    # the file
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    WRONG_FORMAT = "wrong_format"
    UNSAFE = "unsafe"
    MACROS_OR_LINKS = "macros_or_links"
    OTHER_FORMAT = "other_format"
    # which return it is
    NO_COVER = "no_cover"
    # its sheets and tables
    MISSING_SHEET = "missing_sheet"
    EXTRA_SHEET = "extra_sheet"
    HIDDEN_PART = "hidden_part"
    WRONG_LABEL = "wrong_label"
    MISSING_LINE = "missing_line"
    MERGED_CELLS = "merged_cells"
    COMMENT_OR_PICTURE = "comment_or_picture"
    MOVED_TABLE = "moved_table"
    RENAMED_SHEET = "renamed_sheet"
    OTHER_LABEL = "other_label"
    STRAY_CONTENT = "stray_content"
    TOTAL_LINE = "total_line"
    OVER_CAPACITY = "over_capacity"
    # its cells
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    FORMULA_IN_INPUT = "formula_in_input"
    NUMBER_AS_TEXT = "number_as_text"
    FULL_WIDTH = "full_width"
    SPACES = "spaces"
    THOUSANDS = "thousands"
    UNIT_REMOVED = "unit_removed"
    NONE_MARK = "none_mark"
    WORDS_IN_NUMBER = "words_in_number"
    NO_NUMBER = "no_number"
    BLOCKED_FILLED = "blocked_filled"
    ERROR_VALUE = "error_value"
    BAD_TEXT = "bad_text"
    UNKNOWN_CODE = "unknown_code"
    CODE_READ_AS = "code_read_as"
    DAMAGED_CODE = "damaged_code"
    BAD_DATE = "bad_date"
    DATE_READ_AS = "date_read_as"
    BAD_PERCENT = "bad_percent"
    PERCENT_READ_AS = "percent_read_as"
    BAD_YES_NO = "bad_yes_no"
    PERSONAL_DATA = "personal_data"
    # on being taken in: against register, collection and what came before
    NO_REGISTER = "no_register"
    SCHOOL_UNKNOWN = "school_unknown"
    SCHOOL_NAME_DIFFERS = "school_name_differs"
    FILE_NAME_DIFFERS = "file_name_differs"
    PERIOD_CLOSED = "period_closed"
    NOT_EXPECTED = "not_expected"
    FORM_NOT_IN_FORCE = "form_not_in_force"
    FORM_UPGRADED = "form_upgraded"
    FORM_CELLS_LEFT = "form_cells_left"
    DUPLICATE = "duplicate"
    CORRECTION_WITHOUT_REASON = "correction_without_reason"
    COVER_INCOMPLETE = "cover_incomplete"
    LATE = "late"
    EMPTY_FORM = "empty_form"
    TOTAL_TYPED_WRONG = "total_typed_wrong"
    COPIED_SHEET = "copied_sheet"
    CHECK_FAILED_TO_RUN = "check_failed_to_run"


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing noticed, at a sheet and cell as the school sees them (empty: the whole file or sheet)."""

    notice: Notice
    sheet: str = ""
    cell: str = ""
    ref: str = ""
    found: str = ""
    expected: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
