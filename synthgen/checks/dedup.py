"""`dedup`: a row says what a seed or an earlier kept row said, in the same letters or in the same sense too often.

Letters: texts are normalised (NFKC, lower case, letters and digits only), then compared by the Jaccard similarity of
their sets of character 5-grams. The measure and the threshold 0.6 come from a comparison on planted near-duplicates
among hard same-intent rows: precision .80 and recall .89, against .61/.95 for ROUGE-L 0.7 (Self-Instruct, Wang
et al. 2022) and .69/.75 for sentence embeddings.

Sense: that figure is why embeddings delete nothing here. Texts of one meaning make a cluster, and a cluster may have so
many rows; the next one falls. SemDeDup (Abbas et al. 2023) keeps one of each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from synthgen.near import Near, Twin
from synthgen.text import pack

if TYPE_CHECKING:
    import polars as pl

    from synthgen.checks import Verdict
    from synthgen.clusters import Clusters, Part

STEP = 4096
"""Rows looked at together. It bounds the memory, and decides nothing."""
CLUSTER = "cluster "
"""How a kept row's evidence begins; the id of the cluster's first row follows."""


class Dedup:
    """The check, with its memory of what was kept.

    It runs after the checks that see one row alone, so that what it remembers is what is kept: a row that falls
    for another reason takes no good twin with it. A row that was made of another may be near to it: whether it is new
    the check `evolve` has said, and the column `parent` names the other.

    Args:
        least: similarity from which two texts are twins.
        seeds: id, label and text of each seed.
        clusters: the meanings of the rows kept so far; None = meanings are not looked at.
    """

    def __init__(self, least: float, seeds: Iterable[tuple[str, str, str]], clusters: Clusters | None = None) -> None:
        import polars as pl

        self._near, self._clusters = Near(least), clusters
        known = list(seeds)
        self._seeds = len(known)
        self._names = [name for name, _, _ in known]
        self._labels = [label for _, label, _ in known]
        self._parents: dict[str, str] = {}
        self._near.add(pack(pl.Series([text for _, _, text in known], dtype=pl.String)))

    def __call__(self, table: pl.DataFrame) -> pl.DataFrame:
        """Say of each row whether it repeats a seed or rows that were kept before it; name a kept row's cluster."""
        import polars as pl

        found: list[Verdict] = []
        for at in range(0, table.height, STEP):
            found += self._step(table.slice(at, STEP))
        reasons, scores, evidence = zip(*found, strict=True) if found else ((), (), ())
        return pl.DataFrame(
            {"reason": reasons, "score": scores, "evidence": evidence},
            schema={"reason": pl.String, "score": pl.Float64, "evidence": pl.String},
        )

    def _step(self, table: pl.DataFrame) -> list[Verdict]:
        names, labels = table["id"].to_list(), table["label"].to_list()
        if "parent" in table.columns:
            self._parents |= {name: parent for name, parent in table.select("id", "parent").iter_rows() if parent}
        meanings = self._clusters.part(table["text"].to_list(), labels) if self._clusters else None
        found: list[Verdict] = []

        def decide(at: int, twin: Twin | None) -> bool:
            if twin and twin.similarity < 1.0 and self._made_of(names[at], self._names[twin.number]):
                twin = None
            verdict = self._repeats(labels[at], twin) if twin else self._crowds(meanings, at, names[at])
            found.append(verdict)
            if verdict[0] is None:
                self._names.append(names[at])
                self._labels.append(labels[at])
            return verdict[0] is None

        self._near.sift(pack(table["text"]), decide)
        return found

    def _made_of(self, name: str, other: str) -> bool:
        """Say whether a row was made of another, or of one that was."""
        while name in self._parents:
            name = self._parents[name]
            if name == other:
                return True
        return False

    def _repeats(self, label: str, twin: Twin) -> Verdict:
        name, other, seed = self._names[twin.number], self._labels[twin.number], twin.number < self._seeds
        if other != label:
            reason = "dedup.conflict"
        elif seed:
            reason = "dedup.seed"
        else:
            reason = "dedup.exact" if twin.similarity == 1.0 else "dedup.near"
        said = f"{'seed' if seed else 'row'} {name}"
        return reason, round(twin.similarity, 4), f"{said} ({other})" if other else said

    def _crowds(self, meanings: Part | None, at: int, name: str) -> Verdict:
        """Return the verdict on a row that has no twin: whether its cluster has room."""
        if meanings is None or self._clusters is None:
            return None, None, None
        where = meanings(at)
        cosine = None if where.cosine is None else round(min(where.cosine, 1.0), 4)
        if where.leader is not None and self._clusters.sizes[where.leader] >= self._clusters.most:
            return "dedup.crowded", cosine, f"{CLUSTER}{self._clusters.names[where.leader]}"
        return None, cosine, f"{CLUSTER}{meanings.keep(at, name, where)}"
