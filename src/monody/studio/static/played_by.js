// What plays melodies: a sound bank of this computer, or monody's own voices.

import { t } from "./player.js";
import { listen, soundBank } from "./state.js";

listen("models", () => {  // of all that is read, the last
  const { bank, known } = soundBank();
  document.getElementById("played-by").textContent = !known ? ""
    : bank ? t("played by the sound bank {bank}", { bank }) : t("played by monody's own voices");
  document.getElementById("duet-played-by").hidden = !bank;
});
