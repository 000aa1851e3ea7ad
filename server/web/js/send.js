/* JSON or a file to the server, JSON back; status 0 means that there was no connection. */

const LOST = "Tidak ada sambungan ke server. Isian Anda aman; coba kirim lagi.";

export function send(url, body, keepalive = false) {
  return post(url, { body: JSON.stringify(body), keepalive }, { "Content-Type": "application/json" });
}

export function sendFile(url, file) {
  const body = new FormData();
  body.append("berkas", file, file.name);
  return post(url, { body });
}

async function post(url, request, headers = {}) {
  try {
    const response = await fetch(url, {
      method: "POST",
      ...request,
      headers: { ...headers, Accept: "application/json", "X-CSRF-Token": document.body.dataset.csrf },
    });
    const text = await response.text();
    return { ok: response.ok, status: response.status, body: text ? JSON.parse(text) : {} };
  } catch {
    return { ok: false, status: 0, body: { message: LOST } };
  }
}
