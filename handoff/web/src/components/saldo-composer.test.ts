import { afterEach, describe, expect, it } from "vitest";
import { sharedLocale } from "../i18n/locale.ts";
import { accessibleName, controls } from "../testing/accessible-name.ts";
import type { SaldoComposer } from "./saldo-composer.ts";
import "./saldo-composer.ts";

async function draw(text = ""): Promise<{ element: SaldoComposer; field: HTMLTextAreaElement; sent: string[] }> {
  const element = document.createElement("saldo-composer");
  element.locale = sharedLocale("en");
  element.text = text;
  const sent: string[] = [];
  element.addEventListener("saldo-message-send", (event) => sent.push(event.text));
  document.body.append(element);
  await element.updateComplete;
  return { element, field: element.shadowRoot!.querySelector("textarea")!, sent };
}

function press(field: HTMLElement, changes: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key: "Enter", cancelable: true, ...changes });
  field.dispatchEvent(event);
  return event;
}

describe("<saldo-composer>", () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it("names its field and its button", async () => {
    const { element } = await draw();
    expect(controls(element.shadowRoot!).map(accessibleName)).toEqual(["Your message", "Send"]);
  });

  it("sends with Enter and is empty afterwards", async () => {
    const { element, field, sent } = await draw("  Hello  ");
    press(field);
    expect(sent).toEqual(["Hello"]);
    expect(element.text).toBe("");
  });

  it("breaks the line with Shift and Enter", async () => {
    const { field, sent } = await draw("Hello");
    expect(press(field, { shiftKey: true }).defaultPrevented).toBe(false);
    expect(sent).toEqual([]);
  });

  it("does not send while an input method is choosing a word", async () => {
    const { field, sent } = await draw("Hello");
    press(field, { isComposing: true });
    expect(sent).toEqual([]);
  });

  it("sends nothing that is empty", async () => {
    const { field, sent } = await draw(" \n ");
    press(field);
    expect(sent).toEqual([]);
  });

  it("tells the limit only when it is near", async () => {
    const { element } = await draw("x".repeat(1799));
    expect(element.shadowRoot!.querySelector("[data-testid=limit]")).toBeNull();
    element.text = "x".repeat(1900);
    await element.updateComplete;
    expect(element.shadowRoot!.querySelector("[data-testid=limit]")?.textContent).toBe("Characters left: 100");
  });

  it("keeps a text that is too long and does not send it", async () => {
    const { element, field, sent } = await draw("x".repeat(2003));
    press(field);
    expect(sent).toEqual([]);
    expect(element.text).toHaveLength(2003);
    expect(element.shadowRoot!.querySelector("[data-testid=limit]")?.textContent).toBe("Characters over the limit: 3");
  });

  it("counts characters as the server does, an emoji as one", async () => {
    const { field, sent } = await draw("\u{1f642}".repeat(2000));
    press(field);
    expect(sent).toHaveLength(1);
  });

  it("takes files only where somebody can read them", async () => {
    const { element } = await draw();
    expect(element.shadowRoot!.querySelector("[data-testid=attach]")).toBeNull();
    element.files = true;
    await element.updateComplete;
    expect(accessibleName(element.shadowRoot!.querySelector("[data-testid=attach]")!)).toBe("Attach a file");
  });

  it("hands on the files that the server takes and says why it keeps the others", async () => {
    const { element } = await draw();
    element.files = true;
    const chosen: string[] = [];
    element.addEventListener("saldo-files-choose", ({ files }) => chosen.push(...files.map(({ name }) => name)));
    const big = new File([new Uint8Array(10 * 1024 * 1024 + 1)], "scan.pdf", { type: "application/pdf" });
    const table = new File(["a;b"], "table.csv", { type: "text/csv" });
    element.offer([new File(["x"], "meter.png", { type: "image/png" }), big, table]);
    await element.updateComplete;

    expect(chosen).toEqual(["meter.png"]);
    const refusal = element.shadowRoot!.querySelector("[data-testid=file-refusal]")!.textContent;
    expect(refusal).toContain("scan.pdf is too big. A file can have up to 10 MB.");
    expect(refusal).toContain("table.csv: We take pictures (PNG, JPEG) and PDF files.");
  });
});
