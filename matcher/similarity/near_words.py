"""Known words, and which of them a misspelt or shortened word must mean.

Words are compared as written and as they sound. Two known words equally near is no answer, and neither is one whose
look-alike is near as well.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, KeysView, Mapping
from functools import cache

import polars as pl

from ..spelling import sound_of
from .neighbours import Found, Neighbours, letters_between
from .similar import LONG, SHORT, Similar, distance_allowed, tied, unsure

CUT_MIN = 6  # letters of a name that was cut off; fewer begin too many names


class NearWords:
    """Known words by what they mean, searched as written and as they sound."""

    def __init__(
        self, words: Mapping[str, str], lookalikes: Iterable[tuple[str, str]] = (), *, by_sound: bool = True
    ) -> None:
        """Index the words; `words` gives what each means, so that spellings of one thing are no rivals."""
        self._meaning = dict(words)
        self._by_sound: dict[str, str | None] = {}
        for word, meaning in words.items() if by_sound else ():
            known = self._by_sound.setdefault(sound_of(word), word)
            # One sound with two meanings is never an answer.
            if known is not None and words[known] != meaning:
                self._by_sound[sound_of(word)] = None
        self._neighbours = Neighbours([*words, *(sound for sound, word in self._by_sound.items() if word)])
        self._sorted = sorted(words)
        self._beginnings = {word[:length] for word in words for length in range(CUT_MIN, len(word) + 1)}
        self._begun = pl.Series(sorted(self._beginnings), dtype=pl.String)
        self._twins = self._twins_of(lookalikes)
        self._spellings = self._table_of(self._neighbours.spellings)
        self._known: dict[str, Similar | None] = {}

    def _twins_of(self, lookalikes: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
        twins: defaultdict[str, set[str]] = defaultdict(set)
        for one, other in lookalikes:
            if one in self._meaning and other in self._meaning:
                twins[self._meaning[one]].add(other)
                twins[self._meaning[other]].add(one)
        return dict(twins)

    def _table_of(self, spellings: list[str]) -> pl.DataFrame:
        """Return for each spelling the place of its known word, that word's meaning, and whether it has a twin."""
        known = [spelling if spelling in self._meaning else self._by_sound[spelling] or "" for spelling in spellings]
        meanings = [self._meaning[word] for word in known]
        return pl.DataFrame(
            {
                "known": pl.Series([bisect_left(self._sorted, word) for word in known], dtype=pl.UInt32),
                "meaning": pl.Series(meanings, dtype=pl.String).rank("dense").cast(pl.UInt32),
                "has_twin": pl.Series([meaning in self._twins for meaning in meanings], dtype=pl.Boolean),
                "is_word": pl.Series([spelling in self._meaning for spelling in spellings], dtype=pl.Boolean),
            }
        )

    @property
    def near(self) -> list[str]:
        """The words looked up so far that known ones are near to."""
        return [word for word, similar in self._known.items() if similar is not None]

    @property
    def sounds(self) -> KeysView[str]:
        """What the known words sound like."""
        return self._by_sound.keys()

    def same_sound(self, word: str) -> str | None:
        """Return the known word that sounds the same and has one meaning."""
        return self._by_sound.get(sound_of(word))

    def has_twin(self, known: str, word: str) -> bool:
        """Tell whether a look-alike of a known word is as near to this word as the known one itself."""
        twins = self._twins.get(self._meaning.get(known, ""))
        if not twins:
            return False
        own = letters_between(word, known)
        return any(letters_between(word, twin) <= own for twin in twins)

    def nearest(self, word: str) -> Similar | None:
        """Return the one known word this must be, or nothing; the answer is kept for the next time."""
        if word not in self._known:
            self._known[word] = self.completed(word) or self._near_by(word)
        return self._known[word]

    def one_letter_off(self, word: str) -> Similar | None:
        """Return the one known word that a long word is one letter away from, or nothing."""
        similar = self._known.get(word)
        if word not in self._known and self.completed(word) is None:
            similar = self._one_letter_off(word, self._neighbours.one_off(word))
        return similar if similar is not None and similar.word and similar.distance == 1 else None

    def _near_by(self, word: str) -> Similar | None:
        if not distance_allowed(len(word)):
            return None
        if len(word) >= LONG and (one_off := self._one_letter_off(word, self._neighbours.one_off(word))) is not None:
            return one_off
        as_written = self._neighbours.of(word)
        sound = sound_of(word)
        as_heard = self._neighbours.of(sound) if self._by_sound and sound != word else {}
        return self._misspelt(word, as_written, as_heard)

    def look_up(self, words: Iterable[str]) -> None:
        """Find what many words must mean, compared to the known ones all at once, so that `nearest` has it ready."""
        new = pl.Series([word for word in dict.fromkeys(words) if word not in self._known], dtype=pl.String)
        self._known |= dict.fromkeys(new.to_list())
        begins_name = new.is_in(self._begun.implode())
        self._known |= {word: self.completed(word) for word in new.filter(begins_name).to_list()}
        # A shorter word may have no wrong letter.
        asked = (
            new.filter(~begins_name & (new.str.len_chars() >= SHORT)).alias("text").to_frame().with_row_index("word")
        )
        as_written = self._pairs_of(asked["text"])
        ones = as_written.filter(pl.col("far") <= 1, "is_word", pl.col("text").str.len_chars() >= LONG)
        self._decide_one_off(ones)
        pairs = as_written.join(ones, on="word", how="anti")
        if self._by_sound:
            pairs = pl.concat([pairs, self._as_heard(asked.join(ones, on="word", how="anti"))])
        self._decide_misspelt(asked["text"], pairs)

    def _pairs_of(self, words: pl.Series) -> pl.DataFrame:
        """Return pairs of a word and a spelling near to it, with the word's text and what is known of the spelling."""
        pairs = self._neighbours.of_all(words)
        return pairs.with_columns(words.gather(pairs["word"])).hstack(self._spellings[pairs["spelling"]])

    def _as_heard(self, left: pl.DataFrame) -> pl.DataFrame:
        """Return such pairs for what these words sound like; `text` is then the sound."""
        sounds = pl.Series("text", [sound_of(word) for word in left["text"].to_list()], dtype=pl.String)
        heard = left.select(sounds, heard="word")
        pairs = self._pairs_of(heard["text"].unique(maintain_order=True))
        return pairs.join(heard, on="text").with_columns(word="heard").drop("heard")

    def _decide_one_off(self, ones: pl.DataFrame) -> None:
        """Know the long words that known words are one letter away from."""
        is_open = (pl.col("meaning").n_unique() > 1) | pl.col("has_twin").any()
        told = ones.group_by("text").agg(last=pl.col("known").max(), is_open=is_open)
        sure, unsure_yet = told.filter(~pl.col("is_open")), told.filter("is_open")
        self._known |= {word: _sure(self._sorted[last], 1) for word, last in sure.select("text", "last").rows()}
        several = ones.join(unsure_yet, on="text", how="semi").group_by("text").agg("known")
        for word, places in several.rows():
            self._known[word] = self._one_letter_off(word, {self._sorted[place]: 1 for place in places})

    def _decide_misspelt(self, words: pl.Series, pairs: pl.DataFrame) -> None:
        """Know the words that known ones are near to as written or as they sound."""
        length, count = pl.col("text").str.len_chars(), len(self._sorted)
        # A sound is shorter than its word: its own length says how many letters of it may differ.
        allowed = pl.when(length < SHORT).then(0).when(length < LONG).then(1).otherwise(2)
        # What only sounds alike is still another spelling: short names differ by no more.
        nearest = (pl.col("far").clip(1).cast(pl.UInt32) * count + pl.col("known")).min()
        told = (
            pairs.filter(pl.col("far") <= allowed + 1)
            .group_by("word", "meaning")
            .agg(nearest.alias("near"), pl.col("has_twin").first())
            .group_by("word")
            .agg("near", is_open=(pl.len() > 1) | pl.col("has_twin").first())
        )
        for word, packed, is_open in told.with_columns(words.gather(told["word"]).alias("word")).iter_rows():
            near = [(number // count, self._sorted[number % count]) for number in packed]
            if is_open or near[0][0] > distance_allowed(len(word)):
                self._known[word] = self._decided(word, {self._meaning[spelled[1]]: spelled for spelled in near})
            else:
                self._known[word] = _sure(near[0][1], near[0][0])

    def forget(self) -> None:
        """Let go of the words looked up so far."""
        self._known.clear()

    def completed(self, word: str) -> Similar | None:
        """Return the one meaning of all known words that begin with this one."""
        if word not in self._beginnings:
            return None
        first = bisect_left(self._sorted, word)
        meanings: dict[str, str] = {}
        for known in self._sorted[first : first + 40]:
            if not known.startswith(word):
                break
            meanings.setdefault(self._meaning[known], known)
        # "PREDNISO" was cut from one of two names: not even the nearest spelling may decide then.
        if len(meanings) > 1:
            return unsure(0, meanings.values())
        return Similar(meanings.popitem()[1], 0, True) if meanings else None

    def _misspelt(self, word: str, as_written: Found, as_heard: Found) -> Similar | None:
        """Return the one known word among the neighbours of a word and of its sound, or what leaves it unsure."""
        allowed = distance_allowed(len(word))
        near: dict[str, tuple[int, str]] = {}
        # A sound is shorter than its word: its own length says how many letters of it may differ.
        for found, limit in ((as_written, allowed + 1), (as_heard, distance_allowed(len(sound_of(word))) + 1)):
            for spelling, far in found.items():
                known = spelling if spelling in self._meaning else self._by_sound[spelling]
                if known is not None and far <= limit:
                    # What only sounds alike is still another spelling: short names differ by no more.
                    spelled = max(far, 1), known
                    meaning = self._meaning[known]
                    near[meaning] = min(near.get(meaning, spelled), spelled)
        return self._decided(word, near) if near else None

    def _decided(self, word: str, near: dict[str, tuple[int, str]]) -> Similar:
        """Return the nearest of these meanings where nothing else can be meant."""
        best = min(near, key=near.__getitem__)
        distance, known = near[best]
        others = [other for meaning, other in near.items() if meaning != best]
        rivals = [other for _, other in others]
        twins = self._twins_near(best, word, distance)
        if distance > distance_allowed(len(word)):
            return unsure(distance, [known, *rivals, *twins])
        if twins or any(far <= distance for far, _ in others):
            return self._between(word, [known, *rivals, *twins])
        return Similar(known, distance, False, tuple(sorted(other for far, other in others if far == distance + 1)))

    def _between(self, word: str, rivals: Iterable[str]) -> Similar:
        """Return that a word may mean any of these; the nearest are open to decision where none is another's twin."""
        # As written, not as heard, the nearest must be told apart: a sound leaves out letters.
        ordered = sorted({(letters_between(word, rival), rival) for rival in rivals})
        nearest = [rival for far, rival in ordered if far == ordered[0][0]]
        twins = {twin for rival in nearest for twin in self._twins.get(self._meaning[rival], ())}
        return tied(ordered) if twins.isdisjoint(nearest) else unsure(ordered[0][0], [rival for _, rival in ordered])

    def _one_letter_off(self, word: str, found: Found) -> Similar | None:
        """Return the answer for a long word that known words are one letter away from."""
        known_words = sorted(known for known, far in found.items() if far <= 1 and known in self._meaning)
        ones = {self._meaning[known]: known for known in known_words}
        if len(ones) != 1:
            return self._between(word, ones.values()) if ones else None
        meaning, known = ones.popitem()
        twins = self._twins_near(meaning, word, 1)
        return self._between(word, [known, *twins]) if twins else Similar(known, 1, False)

    def _twins_near(self, meaning: str, word: str, distance: int) -> list[str]:
        """Return the known look-alikes of this meaning that lie at most one letter further."""
        twins = self._twins.get(meaning)
        return [twin for twin in twins if letters_between(word, twin) <= distance + 1] if twins else []


@cache
def _sure(known: str, distance: int) -> Similar:
    return Similar(known, distance, False)
