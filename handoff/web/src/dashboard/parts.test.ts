import { afterEach, describe, expect, it, vi } from "vitest";
import type { Language } from "../api/protocol.ts";
import { boardLocale } from "../i18n/board/locale.ts";
import { accessibleName } from "../testing/accessible-name.ts";
import { BoardStore } from "./board-store.ts";
import type { AssignWishEvent, QuestionEvent } from "./events.ts";
import "./saldo-board-agents.ts";
import "./saldo-board-assign.ts";
import "./saldo-board-day.ts";
import "./saldo-board-line.ts";
import "./saldo-board-number.ts";
import "./saldo-board-numbers.ts";
import "./saldo-board-queues.ts";
import { makeAgent, makeApi, makeBoard, makeContacts, makeDay, makeLine, makeNumber, makeWaiting } from "./testing.ts";
import { writeShare, writeValue } from "./words.ts";

const locale = boardLocale("en");

afterEach(() => {
  document.body.replaceChildren();
});

type Part = Extract<keyof HTMLElementTagNameMap, `saldo-board-${string}`>;

async function put<K extends Part>(
  tag: K,
  values: Partial<HTMLElementTagNameMap[K]>,
): Promise<{ element: HTMLElementTagNameMap[K]; root: ShadowRoot }> {
  const element = Object.assign(document.createElement(tag), values);
  document.body.append(element);
  await element.updateComplete;
  return { element, root: element.shadowRoot! };
}

function heard<E extends Event>(name: string): E[] {
  const events: E[] = [];
  document.body.addEventListener(name, (event) => events.push(event as E), { once: true });
  return events;
}

describe("values", () => {
  it("are never rounded up to a promise that is not kept", () => {
    expect(writeShare(799, locale)).toBe("79%");
    expect(writeShare(1000, locale)).toBe("100%");
  });

  it.each([
    ["en", "80%"],
    ["de", "80 %"],
    ["fi", "80 %"],
  ] as const)("are written as %s readers write them", (language: Language, expected) => {
    expect(writeShare(800, boardLocale(language)).replaceAll("\u00a0", " ")).toBe(expected);
  });

  it("show a dash where nothing is known", () => {
    expect(writeValue(null, "seconds", locale)).toBe("–");
    expect(writeValue(75, "seconds", locale)).toBe("1:15");
  });
});

describe("the top line", () => {
  const numbers = [
    makeNumber("oldest_seconds", 72, { unit: "seconds", target: 60, broken: true, history: [0, 30, 72] }),
    makeNumber("service_level", 912, { unit: "permille", target: 800 }),
  ];

  it("says value, target and a broken promise in words, not by colour alone", async () => {
    const { root } = await put("saldo-board-numbers", { numbers, locale });
    const [oldest, level] = [...root.querySelectorAll("button")].map(accessibleName);

    expect(oldest).toContain("Longest wait 1:12 Target up to 1:00");
    expect(oldest).toContain("Target missed.");
    expect(level).toContain("Service level 91% Target 80%");
    expect(level).not.toContain("broken");
  });

  it("opens a number", async () => {
    const { root } = await put("saldo-board-numbers", { numbers, locale });
    const asked = heard<QuestionEvent>("saldo-board-question");

    root.querySelector<HTMLElement>("[data-testid=number-service_level]")?.click();

    expect(asked.map(({ question }) => question)).toEqual([{ number: "service_level" }]);
  });
});

it("a queue's number is opened for that queue and language", async () => {
  const { root } = await put("saldo-board-queues", { lines: [makeLine()], locale });
  const asked = heard<QuestionEvent>("saldo-board-question");
  const level = [...root.querySelectorAll("button")].find((button) => accessibleName(button).includes("Service level"));
  expect(level && accessibleName(level)).toBe("Bills, German, Service level, Target missed: ! 79%");

  level?.click();

  expect(asked[0]?.question).toEqual({ number: "service_level", queue: "bills", language: "de" });
});

it("a waiting customer can be given to somebody", async () => {
  const store = new BoardStore({ origin: "https://saldo.example", api: makeApi() });
  const { root } = await put("saldo-board-line", { waiting: [makeWaiting()], store, locale });
  const wished = heard<AssignWishEvent>("saldo-board-assign");
  const assign = root.querySelector<HTMLElement>("[data-testid=assign]");
  expect(assign && accessibleName(assign).replaceAll("\u00a0", " ")).toBe("Assign: Bills, German, 1 min 12 secs waited");

  assign?.click();

  expect(wished[0]?.assignment).toEqual({ entryId: "entry-1", conversationId: "conversation-1", language: "de", holder: null });
});

it("a broken promise is said once, with who waits for it; other alarms are listed", async () => {
  const alarm = { id: "alarm-1", raised_at: "2026-11-21T09:01:00Z", due_at: "2026-11-21T09:01:00Z", language: null, queue: null };
  const alarms = [
    { ...alarm, kind: "sla_broken" as const, conversation_id: "conversation-1", agent_name: null },
    { ...alarm, id: "alarm-2", kind: "agent_lost" as const, conversation_id: null, agent_name: "Mia" },
  ];
  const store = new BoardStore({ origin: "https://saldo.example", api: makeApi() });
  const { root } = await put("saldo-board-line", { alarms, waiting: [makeWaiting()], store, locale });

  expect(root.querySelectorAll("[data-testid=alarm]")).toHaveLength(1);
  expect(root.querySelector("[data-testid=alarm]")?.textContent).toContain("Connection to the agent lost");
  expect(root.querySelector("[data-testid=waiting]")?.textContent).toContain("Promised time exceeded since");
});

it("only who speaks the language and has room is offered for a conversation", async () => {
  const agents = [
    makeAgent("Mia", { conversations: 1 }),
    makeAgent("Full", { conversations: 3 }),
    makeAgent("Aino", { skills: ["language:fi"] }),
    makeAgent("Gone", { state: "offline" }),
  ];
  const assign = vi.fn(() => Promise.resolve(undefined));
  const store = new BoardStore({ origin: "https://saldo.example", api: makeApi({ assign }) });
  store.board = makeBoard({ agents });
  const { element, root } = await put("saldo-board-assign", { store, locale });
  element.show({ entryId: "entry-1", conversationId: "conversation-1", language: "de", holder: null });
  await element.updateComplete;

  const buttons = [...root.querySelectorAll<HTMLButtonElement>("[data-testid=assign-to]")];
  expect(buttons.map((button) => [button.querySelector("strong")?.textContent, button.disabled])).toEqual([
    ["Mia", false],
    ["Full", true],
  ]);
  buttons[0]?.click();

  await vi.waitFor(() => {
    expect(root.querySelector("dialog")?.open).toBe(false);
  });
  expect(assign).toHaveBeenCalledWith("entry-1", "agent-Mia");
});

it("a conversation is not offered to who has it already", async () => {
  const store = new BoardStore({ origin: "https://saldo.example", api: makeApi() });
  store.board = makeBoard({ agents: [makeAgent("Mia"), makeAgent("Lukas")] });
  const { element, root } = await put("saldo-board-assign", { store, locale });
  element.show({ entryId: null, conversationId: "conversation-1", language: "de", holder: "Mia" });
  await element.updateComplete;
  expect([...root.querySelectorAll("strong")].map((name) => name.textContent)).toEqual(["Lukas"]);
});

it("an agent's row says for how long, how much today and how busy", async () => {
  const agents = [makeAgent("Mia", { state: "away", reason: "missed", since: "2026-11-21T07:58:00Z", answered: 12, occupancy: 786, missed: 2 })];
  const store = new BoardStore({ origin: "https://saldo.example", api: makeApi() });
  store.board = makeBoard({ agents });
  const { root } = await put("saldo-board-agents", { agents, store, locale, at: "2026-11-21T09:01:12Z" });
  expect(root.querySelector("[data-testid=since]")?.textContent).toBe("missed two offers, 1:03:12");
  const cells = [...root.querySelectorAll("[data-agent=Mia] td")].map((cell) => cell.textContent.trim());
  expect(cells.slice(-3)).toEqual(["12", "2", "78%"]);
});

it("a limit goes up and down between one and twenty", async () => {
  const setLimit = vi.fn((_id: string, capacity: number) => Promise.resolve({ capacity }));
  const store = new BoardStore({ origin: "https://saldo.example", api: makeApi({ setLimit }) });
  const agents = [makeAgent("Mia", { capacity: 19 }), makeAgent("Solo", { capacity: 1 })];
  store.board = makeBoard({ agents });
  const { element, root } = await put("saldo-board-agents", { agents, store, locale });
  const more = root.querySelector<HTMLButtonElement>("[data-agent=Mia] [data-testid=limit-more]");
  const less = root.querySelector<HTMLButtonElement>("[data-agent=Solo] button[aria-label^='One conversation less']");
  expect(less?.disabled).toBe(true);

  more?.click();
  await element.updateComplete;

  expect(setLimit).toHaveBeenCalledWith("agent-Mia", 20);
  expect(root.querySelector("[data-agent=Mia] [data-testid=limit]")?.textContent).toBe("20");
  expect(more?.disabled).toBe(true);
});

it("an agent who waits for an approval is named first, with the way to decide it", async () => {
  const approvals = [{ id: "a", agent_name: "Mia", asked_at: "2026-11-21T09:00:00Z" }];
  const { root } = await put("saldo-board-line", { approvals, locale });

  expect(root.querySelector("h2")?.textContent).toContain("(1)");
  expect(root.querySelector("[data-testid=approval-waiting]")?.textContent).toContain("Mia asks for an approval");
  expect(root.querySelector("[data-testid=approval-waiting] a")?.getAttribute("href")).toBe("/console#approvals");
});

it("an older question that fails late leaves the newer one alone", async () => {
  let fail: (error: Error) => void = () => undefined;
  const late = new Promise<never>((_, reject) => { fail = reject; });
  const getContacts = vi.fn().mockReturnValueOnce(late).mockResolvedValue(makeContacts());
  const { element, root } = await put("saldo-board-number", { api: makeApi({ getContacts }), locale });

  const first = element.show({ number: "answered" }, "");
  await element.show({ number: "service_level" }, "");
  fail(new Error("too late"));
  await first;
  await element.updateComplete;

  expect(root.querySelector("[data-testid=opened-value]")?.textContent).toBe("50%");
});

it("an opened number shows its parts and what is behind it", async () => {
  const contact = {
    number: 1,
    conversation_id: "conversation-1",
    queue: "bills",
    language: "de",
    channel: "webchat",
    outcome: "answered",
    requested_at: "2026-11-21T09:00:00Z",
    wait_seconds: 12,
    is_open: false,
    agent_name: "Mia",
    counts: true,
  } as const;
  const found = makeContacts({ parts: { met: 1, late: 1 }, total: 1, contacts: [contact] });
  const { element, root } = await put("saldo-board-number", { api: makeApi({ getContacts: () => Promise.resolve(found) }), locale });

  await element.show({ number: "service_level" }, "");
  await element.updateComplete;

  expect(root.querySelector("[data-testid=opened-value]")?.textContent).toBe("50%");
  expect([...root.querySelectorAll("dt")].map((part) => part.textContent)).toEqual(["Answered within the promise", "Answered too late"]);
  const row = root.querySelector("[data-testid=contact]");
  expect(row?.textContent).toContain("Answered");
  expect(row?.querySelector("a")?.getAttribute("href")).toBe("/console#conversation=conversation-1");
});

it("the day is a drawing with a summary in words, and the same as a table", async () => {
  const half = { offered: 4, answered: 3, abandoned: 1, service_level: 750, wait_p80: 30, needed: 2, present: 1.5 };
  const halves = [0, 1].map((index) => ({ begin: `2026-11-21T09:${index * 3}0:00Z`, ...half }));
  const store = new BoardStore({ origin: "https://saldo.example", api: makeApi() });
  const { element, root } = await put("saldo-board-day", { day: makeDay({ half_hours: halves }), store, locale });
  expect(root.querySelector("svg[role=img]")?.getAttribute("aria-label")).toBe(
    "21 November 2026: 8 asked for a person, 6 were answered, 2 gave up.",
  );

  root.querySelector<HTMLElement>("[data-testid=day-toggle]")?.click();
  await element.updateComplete;

  const cells = [...root.querySelectorAll("[data-testid=day-table] tbody tr")].map((row) =>
    [...row.querySelectorAll("td")].map((cell) => cell.textContent),
  );
  expect(cells).toEqual(Array(2).fill(["4", "3", "1", "75%", "0:30", "2", "1.5"]));
});
