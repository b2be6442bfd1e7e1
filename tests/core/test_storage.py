"""A stored file is whole or not there."""

import errno
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core import jobs, storage

# Writes a large file for as long as it is let.
WRITER = """
import os, sys
from pathlib import Path
import django
from django.conf import settings
settings.configure(MEDIA_ROOT=sys.argv[1])
from django.core.files.base import ContentFile
from core.storage import WholeFileStorage
class Slow(ContentFile):
    def chunks(self, chunk_size=None):
        while True:
            yield b"x" * 65536
WholeFileStorage().save("brief.pdf", Slow(b"x"))
"""


@pytest.fixture
def folder(tmp_path):
    return storage.WholeFileStorage(location=tmp_path)


def files_in(path):
    return sorted(file.name for file in path.rglob("*") if file.is_file())


def test_portal_stores_its_files_whole():
    assert isinstance(
        default_storage._wrapped if hasattr(default_storage, "_wrapped") else default_storage, storage.WholeFileStorage
    )


def test_file_is_kept_under_its_name_and_nothing_beside_it(folder, tmp_path):
    name = folder.save("briefs/one.pdf", ContentFile(b"one"))

    assert name == "briefs/one.pdf"
    assert files_in(tmp_path) == ["one.pdf"]
    assert (tmp_path / name).read_bytes() == b"one"


def test_same_bytes_under_the_same_name_are_one_file(folder, tmp_path):
    names = {folder.save("one.pdf", ContentFile(b"one")) for _ in range(2)}

    assert names == {"one.pdf"}
    assert files_in(tmp_path) == ["one.pdf"]


def test_other_bytes_under_the_same_name_get_their_own(folder, tmp_path):
    first = folder.save("one.pdf", ContentFile(b"one"))

    other = folder.save("one.pdf", ContentFile(b"other"))

    assert other != first
    assert {(tmp_path / name).read_bytes() for name in (first, other)} == {b"one", b"other"}


def test_name_that_is_too_long_is_cut(folder):
    name = folder.save(f"{'a' * 150}.pdf", ContentFile(b"one"), max_length=100)

    assert len(name) <= 100
    assert name.endswith(".pdf")


@pytest.mark.parametrize("step", ["fdopen", "fsync", "link"])
def test_full_disk_leaves_nothing(folder, tmp_path, monkeypatch, step):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, step, full)

    with pytest.raises(OSError, match="No space"):
        folder.save("one.pdf", ContentFile(b"one"))

    assert files_in(tmp_path) == []


def test_process_killed_while_storing_leaves_no_file_under_the_name(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env={**os.environ, "PYTHONPATH": str(settings.BASE_DIR)})
    end = time.monotonic() + 30
    while not any(file.stat().st_size for file in tmp_path.glob("*")):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)

    process.send_signal(signal.SIGKILL)
    process.wait()

    assert not Path(tmp_path / "brief.pdf").exists()


@pytest.mark.django_db
def test_what_a_killed_writer_left_goes_after_a_day_and_nothing_else(settings):
    folder = Path(settings.MEDIA_ROOT)
    day = timedelta(days=1)
    for name, age in (("old.pdf.0a.part", 2 * day), ("new.pdf.0b.part", day / 2), ("signed.pdf", 900 * day)):
        (folder / "briefs").mkdir(parents=True, exist_ok=True)
        file = folder / "briefs" / name
        file.write_bytes(b"x")
        written_at = time.time() - age.total_seconds()
        os.utime(file, times=(written_at, written_at))

    jobs.remove_leftovers()

    assert files_in(folder / "briefs") == ["new.pdf.0b.part", "signed.pdf"]


@pytest.mark.django_db
def test_what_cannot_be_removed_keeps_no_other(settings):
    folder = Path(settings.MEDIA_ROOT)
    (folder / "a.part").mkdir(parents=True)
    (folder / "b.part").write_bytes(b"x")
    for place in (folder / "a.part", folder / "b.part"):
        os.utime(place, times=(0, 0))

    jobs.remove_leftovers()

    assert ((folder / "a.part").exists(), (folder / "b.part").exists()) == (True, False)
