import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/http.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { ActionCase } from "../state/panel-actions.ts";
import { MemoryStore } from "../state/storage.ts";
import { type FakePanelApi, makeActionOffer, makeActions, makeDone, makePanelApi, makePreview } from "../testing/panel-factories.ts";
import { withResolvers } from "../testing/promised.ts";
import "./saldo-actions.ts";
import type { SaldoActions } from "./saldo-actions.ts";

let api: FakePanelApi;

beforeEach(() => {
  api = makePanelApi();
});

afterEach(() => {
  document.body.replaceChildren();
});

async function open(): Promise<SaldoActions> {
  const tab = document.createElement("saldo-actions");
  tab.desk = new ActionCase({ api, conversationId: "c1", store: new MemoryStore(), prefix: "a:" });
  tab.locale = deskLocale("en");
  document.body.append(tab);
  await tab.desk.load();
  await tab.updateComplete;
  return tab;
}

/** Looks into the shadow roots below. */
function find(root: ParentNode | null | undefined, testid: string): HTMLElement | null {
  const found = root?.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
  if (found) return found;
  for (const child of root?.querySelectorAll("*") ?? []) {
    const below = child.shadowRoot && find(child.shadowRoot, testid);
    if (below) return below;
  }
  return null;
}

async function wanted(tab: SaldoActions, testid: string): Promise<HTMLElement> {
  return vi.waitFor(() => {
    const found = find(tab.shadowRoot, testid);
    expect(found, testid).not.toBeNull();
    return found!;
  });
}

async function type(tab: SaldoActions, testid: string, text: string): Promise<void> {
  const field = (await wanted(tab, testid)) as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
}

async function prepare(tab: SaldoActions, amount = "10"): Promise<void> {
  (await wanted(tab, "action-goodwill")).click();
  await type(tab, "action-amount", amount);
  await type(tab, "action-note", "Waited long");
  (await wanted(tab, "action-preview")).click();
}

it("lists what may be done with the own limit, and what may not with the reason", async () => {
  const closed = makeActionOffer({ kind: "correction", allowed: false, reason: "Nothing was found.", options: [] });
  api.getActions.mockResolvedValue(makeActions(makeActionOffer(), closed));
  const tab = await open();
  expect(find(tab.shadowRoot, "limit")?.textContent).toBe("You may give €25.00 alone. Up to €100.00 with approval.");
  expect(find(tab.shadowRoot, "action-closed")?.textContent).toContain("Nothing was found.");
  expect(find(tab.shadowRoot, "action-correction")).toBeNull();
});

it("says once what keeps everything from being done", async () => {
  const reason = "Only the person who has this conversation can do this.";
  const closed = (["goodwill", "dispute"] as const).map((kind) => makeActionOffer({ kind, allowed: false, reason, options: [] }));
  api.getActions.mockResolvedValue(makeActions(...closed));
  const tab = await open();
  expect(tab.shadowRoot?.textContent.trim()).toBe(reason);
});

it("shows the effect before it asks once, and then the result", async () => {
  const tab = await open();
  await prepare(tab);
  const effect = await wanted(tab, "action-effect");
  expect(effect.textContent.replace(/\s+/g, " ")).toContain("What Before After Balance due €43.20 €33.20");
  expect(find(tab.shadowRoot, "limit")).not.toBeNull();
  const confirm = await wanted(tab, "action-confirm");
  confirm.click();
  confirm.click();
  const result = await wanted(tab, "action-result");
  expect(result.textContent).toContain("CN-DE-2026-000001");
  expect(api.act).toHaveBeenCalledTimes(1);
});

it("asks for approval where one is needed, and says that it waits", async () => {
  api.preview.mockResolvedValue(makePreview({ needs_approval: true, notice: null }));
  api.act.mockResolvedValue(makeDone({ state: "waiting", document: null }));
  const tab = await open();
  await prepare(tab, "40");
  expect((await wanted(tab, "needs-approval")).textContent).toContain("A supervisor has to approve this.");
  const confirm = await wanted(tab, "action-confirm");
  expect(confirm.textContent.trim()).toBe("Ask for approval");
  confirm.click();
  expect((await wanted(tab, "action-state")).textContent).toBe("Waiting for approval");
});

it("says who refused it, and why", async () => {
  api.act.mockResolvedValue(makeDone({ state: "waiting" }));
  const tab = await open();
  await prepare(tab, "20");
  (await wanted(tab, "action-confirm")).click();
  await wanted(tab, "action-result");
  const refused = makeDone({ state: "refused", decided_by: "Kerstin Vogt", reason: "The wait was short" });
  api.getActions.mockResolvedValue({ ...makeActions(makeActionOffer()), history: [refused] });
  await tab.desk.load();
  await tab.updateComplete;
  expect(find(tab.shadowRoot, "action-result")?.textContent).toContain("Kerstin Vogt refused it. The wait was short");
});

it("says what is missing beside the field, and goes there", async () => {
  const tab = await open();
  (await wanted(tab, "action-goodwill")).click();
  (await wanted(tab, "action-preview")).click();
  expect((await wanted(tab, "problem")).textContent.trim()).toBe("Please enter an amount such as 12.50.");
  expect(find(tab.shadowRoot, "action-amount")?.getAttribute("aria-invalid")).toBe("true");
  await vi.waitFor(() => {
    expect((find(tab.shadowRoot, "action-amount")?.getRootNode() as ShadowRoot).activeElement).toBe(find(tab.shadowRoot, "action-amount"));
  });
});

it("shows the server's sentence when it refuses, and keeps every field", async () => {
  api.act.mockRejectedValueOnce(new ApiError(409, "LimitUsed", "Your limit for this customer is used up."));
  const tab = await open();
  await prepare(tab);
  (await wanted(tab, "action-confirm")).click();
  expect((await wanted(tab, "action-refusal")).textContent.trim()).toBe("Your limit for this customer is used up.");
  await vi.waitFor(() => {
    expect(tab.shadowRoot?.activeElement).toBe(find(tab.shadowRoot, "action-refusal"));
  });
  expect((find(tab.shadowRoot, "action-amount") as HTMLInputElement).value).toBe("10");
  expect((find(tab.shadowRoot, "action-note") as HTMLTextAreaElement).value).toBe("Waited long");
});

it("holds what got no answer, and tries it again on a press", async () => {
  api.act.mockRejectedValueOnce(new TypeError("offline"));
  const tab = await open();
  await prepare(tab);
  (await wanted(tab, "action-confirm")).click();
  const retry = await wanted(tab, "action-retry");
  expect((find(tab.shadowRoot, "action-amount") as HTMLInputElement).disabled).toBe(true);
  expect(find(tab.shadowRoot, "actions-back")).toBeNull();
  retry.click();
  await wanted(tab, "action-result");
});

it("says in the server's words why nothing can be done here", async () => {
  api.getActions.mockRejectedValue(new ApiError(404, "ConversationNotFound", "There is no such conversation."));
  const tab = await open();
  expect(find(tab.shadowRoot, "actions-failed")?.textContent).toBe("There is no such conversation.");
});

describe("an answer that comes late", () => {
  it("leaves the cursor in the field that somebody writes in meanwhile", async () => {
    const { promise, resolve } = withResolvers<ReturnType<typeof makeDone>>();
    api.act.mockReturnValue(promise);
    const reply = document.createElement("textarea");
    document.body.append(reply);
    const tab = await open();
    await prepare(tab);
    (await wanted(tab, "action-confirm")).click();
    reply.focus();
    resolve(makeDone());
    await wanted(tab, "action-result");
    await tab.updateComplete;
    expect(document.activeElement).toBe(reply);
  });

  it("leaves the cursor in the reason when the effect is there", async () => {
    const { promise, resolve } = withResolvers<ReturnType<typeof makePreview>>();
    api.preview.mockReturnValue(promise);
    const tab = await open();
    await prepare(tab);
    const note = await wanted(tab, "action-note");
    note.focus();
    resolve(makePreview());
    await wanted(tab, "action-effect");
    expect((note.getRootNode() as ShadowRoot).activeElement).toBe(note);
  });
});
