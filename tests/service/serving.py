"""What tests of the service share: a small folder of results, keys for every role, and a client."""

import hashlib
import json
from pathlib import Path

import polars as pl
from fastapi.testclient import TestClient

from matcher import ADHERENCE_SCORES
from service.app import create_app

OWN, OTHER, ABSENT = "01000001", "01000002", "01999999"
GP, PHARMACIST, INSURER, COMMITTEE = "gp", "pharmacist", "insurer", "committee"
RULES = {"region": "voorbeeldstreek", "name": "Voorbeeldstreek", "invented": True, "versions": ["2026"], "sha256": "ab"}


def write_results(folder: Path, numerator: int = 57) -> Path:
    """Write what `check` would have written, for two prescribers and their region."""
    folder.mkdir(exist_ok=True)
    usual = {
        "level": "prescriber",
        "denominator": 100,
        "excepted": 1,
        "excluded": 2,
        "unidentified": 3,
        "lowest": 0.553398,
        "highest": 0.582524,
        "rate": 0.57,
        "interval_low": 0.472154,
        "interval_high": 0.662667,
        "percentile": 25.0,
        "peers": 9,
        "formulary_versions": "2025 2026",
    }
    rows = [
        {**usual, "id": OWN, "period": "2026-Q1", "indicator": "FORMULARY", "numerator": numerator},
        {**usual, "id": OWN, "period": "2026-Q2", "indicator": "OLD_ONE", "numerator": 3, "percentile": None},
        {**usual, "id": OTHER, "period": "2026-Q1", "indicator": "FORMULARY", "numerator": 88},
        {**usual, "id": "streek", "level": "region", "period": "2026-Q1", "indicator": "FORMULARY", "numerator": 1},
    ]
    pl.DataFrame(rows, schema=ADHERENCE_SCORES).write_csv(folder / "adherence.csv")
    (folder / "summary.json").write_text(
        json.dumps({"rules": RULES, "software": "0.1.0", "files": []}), encoding="utf-8"
    )
    return folder


def digest(key: str) -> str:
    """Return how a key stands in the file."""
    return hashlib.sha256(key.encode()).hexdigest()


def write_keys(path: Path) -> Path:
    """Write one key of every role; the key is the role's short name."""
    told = [f'[[keys]]\nname = "dokter"\nsha256 = "{digest(GP)}"\nrole = "prescriber"\nagb = "{OWN}"\n']
    told += [f'[[keys]]\nname = "{role}"\nsha256 = "{digest(role)}"\nrole = "{role}"\n' for role in _OTHERS]
    path.write_text("\n".join(told), encoding="utf-8")
    return path


_OTHERS = (PHARMACIST, INSURER, COMMITTEE)


def serve(folder: Path) -> TestClient:
    """Return a client of a service over fresh results in this folder and the sample rules."""
    app = create_app(write_results(folder / "results"), write_keys(folder / "keys.toml"), None)
    return TestClient(app, raise_server_exceptions=False)


def bearer(key: str, language: str = "nl") -> dict[str, str]:
    """Return the headers of who holds this key."""
    return {"Authorization": f"Bearer {key}", "Accept-Language": language}
