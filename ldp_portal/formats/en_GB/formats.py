"""How dates and times are written: 3 April 2017, 2:05pm."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, g:ia"
TIME_FORMAT = "g:ia"
SHORT_DATE_FORMAT = "j M Y"
