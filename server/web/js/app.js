/* On every page: htmx, keys, the search over everything, lists that refresh themselves and are found as they were left, attachments,
 * file fields, and what to do without a connection.
 *
 * It comes before the page is shown, so that nobody's first click or key goes into the void on a slow machine: what listens to the whole
 * page does so at once, and what looks for its places begins when they are there, whatever else the page is still waiting for. */
import "htmx.org";

import { startAttachments } from "./attach.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";
import { startManners, startPage } from "./page.js";
import { startPicks } from "./picks.js";
import { startPlaces } from "./places.js";
import { startSeek } from "./seek.js";

startManners();
startKeys();
startSeek();
document.addEventListener("readystatechange", () => {
  startPlaces();
  startPage();
  startLists();
  startAttachments();
  startPicks();
}, { once: true });
// What was typed before htmx was there to hear it.
document.addEventListener("DOMContentLoaded", () => {
  const { activeElement: field } = document;
  if (field.matches("input[hx-get]") && field.value) field.dispatchEvent(new Event("search"));
});
