"""Files that are no workbook, or whose container is broken or built to deceive, with what must be said of each."""

from __future__ import annotations

import struct
import zipfile

from tests.readers.compound import write_compound
from tests.readers.parts import SHEET, list_parts, patch_directory, patch_local, set_part, write_zip
from tests.readers.spoiling import (
    BOF,
    MEGABYTE,
    BadFile,
    always,
    append_part,
    link_part,
    overlap,
    record,
    write_ods,
    write_xls,
    zip_with,
)

ODS = (
    b'<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>'
    b'<table:table table:name="A">%s</table:table></office:spreadsheet></office:body></office:document-content>'
)
FAR_CELL = (
    b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
    b'table:number-columns-repeated="16000" office:value-type="float" office:value="1"/></table:table-row>'
)
CIRCLE = write_compound({"Workbook": bytes(9000)}, loop=True)
HTML = "<html><body><table><tr><td>餐位数</td><td>240</td></tr></table></body></html>"
WHOLE_FILES = (
    BadFile("A01 empty file", always(b""), "FL01", "empty"),
    BadFile("A02 two bytes", always(b"PK"), "FL03", "text"),
    BadFile("A32 larger than the limit", always(b"PK\x03\x04" + bytes(21 * MEGABYTE)), "FL26", "file_bytes"),
    BadFile("A34 zip of workbooks", lambda workbook: write_zip([("a.xlsx", workbook)]), "FL03", "zip"),
    BadFile("A34 rar archive", always(b"Rar!\x1a\x07\x00" + bytes(50)), "FL03", "archive"),
    BadFile("A36 PDF", always(b"%PDF-1.7\n%\xe2\xe3\n"), "FL03", "pdf"),
    BadFile("A36 photo", always(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(50)), "FL03", "picture"),
    BadFile("A36 Word document", always(write_zip([("word/document.xml", b"<a/>")])), "FL03", "word"),
    BadFile("A36 slides", always(write_zip([("ppt/presentation.xml", b"<a/>")])), "FL03", "slides"),
    BadFile("A37 shortcut", always(b"[InternetShortcut]\r\nURL=http://127.0.0.1/\r\n"), "FL03", "shortcut"),
    BadFile("A38 zeros of a failed copy", always(bytes(20_000)), "FL01", "zeros"),
    BadFile("C01 cut in half", lambda workbook: workbook[: len(workbook) // 2], "FL01", "damaged"),
    BadFile("C01 last bytes missing", lambda workbook: workbook[:-10], "FL01", "damaged"),
    BadFile("C01 directory missing", lambda workbook: workbook[: workbook.index(b"PK\x01\x02")], "FL01", "damaged"),
    BadFile("C02 junk before the zip", lambda workbook: b"junk\0" + workbook, "FL03", "unknown"),
    BadFile("C03 web page", always(HTML.encode()), "FL03", "html", ".xls"),
    BadFile("C03 web page with a mark", always(b"\xef\xbb\xbf\r\n <TABLE border=1>"), "FL03", "html", ".xls"),
    BadFile("C03 web page in UTF-16", always(HTML.encode("utf-16")), "FL03", "html", ".xls"),
    BadFile("C04 comma separated", always("餐位数,240\n".encode()), "FL03", "csv", ".xls"),
    BadFile("C04 comma separated in GBK", always("餐位数,240\n".encode("gbk")), "FL03", "csv"),
    BadFile("C04 tab separated in UTF-16", always("餐位数\t240\n".encode("utf-16")), "FL03", "csv", ".xls"),
    BadFile("C04 plain text", always("餐位数240".encode()), "FL03", "text"),
    BadFile(
        "C05 XML spreadsheet",
        always(b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
        "FL03", "xml_spreadsheet", ".xls",
    ),
    BadFile("C05 web archive", always(b"MIME-Version: 1.0\nContent-Type: multipart"), "FL03", "web_archive", ".xls"),
    BadFile("C05 SYLK", always(b"ID;PWXL;N;E\nP;PGeneral\n"), "FL03", "sylk", ".xls"),
    BadFile("C05 RTF", always(b"{\\rtf1 hello}"), "FL03", "rtf", ".xls"),
    BadFile("C08 Excel 4", always(b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(40)), "FL03", "old_excel", ".xls"),
    BadFile("C08 Excel 95", always(write_compound({"Book": bytes(50)})), "FL03", "old_excel", ".xls"),
    BadFile("C13 encrypted xlsx", always(write_compound({"EncryptedPackage": b"x"})), "FL02", "encrypted"),
    BadFile("C14 xls with a password", always(write_xls(BOF + record(0x2F, bytes(6)))), "FL02", "encrypted", ".xls"),
    BadFile(
        "C14 ods with a password", always(write_ods(b"x", manifest=b"<m:encryption-data/>")),
        "FL02", "encrypted", ".ods",
    ),
    BadFile("C16 rights managed", always(write_compound({"DRMEncryptedTransform": b"x"})), "FL02", "encrypted"),
    BadFile("C27 chain in a circle", always(CIRCLE), "FL01", "damaged", ".xls"),
    BadFile(
        "C28 absurd sector count",
        always(write_xls(BOF)[:44] + struct.pack("<I", 0xFFFFFFF) + write_xls(BOF)[48:]),
        "FL01", "damaged", ".xls",
    ),
    BadFile("C29 Word in a compound file", always(write_compound({"WordDocument": b"x"})), "FL03", "word", ".xls"),
    BadFile("C29 compound of something", always(write_compound({"Contents": b"x"})), "FL03", "ole", ".xls"),
    BadFile("C30 bare stream", always(BOF + bytes(200)), "FL03", "old_excel", ".xls"),
    BadFile("Z27 xls record past the end", always(write_xls(BOF + b"\x03\x02\xff\x7f")), "FL01", "damaged", ".xls"),
    BadFile("Z29 repeated cells", always(write_ods(ODS % FAR_CELL)), "FL26", "box_cells", ".ods"),
)  # fmt: skip

ZIPS = (
    BadFile("C17 zip password", lambda workbook: patch_directory(workbook, 8, "<H", 1), "FL02", "encrypted"),
    BadFile("C18 bzip2", zip_with(zipfile.ZIP_BZIP2), "FL26", "compression"),
    BadFile("C18 lzma", zip_with(zipfile.ZIP_LZMA), "FL26", "compression"),
    BadFile("C18 method 99", lambda workbook: patch_directory(workbook, 10, "<H", 99), "FL26", "compression"),
    BadFile("C19 wrong checksum", lambda workbook: patch_directory(workbook, 16, "<I", 1), "FL01", "damaged"),
    BadFile("C20 size too small", lambda workbook: patch_directory(workbook, 24, "<I", 3), "FL01", "damaged"),
    BadFile("C20 packed size past the end", lambda w: patch_directory(w, 20, "<I", 0x7FFFFFF), "FL26", "overlap"),
    BadFile("C20 other name in the local header", lambda w: patch_local(w, 30, "<I", 0), "FL01", "damaged"),
    BadFile("C21 one stream under two names", overlap, "FL26", "overlap"),
    BadFile("C22 part twice", append_part(SHEET, b"<worksheet/>"), "FL26", "repeated_part"),
    BadFile("C22 part twice in other case", append_part(SHEET.upper(), b"<worksheet/>"), "FL26", "repeated_part"),
    BadFile("C23 name that climbs out", append_part("../../x.xml", b"<a/>"), "FL26", "part_name"),
    BadFile("C23 absolute name", append_part("/etc/x.xml", b"<a/>"), "FL26", "part_name"),
    BadFile("C23 drive letter", append_part("C:\\x.xml", b"<a/>"), "FL26", "part_name"),
    BadFile("C25 link for a sheet", lambda w: link_part(SHEET)(set_part(w, SHEET, None)), "FL01", "missing_part"),
    BadFile(
        "Z04 thousands of entries",
        lambda workbook: write_zip([*list_parts(workbook), *((f"e{i}", b"") for i in range(3000))], method=0),
        "FL26", "entries",
    ),
)  # fmt: skip
