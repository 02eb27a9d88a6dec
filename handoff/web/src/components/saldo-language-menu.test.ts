import { expect, test } from "vitest";
import { SaldoLanguageMenu } from "./saldo-language-menu.ts";

test("shows the language that is spoken, also after the customer chose and the answer came late", async () => {
  const menu = new SaldoLanguageMenu();
  document.body.append(menu);
  await menu.updateComplete;
  const list = menu.shadowRoot?.querySelector("select");
  if (!list) throw new Error("no list");

  list.value = "fi"; // the customer's hand
  for (const language of ["fi", "en", "fi"] as const) {
    menu.language = language;
    await menu.updateComplete;
  }

  expect(list.value).toBe("fi");
  menu.remove();
});
