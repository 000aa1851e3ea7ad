/* JSON to the server and back; status 0 means that there was no connection. */

export async function send(url, body, keepalive = false) {
  try {
    const response = await fetch(url, {
      method: "POST",
      keepalive,
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRF-Token": document.body.dataset.csrf,
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { ok: response.ok, status: response.status, body: text ? JSON.parse(text) : {} };
  } catch {
    return { ok: false, status: 0, body: { message: "Tidak ada sambungan ke server. Isian Anda aman; coba kirim lagi." } };
  }
}
