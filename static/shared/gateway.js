/** The gateway client: identify, heartbeat, resume, and back-off between attempts. */

import { rest, AGORA } from "./rest.js";

const OP = { DISPATCH: 0, HEARTBEAT: 1, IDENTIFY: 2, RESUME: 6, RECONNECT: 7, INVALID: 9, HELLO: 10, ACK: 11 };
const FATAL_SESSION = new Set([4004, 4007, 4009]);
/* guilds, members, presences, messages, reactions, typing, their direct-message kin, content, polls */
const INTENTS = [0, 1, 3, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25].reduce((bits, bit) => bits | (1 << bit), 0);

export class Gateway {
  /** `onDispatch(name, data)` for every event; `onState("connecting" | "online" | "offline")`. */
  constructor(onDispatch, onState) {
    this.onDispatch = onDispatch;
    this.onState = onState;
    this.session = null;
    this.sequence = null;
    this.attempts = 0;
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => !document.hidden && this.hurry());
  }

  async connect() {
    clearTimeout(this.retry);
    this.retry = null;
    this.onState("connecting");
    try {
      /* it lives for two minutes only, so each connection takes a new one */
      this.token = (await rest.post(`${AGORA}/session/token`)).token;
    } catch {
      this.again();
      return;
    }
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/gateway?v=10&encoding=json`);
    this.socket = socket;
    socket.addEventListener("message", (event) => this.receive(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => socket === this.socket && this.closed(event.code));
  }

  send(op, d) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ op, d }));
  }

  receive({ op, d, s, t }) {
    if (op === OP.DISPATCH) this.dispatched(d, s, t);
    else if (op === OP.HELLO) this.greeted(d.heartbeat_interval);
    else if (op === OP.ACK) this.acknowledged = true;
    else if (op === OP.HEARTBEAT) this.send(OP.HEARTBEAT, this.sequence);
    else if (op === OP.RECONNECT) this.socket.close(4900);
    else if (op === OP.INVALID) this.invalid(d);
  }

  dispatched(data, sequence, name) {
    this.sequence = sequence;
    if (name === "READY") this.session = data.session_id;
    if (name === "READY" || name === "RESUMED") {
      this.attempts = 0;
      this.onState("online");
    }
    this.onDispatch(name, data);
  }

  greeted(interval) {
    this.acknowledged = true;
    clearInterval(this.beat);
    this.beat = setInterval(() => this.heartbeat(), interval);
    if (this.session) {
      this.send(OP.RESUME, { token: this.token, session_id: this.session, seq: this.sequence });
      return;
    }
    const properties = { os: navigator.platform || "web", browser: "Agora page", device: "Agora page" };
    this.send(OP.IDENTIFY, { token: this.token, properties, intents: INTENTS });
  }

  heartbeat() {
    if (!this.acknowledged) {
      this.socket.close(4900);
      return;
    }
    this.acknowledged = false;
    this.send(OP.HEARTBEAT, this.sequence);
  }

  invalid(resumable) {
    if (!resumable) this.forget();
    setTimeout(() => this.socket.close(4900), 1000 + Math.random() * 2000);
  }

  forget() {
    this.session = null;
    this.sequence = null;
  }

  closed(code) {
    clearInterval(this.beat);
    if (FATAL_SESSION.has(code)) this.forget();
    this.again();
  }

  again() {
    this.onState(navigator.onLine === false ? "offline" : "connecting");
    const wait = Math.min(30_000, 500 * 2 ** this.attempts) * (0.6 + Math.random() * 0.4);
    this.attempts += 1;
    this.retry = setTimeout(() => this.connect(), wait);
  }

  /** Somebody looks at the page again: do not wait for the rest of the back-off. */
  hurry() {
    if (this.retry) this.connect();
  }
}
