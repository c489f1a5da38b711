"""What the place where the product runs decides: which rules, where the key of the pseudonyms lies, what is kept.

FORMULARY_RULES       the rules folder, where a command names none
FORMULARY_KEY_FILE    the file with the key of the pseudonyms (made on first use)
FORMULARY_CACHE       the folder for labels identified before (empty: neither these nor compiled templates are kept)
"""

import os
import secrets
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from .errors import UsageInvalid

_KEY_BYTES = 32


def cache_folder() -> Path | None:
    """Return the folder where identified labels are kept between runs, or nothing where that is switched off."""
    set_to = os.environ.get("FORMULARY_CACHE")
    if set_to == "":
        return None
    return Path(set_to) if set_to else user_cache_path("formulary")


def templates_folder() -> Path | None:
    """Return the folder where compiled templates are kept between runs, or nothing where nothing is to be kept.

    Always one of the user's own, since code is read from it: a folder that was named may be shared with others.
    """
    return None if os.environ.get("FORMULARY_CACHE") == "" else user_cache_path("formulary") / "templates"


def rules_folder(named: Path | None) -> Path | None:
    """Return the rules folder that was named or set, or nothing: then the bundled sample region is used."""
    from_environment = os.environ.get("FORMULARY_RULES")
    return named or (Path(from_environment) if from_environment else None)


def pseudonym_key() -> bytes:
    """Return the key of the pseudonyms; on first use it is made, readable by its owner alone.

    One key, one person one pseudonym. To rotate it, move the file away: from then on everybody has a new pseudonym
    and older results can no longer be joined with newer ones.
    """
    path = Path(os.environ.get("FORMULARY_KEY_FILE") or user_data_path("formulary") / "pseudonym.key")
    try:
        key = _existing_or_new(path)
    except OSError as error:
        raise UsageInvalid("KEY_FILE_UNUSABLE", str(path), detail=error.strerror or "") from error
    if len(key) < _KEY_BYTES:
        raise UsageInvalid("KEY_TOO_SHORT", str(path), wanted=_KEY_BYTES)
    return key


def _existing_or_new(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(_KEY_BYTES)
    try:
        # Exclusively: of two commands that start together one makes the key and both use it.
        with open(path, "xb", opener=_for_owner_only) as file:
            file.write(key)
    except FileExistsError:
        return path.read_bytes()
    return key


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
