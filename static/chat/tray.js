/** Files waiting in the composer: chosen, dropped or pasted; shown with a preview until they are sent. */

import { announce, build, byId, toast } from "../shared/dom.js";
import { AGORA, rest } from "../shared/rest.js";
import { t } from "../shared/i18n.js";
import { ATTACH_FILES, may } from "../shared/permissions.js";
import { isPicture, sizeText } from "./files.js";

const SPOILER = "SPOILER_";

export class Tray {
  /** `changed()` is called whenever the list changes. */
  constructor(store, changed) {
    Object.assign(this, { store, changed, channel: null, kept: new Map(), items: [], limits: null });
    this.place = byId("composer-files");
    this.button = byId("composer-attach");
    this.input = byId("composer-file");
    this.button.addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => {
      this.add([...this.input.files]);
      this.input.value = "";
    });
    byId("composer").addEventListener("paste", (event) => this.pasted(event));
    this.wireDrop();
  }

  /** Each channel keeps its own waiting files, like its draft. */
  open(channel) {
    if (this.channel) this.kept.set(this.channel.id, this.items);
    this.channel = channel;
    this.items = this.kept.get(channel.id) ?? [];
    this.paint();
    this.lock();
  }

  lock() {
    this.button.disabled = byId("composer").disabled || !this.allowed;
    this.button.hidden = !this.allowed;
  }

  get allowed() {
    return Boolean(this.channel) && may(this.store, ATTACH_FILES, { channel: this.channel });
  }

  get isEmpty() {
    return this.items.length === 0;
  }

  /** What is sent: the files and what is said of them. The tray is empty afterwards. */
  take() {
    const taken = this.items;
    this.items = [];
    this.paint();
    return taken.map(({ file, spoiler, parts }) => ({ file, name: (spoiler ? SPOILER : "") + file.name, description: parts.about.value.trim() }));
  }

  /** Take files in; what is too much is said at once, not after a long upload. */
  async add(files) {
    if (files.length === 0) return;
    if (!this.allowed || byId("composer").disabled) return toast(t("web.files.not_allowed"));
    const channel = this.channel;
    const limits = await this.learnLimits();
    if (channel !== this.channel) return;
    for (const file of files) {
      const problem = this.problem(file, limits);
      if (problem) toast(problem);
      else this.items.push(this.item(file));
    }
    this.paint();
    announce(t("web.files.waiting", { count: this.items.length }));
    byId("composer").focus();
  }

  problem(file, limits) {
    if (file.size > limits.max_size) return t("web.files.too_large", { name: file.name, size: sizeText(file.size), most: sizeText(limits.max_size) });
    if (this.items.length >= limits.max_files) return t("web.files.too_many", { name: file.name, count: limits.max_files });
    const used = this.items.reduce((sum, item) => sum + item.file.size, limits.used + file.size);
    return used > limits.quota ? t("web.files.no_room", { name: file.name, used: sizeText(limits.used), quota: sizeText(limits.quota) }) : null;
  }

  async learnLimits() {
    try {
      this.limits = await rest.get(`${AGORA}/files/limits`);
    } catch {
      this.limits ??= { max_size: Infinity, max_files: 10, used: 0, quota: Infinity };
    }
    return this.limits;
  }

  item(file) {
    const parts = build("waiting-file");
    const item = { file, parts, spoiler: false };
    parts.name.textContent = file.name;
    parts.name.title = file.name;
    parts.size.textContent = sizeText(file.size);
    if (isPicture(file.type)) {
      const url = URL.createObjectURL(file);
      parts.picture.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
      parts.picture.src = url;
      parts.picture.hidden = false;
      parts.mark.hidden = true;
      parts.about.hidden = false;
    }
    parts.spoiler.addEventListener("click", () => {
      item.spoiler = !item.spoiler;
      parts.spoiler.setAttribute("aria-pressed", String(item.spoiler));
      parts.root.classList.toggle("is-spoiler", item.spoiler);
    });
    parts.remove.addEventListener("click", () => {
      this.items = this.items.filter((other) => other !== item);
      this.paint();
      byId("composer").focus();
    });
    parts.about.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), byId("composer").focus()));
    return item;
  }

  paint() {
    this.place.hidden = this.isEmpty;
    this.place.replaceChildren(...this.items.map((item) => item.parts.root));
    this.changed();
  }

  /** A picture from the clipboard; text stays text. */
  pasted(event) {
    const files = [...event.clipboardData.files];
    if (files.length === 0 || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    this.add(files);
  }

  wireDrop() {
    const room = byId("main");
    const veil = byId("drop");
    let depth = 0;
    const carries = (event) => [...event.dataTransfer.types].includes("Files");
    const show = (shown) => {
      veil.hidden = !shown;
      if (shown) veil.lastElementChild.textContent = t(this.allowed ? "web.files.drop" : "web.files.not_allowed");
    };
    room.addEventListener("dragenter", (event) => {
      if (!carries(event) || !this.channel) return;
      event.preventDefault();
      depth += 1;
      show(true);
    });
    room.addEventListener("dragover", (event) => carries(event) && event.preventDefault());
    room.addEventListener("dragleave", (event) => {
      if (!carries(event) || !this.channel) return;
      depth -= 1;
      if (depth <= 0) show(false);
    });
    room.addEventListener("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      depth = 0;
      show(false);
      this.add([...event.dataTransfer.files]);
    });
  }
}
