"""What several of the psychometrician's commands take."""

from pathlib import Path
from typing import Annotated

import typer

ResponsesArgument = Annotated[Path, typer.Argument(help="Responses (CSV): one row a person.")]
Key = Annotated[Path | None, typer.Option(help="Key (CSV): item_id,key; for chosen options.")]
Out = Annotated[Path | None, typer.Option(help="Write here instead of stdout.")]
Group = Annotated[str | None, typer.Option(help="The column that names groups.")]
Params = Annotated[Path, typer.Option("--params", help="Item parameters (JSON).")]
SimulatedOption = Annotated[
    bool,
    typer.Option("--simulated", help="A program gave the answers: what comes of them says so."),
]
