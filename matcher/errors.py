"""What can be wrong with a file of lines as a whole; what is wrong with one line is its `problem`."""

from formulary import ComplianceError, Sentences


class FileUnusable(ComplianceError):
    """A file of lines cannot be read as lines: empty, another format, no known columns, changed while read."""

    sentences = Sentences(__package__)
