/** Follow a transfer to its end. */

import { AGORA, rest } from "../shared/rest.js";

const PAUSE = 700;

/** Tells each state to `show`, the last one included; stops when `show` answers false. */
export async function follow(transfer, show) {
  let now = transfer;
  while (show(now) !== false && (now.state === "waiting" || now.state === "running")) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    now = await rest.get(`${AGORA}/transfers/${now.id}`);
  }
  return now;
}
