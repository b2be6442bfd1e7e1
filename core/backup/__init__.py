"""Back-up and restore: the database and the stored files in one archive, with a manifest of every row hash and every byte."""
