import { expect, it } from "vitest";
import type { BoardAlarm } from "../api/board.ts";
import { boardLocale } from "../i18n/board/locale.ts";
import { AlarmWatch, alertOf, type Caller, callersOf, wordNews } from "./alarm-watch.ts";

function makeAlarm(id: string, minute: number): BoardAlarm {
  const at = `2026-11-21T09:0${minute}:00Z`;
  const about = { conversation_id: null, queue: null, language: null, agent_name: null };
  return { id, kind: "sla_broken", raised_at: at, due_at: at, ...about };
}

const alarms = (...all: BoardAlarm[]): Caller[] => callersOf({ alarms: all, approvals: [] });
const ids = (callers: Caller[]): string[] => callers.map(({ id }) => id);

it("an alarm is news until somebody looks, and again only when another comes", () => {
  const watch = new AlarmWatch();
  const [first, second] = [makeAlarm("a", 1), makeAlarm("b", 2)];
  expect(ids(watch.follow(alarms(first), false))).toEqual(["a"]);
  expect(ids(watch.follow(alarms(first, second), false))).toEqual(["b", "a"]);
  expect(ids(watch.follow(alarms(first, second), true))).toEqual(["b", "a"]);
  expect(ids(watch.follow(alarms(first, second), false))).toEqual([]);
});

it("an alarm that has ended is no news", () => {
  const watch = new AlarmWatch();
  watch.follow(alarms(makeAlarm("a", 1)), false);
  expect(ids(watch.follow([], false))).toEqual([]);
});

it("an agent who waits for an approval calls like an alarm", () => {
  const approval = { id: "p", agent_name: "Mia", asked_at: "2026-11-21T09:05:00Z" };
  const [newest] = new AlarmWatch().follow(callersOf({ alarms: [makeAlarm("a", 1)], approvals: [approval] }), false);
  expect(newest?.id).toBe("p");
  expect(alertOf(newest)?.key).toBe("p");
  expect(newest && wordNews(newest, boardLocale("en"))).toContain("Mia asks for an approval");
});

it("a second alarm of the same kind is worded differently, so that it is read aloud", () => {
  const [first, second] = alarms(makeAlarm("a", 1), makeAlarm("b", 2)).map((each) => wordNews(each, boardLocale("de")));
  expect(first).not.toBe(second);
});
