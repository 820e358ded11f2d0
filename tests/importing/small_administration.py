"""A small administration in files: two forms, four candidates, nothing wrong."""

from pathlib import Path

from tests.importing.licensure import SPEC

RAW = """person,Q1,Q2,Q3,Q4
ann,1,2,3,
ben,2,2,,1
cyd,1,,3,
dan,3,1,,2
"""
SECONDS = """person,Q1,Q2,Q3,Q4
dan,5,5,,5
ann,30,40,50,
ben,20,25,,35
cyd,31,7.5,52,
"""
ITEMS = """item,key,role
Q1,1,operational
Q2,2,operational
Q3,3,pretest
Q4,1,pretest
"""


def small_spec(**changes: str) -> str:
    """Return the specification, with some of its words replaced."""
    text = SPEC.replace("credential_raw", "raw").replace("credential_seconds", "seconds")
    text = text.replace("credential_items", "items").split("[persons]")[0]
    text = text.replace('file = "raw.csv"', 'file = "raw.csv"\nperson = "person"')
    text = text.replace('file = "seconds.csv"', 'file = "seconds.csv"\nperson = "person"')
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def write_small_administration(folder: Path) -> Path:
    """Write the files and return the path of the specification."""
    (folder / "raw.csv").write_text(RAW)
    (folder / "seconds.csv").write_text(SECONDS)
    (folder / "items.csv").write_text(ITEMS)
    path = folder / "small.toml"
    path.write_text(small_spec())
    return path
