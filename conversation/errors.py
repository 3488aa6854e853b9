"""What can go wrong with the record.

RecordError
├── CannotOpen             the store does not open; one line says why, nothing was changed
│   ├── DatabaseAway           no connection, or locked by another process
│   ├── DatabaseCorrupt        the file is no database, or damaged
│   ├── DatabaseHalfMigrated   tables and version do not belong together
│   ├── DatabaseNewer          written by a newer release
│   ├── DiskFull               no room for the database or the spool
│   └── WrongMasterKey         not the key that this record was written with
├── Away                   the database does not answer now; what is asked needs it
├── NotKept                neither database nor spool could keep it: it was not acknowledged
├── Conflict               another writer was first with this place or key
├── UnknownConversation
├── Tampered               a ciphertext that is not what was written there
├── UnknownRecording
├── BrokenRecording        pieces are missing or damaged; the rest can be read
├── WrongCredentials       unknown name, wrong password, or spent link
├── TooManyTries           wait before the next try
├── UnknownUser
├── NameTaken              another user has the name
├── LastAdmin              nobody would be left who can let others in
├── UnknownTree            no such tree, version, revision or test
├── Changed                somebody else saved the draft meanwhile; their version comes with it
├── NothingBefore          there is no version to go back to
├── Full                   as many as are allowed
└── UnusableList           a customer list of which nothing can be taken; it says why
"""

from __future__ import annotations


class RecordError(Exception):
    """Of the record; its text never holds what a customer said or a number."""


class CannotOpen(RecordError): ...


class DatabaseAway(CannotOpen): ...


class DatabaseCorrupt(CannotOpen): ...


class DatabaseHalfMigrated(CannotOpen): ...


class DatabaseNewer(CannotOpen): ...


class DiskFull(CannotOpen): ...


class WrongMasterKey(CannotOpen): ...


class Away(RecordError): ...


class NotKept(RecordError): ...


class Conflict(RecordError): ...


class UnknownConversation(RecordError): ...


class Tampered(RecordError): ...


class UnknownRecording(RecordError): ...


class BrokenRecording(RecordError):
    """pieces: the numbers of those that are missing or damaged."""

    def __init__(self, recording: str, pieces: tuple[int, ...]) -> None:
        super().__init__(f"recording {recording}: pieces missing or damaged: {', '.join(map(str, pieces))}")
        self.recording, self.pieces = recording, pieces


class WrongCredentials(RecordError): ...


class TooManyTries(RecordError):
    """seconds: how long to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many tries; wait {seconds:.0f} s")
        self.seconds = seconds


class UnusableList(RecordError):
    """reason: id of what is wrong. detail: the name or number of a column, or a limit; never a customer's value."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".rstrip())
        self.reason, self.detail = reason, detail


class UnknownUser(RecordError): ...


class NameTaken(RecordError): ...


class LastAdmin(RecordError): ...


class UnknownTree(RecordError): ...


class Changed(RecordError):
    """revision: the latest."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"the draft is at revision {revision}")
        self.revision = revision


class NothingBefore(RecordError): ...


class Full(RecordError): ...
