"""Small files of the kinds that an answer may be, as the programs that make them would begin."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9) + b"\xff\xd9"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L" + bytes(14)
TEXT = "Länge,Preis\n3.5,12\n".encode()
PROGRAM = b"print('hello')\n"


def archive(*parts: str, **contents: str) -> bytes:
    """An archive with these parts, all empty but those of which the contents are given."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name, content in contents.items():
            packed.writestr(name, content)
        for part in parts:
            packed.writestr(part, "")
    return data.getvalue()


XLSX = archive("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
DOCX = archive("[Content_Types].xml", "word/document.xml")
PPTX = archive("[Content_Types].xml", "ppt/presentation.xml")
WITH_MACROS = archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")
ODS = archive("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet")
ODT = archive("content.xml", mimetype="application/vnd.oasis.opendocument.text")
ODP = archive("content.xml", mimetype="application/vnd.oasis.opendocument.presentation")
ZIP = archive("plan/readme.txt", "plan/main.py")
EXECUTABLE = b"MZ\x90\x00\x03" + bytes(60)
OLD_DOCUMENT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
