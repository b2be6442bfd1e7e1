"""What a password is not made of: the words that anybody who knows the portal or the person tries first (S15)."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError

# Words of the portal and of its field.
PRODUCT_WORDS = ("systems", "system", "leadership", "portal", "ldp", "stp", "nhs", "password", "passphrase", "welcome", "letmein")
# What has to be left of a password once those words are taken out of it.
LEAST_LEFT = 8
SHORTEST_NAME = 3


class ProductWordsValidator:
    """Refuses a password that is little more than words of the portal, the person's name and their region."""

    def validate(self, password: str, user: Any = None) -> None:
        """Take out the words that are tried first, and look at what is left."""
        left = password.casefold()
        for word in sorted({*PRODUCT_WORDS, *_words_of(user)}, key=len, reverse=True):
            left = left.replace(word, "")
        # Years and punctuation are what people put between such words.
        if len(re.sub(r"[\W\d_]", "", left)) < LEAST_LEFT and left != password.casefold():
            raise ValidationError(
                "Choose a password with fewer words of the portal, your name or your region in it.", code="password_product_words"
            )

    def get_help_text(self) -> str:
        """Say so before anything is typed."""
        return "Your password should not be made of words of the portal, your name or your region."


def _words_of(user: Any) -> set[str]:
    """Return the words of a person's name and region."""
    region = getattr(user, "region", None)
    said = f"{getattr(user, 'full_name', '')} {region.name if region else ''}"
    return {word for word in re.split(r"\W+", said.casefold()) if len(word) >= SHORTEST_NAME}
