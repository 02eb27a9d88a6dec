/** What calls a supervisor: alarms and approvals that nobody has looked at yet; a look at the page is enough. Pure. */
import type { ApprovalWaiting, BoardAlarm, BoardOut } from "../api/board.ts";
import type { BoardLocale } from "../i18n/board/locale.ts";
import type { Alert } from "../state/desk-alerts.ts";
import { clock, wordQueue, wordTongue } from "./words.ts";

export type Caller = { id: string; at: string } & ({ alarm: BoardAlarm } | { approval: ApprovalWaiting });

/** As often as customers who wait for an answer call an agent. */
const AGAIN_MS = 30_000;

export function callersOf({ alarms, approvals }: Pick<BoardOut, "alarms" | "approvals">): Caller[] {
  return [
    ...alarms.map((alarm) => ({ id: alarm.id, at: alarm.raised_at, alarm })),
    ...approvals.map((approval) => ({ id: approval.id, at: approval.asked_at, approval })),
  ];
}

/** What is new is heard at once, and again until somebody looks. */
export function alertOf(newest: Caller | undefined): Alert | null {
  return newest ? { key: newest.id, kind: "message", queue: null, repeatMs: AGAIN_MS } : null;
}

export function wordCaller(caller: Caller, locale: BoardLocale): string {
  if ("approval" in caller) return wordApproval(caller.approval, locale);
  return locale.text(`alarm_${caller.alarm.kind}`);
}

/** With queue and time, so that a second alarm of a kind is read aloud as well. */
export function wordNews(caller: Caller, locale: BoardLocale): string {
  const alarm = "alarm" in caller ? caller.alarm : null;
  const about = [
    wordCaller(caller, locale),
    alarm?.queue ? wordQueue(alarm.queue, locale) : null,
    alarm?.language ? wordTongue(alarm.language, locale) : null,
    alarm?.agent_name ?? null,
    clock(caller.at, locale),
  ];
  return about.filter((part) => part !== null).join(", ");
}

export function wordApproval({ agent_name: agent }: ApprovalWaiting, locale: BoardLocale): string {
  return agent === null ? locale.text("approval_by_somebody") : locale.text("approval_by", { agent });
}

export class AlarmWatch {
  private looked = new Set<string>();

  /** Return what came since somebody last looked, the newest first. */
  follow(callers: readonly Caller[], isReaderHere: boolean): Caller[] {
    const unseen = callers.filter(({ id }) => !this.looked.has(id)).sort((a, b) => b.at.localeCompare(a.at));
    if (isReaderHere) this.looked = new Set(callers.map(({ id }) => id));
    return unseen;
  }
}
