// The studio begins: every part is loaded, then what the server knows is shown.

import "./keys.js";
import "./phrase.js";
import "./duet.js";
import "./collections.js";
import "./trainings.js";
import "./models.js";
import "./news.js";
import "./played_by.js";
import "./deleted.js";
import "./drop_anywhere.js";
import * as state from "./state.js";
import * as knobs from "./knobs.js";
import { attempt } from "./said.js";
import { first } from "./compose.js";

document.getElementById("language").addEventListener("change", (event) => {
  document.cookie = `language=${event.target.value}; path=/; max-age=31536000; SameSite=Strict`;
  location.reload();
});

knobs.begin();
if (await attempt(async () => { await state.begin(); return true; })) first();
