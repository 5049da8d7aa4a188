"""What reading and taking in can notice of a file: names for checks to claim, and what each can say in a message."""

from __future__ import annotations

from collections.abc import Mapping
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
    STRAY_TEXT = "stray_text"
    TOTAL_LINE = "total_line"
    OVER_CAPACITY = "over_capacity"
    DECLARED_EMPTY = "declared_empty"
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
    SCHOOL_CLOSED = "school_closed"
    SCHOOL_TAKEN_OVER = "school_taken_over"
    SCHOOL_NOT_YET_OPEN = "school_not_yet_open"
    DISTRICT_DIFFERS = "district_differs"
    FILE_NAME_DIFFERS = "file_name_differs"
    PERIOD_CLOSED = "period_closed"
    NOT_EXPECTED = "not_expected"
    FORM_NOT_IN_FORCE = "form_not_in_force"
    FORM_UPGRADED = "form_upgraded"
    FORM_CELLS_LEFT = "form_cells_left"
    DUPLICATE = "duplicate"
    CORRECTION_WITHOUT_REASON = "correction_without_reason"
    COLLECTION_LOCKED = "collection_locked"
    IDLE_EXPLANATION = "idle_explanation"
    COVER_INCOMPLETE = "cover_incomplete"
    LATE = "late"
    EMPTY_FORM = "empty_form"
    NIL_RETURN = "nil_return"
    NIL_WITH_DATA = "nil_with_data"
    NIL_NOT_TAKEN = "nil_not_taken"
    EMPTY_LIST = "empty_list"
    EMPTY_LIST_BEFORE = "empty_list_before"
    DECLARED_WITH_LINES = "declared_with_lines"
    TOTAL_TYPED_WRONG = "total_typed_wrong"
    COPIED_SHEET = "copied_sheet"
    # the register's own lines
    LINES_OVERLAP = "lines_overlap"
    SUCCESSOR_UNKNOWN = "successor_unknown"
    SUCCESSOR_NOT_OPEN = "successor_not_open"
    SUCCESSION_CYCLE = "succession_cycle"
    ORIGIN_UNKNOWN = "origin_unknown"
    ORIGIN_NOT_OPEN = "origin_not_open"
    MEMBER_UNKNOWN = "member_unknown"
    GROUP_UNKNOWN = "group_unknown"
    GROUPS_OVERLAP = "groups_overlap"
    SCHOOLS_DROPPED = "schools_dropped"
    # what earlier figures a school can be held against
    NO_EARLIER_SCHOOL = "no_earlier_school"
    EARLIER_SHARED = "earlier_shared"
    EARLIER_OF_OTHERS = "earlier_of_others"
    # the run itself
    CHECK_FAILED_TO_RUN = "check_failed_to_run"


ALWAYS = frozenset({"cell", "label", "got", "want"})
"""What every message may name: the cell and its label, what was found there and what should be."""

_ENTRY = frozenset({"unit", "list", "value"})
_REFUSAL = frozenset({"ext", "real", "what"})

OFFERS: Mapping[Notice, frozenset[str]] = {
    **dict.fromkeys((Notice.UNREADABLE, Notice.ENCRYPTED, Notice.WRONG_FORMAT, Notice.UNSAFE), _REFUSAL),
    **dict.fromkeys(
        (
            Notice.NUMBER_AS_TEXT, Notice.FULL_WIDTH, Notice.SPACES, Notice.THOUSANDS, Notice.UNIT_REMOVED,
            Notice.NONE_MARK, Notice.WORDS_IN_NUMBER, Notice.NO_NUMBER, Notice.BLOCKED_FILLED, Notice.BAD_TEXT,
            Notice.UNKNOWN_CODE, Notice.CODE_READ_AS, Notice.DAMAGED_CODE, Notice.BAD_DATE, Notice.DATE_READ_AS,
            Notice.BAD_PERCENT, Notice.PERCENT_READ_AS, Notice.BAD_YES_NO, Notice.PERSONAL_DATA,
        ),
        _ENTRY,
    ),
    Notice.OTHER_FORMAT: frozenset({"ext", "real"}),
    Notice.MISSING_SHEET: frozenset({"sheets"}),
    Notice.EXTRA_SHEET: frozenset({"sheets"}),
    Notice.MERGED_CELLS: frozenset({"range"}),
    Notice.MOVED_TABLE: frozenset({"count"}),
    Notice.STRAY_CONTENT: frozenset({"count"}),
    Notice.STRAY_TEXT: frozenset({"count"}),
    Notice.OVER_CAPACITY: frozenset({"count", "capacity"}),
    Notice.DECLARED_EMPTY: frozenset({"table"}),
    Notice.EMPTY_FORM: frozenset({"how"}),
    Notice.NIL_NOT_TAKEN: frozenset({"no"}),
    Notice.EMPTY_LIST: frozenset({"table", "how"}),
    Notice.EMPTY_LIST_BEFORE: frozenset({"table", "how"}),
    Notice.DECLARED_WITH_LINES: frozenset({"table", "count"}),
    Notice.SCHOOL_UNKNOWN: frozenset({"code", "likely"}),
    Notice.SCHOOL_NAME_DIFFERS: frozenset({"likely"}),
    Notice.SCHOOL_CLOSED: frozenset({"code", "name", "day", "period"}),
    Notice.SCHOOL_TAKEN_OVER: frozenset({"code", "name", "day", "period", "heirs"}),
    Notice.SCHOOL_NOT_YET_OPEN: frozenset({"code", "name", "day", "period"}),
    Notice.LINES_OVERLAP: frozenset({"code", "a", "b"}),
    Notice.SUCCESSOR_UNKNOWN: frozenset({"code", "likely"}),
    Notice.SUCCESSOR_NOT_OPEN: frozenset({"code", "name", "day"}),
    Notice.SUCCESSION_CYCLE: frozenset({"codes"}),
    Notice.ORIGIN_UNKNOWN: frozenset({"code", "likely"}),
    Notice.ORIGIN_NOT_OPEN: frozenset({"day"}),
    Notice.MEMBER_UNKNOWN: frozenset({"code", "likely"}),
    Notice.GROUP_UNKNOWN: frozenset({"grouping", "group"}),
    Notice.GROUPS_OVERLAP: frozenset({"code", "name", "grouping", "a", "b"}),
    Notice.SCHOOLS_DROPPED: frozenset({"count", "schools"}),
    Notice.NO_EARLIER_SCHOOL: frozenset({"day"}),
    Notice.EARLIER_SHARED: frozenset({"heirs", "origins"}),
    Notice.EARLIER_OF_OTHERS: frozenset({"origins"}),
    Notice.FORM_NOT_IN_FORCE: frozenset({"v", "period", "change"}),
    Notice.FORM_UPGRADED: frozenset({"v", "change"}),
    Notice.FORM_CELLS_LEFT: frozenset({"v", "count", "cells"}),
    Notice.DUPLICATE: frozenset({"file", "time"}),
    Notice.COLLECTION_LOCKED: frozenset({"period", "no", "day"}),
    Notice.IDLE_EXPLANATION: frozenset({"line", "code", "what"}),
    Notice.LATE: frozenset({"days"}),
    Notice.CHECK_FAILED_TO_RUN: frozenset({"value"}),
}  # fmt: skip
"""Notice → what its message may name beside that."""
