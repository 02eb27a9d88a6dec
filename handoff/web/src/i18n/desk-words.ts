/** Words for codes that the server sends to the console; an unknown code is worded as "other". */
import type { Presence } from "../api/console.ts";
import type { Channel, Language } from "../api/protocol.ts";
import type { DeskLocale } from "./desk-locale.ts";
import type { DeskTexts } from "./locale.ts";

/** Of the texts about tasks those that name one; the others have placeholders. */
type TaskKey = Exclude<KeyWith<"task">, "task_done" | "task_done_with" | "task_since" | "task_customer" | "task_answer_by">;

type KeyWith<Prefix extends string> = Extract<keyof DeskTexts, `${Prefix}_${string}`>;

type WithOther = "topic" | "reason" | "task" | "parked" | "disposition";

function keyOf<Prefix extends WithOther>(prefix: Prefix, code: string, locale: DeskLocale): KeyWith<Prefix> {
  const key = `${prefix}_${code}`;
  return (locale.has(key) ? key : `${prefix}_other`) as KeyWith<Prefix>;
}

export function wordTopic(topic: string | null, locale: DeskLocale): string {
  return locale.text(keyOf("topic", topic ?? "other", locale));
}

export function wordReason(reason: string | null, locale: DeskLocale): string {
  return locale.text(keyOf("reason", reason ?? "other", locale));
}

export function wordLanguage(language: Language, locale: DeskLocale): string {
  return locale.text(`language_${language}`);
}

export function wordChannel(channel: Channel, locale: DeskLocale): string {
  return locale.text(`channel_${channel}`);
}

export function wordPresence(presence: Presence, locale: DeskLocale): string {
  return locale.text(`presence_${presence}`);
}

export function wordTask(kind: string, locale: DeskLocale): string {
  return locale.text(keyOf("task", kind, locale) as TaskKey);
}

/** Why a bill was not made. */
export function wordParked(reason: string, locale: DeskLocale): string {
  return locale.text(keyOf("parked", reason, locale));
}

/** How a conversation ended. */
export function wordDisposition(code: string, locale: DeskLocale): string {
  return locale.text(keyOf("disposition", code, locale));
}

/** Operators name queues as they like: one that has no word is shown by its key. */
export function wordQueue(queue: string, locale: DeskLocale): string {
  return wordOr("line", queue, locale);
}

export function wordMood(code: string, locale: DeskLocale): string {
  return wordOr("mood", code, locale);
}

/** A sign by which a mood was told. */
export function wordSignal(code: string, locale: DeskLocale): string {
  return wordOr("signal", code, locale);
}

function wordOr(prefix: "line" | "mood" | "signal", code: string, locale: DeskLocale): string {
  const key = `${prefix}_${code}`;
  return locale.has(key) ? locale.text(key as KeyWith<typeof prefix>) : code;
}

const SHOWN_CARDS = ["difference", "bill", "invoices", "code"] as const;

/** What the assistant showed in answer to a question, by the type of its card. */
export function wordShown(cardType: string | null, locale: DeskLocale): string {
  const shown = SHOWN_CARDS.find((type) => type === cardType);
  return locale.text(`shown_${shown ?? "nothing"}`);
}

export function wordCountry(country: string, locale: DeskLocale): string {
  return country === "DE" || country === "FI" ? locale.text(`country_${country}`) : country;
}
