"""Read every malformed file there is in a process of its own: none may take ten seconds or make it grow beyond bounds.

Run by itself it prints the name of each file before it reads it, and at its end what they took. Linux alone tells so.
"""

import json
import math
import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from matcher import FileUnusable, Reading, read_lines
from matcher.clean import clean_lines
from tests.claims import claim
from tests.corpus.malformed import LINES, corpus, text
from tests.fhir import WHOLE, bundle, by_line
from tests.malformed import test_claims, test_fhir
from tests.matcher import test_excel
from tests.matcher.books import xlsx
from tests.worlds import KEY

CPU_SECONDS = 10
_N_CUTS = 100  # of each of five kinds
_GIGANTIC = 40_000_000


def files() -> Iterator[tuple[str, bytes]]:
    """Give every file by its name: the corpus, those of workbooks, claims and FHIR, cut off anywhere, gigantic."""
    yield from ((f"corpus: {name}", content) for name, (content, _) in corpus().items())
    yield from ((f"workbook: {name}", make()) for name, (make, _) in test_excel.REFUSED.items())
    yield from (
        (f"FHIR: {name}", content) for name, (content, _) in (*test_fhir.REFUSED.items(), *test_fhir.READ.items())
    )
    with TemporaryDirectory() as folder:
        records = claim(Path(folder))
    for name, (edit, *_) in (*test_claims.REFUSED.items(), *test_claims.READ.items()):
        yield f"claim: {name}", "\n".join(edit(records)).encode()
    for n in range(1, len(records)):
        yield f"claim of {n} records", "".join(f"{record}\r\n" for record in records[:n]).encode()
    yield from _cut("\n".join(records).encode())
    yield from _gigantic(records)


def _cut(records: bytes) -> Iterator[tuple[str, bytes]]:
    kinds = {
        "CSV": text().encode(),
        "claim": records,
        "Bundle": bundle(WHOLE),
        "NDJSON": by_line(WHOLE),
        "workbook": xlsx({"Blad1": [text().split("\n", 1)[0].split(";"), *LINES]}),
    }
    dice = random.Random(7)
    for kind, content in kinds.items():
        for length in (dice.randrange(len(content)) for _ in range(_N_CUTS)):
            yield f"{kind} cut off at {length}", content[:length]


def _gigantic(records: list[str]) -> Iterator[tuple[str, bytes]]:
    header, line = text().split("\n")[:2]
    yield "CSV with a gigantic field", f"{header}\n{line}{'x' * _GIGANTIC}\n{line}\n".encode()
    yield "CSV with a gigantic quoted field", f'{header}\n"{"x" * _GIGANTIC}\n{line}\n'.encode()
    yield "CSV with a gigantic header", f"{header};{'x' * _GIGANTIC}\n{line}\n".encode()
    yield "claim with a gigantic record", "\n".join([*records[:3], records[3] + "x" * _GIGANTIC, *records[4:]]).encode()
    yield "NDJSON with a gigantic resource", by_line([*WHOLE, {"resourceType": "Binary", "data": "x" * _GIGANTIC}])
    yield "zeros alone", b"0" * _GIGANTIC
    yield "line ends alone", b"\n" * _GIGANTIC


def _read(content: bytes, folder: Path) -> bool:
    path = folder / "lines.bin"
    path.write_bytes(content)
    try:
        read = read_lines([path], Reading(folder / "work", KEY))
        with read.watched():
            return clean_lines(read.lines, KEY).lines.collect().height > 0
    except FileUnusable:
        return False


def _cpu_seconds() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def _peak_mib() -> int:
    # What getrusage tells may be of the process that started this one.
    [line] = [each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")]
    of_others = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(int(line.split()[1]), of_others) >> 10


def main() -> None:
    """Read them all; a file that takes longer than it may ends the process."""
    n_files = n_read = 0
    slowest = (0.0, "")
    for name, content in files():
        print(name, file=sys.stderr, flush=True)
        began = _cpu_seconds()
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + CPU_SECONDS, resource.RLIM_INFINITY))
        with TemporaryDirectory() as folder:
            n_read += _read(content, Path(folder))
        n_files += 1
        slowest = max(slowest, (_cpu_seconds() - began, name))
    print(json.dumps({"files": n_files, "read": n_read, "slowest": slowest, "peak_mib": _peak_mib()}))


if __name__ == "__main__":
    main()
