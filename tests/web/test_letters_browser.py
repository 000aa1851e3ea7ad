"""Letters in real Chromium: one that came in by hand, from its number to its lembar disposisi."""

from playwright.sync_api import expect

from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser


def test_an_incoming_letter_goes_from_its_number_to_its_disposition(visit: Visit) -> None:
    page = visit("staf_umpeg")
    page.goto("/surat/register")
    page.get_by_label("Kode di nomor surat").fill("427.43")
    page.locator("section", has=page.get_by_role("heading", name="Kode perangkat daerah")).get_by_role(
        "button"
    ).click()
    page.get_by_text("Sudah disimpan.").wait_for()
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        check(page)
    page.goto("/surat?arah=masuk")
    page.get_by_role("link", name="Catat surat masuk").first.click()
    page.get_by_label("Asal surat").fill("Camat Tempeh <b>")
    page.get_by_label("Hal", exact=True).fill("Permintaan data kematian")
    page.get_by_label("Nomor surat", exact=True).fill("470/12/2026")
    check(page)
    page.get_by_role("button", name="Catat dan beri nomor").click()
    page.get_by_text("Surat sudah dicatat dan diberi nomor").wait_for()
    expect(page.get_by_text("Belum diberi disposisi")).to_be_visible()
    address = page.url.partition("?")[0]

    head = visit("kepala_dinas")
    head.goto("/surat?arah=masuk&cari=tempeh")
    for width, height in SIZES.values():
        head.set_viewport_size({"width": width, "height": height})
        check(head)
    head.goto(address)
    head.get_by_role("button", name="Beri disposisi").click()
    expect(head.get_by_role("alert")).to_contain_text("pilih kepada siapa")
    head.get_by_label("Sekretaris").check()
    head.get_by_label("Tindak lanjuti").check()
    head.get_by_label("Catatan (boleh kosong)").fill("Mohon ditindaklanjuti")
    head.get_by_role("button", name="Beri disposisi").click()
    head.get_by_text("Sudah disimpan.").wait_for()
    expect(head.get_by_text("Di tangan")).to_contain_text("Sekretaris")
    for width, height in SIZES.values():
        head.set_viewport_size({"width": width, "height": height})
        check(head)
    sheet = head.context.request.get(f"{address}/lembar-disposisi.pdf")
    assert (sheet.status, sheet.body()[:5]) == (200, b"%PDF-")
    for kind in ("pdf", "xlsx"):
        assert head.context.request.get(f"/surat/buku.{kind}?arah=masuk").status == 200

    head.goto("/surat/periksa/BUKANKODESURAT")
    expect(head.get_by_role("alert")).to_contain_text("tidak dikenal")
    for width, height in SIZES.values():
        head.set_viewport_size({"width": width, "height": height})
        check(head)

    stranger = visit("pns")
    for path, status in (("/surat", 403), (address, 404), ("/surat/baru", 403), ("/surat/register", 403)):
        assert stranger.context.request.get(path).status == status
