import { expect, it } from "vitest";
import type { BoardAlarm } from "../api/board.ts";
import { AlarmWatch } from "./alarm-watch.ts";

function makeAlarm(id: string, minute: number): BoardAlarm {
  const at = `2026-11-21T09:0${minute}:00Z`;
  const about = { conversation_id: null, queue: null, language: null, agent_name: null };
  return { id, kind: "sla_broken", raised_at: at, due_at: at, ...about };
}

const ids = (alarms: BoardAlarm[]): string[] => alarms.map(({ id }) => id);

it("an alarm is news until somebody looks, and again only when another comes", () => {
  const watch = new AlarmWatch();
  const [first, second] = [makeAlarm("a", 1), makeAlarm("b", 2)];
  expect(ids(watch.follow([first], false))).toEqual(["a"]);
  expect(ids(watch.follow([first, second], false))).toEqual(["b", "a"]);
  expect(ids(watch.follow([first, second], true))).toEqual(["b", "a"]);
  expect(ids(watch.follow([first, second], false))).toEqual([]);
});

it("an alarm that has ended is no news", () => {
  const watch = new AlarmWatch();
  watch.follow([makeAlarm("a", 1)], false);
  expect(ids(watch.follow([], false))).toEqual([]);
});
