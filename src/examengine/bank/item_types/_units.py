"""Units as people write them: `min`, `minutes` and `min.` are one unit, `%` and `per cent` too."""

from collections.abc import Iterable, Mapping

_CURRENCIES = (
    "€ eur euro euros",
    "$ us$ usd dollar dollars",
    "£ gbp pound pounds",
    "¥ jpy yen",
    "cn¥ cny rmb yuan",
    "₹ rs inr rupee rupees",
    "chf sfr fr franc francs",
    "sek kr krona kronor",
    "nok kr krone kroner",
    "dkk kr krone kroner",
    "zł zl pln zloty",
    "₽ rub rouble roubles ruble rubles",
    "₺ try tl lira",
    "₩ krw won",
    "r$ brl real reais",
    "a$ aud dollar dollars",
    "c$ cad dollar dollars",
    "cent cents ct c ¢ p penny pence",
)
_PERCENT = "% percent pct p.c prozent pourcent procent porciento percento"
_OTHERS = (
    "s sec second",
    "min minute",
    "h hr hour",
    "d day",
    "wk week",
    "mo month",
    "y yr year",
    "mm millimetre millimeter",
    "cm centimetre centimeter",
    "m metre meter",
    "km kilometre kilometer",
    "in inch",
    "ft foot feet",
    "mi mile",
    "mg milligram milligramme",
    "g gr gram gramme",
    "kg kilo kilogram kilogramme",
    "t tonne ton",
    "lb pound",
    "ml millilitre milliliter",
    "cl centilitre centiliter",
    "l litre liter",
    "°c c celsius degreescelsius",
    "°f f fahrenheit degreesfahrenheit",
    "° deg degree",
    "m2 sqm qm squaremetre squaremeter",
    "km2 sqkm squarekilometre squarekilometer",
    "m3 cubicmetre cubicmeter",
    "w watt",
    "kw kilowatt",
    "kwh kilowatthour",
    "pp percentagepoint",
    "person people",
    "child children",
    "man men",
    "woman women",
)
_COMPOUND = {"kmh": ("km", "h"), "kph": ("km", "h"), "mph": ("mi", "h"), "mps": ("m", "s")}


def _named(groups: Iterable[str]) -> Mapping[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for group in groups:
        words = group.split()
        for word in words:
            names.setdefault(word, set()).add(words[0])
    return {word: frozenset(found) for word, found in names.items()}


_NAMES = _named((*_CURRENCIES, _PERCENT, *_OTHERS))
_BEFORE = frozenset(word for group in (*_CURRENCIES[:-1], _PERCENT) for word in group.split())
_MONEY = frozenset(word for group in _CURRENCIES for word in group.split())


def may_follow(word: str, unit: str) -> bool:
    """Tell whether a word after a number says nothing but the item's unit.

    An item without a unit takes a currency: it stands in the question, and changes no number.
    """
    bare = _bare(word)
    return bare == "" or (same_unit(word, unit) if unit else bare in _MONEY)


def may_precede(word: str, unit: str) -> bool:
    """Tell whether a word before a number says nothing but the item's unit: `€ 12`, `% 12`."""
    bare = _bare(word)
    return bare == "" or (bare in _BEFORE and may_follow(word, unit))


def same_unit(one: str, other: str) -> bool:
    """Tell whether two texts name one unit, whatever its number, abbreviation or case."""
    ours, theirs = _parts(one), _parts(other)
    return len(ours) == len(theirs) and all(
        mine & yours for mine, yours in zip(ours, theirs, strict=True)
    )


def _parts(unit: str) -> list[frozenset[str]]:
    """Return what each part between `per` or `/` can mean."""
    whole = _bare(unit)
    if whole in _COMPOUND:
        return [frozenset({part}) for part in _COMPOUND[whole]]
    if whole in _NAMES:
        return [_NAMES[whole]]
    parts = unit.casefold().replace("/", " per ").split()
    found: list[list[str]] = [[]]
    for word in parts:
        if word == "per":
            found.append([])
        else:
            found[-1].append(word)
    return [_meanings(words) for words in found]


def _meanings(words: list[str]) -> frozenset[str]:
    whole = "".join(word.rstrip(".") for word in words)
    single = "".join(_singular(word.rstrip(".")) for word in words)
    return _NAMES.get(whole) or _NAMES.get(single) or frozenset({single})


def _bare(word: str) -> str:
    return "".join(word.casefold().split()).rstrip(".")


def _singular(word: str) -> str:
    """Return an English noun without its plural; a word of another language keeps its own."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
