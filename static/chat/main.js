/** The chat page: loads texts, opens the gateway, and puts the parts together. */

import { byId, toast } from "../shared/dom.js";
import { wireMenu } from "../shared/dialog.js";
import { Gateway } from "../shared/gateway.js";
import { loadTexts, t } from "../shared/i18n.js";
import { wireOverride } from "../shared/override.js";
import { AGORA, rest } from "../shared/rest.js";
import { Store } from "../shared/store.js";
import { wireThemeSwitches } from "../shared/theme.js";
import { wireEmojiPictures } from "../expressions/emoji.js";
import { Channels } from "../guild/channels.js";
import { Rail } from "../guild/rail.js";
import { showEmpty } from "../guild/empty.js";
import { People } from "../members/list.js";
import { openCard } from "../members/card.js";
import { Status } from "../members/status.js";
import { Finder } from "../search/finder.js";
import { Switcher } from "../search/switcher.js";
import { wireFollow } from "../announcements/follow.js";
import { wireWebhooks } from "../webhooks/webhooks.js";
import { Threads } from "../threads/threads.js";
import { Manage } from "../manage/chat.js";
import { wireExport } from "../transfer/export.js";
import { ContextMenus } from "./context.js";
import { wireDrawers } from "./drawers.js";
import { Room } from "./room.js";
import { Route } from "./route.js";
import { Unread } from "./unread.js";
import { Inbox } from "../notifications/inbox.js";
import { Rings } from "../notifications/rings.js";
import { Wishes } from "../notifications/wishes.js";

await loadTexts();
const store = new Store();
const route = new Route(store);
const wishes = new Wishes(store);
const unread = new Unread(store, wishes);
const showCard = (userId, anchor) => openCard({ store, route, uses: room.uses }, userId, anchor);
const room = new Room(store, route, unread, showCard);

new ContextMenus(store, route, room, showCard);
new Rail(store, route, unread);
new Channels(store, route, unread);
new Threads(store, route);
new Manage(store, route);
new People(store, route, showCard);
wireExport(store, route);
const finder = new Finder(store, route);
new Switcher(store, route, finder);
wireDrawers(store);
new Inbox(store, route, unread, wishes, new Rings(store, route, wishes));
wireWebhooks(store, route);
wireFollow(store, route);
const learnOverride = wireOverride(store);
wireThemeSwitches();
const status = new Status(store);
wireEmojiPictures();
wireMenu(byId("me-button"), byId("me-menu"), "above");

let started = false;
let expected = new Set();

/** Once every guild of READY has come (or is known to be away), the route makes sense. */
function begin() {
  if (started || expected.size > 0) return;
  started = true;
  route.read();
  showEmpty(store, route);
}

store.on("READY", (data) => {
  expected = new Set(data.guilds.filter((guild) => guild.unavailable).map((guild) => guild.id));
  learnAgents();
  learnOverride();
  begin();
});

store.on("GUILD_CREATE", (guild) => {
  if (expected.delete(guild.id) && expected.size === 0 && started) room.refresh();
  begin();
});

store.on("route", () => started && showEmpty(store, route));
store.on("GUILD_DELETE CHANNEL_DELETE", () => started && !store.channels.has(route.channelId) && route.leave());

/** Which bots are agents, with their state and traits; refreshed when one changes. */
async function learnAgents() {
  try {
    const { items } = await rest.get(`${AGORA}/agents`);
    store.agents = new Map(items.map((agent) => [agent.user_id, agent]));
    store.emit("agents");
  } catch (error) {
    if (error.status !== 404 && error.status !== 403) toast(t("web.agents.trouble"));
  }
}

/* an agent that comes, rests or goes on shows it by its presence */
let asking = null;
store.on("PRESENCE_UPDATE GUILD_MEMBER_ADD", ({ user }) => {
  if (!store.user(user.id)?.bot) return;
  clearTimeout(asking);
  asking = setTimeout(learnAgents, 300);
});

const gateway = new Gateway((name, data) => store.apply(name, data), (state) => status.connected(state));
gateway.connect();
