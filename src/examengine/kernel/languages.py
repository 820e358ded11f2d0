"""Languages as banks and organisations name them, and the side on which their lines begin."""

import re

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_RIGHT_TO_LEFT = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"]
)
_LEFT_TO_RIGHT_SCRIPTS = {"latn", "cyrl", "deva", "grek"}
_RIGHT_TO_LEFT_SCRIPTS = {"arab", "hebr", "syrc", "thaa", "nkoo", "adlm"}


def is_language_tag(language: str) -> bool:
    """Tell whether a text has the shape of a language tag (BCP 47): `en`, `de-CH`, `zh-Hant`."""
    return _TAG.fullmatch(language.strip()) is not None


def direction_of(language: str) -> str:
    """Return `rtl` for languages written from right to left, else `ltr`; a script decides first."""
    primary, *rest = language.strip().casefold().split("-")
    if _RIGHT_TO_LEFT_SCRIPTS.intersection(rest):
        return "rtl"
    if _LEFT_TO_RIGHT_SCRIPTS.intersection(rest):
        return "ltr"
    return "rtl" if primary in _RIGHT_TO_LEFT else "ltr"
