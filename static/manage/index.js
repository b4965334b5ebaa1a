/** The settings of a community: one module for each section. */

import { byId } from "../shared/dom.js";
import { loadTexts } from "../shared/i18n.js";
import { API, rest } from "../shared/rest.js";

const place = byId("manage");
const { guild: guildId, section, bits, me, ownerId } = place.dataset;

/** What every section gets: where it is, what its reader may, and how to paint itself anew. */
const page = { guildId, base: `${API}/guilds/${guildId}`, place, bits: BigInt(bits), me, ownerId, repaint };
let module = null;

async function repaint() {
  try {
    place.replaceChildren(...(await module.paint(page)));
    place.dataset.ready = "true";
  } catch (error) {
    byId("trouble").hidden = false;
    byId("trouble").textContent = error.message;
  }
}

await loadTexts();
page.guild = await rest.get(page.base);
page.channels = await rest.get(`${page.base}/channels`);
module = await import(`./${section}.js`);
await repaint();
