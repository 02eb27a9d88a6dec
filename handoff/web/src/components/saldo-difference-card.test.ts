import { afterEach, describe, expect, it } from "vitest";
import { sharedLocale } from "../i18n/locale.ts";
import { makeDifference } from "../testing/factories.ts";
import "./saldo-difference-card.ts";

const plain = (text: string | null | undefined): string => (text ?? "").replace(/\s+/g, " ").trim();

async function draw(card = makeDifference(), language: "en" | "de" | "fi" = "en"): Promise<ShadowRoot> {
  const element = document.createElement("saldo-difference-card");
  element.card = card;
  element.locale = sharedLocale(language);
  document.body.append(element);
  await element.updateComplete;
  return element.shadowRoot!;
}

describe("<saldo-difference-card>", () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it("is a table with a caption, headings and a heading for each row", async () => {
    const root = await draw();
    expect(plain(root.querySelector("caption")?.textContent)).toBe("€12.45 more than your last bill");
    expect([...root.querySelectorAll("th[scope=col]")].map(({ textContent }) => textContent)).toEqual(["Item", "Amount"]);
    expect(root.querySelectorAll("tbody th[scope=row]")).toHaveLength(4);
  });

  it("keeps the bars from screen readers", async () => {
    const root = await draw();
    for (const bar of root.querySelectorAll("svg")) expect(bar.getAttribute("aria-hidden")).toBe("true");
  });

  it("shows every amount with its sign, and they add up", async () => {
    const amounts = [...(await draw()).querySelectorAll("tbody td")].map(({ textContent }) => plain(textContent));
    expect(amounts).toEqual(["€30.75", "+€10.00", "+€2.45", "€43.20"]);
  });

  it("says less when it is less", async () => {
    const current = { number: "2", period: "2026-10", total_minor: 1800 };
    const root = await draw(makeDifference({ current, causes: [], difference_minor: -1275 }), "de");
    expect(plain(root.querySelector("caption")?.textContent)).toBe("12,75 € weniger als auf der letzten Rechnung");
  });

  it("tells what the next bill will be, when that is known", async () => {
    expect(plain((await draw()).querySelector(".next")?.textContent)).toBe("Next bill: about €40.75");
    document.body.replaceChildren();
    expect((await draw(makeDifference({ expected_next_minor: null }))).querySelector(".next")).toBeNull();
  });
});
