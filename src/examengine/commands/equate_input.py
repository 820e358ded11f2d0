"""What `examengine equate` is given: its options, checked, and its files, read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import get_args

from examengine.commands.psychometric_input import (
    UnusableOption,
    keys_from,
    parameters_from,
    responses_from,
)
from examengine.psychometrics.equating import (
    METHODS,
    AnchorKind,
    AnyMethod,
    Bootstrap,
    Criterion,
    Degrees,
    EquatingOptions,
    EquatingPlan,
    FormInput,
    IrtMethod,
    Smoothing,
)
from examengine.psychometrics.linking import METHODS as LINKING_METHODS
from examengine.psychometrics.response_files import PERSON

DEGREES = re.compile(r"[0-9]{1,2}(?:,[0-9]{1,2},[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class EquateInput:
    """The command line of `examengine equate`, option by option.

    Raises:
        Fault: Options contradict each other or the method; one sentence for the first of them.
    """

    method_code: str
    new: Path | None
    old: Path | None
    source: Path | None
    target: Path | None
    key: Path | None
    anchor: str
    single_group: bool
    weight: float | None
    smooth: tuple[str, ...]
    kernel: bool
    bandwidth: float | None
    link: str | None
    groups: tuple[str, str] | None

    def __post_init__(self) -> None:
        _check(self)

    @property
    def method(self) -> AnyMethod:
        """The method itself."""
        return METHODS[self.method_code]

    @property
    def anchor_kind(self) -> AnchorKind:
        """Whether common items count towards the total."""
        return "external" if self.anchor == "external" else "internal"

    def plan(self, bootstrap: Bootstrap | None) -> EquatingPlan:
        """How to equate. A bandwidth asks for kernels.

        Raises:
            Fault: --smooth is no degree and no criterion.
        """
        paired = self.single_group or self.method.anchored
        return EquatingPlan(
            options=EquatingOptions(
                weight=self.weight,
                kernel=self.kernel or self.bandwidth is not None,
                bandwidths=None if self.bandwidth is None else (self.bandwidth,),
            ),
            anchor=self.anchor_kind,
            single_group=self.single_group,
            smoothing=_smoothing(self.smooth, paired=paired),
            link=None if self.link is None else LINKING_METHODS[self.link],
            bootstrap=bootstrap,
        )

    def forms(self) -> tuple[FormInput, FormInput]:
        """The new form and the old one, their files read.

        Raises:
            Refusal: A file is missing or cannot be used.
        """
        if isinstance(self.method, IrtMethod):
            return self._with_parameters()
        if self.new is None or self.old is None:
            raise UnusableOption(f"--method {self.method_code} needs two files: {_TWO_FILES}")
        new, old = self._with_responses(self.new, self.old)
        return new, old

    def _with_parameters(self) -> tuple[FormInput, FormInput]:
        if self.source is None or self.target is None:
            raise UnusableOption(
                f"--method {self.method_code} needs --from and --to: parameters of both forms"
            )
        files = FormInput(), FormInput()
        if self.new is not None and self.old is not None:
            files = self._with_responses(self.new, self.old)
        elif self.new is not None:
            raise UnusableOption(f"{self.new}: responses to both forms are needed: {_TWO_FILES}")
        new, old = (
            FormInput(
                responses=form.responses,
                parameters=parameters_from(path),
                group=group,
                responses_source=form.responses_source,
                parameters_source=str(path),
            )
            for form, path, group in zip(
                files, (self.source, self.target), self.groups or (None, None), strict=True
            )
        )
        return new, old

    def _with_responses(self, *paths: Path) -> tuple[FormInput, FormInput]:
        keys = keys_from(self.key)
        both = [responses_from(path, keys) for path in paths]
        unnamed = [data.source for data in both if self.single_group and not data.named_persons]
        if unnamed:
            raise UnusableOption(
                f"{', '.join(unnamed)}: no column {PERSON!r}; --single-group needs a {PERSON} "
                "column in both files, to know who took both forms"
            )
        new, old = (
            FormInput(data.responses, responses_source=str(path))
            for data, path in zip(both, paths, strict=True)
        )
        return new, old


_TWO_FILES = "the new form's, then the old form's"


def _check(given: EquateInput) -> None:
    if given.method_code not in METHODS:
        raise UnusableOption(f"method {given.method_code!r} is none of {', '.join(METHODS)}")
    if given.anchor not in get_args(AnchorKind):
        raise UnusableOption(f"--anchor {given.anchor}: internal or external")
    if given.weight is not None and not 0 <= given.weight <= 1:
        raise UnusableOption(f"--weight {given.weight:g}: a share from 0 to 1 is needed")
    if given.bandwidth is not None and not (isfinite(given.bandwidth) and given.bandwidth > 0):
        raise UnusableOption(
            f"--bandwidth {given.bandwidth:g}: a number of points above 0 is needed"
        )
    if given.link is not None and given.link not in LINKING_METHODS:
        raise UnusableOption(
            f"--link {given.link}: a method is one of {', '.join(LINKING_METHODS)}"
        )
    idle = _idle(given)
    if idle:
        raise UnusableOption(
            f"{', '.join(idle)}: no part in --method {given.method_code}; leave it out"
        )


def _idle(given: EquateInput) -> list[str]:
    """Options that were given and play no part in the method."""
    method = given.method
    by_parameters = isinstance(method, IrtMethod)
    options = {
        "--from": (given.source is not None, by_parameters),
        "--to": (given.target is not None, by_parameters),
        "--link": (given.link is not None, by_parameters),
        "--groups": (given.groups is not None, by_parameters),
        "--single-group": (given.single_group, not by_parameters),
        "--anchor external": (given.anchor == "external", method.anchored),
        "--weight": (given.weight is not None, method.synthetic),
        "--smooth": (bool(given.smooth), method.curved and not by_parameters),
        "--kernel": (given.kernel, method.curved),
        "--bandwidth": (given.bandwidth is not None, method.curved),
    }
    return [name for name, (used, plays) in options.items() if used and not plays]


def _smoothing(words: tuple[str, ...], *, paired: bool) -> tuple[Smoothing, Smoothing] | None:
    """What --smooth says, for the new and the old form.

    Args:
        words: The option, given once, twice or not at all.
        paired: Whether distributions have two scores, so that both need a degree.
    """
    if not words:
        return None
    if len(words) > 2:
        raise UnusableOption(f"--smooth is given once, or twice: {_TWO_FILES}")
    found = [_degrees(one, paired=paired) for one in words]
    return found[0], found[-1]


def _degrees(words: str, *, paired: bool) -> Smoothing:
    criteria: Mapping[str, Criterion] = {name: name for name in get_args(Criterion)}
    if words in criteria:
        return criteria[words]
    if not DEGREES.fullmatch(words) or ("," in words and not paired):
        needed = "a number such as 4" + (", three such as 4,4,1" if paired else "")
        raise UnusableOption(f"--smooth {words}: {needed}, aic, bic or chi2 is needed")
    numbers = [int(part) for part in words.split(",")]
    if len(numbers) == 1:
        return Degrees(numbers[0], numbers[0], 1) if paired else Degrees(numbers[0])
    return Degrees(*numbers)
