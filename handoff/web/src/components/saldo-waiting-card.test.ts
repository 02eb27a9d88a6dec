import { afterEach, describe, expect, it } from "vitest";
import type { CallbackOut, ConversationOut, WaitOut } from "../api/protocol.ts";
import { sharedLocale } from "../i18n/locale.ts";
import { makeConversation } from "../testing/factories.ts";
import type { WaitingWishEvent } from "./events.ts";
import "./saldo-waiting-card.ts";
import type { SaldoWaitingCard } from "./saldo-waiting-card.ts";

const SLOTS = ["2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z"];
const CALL: CallbackOut = { status: "waiting", way: "call", slot_from: null, attempts: 0, phone_ending: "099" };

function makeWait(changes: Partial<WaitOut> = {}): WaitOut {
  return {
    bucket: "2_5",
    raised: false,
    overtaken: false,
    callback_offered: false,
    opens_at: null,
    callback: null,
    phone_ending: "099",
    slots: SLOTS,
    ...changes,
  };
}

async function draw(wait: WaitOut | null, changes: Partial<ConversationOut> = {}): Promise<SaldoWaitingCard> {
  const element = document.createElement("saldo-waiting-card");
  element.locale = sharedLocale("en");
  element.conversation = makeConversation({ status: "queued", queue_position: 3, wait, ...changes });
  document.body.append(element);
  await element.updateComplete;
  return element;
}

function find(card: SaldoWaitingCard, id: string): HTMLElement | null {
  return card.shadowRoot!.querySelector<HTMLElement>(`[data-testid=${id}]`);
}

function slotChoice(card: SaldoWaitingCard): HTMLSelectElement {
  return card.shadowRoot!.querySelector("select")!;
}

const read = (card: SaldoWaitingCard): string => card.shadowRoot!.textContent.replace(/\s+/g, " ");

function wishes(card: SaldoWaitingCard): WaitingWishEvent[] {
  const heard: WaitingWishEvent[] = [];
  card.addEventListener("saldo-waiting-wish", (event) => heard.push(event));
  return heard;
}

describe("<saldo-waiting-card>", () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it("tells the place and the range in words, and no number of minutes that nobody knows", async () => {
    expect(read(await draw(makeWait()))).toMatch(/Place 3 in the queue.*no more than five minutes/);
    expect(read(await draw(makeWait({ bucket: null })))).toContain("as soon as possible");
  });

  it("apologises for a longer range and explains a place that has risen", async () => {
    const card = await draw(makeWait({ raised: true, overtaken: true }));
    expect(find(card, "wait-range")!.textContent).toContain("We are sorry");
    expect(find(card, "overtaken")).not.toBeNull();
  });

  it("has the news read aloud, not each step forward", async () => {
    const card = await draw(makeWait());
    const told = card.shadowRoot!.querySelector("[role=status]")!;
    const before = told.textContent;
    card.conversation = makeConversation({ status: "queued", queue_position: 2, wait: makeWait() });
    await card.updateComplete;
    expect(told.textContent).toBe(before);
    expect(find(card, "queue-place")!.textContent).toContain("Place 2");
    expect(find(card, "waiting-card")!.getAttribute("aria-live")).toBe("off");
  });

  it.each([
    ["another range", { queue_position: 3, wait: makeWait({ bucket: "lt1" }) }, "less than a minute"],
    ["the front of the line", { queue_position: 1, wait: makeWait() }, "You are next"],
    ["somebody more urgent", { queue_position: 3, wait: makeWait({ overtaken: true }) }, "urgent"],
    ["a person being asked", { queue_position: 1, status: "offered", wait: makeWait() }, "take over now"],
    ["a booked call", { queue_position: 3, wait: makeWait({ callback: CALL }) }, "call you back"],
  ] as const)("reads aloud %s", async (_what, changes, words) => {
    const card = await draw(makeWait());
    const told = card.shadowRoot!.querySelector("[role=status]")!;
    card.conversation = makeConversation({ status: "queued", ...changes });
    await card.updateComplete;
    expect(told.textContent).toContain(words);
  });

  it("offers a callback only when there is one, and the assistant always", async () => {
    expect(find(await draw(makeWait()), "callback-offer")).toBeNull();
    const card = await draw(makeWait({ callback_offered: true }));
    expect(find(card, "callback-offer")).not.toBeNull();
    const heard = wishes(card);
    find(card, "keep-assistant")!.click();
    expect(heard.map(({ kind }) => kind)).toEqual(["queue-leave"]);
  });

  it("asks for a call at the chosen time, or when it is the customer's turn", async () => {
    const card = await draw(makeWait({ callback_offered: true }));
    const heard = wishes(card);
    const slot = slotChoice(card);
    slot.value = SLOTS[1]!;
    slot.dispatchEvent(new Event("change"));
    find(card, "call-me-back")!.click();
    await card.updateComplete;
    find(card, "write-to-me")!.click();
    expect(heard.map(({ callback }) => callback)).toEqual([
      { way: "call", slotFrom: SLOTS[1] },
      { way: "message", slotFrom: null },
    ]);
  });

  it("offers no call where we know no number, and says how to get one", async () => {
    const card = await draw(makeWait({ callback_offered: true, phone_ending: null }));
    expect(find(card, "call-me-back")).toBeNull();
    expect(read(card)).toContain("show the assistant who you are");
  });

  it("names no number to call where it writes", async () => {
    const card = await draw(makeWait({ callback: { ...CALL, way: "message" } }));
    expect(read(card)).toContain("Our answer will be here when you open it again.");
    expect(read(card)).not.toContain("099");
  });

  it("shows the promise and the way back to waiting", async () => {
    const card = await draw(makeWait({ callback: CALL, callback_offered: true }));
    expect(read(card)).toMatch(/We will call you back.*You keep your place.*ending in 099/);
    const heard = wishes(card);
    find(card, "wait-here")!.click();
    expect(heard.map(({ kind }) => kind)).toEqual(["callback-cancel"]);
  });

  it("tells when the next try is", async () => {
    const again = await draw(makeWait({ callback: { ...CALL, slot_from: SLOTS[0]!, attempts: 1 } }));
    expect(find(again, "callback-state")!.textContent).toContain("We could not reach you");
    const first = await draw(makeWait({ callback: { ...CALL, slot_from: SLOTS[0]! } }));
    expect(find(first, "callback-state")!.textContent).not.toContain("could not");
  });

  it("says when we open, that the message is kept, and offers a call then", async () => {
    const opensAt = SLOTS[0]!;
    const kept: CallbackOut = { ...CALL, way: "message", slot_from: opensAt, phone_ending: null };
    const card = await draw(makeWait({ opens_at: opensAt, callback: kept, callback_offered: true }));
    const locale = sharedLocale("en");
    expect(find(card, "opens-at")!.textContent).toContain(locale.time(Date.parse(opensAt)));
    expect(read(card)).toContain("Your messages are kept");
    expect(find(card, "call-me-back")).not.toBeNull();
    expect(slotChoice(card).options[0]!.textContent).toContain("When you open");
  });

  it("promises nothing more while somebody is being called", async () => {
    const card = await draw(makeWait({ callback_offered: true }), { status: "offered" });
    expect(read(card)).toContain("We are asking somebody to take over now");
    expect(find(card, "callback-offer")).toBeNull();
  });
});
