"""Back-up and restore: what was destroyed comes back without a difference, and what is broken or foreign is refused untouched (D11)."""

import errno
import json
import os
import signal
import stat
import subprocess
import tarfile
import time
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse

from core import append_only, audit, chain, upkeep
from core.backup import archive, databases, drill, files, leftovers, postgresql
from core.backup.faults import BackupError
from core.backup.making import make
from core.backup.restoring import restore
from core.models import AuditEvent, UpkeepKind
from directory.models import Organisation
from engagements.enums import EngagementStatus
from engagements.models import BriefFile, Engagement
from tests.emptying import append_only_lifted
from tests.engagements.situations import engagement_at
from tests.factories.accounts import NationalAdminFactory
from tests.factories.directory import OrganisationFactory, a_region
from tests.helpers import as_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drilling(monkeypatch, django_db_blocker):
    """Let a drill reach the database that it makes, which the suite does not know."""
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", django_db_blocker._real_ensure_connection)


@pytest.fixture
def portal():
    """Return a portal with a signed plan, its brief, another file and a trail."""
    engagement = engagement_at(EngagementStatus.AGREED)
    default_storage.save("briefs/2026/one.pdf", ContentFile(b"%PDF one" * 40_000))
    default_storage.save("two with a space.pdf", ContentFile(b""))
    audit.record(
        "changed", a_region(), by=None, trail="region:1", changes=[{"field": "x", "label": "é", "old": "", "new": "'\"\\"}]
    )
    chain.link(everything=True)
    return engagement


def destroy():
    """Lose everything: each row and each file."""
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    for name in list(files.names(default_storage)):
        default_storage.delete(name)


def stands():
    return databases.of(connection).look_at(connection)


def run(command, *words, **options):
    out = StringIO()
    call_command(command, *words, stdout=out, stderr=out, **options)
    return out.getvalue()


def rewritten(place, to, change):
    """Copy an archive part by part, each as a function wants it, or not at all."""
    with tarfile.open(place) as read, tarfile.open(to, "w", format=tarfile.GNU_FORMAT) as written:
        for entry in read:
            for new, content in change(entry, read.extractfile(entry).read()):
                new.size = len(content)
                written.addfile(new, BytesIO(content))
    return to


@contextmanager
def nothing_changes():
    """Hold that neither a row nor a file is touched."""
    before, files_before = stands(), list(files.names(default_storage))
    yield
    assert (stands(), list(files.names(default_storage))) == (before, files_before)


def test_d11_what_was_destroyed_comes_back_without_a_difference(portal, tmp_path):
    place = tmp_path / "portal.tar"
    assert "rows and 3 files" in run("backup", place)
    wanted, kept = archive_of(place).stands, archive_of(place).files
    head = chain.verify().head
    destroy()
    assert not AuditEvent.objects.exists()

    said = run("restore", place)

    assert "Restored and compared, no difference" in said
    assert f"The audit trail is whole and ends at {head}" in said
    now = stands()
    # The restore itself is written down, and nothing else.
    assert {name for name in now.tables if now.tables[name] != wanted.tables[name]} == {"core_upkeeprecord"}
    assert {name: files.as_stored(default_storage, name) for name in files.names(default_storage)} == kept
    assert chain.verify(head=head).faults == []
    again = Engagement.objects.get(pk=portal.pk)
    client = as_user(again.lead_consultant)
    assert client.get(again.get_absolute_url()).status_code == 200
    signed = BriefFile.objects.get()
    with signed.file.open() as stored:
        assert stored.read().startswith(b"%PDF")
    assert as_user(NationalAdminFactory()).get(reverse("manage")).status_code == 200
    # Numbers go on where they were.
    assert OrganisationFactory().pk > Organisation.objects.exclude(pk=None).order_by("pk").first().pk
    assert upkeep.last(UpkeepKind.RESTORE).note.startswith("restored: ")


@pytest.mark.parametrize("share", [0.1, 0.6, 0.95])
def test_d11_a_restore_that_is_killed_leaves_the_database_as_it_was(portal, tmp_path, monkeypatch, share):
    if connection.vendor != "postgresql":
        # There the whole file is put in place at one moment.
        return
    make(tmp_path / "portal.tar")
    before = stands()
    connections.close_all()
    child = os.fork()
    if child == 0:

        def die_half_way(script, to):
            whole = script.read()
            to.write(whole[: int(len(whole) * share)])
            to.flush()
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(postgresql.shutil, "copyfileobj", die_half_way)
        restore(tmp_path / "portal.tar", replace=True)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    end = time.monotonic() + 30
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'psql'"
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                break
        time.sleep(0.1)

    assert stands() == before


def test_what_was_left_by_one_that_was_killed_goes_after_a_day(portal, tmp_path):
    folder = tmp_path / "archives"
    folder.mkdir()
    for number, name in enumerate(["portal-restore-x", "portal-drill-x", ".portal-backup-x", ".portal-1.tar.77.part"]):
        for age in (0, 2 * leftovers.OLD_SECONDS):
            left = folder / f"{name}{'-old' if age else ''}{'.part' if number == 3 else ''}"
            left.mkdir() if number < 3 else left.write_bytes(b"x")
            os.utime(left, (time.time() - age,) * 2)

    make(folder / "portal.tar")

    assert sorted(left.name for left in folder.iterdir()) == [
        ".portal-1.tar.77.part.part",
        ".portal-backup-x",
        "portal-drill-x",
        "portal-restore-x",
        "portal.tar",
    ]


def test_an_archive_of_an_older_release_is_granted_as_far_as_it_goes():
    there = append_only.grants("portal_web", ["core_auditevent"])

    assert [line for line in there if "REVOKE" in line] == ["REVOKE ALL ON core_auditevent FROM portal_web"]
    assert not [line for line in append_only.grants("portal_web", []) if "REVOKE" in line]


def test_what_is_there_for_a_moment_is_no_file_to_keep(portal, settings):
    kept = list(files.names(default_storage))
    for name in ("briefs/2026/two.pdf.0a1b.part", "health_check_storage_test/test-1.txt"):
        place = Path(settings.MEDIA_ROOT) / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"x")

    assert list(files.names(default_storage)) == kept


def test_after_a_restore_the_account_of_the_portal_works_on(portal, tmp_path, settings):
    has_accounts = connection.vendor == "postgresql"
    settings.RUNS_AS = "portal_web" if has_accounts else ""
    make(tmp_path / "portal.tar")

    said = run("restore", str(tmp_path / "portal.tar"), "--replace")

    assert ("portal_web may run the portal" in said, "nothing to grant" in said) == (has_accounts, not has_accounts)
    web = connection.copy() if has_accounts else connection
    web.settings_dict["USER"] = "portal_web" if has_accounts else ""
    try:
        with web.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM engagements_engagement")
            assert cursor.fetchone() == (1,)
    finally:
        web.close()


def archive_of(place):
    with archive.reading(place) as reader:
        return reader.manifest


def test_a_back_up_is_for_its_owner_alone_and_holds_no_key(portal, tmp_path, settings):
    place = tmp_path / "portal.tar"

    make(place)

    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert settings.SECRET_KEY.encode() not in place.read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name not in {"media"}] == ["portal.tar"]
    with pytest.raises(BackupError, match="is there already"):
        make(place)


def test_d11_the_drill_changes_nothing_and_is_noted(portal, drilling):
    with nothing_but_notes():
        said = run("drill_restore")

    assert "no difference" in said
    assert upkeep.last(UpkeepKind.RESTORE).note.startswith("drill: ")


@contextmanager
def nothing_but_notes():
    before = stands().tables
    yield
    after = stands().tables
    assert {name for name in after if after[name] != before[name]} == {"core_upkeeprecord"}


def test_d11_the_drill_finds_a_restore_that_is_not_whole(portal, drilling, monkeypatch):
    load = databases.of(connection).load

    def loses_a_row(into, dumped, wanted):
        load(into, dumped, wanted)
        with append_only_lifted(into) as cursor:
            cursor.execute("DELETE FROM core_auditlink WHERE number = 2")
            cursor.execute("UPDATE core_counter SET value = 9000")

    monkeypatch.setattr(databases.of(connection), "load", loses_a_row)

    found = drill.run().differences

    assert any("core_auditlink has" in sentence for sentence in found)
    assert "The table core_counter has other rows than were backed up." in found
    assert any("what was between is gone" in sentence for sentence in found)
    assert upkeep.last(UpkeepKind.RESTORE) is None


def test_a_portal_with_data_is_replaced_only_when_told_and_kept_first(portal, tmp_path):
    place = tmp_path / "portal.tar"
    make(place)
    later = OrganisationFactory(name="Came later")
    default_storage.save("came-later.pdf", ContentFile(b"later"))
    default_storage.delete("briefs/2026/one.pdf")
    default_storage.save("briefs/2026/one.pdf", ContentFile(b"another"))

    with nothing_changes(), pytest.raises(BackupError, match="holds data already"):
        restore(place)
    restored = restore(place, replace=True)

    assert restored.differences == []
    assert not Organisation.objects.filter(pk=later.pk).exists()
    assert not default_storage.exists("came-later.pdf")
    with default_storage.open("briefs/2026/one.pdf") as stored:
        assert stored.read().startswith(b"%PDF one")
    # What was replaced is not lost.
    assert restore(restored.kept_first, replace=True).differences == []
    assert Organisation.objects.get(pk=later.pk).name == "Came later"
    assert default_storage.exists("came-later.pdf")


@pytest.fixture
def place(portal, tmp_path):
    """Return an archive of the portal."""
    place = tmp_path / "portal.tar"
    make(place)
    return place


def test_d11_a_byte_that_was_changed_anywhere_is_noticed(place):
    whole = place.read_bytes()
    with tarfile.open(place) as tar:
        entries = [(entry.offset, entry.offset_data, entry.size) for entry in tar]
    # In the name of each part, at its beginning, in the middle and at its end; and behind the end of all.
    places = {spot for start, data, size in entries for spot in (start, data, data + size // 2, data + size - 1) if size}
    places |= {len(whole) - 1}

    with nothing_changes():
        for spot in sorted(places):
            place.write_bytes(whole[:spot] + bytes([whole[spot] ^ 0x41]) + whole[spot + 1 :])
            with pytest.raises(BackupError, match=r"Nothing was changed"):
                restore(place, replace=True)

    assert len(places) >= 13


def test_d11_an_archive_that_was_cut_off_is_noticed(place):
    whole = place.read_bytes()

    with nothing_changes():
        for share in (0, 0.1, 0.5, 0.9, 0.999):
            place.write_bytes(whole[: int(len(whole.rstrip(b"\0")) * share)])
            with pytest.raises(BackupError, match="is broken"):
                restore(place, replace=True)


def manifest_with(**other):
    def change(entry, content):
        if entry.name == archive.MANIFEST:
            content = json.dumps(json.loads(content) | other).encode()
        return [(entry, content)]

    return change


def renamed(name):
    def change(entry, content):
        if entry.name.startswith("files/two"):
            entry.name = name
        return [(entry, content)]

    return change


def twice(entry, content):
    return [(entry, content), (entry, content)] if entry.name == archive.DATABASE else [(entry, content)]


def without_the_database(entry, content):
    return [] if entry.name == archive.DATABASE else [(entry, content)]


def linked(entry, content):
    if entry.name.startswith("files/two"):
        entry.type, entry.linkname, content = tarfile.SYMTYPE, "/etc/passwd", b""
    return [(entry, content)]


FORGED = [
    (manifest_with(format="another"), "no back-up of a portal"),
    (manifest_with(version=2), "format that is not known"),
    (manifest_with(members={}), "is not what the manifest says"),
    (manifest_with(members=[]), "cannot be read"),
    (manifest_with(tables={}), "not made with this portal's key"),
    (manifest_with(seal="0" * 64), "not made with this portal's key"),
    (renamed("files/../../etc/passwd"), "no part of a back-up"),
    (renamed("/etc/passwd"), "no part of a back-up"),
    (renamed("files//etc/passwd"), "no part of a back-up"),
    (renamed("files/a/./b"), "no part of a back-up"),
    (renamed("another"), "no part of a back-up"),
    (renamed("files/another"), "is not what the manifest says"),
    (twice, "no part of a back-up"),
    (without_the_database, "database is not what the manifest says"),
    (linked, "no part of a back-up"),
]


def test_d11_a_foreign_or_changed_archive_is_refused_untouched(place, tmp_path):
    with nothing_changes():
        for change, reason in FORGED:
            forged = rewritten(place, tmp_path / "forged.tar", change)
            with pytest.raises(BackupError, match=reason):
                restore(forged, replace=True)


def sealed_anew(place, to, settings, **other):
    """Change a manifest and seal it, as who has the key could."""

    def change(entry, content):
        if entry.name == archive.MANIFEST:
            kept = json.loads(content) | other
            kept.pop("seal")
            content = json.dumps(kept | {"seal": archive._seal(kept, settings.SECRET_KEY)}).encode()
        return [(entry, content)]

    return rewritten(place, to, change)


def test_d11_another_database_or_a_newer_portal_is_refused_untouched(place, tmp_path, settings):
    migrations = archive_of(place).stands.migrations
    other = sealed_anew(place, tmp_path / "other.tar", settings, database="oracle")
    newer = sealed_anew(place, tmp_path / "newer.tar", settings, migrations=[*migrations, "core.9999_later"])

    with nothing_changes():
        with pytest.raises(BackupError, match="another kind of database"):
            restore(other, replace=True)
        with pytest.raises(BackupError, match=r"a newer portal \(it knows core.9999_later\)"):
            restore(newer, replace=True)
        with pytest.raises(CommandError, match="could not be opened"):
            run("restore", tmp_path / "none.tar")


def test_a_back_up_of_another_portal_is_taken_when_told(place, settings):
    settings.SECRET_KEY = "a-key-of-another-portal"

    with nothing_changes(), pytest.raises(BackupError, match="--made-elsewhere"):
        restore(place, replace=True)

    assert restore(place, replace=True, made_elsewhere=True).differences == []


def test_a_dump_that_does_not_go_in_leaves_the_database_as_it_was(place, tmp_path):
    """The manifest agrees with the archive, and still the database in it is none: all or nothing."""
    with archive.reading(place) as reader, nothing_changes():
        content = bytearray(reader.dumped.read_bytes())
        content[len(content) // 2 : len(content) // 2 + 4000] = b"x" * 4000
        reader.dumped.write_bytes(content)

        with pytest.raises(BackupError):
            databases.of(connection).load(connection, reader.dumped, reader.manifest.stands)


def test_a_full_disk_says_so_and_leaves_nothing(portal, tmp_path, monkeypatch):
    def is_full(self, name, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(archive.Writer, "add", is_full)
    folder = tmp_path / "full"

    with pytest.raises(CommandError, match=r"There is no room left in .*full. Nothing was kept."):
        run("backup", folder / "portal.tar")

    assert list(folder.iterdir()) == []


def test_a_folder_that_may_not_be_written_to_is_said(portal, tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(BackupError, match="could not be written to"):
        make(tmp_path / "file" / "portal.tar")


def test_postgresql_says_what_it_needs(portal, tmp_path, monkeypatch):
    seen = []
    real = subprocess.run

    def watched(arguments, **how):
        seen.append((arguments, how["env"]))
        return real(arguments, **how)

    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "very-secret")
    monkeypatch.setattr(subprocess, "run", watched)
    make(tmp_path / "portal.tar")
    monkeypatch.setattr(postgresql.shutil, "which", lambda name: None)
    monkeypatch.setattr(postgresql, "BESIDE_THE_SERVER", str(tmp_path))

    with pytest.raises(BackupError, match="The program pg_dump was not found"):
        postgresql._program("pg_dump")
    if connection.vendor != "postgresql":
        # SQLite needs no program.
        assert (seen, (tmp_path / "portal.tar").exists()) == ([], True)
        return
    # Other people of the machine can read what a program is started with, and not what stands in its environment.
    assert [("very-secret" in " ".join(words), how["PGPASSWORD"]) for words, how in seen] == [(False, "very-secret")]
    with pytest.raises(BackupError, match="The program pg_dump was not found"):
        make(tmp_path / "another.tar")
