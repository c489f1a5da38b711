"""The usual ways to find a label in a list of names, each as one function: names and labels in, places and scores out.

A place is that of the best name, or -1; a higher score is surer. Every function makes its own index.
"""

import logging
import sqlite3
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from rapidfuzz.fuzz import WRatio, token_sort_ratio
from rapidfuzz.process import cdist, extractOne

Found = tuple[list[int], list[float]]
Rival = Callable[[Sequence[str], Sequence[str]], Found]
_CANDIDATES = 20
_NUMBERS = r"[0-9]+(?:[.,][0-9]+)?"


def _plain(texts: Sequence[str]) -> list[str]:
    return pl.Series(texts, dtype=pl.String).str.to_uppercase().str.replace_all(r"\s+", " ").to_list()


def _numbers_of(texts: Sequence[str]) -> list[frozenset[str]]:
    found = pl.Series(texts, dtype=pl.String).str.replace_all(",", ".").str.extract_all(_NUMBERS).to_list()
    return [frozenset(each) for each in found]


def _nearest_vectors(names: Sequence[str], labels: Sequence[str], count: int) -> tuple[list[list[int]], list[float]]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32, lowercase=False)
    index = vectorizer.fit_transform(_plain(names)).T.tocsr()
    near = sp_matmul_topn(vectorizer.transform(_plain(labels)), index, top_n=count, n_threads=2, sort=True)
    rows = [near.indices[start:end].tolist() for start, end in zip(near.indptr, near.indptr[1:], strict=False)]
    best = [float(near.data[start]) if end > start else 0.0 for start, end in zip(near.indptr, near.indptr[1:])]  # noqa: B905
    return rows, best


def tfidf(names: Sequence[str], labels: Sequence[str]) -> Found:
    """Cosine of letter trigrams."""
    rows, scores = _nearest_vectors(names, labels, 1)
    return [row[0] if row else -1 for row in rows], scores


def tfidf_same_numbers(names: Sequence[str], labels: Sequence[str]) -> Found:
    """The twenty nearest by trigrams, those with the same numbers first, then by their sorted words: the best peer."""
    rows, _ = _nearest_vectors(names, labels, _CANDIDATES)
    return _reranked(names, labels, rows, same_numbers=True)


def _reranked(names: Sequence[str], labels: Sequence[str], rows: list[list[int]], *, same_numbers: bool) -> Found:
    own, asked = _plain(names), _plain(labels)
    numbers, wanted = (_numbers_of(own), _numbers_of(asked)) if same_numbers else ([], [])
    places, scores = [], []
    for label_no, row in enumerate(rows):
        rated = [
            (token_sort_ratio(asked[label_no], own[n]) - 50.0 * (same_numbers and numbers[n] != wanted[label_no]), n)
            for n in row
        ]
        score, place = max(rated, default=(0.0, -1))
        places.append(place)
        scores.append(score)
    return places, scores


def whole_labels(names: Sequence[str], labels: Sequence[str]) -> Found:
    """Every label against every name by its sorted words, all cores."""
    own, asked, places, scores = _plain(names), _plain(labels), [], []
    for start in range(0, len(asked), 200):
        table = cdist(asked[start : start + 200], own, scorer=token_sort_ratio, workers=-1, dtype=np.float32)
        best = table.argmax(axis=1)
        places += best.tolist()
        scores += table[range(len(best)), best].tolist()
    return places, scores


def extract_one(names: Sequence[str], labels: Sequence[str]) -> Found:
    """The library's own default: extractOne by WRatio."""
    own = _plain(names)
    found = [extractOne(label, own, scorer=WRatio) for label in _plain(labels)]
    return [int(place) for _, _, place in found], [float(score) for _, score, _ in found]


def sqlite_trigrams(names: Sequence[str], labels: Sequence[str]) -> Found:
    """Full-text search by trigrams in SQLite, the twenty best put in order by their sorted words."""
    store = sqlite3.connect(":memory:")
    store.execute("create virtual table names using fts5(name, tokenize='trigram')")
    store.executemany("insert into names(rowid, name) values (?, ?)", enumerate(_plain(names)))
    asked = "select rowid from names where names match ? order by rank limit ?"
    rows = []
    for label in _plain(labels):
        text = "".join(letter if letter.isalnum() else " " for letter in label)
        pieces = {text[n : n + 3] for n in range(len(text) - 2)}
        query = " OR ".join(f'"{piece}"' for piece in sorted(pieces) if piece.strip() == piece)
        rows.append([place for (place,) in store.execute(asked, (query, _CANDIDATES))] if query else [])
    return _reranked(names, labels, rows, same_numbers=False)


def tantivy_trigrams(names: Sequence[str], labels: Sequence[str]) -> Found:
    """Tantivy over trigrams, the twenty best put in order by their sorted words."""
    import tantivy

    fields = tantivy.SchemaBuilder()
    fields.add_text_field("grams", stored=False, tokenizer_name="whitespace")
    fields.add_integer_field("place", stored=True)
    index = tantivy.Index(fields.build())
    writer = index.writer()
    for place, name in enumerate(_plain(names)):
        writer.add_document(tantivy.Document(grams=" ".join(_grams(name)), place=place))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    rows = []
    for label in _plain(labels):
        query = index.parse_query(" ".join(_grams(label)), ["grams"])
        hits = searcher.search(query, _CANDIDATES).hits
        rows.append([searcher.doc(address)["place"][0] for _, address in hits])
    return _reranked(names, labels, rows, same_numbers=False)


def _grams(text: str) -> list[str]:
    letters = "".join(filter(str.isalnum, text)).lower()
    return [letters[n : n + 3] for n in range(len(letters) - 2)] or ["none"]


def splink(names: Sequence[str], labels: Sequence[str]) -> Found:
    """Splink on DuckDB: first word, other words and numbers as fields, blocked on the first three letters."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    sides = [_fields(names, "name"), _fields(labels, "label")]
    settings = SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=[block_on("start")],
        comparisons=[
            cl.JaroWinklerAtThresholds("first", [0.95, 0.88]),
            cl.JaroWinklerAtThresholds("rest", [0.95, 0.88]),
            cl.ExactMatch("numbers"),
        ],
    )
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    linker = Linker([api.register(side) for side in sides], settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=7)
    pairs = linker.inference.predict().as_duckdbpyrelation().pl()
    ids = [name for name in pairs.columns if name.startswith("unique_id")]
    texts = pairs.select(pl.concat_str(ids, separator=" ").alias("both"), "match_weight")
    told = texts.select(
        pl.col("both").str.extract(r"name-([0-9]+)").cast(pl.Int64).alias("place"),
        pl.col("both").str.extract(r"label-([0-9]+)").cast(pl.Int64).alias("label"),
        "match_weight",
    )
    best = told.sort("match_weight", "place", descending=[True, False]).unique("label", keep="first")
    rows = {label: (place, weight) for place, label, weight in best.iter_rows()}
    found = [rows.get(n, (-1, -99.0)) for n in range(len(labels))]
    return [place for place, _ in found], [weight for _, weight in found]


def _fields(texts: Sequence[str], side: str) -> pl.DataFrame:
    frame = pl.DataFrame({"text": _plain(texts)}).with_row_index("n")
    words = pl.col("text").str.replace_all(r"[^A-Z ]", " ").str.strip_chars()
    return frame.select(
        (pl.lit(f"{side}-") + pl.col("n").cast(pl.String)).alias("unique_id"),
        words.str.extract(r"^(\S+)").alias("first"),
        words.str.replace(r"^\S+\s*", "").alias("rest"),
        words.str.slice(0, 3).alias("start"),
        pl.col("text").str.extract_all(_NUMBERS).list.sort().list.join(" ").alias("numbers"),
    )


# The many are as quick as to be asked everything; the few are asked a sample, or a run would take a day.
MANY: dict[str, Rival] = {"tfidf": tfidf, "tfidf top 20, same numbers": tfidf_same_numbers}
FEW: dict[str, Rival] = {
    "rapidfuzz cdist token_sort": whole_labels,
    "rapidfuzz extractOne WRatio": extract_one,
    "sqlite trigrams + rerank": sqlite_trigrams,
    "tantivy trigrams + rerank": tantivy_trigrams,
    "splink": splink,
}
__all__ = ["FEW", "MANY", "Found", "Rival"]
