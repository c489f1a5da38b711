"""Write synthetic G-Standaard files: invented products in records that obey the published positions.

The positions are written out here a second time, on purpose: read and write may not share a mistake.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from formulary import gstandaard

# file -> (record length, field -> (start, length)); positions count from 1.
POSITIONS: dict[str, tuple[int, dict[str, tuple[int, int]]]] = {
    "004": (32, {"ATKODE": (6, 8), "HPKODE": (14, 8)}),
    "020": (136, {"NMNR": (6, 7), "NMMEMO": (13, 6), "NMETIK": (19, 27), "NMNM40": (46, 40), "NMNAAM": (86, 50)}),
    "031": (
        170,
        {"HPKODE": (6, 8), "PRKODE": (14, 8), "HPNAMN": (30, 7), "MSNAAM": (37, 50), "FSNAAM": (87, 50)},
    ),
    "052": (96, {"PRKODE": (6, 8), "PRNMNR": (14, 7), "GPKODE": (21, 8)}),
    "711": (
        160,
        {
            "GPKODE": (6, 8),
            "GPKTVR": (25, 3),
            "GPKTWG": (31, 3),
            "GPNMNR": (34, 7),
            "GPSTNR": (41, 7),
            "GPINST": (48, 25),
            "ATCODE": (119, 8),
        },
    ),
    "902": (128, {"TSNR": (6, 4), "TSITNR": (10, 6), "THNM25": (37, 25), "THNM50": (62, 50)}),
}
NUMBERS = {"NMNR", "HPNAMN", "PRNMNR", "GPNMNR", "GPSTNR", "TSNR", "TSITNR", "GPKTVR", "GPKTWG"}
CODES = {"ATKODE", "HPKODE", "PRKODE", "GPKODE"}

Fields = Mapping[str, str | int]


def code(stem: int) -> int:
    """Return a code that passes its check digit: of this stem, or of the next that has one."""
    found = gstandaard.with_check_digit(stem)
    return code(stem + 1) if found is None else found


def record(file: str, fields: Fields, mutation: int = 0) -> str:
    """Return one record of a file; numbers are filled with zeros at the left, texts with blanks at the right."""
    length, positions = POSITIONS[file]
    written = list(f"{file.zfill(4)}{mutation}".ljust(length))
    for name, value in fields.items():
        start, width = positions[name]
        is_number = name in NUMBERS | CODES
        text = str(value).zfill(width) if is_number else str(value).ljust(width)
        written[start - 1 : start - 1 + width] = text[:width]
    return "".join(written)


def write_file(folder: Path, file: str, records: Sequence[str], encoding: str = "cp1252") -> None:
    """Write one file as it is delivered."""
    content = "".join(f"{each}\r\n" for each in records)
    (folder / f"BST{file}T").write_bytes(content.encode(encoding))


def delivery_of(count: int) -> dict[str, list[str]]:
    """Return a delivery of so many articles, each of a product of its own; four articles share a generic product."""
    files: dict[str, list[str]] = {file: [] for file in POSITIONS}
    files["902"] += [
        record("902", {"TSNR": 6, "TSITNR": 8, "THNM25": "TABLET", "THNM50": "TABLET"}),
        record("902", {"TSNR": 7, "TSITNR": 8, "THNM25": "OTHER LIST"}),
        record("902", {"TSNR": 7, "TSITNR": 2, "THNM25": "ORAAL"}),
    ]
    stem = 10_000
    for n in range(count):
        stem += 2  # some stems have no check digit; the next one then has
        zi, hpk = code(1_500_000 + stem), code(150_000 + stem)
        prk, gpk = code(20_000 + stem), code(400_000 + stem // 8)
        own, stem_name = 2 * n + 1, 2 * n + 2
        files["004"].append(record("004", {"ATKODE": zi, "HPKODE": hpk}))
        product: dict[str, str | int] = {
            "HPKODE": hpk,
            "PRKODE": prk,
            "HPNAMN": own,
            "MSNAAM": f"MERK{n}",
            "FSNAAM": "FIRMA",
        }
        files["031"].append(record("031", product))
        files["052"].append(record("052", {"PRKODE": prk, "GPKODE": gpk}))
        names = {"NMETIK": f"STOF{n} TABL", "NMNAAM": f"STOF{n} FIRMA TABLET {n + 1}MG"}
        files["020"] += [
            record("020", {"NMNR": own, **names}),
            record("020", {"NMNR": stem_name, "NMNAAM": f"STOF{n}"}),
        ]
        if not any(f"{gpk:08d}" in each[5:13] for each in files["711"][-1:]):
            generic: dict[str, str | int] = {
                "GPKODE": gpk,
                "GPKTVR": 8,
                "GPKTWG": 2,
                "GPSTNR": stem_name,
                "GPINST": f"{n + 1}MG",
            }
            files["711"].append(record("711", {**generic, "ATCODE": "X99ZZ99"}))
    return files


def write_delivery(folder: Path, files: Mapping[str, Sequence[str]]) -> Path:
    """Write every file of a delivery."""
    for file, records in files.items():
        write_file(folder, file, records)
    return folder
