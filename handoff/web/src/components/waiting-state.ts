/** What is true of a waiting customer; the card and the header say the same. Pure. */
import type { CallbackOut, ConversationOut, WaitOut } from "../api/protocol.ts";
import type { SharedLocale } from "../i18n/locale.ts";

export type WaitingState =
  | { kind: "live"; wait: WaitOut | null }
  | { kind: "closed"; wait: WaitOut; opensAt: string }
  | { kind: "callback"; callback: CallbackOut };

/** A message that is kept for the opening is what everybody gets then: no promise of its own. */
export function waitingStateOf({ status, wait = null }: ConversationOut): WaitingState {
  const callback = wait?.callback ?? null;
  const isKeptForOpening = callback?.way === "message" && callback.slot_from === wait?.opens_at;
  if (wait?.opens_at && (callback === null || isKeptForOpening)) return { kind: "closed", wait, opensAt: wait.opens_at };
  return callback === null || status === "offered" ? { kind: "live", wait } : { kind: "callback", callback };
}

/** The moment in the reader's own time zone. */
export function momentOf(at: string, locale: SharedLocale): { day: string; time: string } {
  const instant = Date.parse(at);
  return { day: locale.onDay(instant), time: locale.time(instant) };
}

export function wordPlace({ status, queue_position: place }: ConversationOut, locale: SharedLocale): string {
  if (status === "offered") return locale.text("waiting_offered");
  return place === null || place <= 1 ? locale.text("waiting_next") : locale.text("waiting_place", { place });
}

/** Someone whom we ask just now waits for no more minutes. */
export function wordRange({ status, wait }: ConversationOut, locale: SharedLocale): string {
  if (!wait || status === "offered") return "";
  const range = locale.text(`waiting_range_${wait.bucket ?? "unknown"}`);
  return wait.raised ? `${locale.text("waiting_raised")} ${range}` : range;
}

export function wordCallback(callback: CallbackOut, locale: SharedLocale): string {
  if (callback.slot_from === null) return locale.text("callback_on_turn");
  const key = callback.attempts > 0 ? "callback_again" : "callback_later";
  return locale.text(key, momentOf(callback.slot_from, locale));
}

/** The news in one sentence or two, for who hears the page. */
export function wordNews(conversation: ConversationOut, locale: SharedLocale): string {
  const state = waitingStateOf(conversation);
  if (state.kind === "closed")
    return `${locale.text("waiting_closed")}. ${locale.text("waiting_opens", momentOf(state.opensAt, locale))}`;
  if (state.kind === "callback")
    return `${locale.text(state.callback.way === "call" ? "callback_call" : "callback_message")}. ${wordCallback(state.callback, locale)}`;
  const overtaken = state.wait?.overtaken ? locale.text("waiting_overtaken") : "";
  return [`${wordPlace(conversation, locale)}.`, wordRange(conversation, locale), overtaken].filter((part) => part !== "").join(" ");
}

/** What makes news: not each step forward, but another range, another state, the front of the line. */
export function newsKeyOf(conversation: ConversationOut): string {
  const { status, wait, queue_position: place } = conversation;
  const state = waitingStateOf(conversation);
  const { bucket, raised, overtaken, opens_at } = wait ?? {};
  const callback = state.kind === "callback" ? state.callback : null;
  return JSON.stringify([status, state.kind, (place ?? 1) <= 1, bucket, raised, overtaken, opens_at, callback]);
}
