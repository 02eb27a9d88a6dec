import { afterEach, expect, it, vi } from "vitest";
import type { DemoLetter } from "../api/demo.ts";
import { demoLocale } from "../i18n/demo-locale.ts";
import "./saldo-demo-letters.ts";
import type { SaldoDemoLetters } from "./saldo-demo-letters.ts";

const INVOICE: DemoLetter = {
  id: 7,
  to: "lena.hoffmann.017@post.example",
  name: "Lena Hoffmann",
  subject: "Nordlicht Netz: Ihre Rechnung DE-2026-000123",
  sent_at: "2026-11-21T09:00:00Z",
  pdf: "/api/demo/letters/7.pdf",
};

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

async function show(letters: DemoLetter[]): Promise<SaldoDemoLetters> {
  const answer = vi.fn(() => Promise.resolve(Response.json(letters)));
  vi.stubGlobal("fetch", answer);
  const mailbox = document.createElement("saldo-demo-letters");
  mailbox.locale = demoLocale("en");
  document.body.append(mailbox);
  await vi.waitFor(() => {
    expect(answer).toHaveBeenCalled();
  });
  await new Promise((resolve) => setTimeout(resolve));
  await mailbox.updateComplete;
  return mailbox;
}

it("shows what was sent to whom, with a link to its document", async () => {
  const mailbox = await show([INVOICE, { ...INVOICE, id: 6, subject: "Reminder", pdf: null }]);
  const letters = [...(mailbox.shadowRoot?.querySelectorAll("[data-testid=demo-letter]") ?? [])];

  expect(letters.map((letter) => letter.querySelector(".subject")?.textContent)).toEqual([INVOICE.subject, "Reminder"]);
  expect(letters[0]?.textContent).toContain("To Lena Hoffmann, lena.hoffmann.017@post.example");
  expect(letters[0]?.querySelector("time")?.dateTime).toBe(INVOICE.sent_at);
  const link = letters[0]?.querySelector("a");
  expect(link?.getAttribute("href")).toBe("/api/demo/letters/7.pdf");
  expect(link?.ariaLabel ?? link?.getAttribute("aria-label")).toBe(`PDF: ${INVOICE.subject}`);
  expect(letters[1]?.querySelector("a")).toBeNull();
});

it("is not there before a letter was sent", async () => {
  const mailbox = await show([]);

  expect(mailbox.shadowRoot?.querySelector("section")).toBeNull();
});
