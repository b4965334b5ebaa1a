/** A poll under a message: its answers as buttons with the share of votes; one's own can be taken back. */

import { signNode } from "../expressions/emoji.js";
import { element, toast } from "../shared/dom.js";
import { API, rest } from "../shared/rest.js";
import { counted, t } from "../shared/i18n.js";
import { fullTime } from "../shared/time.js";

const RESULT = 46;

const votesOf = (poll, id) => poll.results?.answer_counts.find((each) => each.id === id) ?? { id, count: 0, me_voted: false };
const isOver = (poll) => Boolean(poll.results?.is_finalized) || Date.parse(poll.expiry) <= Date.now();

/** Paint the poll of a message into `place`. */
export function paintPoll(place, message) {
  const { poll } = message;
  place.hidden = !poll;
  if (!poll) return;
  const counts = poll.answers.map((answer) => votesOf(poll, answer.answer_id));
  const total = counts.reduce((sum, each) => sum + each.count, 0);
  const note = [counted("web.poll.votes", total), isOver(poll) ? t("web.poll.over") : t("web.poll.until", { time: fullTime(Date.parse(poll.expiry)) })];
  if (poll.allow_multiselect && !isOver(poll)) note.push(t("web.poll.several"));
  place.replaceChildren(
    element("h3", { className: "poll__question", textContent: poll.question.text }),
    element("ul", { className: "poll__answers" }, ...poll.answers.map((answer, index) => answerNode(message, answer, counts[index], total))),
    element("p", { className: "poll__note", textContent: note.join(" · ") }),
  );
}

function answerNode(message, answer, votes, total) {
  const { poll_media: media, answer_id: id } = answer;
  const share = total ? Math.round((100 * votes.count) / total) : 0;
  const button = element("button", { type: "button", className: "poll__answer", disabled: isOver(message.poll) });
  button.append(element("span", { className: "poll__text" }, media.emoji ? signNode(media.emoji) : null, media.emoji && media.text ? " " : null, media.text ?? null), element("span", { className: "poll__share", textContent: `${share} % (${votes.count})` }));
  button.setAttribute("aria-pressed", String(votes.me_voted));
  button.style.setProperty("--share", `${share}%`);
  button.addEventListener("click", () => vote(message, id));
  return element("li", {}, button);
}

async function vote(message, id) {
  const { poll } = message;
  const own = poll.results.answer_counts.filter((each) => each.me_voted).map((each) => each.id);
  const without = own.filter((each) => each !== id);
  const answers = own.includes(id) ? without : poll.allow_multiselect ? [...own, id] : [id];
  try {
    await rest.put(`${API}/channels/${message.channel_id}/polls/${message.id}/answers/@me`, { answer_ids: answers });
  } catch (error) {
    toast(t("web.poll.trouble", { reason: error.message }));
  }
}

/** The message after a vote that the gateway told of. */
export function applyVote(message, data, change, meId) {
  const before = votesOf(message.poll, data.answer_id);
  const own = data.user_id === meId ? change > 0 : before.me_voted;
  const after = { ...before, count: Math.max(before.count + change, 0), me_voted: own };
  const others = message.poll.results.answer_counts.filter((each) => each.id !== data.answer_id);
  return { id: message.id, poll: { ...message.poll, results: { ...message.poll.results, answer_counts: [...others, after] } } };
}

/** An edit is the same for all readers: one's own votes stay as they were known. */
export function keepVotes(before, message) {
  if (!before?.poll || !message.poll) return message;
  const counts = message.poll.results.answer_counts.map((each) => ({ ...each, me_voted: votesOf(before.poll, each.id).me_voted }));
  return { ...message, poll: { ...message.poll, results: { ...message.poll.results, answer_counts: counts } } };
}

/** How a poll ended, for the message that tells of it; null for any other. */
export function resultOf(message) {
  if (message.type !== RESULT) return null;
  const told = Object.fromEntries((message.embeds?.[0]?.fields ?? []).map((field) => [field.name, field.value]));
  const values = { question: told.poll_question_text, answer: told.victor_answer_text, votes: told.victor_answer_votes, total: told.total_votes };
  return t(told.victor_answer_text ? "web.poll.won" : "web.poll.tie", values);
}
