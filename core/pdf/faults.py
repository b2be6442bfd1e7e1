"""What keeps a document from being made, in sentences fit for the page."""

from __future__ import annotations


class PdfError(Exception):
    """Raised when a document cannot be made; says so in a sentence fit for the page."""

    sentence = "The PDF could not be made. Nothing is lost: the same brief can be read as a page."
    # For how many seconds it is of no use to ask again; none where asking again does not help.
    retry_after: int | None = None

    def __init__(self, sentence: str = "") -> None:
        """Say what happened, or what is usual."""
        super().__init__(sentence or self.sentence)


class TooLarge(PdfError):
    """Raised when a document takes more memory than one may."""

    sentence = "This is too large to be made into a PDF. Nothing is lost: the same words can be read as a page."
    is_expected = True


class TookTooLong(PdfError):
    """Raised when a document takes longer than one may."""

    sentence = "Making the PDF took too long, so it was stopped. Nothing is lost: the same words can be read as a page."
    is_expected = True


class ChildDied(PdfError):
    """Raised when the process that makes documents was ended from outside: asking again helps."""

    sentence = "Making the PDF was interrupted. Nothing is lost: please try again in a moment."
    is_expected = True
    retry_after = 5


class Busy(PdfError):
    """Raised when others, or the same person in another tab, are having documents made."""

    sentence = "The portal is busy making other PDFs. Nothing is lost: please try again in a moment."
    is_expected = True
    retry_after = 5
