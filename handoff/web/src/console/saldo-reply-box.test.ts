import { afterEach, describe, expect, it } from "vitest";
import type { CannedOut } from "../api/console.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import "./saldo-reply-box.ts";
import type { SaldoReplyBox } from "./saldo-reply-box.ts";

afterEach(() => {
  document.body.replaceChildren();
});

const TEMPLATES: CannedOut[] = [
  { key: "greeting", title: "Greeting", text: "Hello, I am Mia." },
  { key: "credit", title: "Credit promised", text: "We credit {amount} on {date}." },
];

interface Box {
  box: SaldoReplyBox;
  sent: string[];
  find(name: string): HTMLElement | null;
  field(): HTMLTextAreaElement;
  type(text: string): Promise<void>;
  press(key: string): Promise<void>;
}

async function makeBox(changes: Partial<Pick<SaldoReplyBox, "mode" | "templates" | "channel">> = {}): Promise<Box> {
  const box = document.createElement("saldo-reply-box");
  box.locale = deskLocale("en");
  Object.assign(box, { templates: TEMPLATES, ...changes });
  const sent: string[] = [];
  box.addEventListener("saldo-message-send", (event) => sent.push(event.text));
  document.body.append(box);
  await box.updateComplete;
  const find = (name: string): HTMLElement | null => box.shadowRoot?.querySelector(`[data-testid=${name}]`) ?? null;
  const field = (): HTMLTextAreaElement => find("composer") as HTMLTextAreaElement;
  return {
    box,
    sent,
    find,
    field,
    type: async (text) => {
      field().value = text;
      field().dispatchEvent(new Event("input"));
      await box.updateComplete;
    },
    press: async (key) => {
      field().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      await box.updateComplete;
    },
  };
}

describe("the field for an answer", () => {
  it("sends with Enter and is empty afterwards", async () => {
    const { box, sent, type, press } = await makeBox();
    await type("Good day ");
    await press("Enter");
    expect(sent).toEqual(["Good day"]);
    expect(box.text).toBe("");
  });

  it("lists templates after a slash; arrows choose, Enter inserts instead of sending", async () => {
    const { box, sent, find, type, press } = await makeBox();
    await type("/");
    expect(find("templates")?.textContent).toContain("2 templates");
    await press("ArrowDown");
    await press("Enter");
    expect(box.text).toBe(TEMPLATES[1]?.text);
    expect(sent).toEqual([]);
    expect(find("templates")).toBeNull();
  });

  it("never sends what is still to be filled in, and says what that is", async () => {
    const { sent, find, type, press } = await makeBox();
    await type("We credit {amount} on 1 December.");
    expect(find("unfilled")?.textContent).toContain("{amount}");
    expect((find("send") as HTMLButtonElement).disabled).toBe(true);
    await press("Enter");
    expect(sent).toEqual([]);
    await type("We credit €19.99 on 1 December.");
    await press("Enter");
    expect(sent).toEqual(["We credit €19.99 on 1 December."]);
  });

  it("lets a slash be a slash after Escape", async () => {
    const { sent, find, type, press } = await makeBox();
    await type("/shrug");
    await press("Escape");
    expect(find("templates")).toBeNull();
    await press("Enter");
    expect(sent).toEqual(["/shrug"]);
  });

  it("puts a template into the middle of a text that was begun", async () => {
    const { box, find, field, type, press } = await makeBox();
    await type("Dear Jana, bye");
    field().setSelectionRange(10, 10);
    find("canned")?.click();
    await box.updateComplete;
    expect(find("templates")?.textContent).toContain("2 templates");
    await press("Enter");
    expect(box.text).toBe("Dear Jana, Hello, I am Mia. bye");
  });

  it("searches for what is typed there, and takes the slash away with Escape", async () => {
    const { box, find, field, type, press } = await makeBox();
    await type("Dear Jana, ");
    field().setSelectionRange(11, 11);
    find("canned")?.click();
    await box.updateComplete;
    field().value = "Dear Jana, /cred";
    field().setSelectionRange(16, 16);
    field().dispatchEvent(new Event("input"));
    await box.updateComplete;
    expect(find("templates")?.textContent).toContain("1 template");
    await press("Escape");
    expect(find("templates")).toBeNull();
    expect(box.text).toBe("Dear Jana, ");
  });

  it.each(["sms", "voice"] as const)("offers no file where the customer cannot receive one: %s", async (channel) => {
    const { find } = await makeBox({ channel });
    expect(find("attach")).toBeNull();
    expect(find("canned")).not.toBeNull();
  });

  it("names itself a note, offers no templates there, and saves instead of sending", async () => {
    const { field, find, type } = await makeBox({ mode: "note" });
    await type("/");
    expect(find("templates")).toBeNull();
    expect(field().getAttribute("aria-label")).toContain("Note about");
    expect(find("send")?.textContent).toContain("Save note");
  });

  it("steers the list from the field, as screen readers expect it", async () => {
    const { field, type, press } = await makeBox();
    await type("/");
    await press("ArrowUp");
    expect(field().getAttribute("aria-activedescendant")).toBe("template-1");
    expect(field().getAttribute("aria-controls")).toBe("templates");
  });
});
