"""A Word file to write on, from top to bottom: headings, paragraphs, facts and tables in the styles of the brief."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

LANGUAGE = "en-GB"
WIDTH_MM, NAME_WIDTH_MM = 170, 40
# A property of the file holds no more.
MAX_PROPERTY = 255
# What XML cannot hold, whoever wrote it: controls, halves of a pair, and two that are no characters.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
RIGHT_TO_LEFT, LEFT_TO_RIGHT = {"R", "AL"}, {"L"}


@dataclass(frozen=True)
class Piece:
    """A few words in one look; `look` names a character style, `url` makes them a link."""

    text: str
    look: str = ""
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One paragraph; `is_item` puts a bullet before it."""

    pieces: tuple[Piece, ...]
    is_item: bool = False


Lines = tuple[Line, ...]


@dataclass(frozen=True)
class Column:
    """One column of a table: what stands above it, and how wide it is."""

    name: str
    width_mm: int
    is_number: bool = False


def line(*pieces: Piece | str) -> Lines:
    """Return one paragraph of pieces, without those that are empty; nothing where all are."""
    made = tuple(piece if isinstance(piece, Piece) else Piece(piece) for piece in pieces)
    filled = tuple(piece for piece in made if piece.text)
    return (Line(filled),) if filled else ()


def prose(text: str) -> Lines:
    """Return what a person typed, paragraph by paragraph; a single new line stays one."""
    paragraphs = re.split(r"\n{2,}", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    return tuple(Line((Piece(paragraph),)) for paragraph in paragraphs if paragraph.strip())


def items(texts: Sequence[str]) -> Lines:
    """Return a list of texts with a bullet before each."""
    return tuple(Line((Piece(text),), is_item=True) for text in texts)


def written(text: str) -> str:
    """Return a text as XML can hold it: what it cannot is shown as a character that is not known."""
    return UNWRITABLE.sub("\ufffd", text)


class Sheet:
    """A Word file that is being written."""

    def __init__(self, *, title: str, subject: str, author: str, on: date) -> None:
        """Begin an A4 file in British English with the styles of the brief."""
        self.document = Document()
        _put(self.document.styles.element, "styles.xml")
        _put(self.document.part.numbering_part.element, "numbering.xml")
        self.section = self.document.sections[0]
        self.section.page_width, self.section.page_height = Mm(210), Mm(297)
        self.section.left_margin = self.section.right_margin = Mm(20)
        self.section.top_margin, self.section.bottom_margin = Mm(26), Mm(22)
        self.section.header_distance = self.section.footer_distance = Mm(12)
        for language in self.document.settings.element.iter(qn("w:themeFontLang")):
            language.set(qn("w:val"), LANGUAGE)
        self._describe(title, subject, author, on)

    def margins(self, *, running: str, is_draft: bool, footer: str) -> None:
        """Write what stands on every page: whose brief it is, DRAFT where it is one, and the number of the page."""
        header = self.section.header.paragraphs[0]
        header.style = "header"
        _write(header, (Piece(running), Piece("\t"), Piece("DRAFT" if is_draft else "", "Draft")))
        below = self.section.footer.paragraphs[0]
        below.style = "footer"
        _write(below, (Piece(footer), Piece("\tPage ")))
        _field(below, "PAGE")
        _write(below, (Piece(" of "),))
        _field(below, "NUMPAGES")

    def heading(self, text: str, level: int, *, starts_page: bool = False) -> None:
        """Write a heading; level 0 is the title."""
        self.paragraph(text, style=f"heading {level}" if level else "Title", starts_page=starts_page)

    def paragraph(self, *pieces: Piece | str, style: str = "Normal", starts_page: bool = False, keeps: bool = False) -> None:
        """Write one paragraph; `keeps` holds it on the page of what follows."""
        for row in line(*pieces):
            paragraph = self.document.add_paragraph()
            _dress(paragraph, style)
            if starts_page:
                paragraph.paragraph_format.page_break_before = True
            if keeps:
                paragraph.paragraph_format.keep_with_next = True
            _write(paragraph, row.pieces)

    def lines(self, lines: Lines, style: str = "Normal") -> None:
        """Write paragraphs one below the other."""
        for row in lines:
            self.paragraph(*row.pieces, style=style)

    def facts(self, rows: Sequence[tuple[str, Lines]], *, keeps: bool = False) -> None:
        """Write facts with their names before them; a fact without words is left out. `keeps` holds them on one page."""
        filled = [(name, lines) for name, lines in rows if lines]
        if not filled:
            return
        table = self._table(len(filled), [NAME_WIDTH_MM, WIDTH_MM - NAME_WIDTH_MM], style="Fact Table", names="column")
        for row, (name, lines) in zip(table.rows, filled, strict=True):
            first, second = row.cells
            _fill(first, line(name), "Fact Name")
            if keeps:
                first.paragraphs[0].paragraph_format.keep_with_next = True
            _fill(second, lines)
        self._end_table()

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Lines]], *, caption: str = "") -> None:
        """Write a table whose first row names its columns, on every page that it reaches; with a caption its rows are named too."""
        self.paragraph(caption, style="caption")
        names = "both" if caption else "row"
        table = self._table(len(rows) + 1, [column.width_mm for column in columns], style="Brief Table", names=names)
        if caption:
            table._tblPr.append(_element("w:tblCaption", val=written(caption)))
        header, *below = table.rows
        header._tr.get_or_add_trPr().append(_element("w:tblHeader"))
        for cell, column in zip(header.cells, columns, strict=True):
            _fill(cell, line(column.name), "Table Heading Number" if column.is_number else "Table Heading")
        for row, filled in zip(below, rows, strict=True):
            first, *rest = zip(row.cells, columns, filled, strict=True)
            _fill(first[0], first[2], "Table Name" if caption else "Table Text")
            for cell, column, lines in rest:
                _fill(cell, lines, "Table Number" if column.is_number else "Table Text")
        self._end_table()

    def finish(self) -> bytes:
        """Return the file; the same words give the same bytes, whenever and wherever they were written."""
        package = self.document.part.package
        # A picture of an empty page, from the library's own beginning.
        for key in [key for key, found in package.rels.items() if found.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
            del package.rels[key]
        made, file = io.BytesIO(), io.BytesIO()
        self.document.save(made)
        with zipfile.ZipFile(made) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in parts.namelist():
                archive.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
        return file.getvalue()

    def _describe(self, title: str, subject: str, author: str, on: date) -> None:
        """Say of the file what it is, whose it is and when it was made."""
        properties = self.document.core_properties
        properties.title, properties.subject = written(title)[:MAX_PROPERTY], written(subject)[:MAX_PROPERTY]
        properties.author = properties.last_modified_by = written(author)[:MAX_PROPERTY]
        properties.language, properties.comments, properties.keywords = LANGUAGE, "", ""
        properties.created = properties.modified = datetime(on.year, on.month, on.day, tzinfo=UTC).replace(tzinfo=None)

    def _table(self, rows: int, widths_mm: Sequence[int], *, style: str, names: str) -> Table:
        """Add an empty table of fixed widths whose rows stay whole; its first row, column or both name the others."""
        table: Table = self.document.add_table(rows=rows, cols=len(widths_mm), style=style)
        table.autofit = False
        has_row, has_column = (str(int(names in (part, "both"))) for part in ("row", "column"))
        look = {"firstRow": has_row, "lastRow": "0", "firstColumn": has_column, "lastColumn": "0", "noHBand": "1", "noVBand": "1"}
        for old in table._tblPr.findall(qn("w:tblLook")):
            table._tblPr.remove(old)
        table._tblPr.append(_element("w:tblLook", **look))
        for column, width in zip(table.columns, widths_mm, strict=True):
            column.width = Mm(width)
        for row in table.rows:
            row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
            for cell, width in zip(row.cells, widths_mm, strict=True):
                cell.width = Mm(width)
        return table

    def _end_table(self) -> None:
        """Keep two tables apart: Word would make one of them."""
        _dress(self.document.add_paragraph(), "After Table")


@cache
def _source(name: str) -> str:
    """Read one of the files beside this one, once for each process."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


@cache
def _style_keys() -> dict[str, str | None]:
    """Return the keys of our styles by their names; a paragraph without any is a normal one."""
    styles = parse_xml(_source("styles.xml")).iterchildren(qn("w:style"))
    keys = {style.find(qn("w:name")).get(qn("w:val")): style.get(qn("w:styleId")) for style in styles}
    return {**keys, "Normal": None}


def _dress(paragraph: Paragraph, style: str) -> None:
    """Give a paragraph one of our styles. The library looks through all styles each time, which takes most of the time of a long file."""
    paragraph._p.style = _style_keys()[style]


def _put(element: BaseOxmlElement, name: str) -> None:
    """Put the parts of one of our files in place of those of an element."""
    for child in list(element):
        element.remove(child)
    for child in list(parse_xml(_source(name))):
        element.append(child)


def _element(name: str, **attributes: str) -> BaseOxmlElement:
    """Make an element of Word's."""
    element = OxmlElement(name)
    for attribute, value in attributes.items():
        element.set(qn(f"w:{attribute}"), value)
    return element


def _fill(cell: _Cell, lines: Lines, style: str = "Table Text") -> None:
    """Write paragraphs into an empty cell."""
    paragraph = cell.paragraphs[0]
    _dress(paragraph, style)
    for number, row in enumerate(lines):
        paragraph = cell.add_paragraph() if number else paragraph
        _dress(paragraph, "Table Bullet" if row.is_item else style)
        _write(paragraph, row.pieces)


def _write(paragraph: Paragraph, pieces: Sequence[Piece]) -> None:
    """Write pieces one after the other, from the right where they begin with words that are read so."""
    is_from_right = _is_from_right("".join(piece.text for piece in pieces))
    if is_from_right:
        paragraph._p.get_or_add_pPr().append(_element("w:bidi"))
    for piece in pieces:
        if not piece.text:
            continue
        run = paragraph.add_run(written(piece.text))
        look = piece.look or ("Hyperlink" if piece.url else "")
        if look:
            run._r.style = _style_keys()[look]
        if _is_from_right(piece.text):
            run._r.get_or_add_rPr().append(_element("w:rtl"))
        if piece.url:
            link = _element("w:hyperlink")
            key = paragraph.part.relate_to(written(piece.url), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link.set(qn("r:id"), key)
            link.append(run._r)
            paragraph._p.append(link)


def _field(paragraph: Paragraph, name: str) -> None:
    """Write a number that Word works out: of this page, of all pages."""
    field = _element("w:fldSimple", instr=name)
    paragraph._p.append(field)
    field.append(paragraph.add_run("1")._r)


def _is_from_right(text: str) -> bool:
    """Tell whether the first letter of a text belongs to a script that is read from the right."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in RIGHT_TO_LEFT or direction in LEFT_TO_RIGHT:
            return direction in RIGHT_TO_LEFT
    return False
