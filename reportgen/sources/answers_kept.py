"""Raw answers, each kept once by its digest.

Some providers send a whole history every day. Such an answer is the one before with a row more:
only the difference is kept.

The bytes are kept in pieces. When rows are added to a table, the database reads and writes again
what it keeps together with them, and holds it in memory: two thousand values, however long. So a
value is short.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLES = """
CREATE TABLE IF NOT EXISTS answers (sha256 VARCHAR PRIMARY KEY, number INTEGER, base VARCHAR);
CREATE TABLE IF NOT EXISTS pieces (number INTEGER, part INTEGER, body BLOB);
"""
"""The tables of answers. A store of 0.1.0 has whole ones in its table ``payloads``."""
PIECE = 4000
"""The bytes of a piece: what the database keeps in its row, and not in blocks of its own."""
LEAST = 4096
"""Bytes of an answer from which a difference is worth the while."""
ROW = re.compile(rb"[^}\n]*[}\n]?")
"""A row of JSON or CSV, the unit of a comparison."""
Step = tuple[int, int] | bytes
"""A part of an answer: the start and the length of the same bytes in another, or new bytes."""


def keep(connection: DuckDBPyConnection, url: str, body: bytes) -> str:
    """The SHA-256 of *body*, once the store that is being written holds it.

    Args:
        connection: The store.
        url: Where the answer comes from, without secrets.
        body: Its bytes.
    """
    digest = hashlib.sha256(body).hexdigest()
    if _is_kept(connection, digest):
        return digest
    base, packed = _shortest(connection, url, body)
    pieces = [packed[start : start + PIECE] for start in range(0, len(packed), PIECE)]
    query = "SELECT coalesce(max(number), 0) + 1 FROM answers"
    row = connection.execute(query).fetchone()
    number = row[0] if row else 1
    connection.execute("INSERT INTO answers VALUES (?, ?, ?)", [digest, number, base])
    connection.execute(
        "INSERT INTO pieces SELECT $number, unnest(range(len($pieces::BLOB[]))),"
        " unnest($pieces::BLOB[])",
        {"number": number, "pieces": pieces},
    )
    return digest


def body_of(connection: DuckDBPyConnection, digest: str) -> bytes | None:
    """The answer with that SHA-256; None where the store has none, or other bytes."""
    try:
        body = _body(connection, digest)
    except (zlib.error, msgspec.DecodeError):
        return None
    if body is None or hashlib.sha256(body).hexdigest() != digest:
        return None
    return body


def digests(connection: DuckDBPyConnection) -> set[str]:
    """The SHA-256 of all answers of the store."""
    query = "SELECT sha256 FROM payloads"
    if _has_pieces(connection):
        query += " UNION SELECT sha256 FROM answers"
    return {str(digest) for (digest,) in connection.execute(query).fetchall()}


def _is_kept(connection: DuckDBPyConnection, digest: str) -> bool:
    query = (
        "SELECT 1 FROM answers WHERE sha256 = $digest UNION ALL"
        " SELECT 1 FROM payloads WHERE sha256 = $digest"
    )
    return connection.execute(query, {"digest": digest}).fetchone() is not None


def _has_pieces(connection: DuckDBPyConnection) -> bool:
    query = "SELECT 1 FROM duckdb_tables() WHERE table_name = 'pieces'"
    return connection.execute(query).fetchone() is not None


def _body(connection: DuckDBPyConnection, digest: str) -> bytes | None:
    """The bytes that are kept under *digest*; None if there are none."""
    row = connection.execute("SELECT body FROM payloads WHERE sha256 = ?", [digest]).fetchone()
    if row:
        return zlib.decompress(row[0])
    if not _has_pieces(connection):
        return None
    row = connection.execute(
        "SELECT number, base FROM answers WHERE sha256 = ?", [digest]
    ).fetchone()
    if row is None:
        return None
    pieces = connection.execute(
        "SELECT body FROM pieces WHERE number = ? ORDER BY part", [row[0]]
    ).fetchall()
    kept = zlib.decompress(b"".join(piece for (piece,) in pieces))
    if not row[1]:
        return kept
    base = _body(connection, row[1])
    return None if base is None else applied(base, kept)


def _shortest(connection: DuckDBPyConnection, url: str, body: bytes) -> tuple[str, bytes]:
    """The base of *body* and the packed difference; or "" and the packed answer.

    The base is the last answer from *url* that is kept whole.
    """
    if len(body) >= LEAST:
        row = connection.execute(
            "SELECT sha256 FROM fetches LEFT JOIN answers USING (sha256) WHERE url = ?"
            " AND coalesce(base, '') = '' ORDER BY id DESC LIMIT 1",
            [url],
        ).fetchone()
        base = body_of(connection, row[0]) if row else None
        if row and base:
            steps = difference(base, body)
            packed = zlib.compress(steps, 6)
            if 8 * len(packed) <= len(zlib.compress(base, 1)) and applied(base, steps) == body:
                return row[0], packed
    return "", zlib.compress(body, 6)


def difference(base: bytes, body: bytes) -> bytes:
    """What makes *body* out of *base*, for :func:`applied`."""
    places = dict[bytes, int]()
    for found in ROW.finditer(base):
        places.setdefault(found[0], found.start())
    steps: list[Step] = []
    start = end = 0  # the part of the base that is being copied
    for piece in ROW.findall(body):
        if end > start and base.startswith(piece, end):
            end += len(piece)
            continue
        if end > start:
            steps.append((start, end - start))
        start = end = places.get(piece, 0)
        if piece in places:
            end += len(piece)
        else:
            steps.append(piece)
    if end > start:
        steps.append((start, end - start))
    return msgspec.msgpack.encode(steps)


def applied(base: bytes, steps: bytes) -> bytes:
    """The answer that *steps* make out of *base*."""
    told = msgspec.msgpack.decode(steps, type=list[Step])
    return b"".join(
        step if isinstance(step, bytes) else base[step[0] : step[0] + step[1]] for step in told
    )
