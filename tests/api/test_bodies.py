"""Bodies are read strictly."""

from decimal import Decimal

import pytest

from server.api.bodies import Unreadable, parse


def test_numbers_keep_every_digit() -> None:
    assert parse(b"[1, 2.50, 0.1, 12345678901234567890]") == [
        1,
        Decimal("2.50"),
        Decimal("0.1"),
        12345678901234567890,
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"a": 1,\n "b" 2}', "baris 2, kolom 6"),
        (b"{", "baris 1"),
        (b'{"a": 1, "a": 2}', "“a” ada dua kali"),
        (b'{"b": [{"a": 1, "a": 1}]}', "“a” ada dua kali"),
        (b"[NaN]", "baris 1, kolom 2"),
        (b"[-Infinity]", "baris 1"),
        (b"[1e999999999999999999999]", "angka yang terlalu panjang"),
        (b"[1e7000]", "angka yang terlalu panjang"),
        (b"[1." + b"0" * 500 + b"]", "angka yang terlalu panjang"),
        (b"9" * 5000, "angka yang terlalu panjang"),
        (b"[" * 10_000 + b"]" * 10_000, "bersarang"),
        (b"[" * 200 + b"]" * 200, "bersarang"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "bersarang"),
        (b'"\xff"', "bukan UTF-8 pada byte 1"),
        (rb'"\ud800"', "bukan Unicode"),
        (rb'{"\u0000": 1}', "bukan Unicode"),
        (b'"a\nb"', "baris 1"),
    ],
)
def test_what_could_be_misunderstood_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(body)
    assert said in refused.value.message


def test_wide_bodies_are_no_deep_ones() -> None:
    assert len(parse(b"[" + b",".join([b"{}"] * 5000) + b"]")) == 5000


def test_escaped_text_is_read() -> None:
    assert parse(rb'"\u00e9\ud83d\ude00 \\u0000"') == "é😀 \\u0000"
