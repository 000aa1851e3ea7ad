import pytest

from server.config import from_environment


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("WIB", "Asia/Jakarta"),
        ("wita", "Asia/Makassar"),
        ("WIT", "Asia/Jayapura"),
        ("Asia/Jayapura", "Asia/Jayapura"),
    ],
)
def test_the_zone_is_written_as_the_country_calls_it(written: str, zone: str) -> None:
    assert from_environment({"ZONE": written}).zone == zone


def test_the_public_address_is_one_without_an_end() -> None:
    assert (
        from_environment({"PUBLIC_URL": "https://a.example/layanan/"}).public_url
        == "https://a.example/layanan"
    )


@pytest.mark.parametrize(
    "wrong", ["dukcapil.example", "ftp://a.example", "https://a.example?x=1", "https://"]
)
def test_what_is_no_public_address_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(ValueError, match="PUBLIC_URL"):
        from_environment({"PUBLIC_URL": wrong})


@pytest.mark.parametrize(
    "named",
    [
        {"OIDC_ISSUER": "https://sso.example"},
        {"OIDC_CLIENT_ID": "kantor"},
        {"OIDC_ISSUER": "http://sso.example", "OIDC_CLIENT_ID": "kantor"},
        {"OIDC_MATCH": "nip"},
        {"OIDC_MATCH": "sub=nama"},
        {"OIDC_CREATE": "ya"},
    ],
)
def test_half_a_provider_is_none(named: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="OIDC"):
        from_environment(named)


def test_a_provider_is_named_by_the_environment() -> None:
    named = {"OIDC_ISSUER": "https://sso.example", "OIDC_CLIENT_ID": "kantor", "OIDC_MATCH": " nip = nip "}
    found = from_environment({**named, "OIDC_CREATE": "1"})
    assert (found.oidc_issuer, found.oidc_match, found.oidc_create) == (
        "https://sso.example",
        "nip=nip",
        True,
    )
