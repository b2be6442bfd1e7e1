"""The brief as a Word file."""

from engagements.documents.word.brief import render_word

__all__ = ["render_word"]
