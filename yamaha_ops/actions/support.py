"""What a person needs who helps with a router from afar, with nothing that is nobody's business."""

from __future__ import annotations

import io
import json
import platform
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops import __version__
from yamaha_ops.actions.masking import mask_text
from yamaha_ops.config import Configuration
from yamaha_ops.errors import CommandError, ParseError, YamahaOpsError
from yamaha_ops.health import MODULES, MapeLine, collect
from yamaha_ops.health.interfaces import Interfaces
from yamaha_ops.health.masking import Masker
from yamaha_ops.health.recording import PICTURE, record
from yamaha_ops.mape import calculate
from yamaha_ops.status import as_json, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from yamaha_ops.router import Session
    from yamaha_ops.status.transcript import Transcript

CONFIGURATION: Final = "show config"
TECHINFO: Final = "show techinfo"
_JOURNALS: Final = 5
"""How many of the last changes are told."""

_README: Final = """\
yamaha-ops {version}, Python {python}, {system}
{time}: {router}

configuration.txt  what the router runs
techinfo.txt       show techinfo
transcript.txt     its other answers, as printed
records.json       the same, understood
mape.json          the mathematics of its MAP-E lines against what it says
journal/           what was changed last
problems.txt       what could not be had

Secrets are masked. Addresses, MAC addresses, serial numbers and names of hosts are replaced by
stand-ins, the same thing by the same one within a file. Read it before you give it away.
"""


def bundle(
    router: str,
    connect: Callable[[], Session],
    state: Path,
    progress: Callable[[str], None],
) -> dict[str, str]:
    """Return the files of a support bundle, by name.

    A router that cannot be reached gives a bundle too: of the journal and of why.

    Args:
        router: Inventory name.
        connect: Opens a session.
        state: The folder of journals.
        progress: Told of every command.
    """
    files = dict(_journals(router, state))
    try:
        files |= _asked(connect, progress)
    except YamahaOpsError as error:
        files["problems.txt"] = f"{error.explain()}\n"
    files["README.txt"] = _README.format(
        version=__version__,
        python=platform.python_version(),
        system=platform.system(),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        router=router,
    )
    return files


def archive(files: Mapping[str, str]) -> bytes:
    """Return one ZIP file."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in sorted(files.items()):
            written.writestr(name, text)
    return data.getvalue()


def _asked(connect: Callable[[], Session], progress: Callable[[str], None]) -> dict[str, str]:
    session = connect()
    try:
        running = Configuration.parse(session.configuration())
        questions = PICTURE.questions(Interfaces.configured(running))
        transcript = record(
            session,
            day=datetime.now(UTC).date(),
            commands=(CONFIGURATION, TECHINFO, *questions),
            progress=progress,
        )
        lines = collect(session, MODULES["standard"]).lines
    finally:
        session.drop()
    return {**_texts(transcript), "mape.json": _dumped([_mathematics(line) for line in lines])}


def _texts(transcript: Transcript) -> dict[str, str]:
    answers = {each.command: mask_text(each.text) for each in transcript.sections}
    records = {}
    problems = []
    for command, text in answers.items():
        try:
            records[command] = as_json(parse(command, text).record)
        except (ParseError, CommandError) as error:
            problems.append(f"{command}: {error.message}\n")
    return {
        "configuration.txt": answers[CONFIGURATION],
        "techinfo.txt": answers[TECHINFO],
        "transcript.txt": "".join(
            f"===== {command}\n{text}\n"
            for command, text in answers.items()
            if command not in {CONFIGURATION, TECHINFO}
        ),
        "records.json": _dumped(records),
        "problems.txt": "".join(problems),
    }


def _mathematics(line: MapeLine) -> dict[str, Any]:
    """Return a line's mathematics without its address and prefix."""
    told: dict[str, Any] = as_json(line)
    told["prefix"] = None
    if line.prefix:
        mapping = calculate(line.prefix)
        told |= {
            "provider": mapping.rule.provider,
            "ea_bits": mapping.rule.ea_bits,
            "psid_offset": mapping.rule.psid_offset,
            "psid_length": mapping.psid_length,
            "psid": mapping.psid,
            "port_ranges": mapping.ports.ranges,
        }
    return told


def _journals(router: str, state: Path) -> Iterator[tuple[str, str]]:
    """Give the open change and the last ones."""
    folder = state / "journal"
    own = re.compile(rf"{re.escape(router)}-\d+\.jsonl")
    done = sorted(
        (path for path in (folder / "done").glob("*.jsonl") if own.fullmatch(path.name)),
        key=lambda path: path.stat().st_mtime,
    )
    for path in (folder / f"{router}.jsonl", *done[-_JOURNALS:]):
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            yield f"journal/{path.name}", Masker()(CONFIGURATION, text)


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"
