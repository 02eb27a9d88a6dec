import { afterEach, expect, it, vi } from "vitest";
import type { FileCard } from "../api/protocol.ts";
import { sharedLocale } from "../i18n/locale.ts";
import "./saldo-file-card.ts";
import type { SaldoFileCard } from "./saldo-file-card.ts";

const card: FileCard = { type: "file", id: "f1", name: "letter.pdf", media_type: "application/pdf", size: 340_000 };

async function draw(reader: "customer" | "agent"): Promise<SaldoFileCard> {
  const element = Object.assign(document.createElement("saldo-file-card"), { card, reader, locale: sharedLocale("en") });
  document.body.append(element);
  await element.updateComplete;
  return element;
}

const open = (element: SaldoFileCard): void => {
  element.shadowRoot!.querySelector<HTMLElement>("[data-testid=file]")!.click();
};

afterEach(() => {
  document.body.replaceChildren();
});

it("a customer's file is asked for once while it is on its way", async () => {
  const element = await draw("customer");
  const asked = vi.fn();
  element.addEventListener("saldo-file-open", (event) => {
    asked(event.file.id);
    event.outcome = new Promise(() => undefined);
  });
  open(element);
  open(element);
  expect(asked.mock.calls).toEqual([["f1"]]);
});

it("a file that cannot be had is said so, and can be asked for again", async () => {
  const element = await draw("customer");
  const outcomes = [Promise.reject(new Error("gone")), Promise.resolve()];
  element.addEventListener("saldo-file-open", (event) => {
    event.outcome = outcomes.shift() ?? null;
  });
  const alert = (): Element | null => element.shadowRoot!.querySelector("[role=alert]");
  open(element);
  await vi.waitFor(() => {
    expect(alert()?.textContent).toBe("The file could not be opened. Please try again.");
  });
  open(element);
  await vi.waitFor(() => {
    expect(alert()).toBeNull();
  });
});

it("an agent's file is a link that the session opens", async () => {
  const element = await draw("agent");
  expect(element.shadowRoot!.querySelector("a")!.getAttribute("href")).toBe("/api/console/files/f1");
});

it.each([
  ["image/png", 1],
  ["application/pdf", 0],
])("shows an agent what is in a picture, and nothing of a document: %s", async (mediaType, pictures) => {
  const element = document.createElement("saldo-file-card");
  element.locale = sharedLocale("en");
  element.reader = "agent";
  element.card = { type: "file", id: "f1", name: "meter", media_type: mediaType, size: 1200 };
  document.body.append(element);
  await element.updateComplete;
  expect(element.shadowRoot?.querySelectorAll("img")).toHaveLength(pictures);
});
