/* A real provider of OpenID Connect for the tests: the npm package oidc-provider, with its own pages to log in and to consent.
 * Arguments: its port, and the addresses to which it may return browsers. Whoever logs in is called what they typed. */
import { Provider } from "oidc-provider";

const [port, back, afterwards] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: "tatalaksana",
    client_secret: "rahasia antara dua server",
    redirect_uris: [back],
    post_logout_redirect_uris: [afterwards],
  }],
  claims: { openid: ["sub"], profile: ["preferred_username", "name"], email: ["email", "email_verified"] },
  cookies: { keys: ["uji"] },
  pkce: { required: () => true },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: `nomor-${id}`, preferred_username: id, name: `Nama ${id}`, email: `${id}@contoh.go.id`, email_verified: true }),
  }),
});
provider.on("server_error", (_, error) => console.error(error));
provider.listen(Number(port), "127.0.0.1");
