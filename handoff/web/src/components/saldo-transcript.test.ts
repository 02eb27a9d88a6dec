import { afterEach, describe, expect, it, vi } from "vitest";
import type { MessageOut } from "../api/protocol.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { type SharedLocale, sharedLocale } from "../i18n/locale.ts";
import type { OutboxEntry } from "../state/outbox.ts";
import { toLines } from "../state/transcript.ts";
import { accessibleName } from "../testing/accessible-name.ts";
import { makeConversation, makeMessage } from "../testing/factories.ts";
import type { SaldoTranscript } from "./saldo-transcript.ts";
import "./saldo-transcript.ts";

const failed: OutboxEntry = {
  id: "a",
  kind: "message",
  text: "Hello",
  buttonId: null,
  isSecret: false,
  createdAt: Date.parse("2026-11-21T12:01:00Z"),
  refusal: "Please wait.",
};

async function draw(messages: MessageOut[], pending: OutboxEntry[] = [], changes: Partial<SaldoTranscript> = {}): Promise<SaldoTranscript> {
  const element = document.createElement("saldo-transcript");
  const lines = toLines(messages, pending, "customer");
  Object.assign(element, { locale: sharedLocale("en"), lines, conversation: makeConversation(), ...changes });
  document.body.append(element);
  await element.updateComplete;
  return element;
}

const find = (element: SaldoTranscript, testId: string): HTMLElement[] => [
  ...element.shadowRoot!.querySelectorAll<HTMLElement>(`[data-testid=${testId}]`),
];

describe("<saldo-transcript>", () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it("is a log that is read out politely", async () => {
    const [log] = find(await draw([makeMessage(1)]), "messages");
    expect(log!.getAttribute("role")).toBe("log");
    expect(log!.getAttribute("aria-live")).toBe("polite");
    expect(accessibleName(log!)).toBe("Conversation");
  });

  it("shows markup as the text that it is", async () => {
    const text = '<img src=x onerror="alert(1)"><b>bold</b> https://evil.example';
    const element = await draw([makeMessage(1, { text })]);
    const [shown] = find(element, "message-text");
    expect(shown!.textContent).toBe(text);
    expect(element.shadowRoot!.querySelector("img, a, .bubble *")).toBeNull();
  });

  it("says in words who speaks and how far a message has come", async () => {
    const element = await draw([makeMessage(1, { sender: "agent", agent_name: "Mia" })], [{ ...failed, refusal: null }]);
    expect(element.shadowRoot!.querySelector(".agent .meta")?.textContent).toContain("Mia");
    expect(element.shadowRoot!.querySelector(".customer .meta")?.textContent).toContain("You");
    expect(element.shadowRoot!.querySelector(".state")?.textContent).toBe("Sending");
  });

  it("says to an agent's screen reader who speaks and who writes", async () => {
    const conversation = makeConversation({ status: "active", agent: { name: "Mia Lindqvist" } });
    const changes = { perspective: "agent", typing: "customer", locale: deskLocale("en") as unknown as SharedLocale, conversation } as const;
    const element = await draw([makeMessage(1, { sender: "customer" })], [], changes);
    const name = element.shadowRoot!.querySelector(".customer .meta b")!;
    expect([name.textContent, name.className]).toEqual(["Customer", "hidden"]);
    expect(find(element, "typing")[0]!.textContent).toContain("The customer is writing");
  });

  it("offers to send a failed message again or to remove it", async () => {
    const element = await draw([], [failed]);
    const retry = vi.fn();
    element.addEventListener("saldo-message-retry", retry);
    expect(element.shadowRoot!.querySelector("[role=alert]")?.textContent).toContain("Not sent. Please wait.");
    find(element, "retry")[0]!.click();
    expect(retry).toHaveBeenCalledOnce();
    expect(find(element, "discard")).toHaveLength(1);
  });

  it("hands over the pressed answer, and offers none in a closed conversation", async () => {
    const asking = makeMessage(1, { buttons: [{ id: "b1", title: "Why?" }] });
    const element = await draw([asking]);
    const pressed: string[] = [];
    element.addEventListener("saldo-button-press", (event) => pressed.push(event.buttonId));
    find(element, "button")[0]!.click();
    expect(pressed).toEqual(["b1"]);

    const closed = await draw([asking], [], { conversation: makeConversation({ status: "closed" }) });
    expect(find(closed, "button")).toEqual([]);
  });

  it("tells a waiting customer the place in the queue", async () => {
    const element = await draw([makeMessage(1)], [], { conversation: makeConversation({ status: "queued", queue_position: 3 }) });
    const card = element.shadowRoot!.querySelector("saldo-waiting-card")!;
    await card.updateComplete;
    expect(card.shadowRoot!.textContent).toContain("Place 3 in the queue");
  });

  it("shows the agent no boxes for a customer's code", async () => {
    const asked = makeMessage(1, { card: { type: "code", expires_at: "2026-11-21T12:10:00Z", length: 6 } });
    const element = await draw([asked], [], { perspective: "agent" });
    expect(element.shadowRoot!.querySelector("saldo-code-card")).toBeNull();
  });
});
