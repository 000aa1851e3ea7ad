/* On every page: htmx, keys, lists that refresh themselves, attachments, file fields, and what to do without a connection. */
import "htmx.org";

import { startAttachments } from "./attach.js";
import { startKeys } from "./keys.js";
import { startLists } from "./lists.js";
import { startPage } from "./page.js";
import { startPicks } from "./picks.js";

startPage();
startKeys();
startLists();
startAttachments();
startPicks();
