import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sharedLocale } from "../i18n/locale.ts";
import { accessibleName, controls } from "../testing/accessible-name.ts";
import type { SaldoCodeCard } from "./saldo-code-card.ts";
import "./saldo-code-card.ts";

const card = { type: "code", expires_at: "2026-11-21T12:10:00Z", length: 6 } as const;

async function draw(): Promise<{ element: SaldoCodeCard; boxes: HTMLInputElement[]; codes: string[] }> {
  const element = document.createElement("saldo-code-card");
  element.card = card;
  element.locale = sharedLocale("en");
  const codes: string[] = [];
  element.addEventListener("saldo-code-complete", (event) => codes.push(event.code));
  document.body.append(element);
  await element.updateComplete;
  return { element, boxes: [...element.shadowRoot!.querySelectorAll("input")], codes };
}

function paste(box: HTMLInputElement, text: string): void {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", text);
  box.dispatchEvent(Object.assign(new Event("paste", { cancelable: true }), { clipboardData }));
}

function type(box: HTMLInputElement, text: string): void {
  box.value = text;
  box.dispatchEvent(new Event("input"));
}

describe("<saldo-code-card>", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-11-21T12:00:00Z"), toFake: ["Date", "setInterval", "clearInterval"] });
  });
  afterEach(() => {
    document.body.replaceChildren();
    vi.useRealTimers();
  });

  it("names every box and every button", async () => {
    const { element } = await draw();
    expect(controls(element.shadowRoot!).map(accessibleName)).toEqual([
      expect.stringContaining("Enter your code"),
      ...[1, 2, 3, 4, 5, 6].map((position) => `Digit ${position} of 6`),
      "I got no code",
    ]);
  });

  it("offers itself to the browser's autofill", async () => {
    const { boxes } = await draw();
    expect(boxes[0]!.getAttribute("autocomplete")).toBe("one-time-code");
    expect(boxes.every((box) => box.getAttribute("inputmode") === "numeric")).toBe(true);
  });

  it("hands over a pasted code once, however it is written", async () => {
    const { boxes, codes } = await draw();
    paste(boxes[2]!, "482 913");
    expect(codes).toEqual(["482913"]);
  });

  it("takes a whole code that the browser fills into the first box", async () => {
    const { boxes, codes } = await draw();
    type(boxes[0]!, "482913");
    expect(codes).toEqual(["482913"]);
  });

  it("is complete with the sixth typed digit and inert from then on", async () => {
    const { element, boxes, codes } = await draw();
    Array.from("482913").forEach((digit, at) => {
      type(boxes[at]!, digit);
    });
    await element.updateComplete;

    expect(codes).toEqual(["482913"]);
    expect(boxes.every(({ disabled }) => disabled)).toBe(true);
    expect(element.shadowRoot!.textContent).toContain("Code entered.");
  });

  it("counts down and closes when the code has run out", async () => {
    const { element, boxes } = await draw();
    expect(element.shadowRoot!.textContent).toContain("Valid for 10:00 minutes");
    vi.advanceTimersByTime(600_000);
    await element.updateComplete;

    expect(element.shadowRoot!.textContent).toContain("This code has expired.");
    expect(boxes.every(({ disabled }) => disabled)).toBe(true);
    expect(element.shadowRoot!.querySelector("[data-testid=code-missing]")).not.toBeNull();
  });

  it("tells when no code came", async () => {
    const { element } = await draw();
    const missing = vi.fn();
    element.addEventListener("saldo-code-missing", missing);
    element.shadowRoot!.querySelector<HTMLElement>("[data-testid=code-missing]")!.click();
    expect(missing).toHaveBeenCalledOnce();
  });
});
