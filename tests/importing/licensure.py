"""The real licensure exam as an administration file; its data are among the references."""

from pathlib import Path

from tests.shared_folder import shared

SPEC = """
schema = "examengine/administration/1"
title = "Licensure exam, form 1"
simulated = false
test = true
date = 2016-01-01

[bank]
id = "licensure"
title = "Licensure exam"
description = "A real licensure exam whose item texts were not published."
licence = "not published; for testing only"
provenance = "Cizek and Wollack (eds.), Handbook of Quantitative Methods for Detecting Cheating"
area = "licensure"

[exam]
id = "licensure-form-1"
title = "Licensure exam"
description = "170 operational items and one of three blocks of 10 pretest items."
minutes = 240

[exam.achievement]
name = "Licensure exam"
description = "Met the standard of the licensure exam."
criteria = "Reached the cut score."

[exam.scale]
slope = "100"
intercept = "500"
minimum = 200
maximum = 800

[responses]
file = "credential_raw.csv"
options = ["1", "2", "3", "4"]

[seconds]
file = "credential_seconds.csv"

[items]
file = "credential_items.csv"
item = "item"
key = "key"
role = "role"

[persons]
file = "credential_persons.csv"
person = "EID"
"""


def licensure_file(folder: Path) -> Path:
    """Write the specification beside links to the data, and return its path."""
    for part in ("raw", "seconds", "items", "persons"):
        name = f"credential_{part}.csv"
        (folder / name).symlink_to(shared("psychometrics", "data", name))
    path = folder / "licensure.toml"
    path.write_text(SPEC, encoding="utf-8")
    return path
