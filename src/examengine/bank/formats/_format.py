"""What a format must bring, so that banks can come and go in it.

A format knows files and the values of the bank, and nothing else: no database, no page, no disk.
Reading never raises for what a file says: each fault is listed with its file, line and field, and
what would be right. What has no fault is *well-formed* and comes in; whether it is good enough to
be shown to candidates is for the lint of the bank to say.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import ClassVar

from examengine.bank.rules import Bank, ItemVersion, LoadedBank, MediaFile

Files = Mapping[str, bytes]
"""What each file holds, by its name in the folder of the bank."""


@dataclass(frozen=True, slots=True)
class Destination:
    """The bank that files are read for: what is there already need not be sent again."""

    bank: Bank | None = None
    """None when the files must say themselves what bank they are."""
    media: Mapping[str, MediaFile] = field(default_factory=dict)
    """By the name the items use, such as `figures/rct-001.svg`."""
    latest: Mapping[str, ItemVersion] = field(default_factory=dict)
    """The latest version of each item in it, by id, for formats that number no versions."""


@dataclass(frozen=True, slots=True)
class ExportedFigures:
    """What is known here of how an item did, for whoever reads it elsewhere. None if not known.

    Attributes:
        item_id: The item.
        points: The most points it gives.
        n: Answers to its newest version.
        p: Mean share of its points.
        item_rest_r: Correlation with the sum of the other items.
        parameters: a, b and c of a right/wrong item, a of another; logistic metric, D = 1.
        errors: Their standard errors.
        simulated: Whether a program gave the answers.
        as_of: When the figures were gathered.
    """

    item_id: str
    points: int
    n: float | None = None
    p: float | None = None
    item_rest_r: float | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)
    simulated: bool = False
    as_of: date | None = None


class Format(ABC):
    """One format.

    Attributes:
        name: How commands call it; the name of its module.
        title: How sentences call it.
        endings: The endings of the files it reads, as `.yaml`, for a page that offers to send some.
        example: The files of a small bank that is read without a fault.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    endings: ClassVar[tuple[str, ...]]
    example: ClassVar[Files]

    @abstractmethod
    def takes(self, name: str) -> bool:
        """Tell by its name in a folder whether a file can be part of a bank in this format."""

    @abstractmethod
    def recognises(self, files: Files) -> bool:
        """Tell by what they hold whether files are meant to be in this format.

        It need not be without a fault: what is meant to be in this format is read by it, and the
        faults are told in its words.
        """

    @abstractmethod
    def read(self, files: Files, into: Destination) -> LoadedBank:
        """Read items, and their bank where the files say it; never raises for what they hold."""

    def placed(self, name: str) -> str:
        """Return where an uploaded file would stand in the folder; browsers send bare names."""
        return PurePosixPath(name.replace("\\", "/")).name

    @abstractmethod
    def left_out(self, version: ItemVersion) -> str | None:
        """Say what of an item this format cannot hold, so that it is not written; None if nothing.

        A format that can only be read says so of every item.
        """

    @abstractmethod
    def write(
        self, bank: Bank, items: Iterable[ItemVersion], media: Mapping[str, MediaFile]
    ) -> dict[str, bytes]:
        """Return the files of a bank; reading them gives item versions with the same digests.

        Args:
            bank: The bank.
            items: The item versions to write; none that `left_out` says something of.
            media: The files they show or play, by digest.
        """

    def with_figures(
        self,
        files: dict[str, bytes],
        told: Sequence[ExportedFigures],  # noqa: ARG002 - most formats have no place for them
        bank_id: str,  # noqa: ARG002
    ) -> dict[str, bytes]:
        """Return the files of a bank with how its items did, where the format has a place for it.

        Args:
            files: As `write` gave them.
            told: What is known of the items that were written.
            bank_id: Whose items.
        """
        return files
