"""Exams of awkward items: formulas as options, Arabic, words of a hundred letters."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from examengine import accounts, assembly, bank, db
from examengine.bank.formats import load_files
from examengine.kernel.clock import Clock
from tests.bank.small_bank import BANK, files, item
from tests.delivery.examples import SAMPLE, Candidate, candidates, opened

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
ADDRESS = "https://example.org/" + "a-long-path-without-any-break/" * 8
FIGURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 300">'
    '<path d="M40 260H880M40 20V260" stroke="#333" fill="none"/>'
    + "".join(
        f'<text x="{60 + 68 * place}" y="282" font-size="15">{2014 + place}</text>'
        f'<rect x="{60 + 68 * place}" y="{250 - 17 * place}" width="40" '
        f'height="{10 + 17 * place}" fill="#5f86b9"/>'
        for place in range(12)
    )
    + "</svg>"
)


def options(*texts: str) -> list[dict[str, str]]:
    """Options with these texts."""
    return [
        {"id": chr(97 + place), "text": text, "rationale": "Said for a test."}
        for place, text in enumerate(texts)
    ]


FORMULAS = item(
    "X-01",
    "single_choice",
    stem=r"Which is the mean \(\bar{x} \spoken{x bar, the sample mean}\) of \(n\) values?",
    options=options(
        r"\(\frac{1}{n}\sum_{i=1}^{n} x_i\)", r"\(\sqrt{\frac{s^2}{n}}\)", r"\(\frac{n+1}{2}\)"
    ),
    key="a",
    stimulus=[
        {"formula": {"tex": r"\frac{1}{\sqrt{n}}", "spoken": "one over the root of n"}},
        {
            "table": {
                "caption": r"Values of \(x_1\)",
                "columns": [r"\(x_1\)", r"\(\bar{x}\)"],
                "rows": [[r"\(\frac{1}{2}\)", "-5"]],
            }
        },
    ],
)
MATCHES = item(
    "X-02",
    "matching",
    stem=r"Match \(x\) with its formula.",
    prompts=[{"id": "p1", "text": r"The variance \(\sigma^2\)"}, {"id": "p2", "text": "The mean"}],
    options=options(r"\(\sum x_i\)", r"\(s^2\)", r"\(\bar{x}\)"),
    key={"p1": "b", "p2": "c"},
)
LONG_WORDS = item(
    "X-03",
    "multiple_response",
    stem=f"Which of these is a company called {LONG_WORD}? Choose two.",
    options=options(LONG_WORD, ADDRESS, f"A `{ADDRESS}`", "x"),
    key=["a", "b"],
)
LONG_ORDER = item(
    "X-04",
    "ordering",
    stem="Put these in order.",
    options=options(LONG_WORD, ADDRESS, r"\(a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t+u+v+w+x\)"),
    key=["b", "a", "c"],
)
SMALL_LABELS = item(
    "X-05",
    "numeric_entry",
    stem="How many people are in the last column?",
    unit="people",
    stimulus=[
        {"figure": {"file": "figures/line.svg", "alt": "Twelve columns.", "caption": "Columns"}},
        {
            "table": {
                "caption": "Many columns",
                "columns": [f"Heading {place} of many" for place in range(12)],
                "rows": [[f"{1000 * place}" for place in range(12)]],
            }
        },
    ],
)
TYPED = item("X-06", "short_text")
AWKWARD = (FORMULAS, MATCHES, LONG_WORDS, LONG_ORDER, SMALL_LABELS, TYPED)

ARABIC = (
    item(
        "R-01",
        "single_choice",
        stem="انخفضت درجة الحرارة من 3 إلى -5 درجات مئوية. ما مقدار *التغيّر*؟",
        options=options(
            *("انخفاض قدره 8 درجات (-8)", "ارتفاع قدره 2 من الدرجات"),
            *("-2", "لا تغيّر، أي 0% من الحرارة!"),
        ),
        key="a",
        stimulus=[
            {
                "table": {
                    "caption": "درجات الحرارة في مدينة (Oslo)",
                    "columns": ["اليوم", "الدرجة"],
                    "rows": [["الأحد", "-5"], ["الاثنين", "٣"]],
                }
            }
        ],
    ),
    item(
        "R-02", "numeric_entry", stem="كم دقيقة تستغرق الرحلة من أ إلى ب، إذا بدأت -5 دقائق مبكرًا؟",
        unit="دقيقة",
    ),
    item(
        "R-03",
        "matching",
        stem="صِل كل سؤال بإجابته.",
        prompts=[{"id": "p1", "text": "ما الوسيط؟"}, {"id": "p2", "text": "What is the mode?"}],
        options=options("القيمة الوسطى", "القيمة الأكثر تكرارًا", "المتوسط الحسابي"),
        key={"p1": "a", "p2": "b"},
    ),
    item("R-04", "ordering", stem="رتّب الخطوات.", options=options("أولًا", "ثانيًا", "ثالثًا"),
         key=["b", "a", "c"]),
)  # fmt: skip


def sitting_of(
    engine: Engine,
    clock: Clock,
    items: Sequence[dict[str, Any]],
    language: str = "en",
    media: Mapping[str, bytes] | None = None,
) -> Candidate:
    """A candidate who can start an exam of these items, in this order."""
    sent = {
        **files(*items, bank={**BANK, "language": language}),
        "figures/line.svg": FIGURE.encode(),
        **(media or {}),
    }
    with db.writing(engine) as session:
        form = _form(session, clock, sent, [one["id"] for one in items])
        return candidates(session, clock, opened(session, clock, form))[0]


def _form(
    session: Session, clock: Clock, sent: dict[str, bytes], ids: Sequence[str]
) -> assembly.Form:
    console = accounts.system_actor()
    report = bank.import_bank(session, clock, console, load_files(sent))
    assert report.accepted, report
    spec = assembly.read_exam(SAMPLE / "exam.toml")
    blueprint = {"forms": 1, "length": len(ids), "common": 0, "areas": {"change": len(ids)}}
    exam = assembly.save_exam(
        session, clock, console, {**spec, "bank": "small", "blueprint": blueprint}
    )
    refs = {one.item_id: one.ref for one in bank.latest_versions(session, "small")}
    return assembly.publish_given_form(
        session,
        clock,
        console,
        exam.id,
        "A",
        [assembly.FormItem(refs[one], scored=True) for one in ids],
    )
