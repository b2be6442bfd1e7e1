"""Parts of addresses."""

from django.urls.converters import StringConverter


class ReferenceConverter(StringConverter):
    """A reference such as EM-0042; anything else is no address of ours."""

    regex = "[A-Z]{2,5}-[0-9]{4,9}"
