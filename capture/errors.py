"""The errors a person can act on, each with the exit code of the command that meets it.

ChartroomError       1   base of every error we raise on purpose
├── SettingsError    2   a setting or an argument is not one we know
├── SourceError      3   a file we were given cannot be read as pages
├── ArchiveError     5   the archive is not there, not ours, or may not be written
├── ToolError        7   a program or library we need is missing or failed
├── CustodyError     8   stored bytes or records disagree with each other
└── BusyError        75  somebody else is at it, or the disk is full: run again

Click keeps 2 for a command that was typed wrong. 4 is no error but a verdict: finished,
with frames held, quarantined or unaccounted for. 130 is an interrupt.
An error says what, which, and what to do next; never a patient's name or number.
"""


class ChartroomError(Exception):
    """Base of every error we raise on purpose."""

    exit_code = 1


class SettingsError(ChartroomError):
    """A setting or an argument is not one we know."""

    exit_code = 2


class SourceError(ChartroomError):
    """A file we were given cannot be read as pages."""

    exit_code = 3


class ArchiveError(ChartroomError):
    """The archive is not there, not ours, or may not be written."""

    exit_code = 5


class ToolError(ChartroomError):
    """A program or library we need is missing or failed."""

    exit_code = 7


class CustodyError(ChartroomError):
    """Stored bytes or records disagree with each other."""

    exit_code = 8


class BusyError(ChartroomError):
    """Somebody else is at it, or the disk is full: run again."""

    exit_code = 75
