import { afterEach, expect, it } from "vitest";
import type { WrapUpDone } from "../api/console.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import "./saldo-wrap-up.ts";
import type { SaldoWrapUp } from "./saldo-wrap-up.ts";

afterEach(() => {
  document.body.replaceChildren();
});

async function makeBar(): Promise<{ bar: SaldoWrapUp; done: WrapUpDone[]; press(name: string): Promise<void> }> {
  const bar = document.createElement("saldo-wrap-up");
  bar.locale = deskLocale("en");
  bar.wrapUp = { ends_at: "", seconds_left: 60, dispositions: ["resolved", "explained", "brand_new_code"] };
  bar.endsAt = Date.now() + 60_000;
  const done: WrapUpDone[] = [];
  bar.addEventListener("saldo-wrap-up-done", (event) => done.push(event.done));
  document.body.append(bar);
  await bar.updateComplete;
  const press = async (name: string): Promise<void> => {
    bar.shadowRoot?.querySelector<HTMLElement>(name)?.click();
    await bar.updateComplete;
  };
  return { bar, done, press };
}

it("words what the server asks, and an unknown outcome as another one", async () => {
  const { bar } = await makeBar();
  const words = [...(bar.shadowRoot?.querySelectorAll("[data-testid=disposition]") ?? [])].map((label) => label.textContent.trim());
  expect(words).toEqual(["Resolved", "Explained", "Other"]);
});

it("is done with an outcome, never without one by a slip", async () => {
  const { done, press } = await makeBar();
  await press("[data-testid=wrap-up-done]");
  expect(done).toEqual([]);
  await press("[data-code=explained] input");
  await press("[data-testid=wrap-up-done]");
  expect(done).toEqual([{ disposition: "explained", note: null }]);
});

it("is skipped on request", async () => {
  const { done, press } = await makeBar();
  await press("[data-testid=wrap-up-skip]");
  expect(done).toEqual([{ disposition: null, note: null }]);
});
