import { afterEach, expect, it, vi } from "vitest";
import { deskLocale } from "../i18n/desk-locale.ts";
import "./saldo-call-bar.ts";

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

async function open(phone: string | null): Promise<ShadowRoot> {
  const bar = document.createElement("saldo-call-bar");
  bar.locale = deskLocale("en");
  bar.call = { id: "k1", way: "call", phone, attempts: 1 };
  document.body.append(bar);
  await bar.updateComplete;
  if (!bar.shadowRoot) throw new Error("not rendered");
  return bar.shadowRoot;
}

it("dials with one press, and copies for another telephone", async () => {
  const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  const bar = await open("+35840123456");
  expect(bar.querySelector("p")?.textContent).toBe("Please call +35840123456 now. Attempt 2.");
  expect(bar.querySelector("a")?.getAttribute("href")).toBe("tel:+35840123456");
  bar.querySelector<HTMLElement>("[data-testid=call-copy]")?.click();
  await vi.waitFor(() => {
    expect(bar.querySelector("[data-testid=call-copy]")?.textContent).toContain("Copied");
  });
  expect(write).toHaveBeenCalledWith("+35840123456");
});

it("says that there is no number instead of leaving a gap", async () => {
  const bar = await open(null);
  expect(bar.querySelector("p")?.textContent).toContain("No number is known");
  expect(bar.querySelector("[data-testid=call-copy]")).toBeNull();
});
