import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { CustomerOverview } from "../api/console.ts";
import { ApiError } from "../api/http.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { PanelBook } from "../state/panel-book.ts";
import { MemoryStore } from "../state/storage.ts";
import {
  type FakePanelApi,
  makeActionOffer,
  makeActions,
  makeContract,
  makeDone,
  makeFile,
  makeOverview,
  makePanelApi,
} from "../testing/panel-factories.ts";
import { withResolvers } from "../testing/promised.ts";
import "./saldo-customer-panel.ts";
import type { SaldoCustomerPanel } from "./saldo-customer-panel.ts";
import { ActionChooseEvent } from "./saldo-panel-events.ts";

let api: FakePanelApi;
let book: PanelBook;

beforeEach(() => {
  api = makePanelApi();
  book = new PanelBook(api, new MemoryStore());
  book.setAgent("a1");
});

afterEach(() => {
  document.body.replaceChildren();
});

async function open(customer: CustomerOverview | null = makeOverview()): Promise<SaldoCustomerPanel> {
  const panel = document.createElement("saldo-customer-panel");
  panel.customer = customer;
  panel.verified = customer !== null;
  panel.conversationId = "c1";
  panel.book = book;
  panel.locale = deskLocale("en");
  document.body.append(panel);
  await settle(panel);
  return panel;
}

async function settle(panel: SaldoCustomerPanel): Promise<void> {
  await vi.waitFor(() => {
    if (panel.customer) expect(api.getFile).toHaveBeenCalled();
  });
  await panel.updateComplete;
  await panel.updateComplete;
}

function tabs(panel: SaldoCustomerPanel): HTMLElement[] {
  return [...(panel.shadowRoot?.querySelectorAll<HTMLElement>("[role=tab]") ?? [])];
}

function shown(panel: SaldoCustomerPanel): string {
  const content = panel.shadowRoot?.querySelector("#shown")?.firstElementChild;
  return (content?.shadowRoot ?? content)?.textContent.replace(/\s+/g, " ").trim() ?? "";
}

function press(target: HTMLElement, key: string): void {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
}

it("has no tabs and asks nothing before the customer is verified", async () => {
  const panel = await open(null);
  expect(tabs(panel)).toEqual([]);
  expect(api.getFile).not.toHaveBeenCalled();
  expect(panel.shadowRoot?.textContent).toContain("Customer details appear here once the customer is verified.");
});

it("shows the bills first, with one tab in the order of the keyboard", async () => {
  const panel = await open();
  expect(tabs(panel).map((tab) => [tab.textContent.trim(), tab.getAttribute("aria-selected"), tab.tabIndex])).toEqual([
    ["Bill", "true", 0],
    ["Contract", "false", -1],
    ["Actions", "false", -1],
    ["History", "false", -1],
  ]);
  const panelBox = panel.shadowRoot?.querySelector("[role=tabpanel]");
  expect(panelBox?.getAttribute("aria-labelledby")).toBe("tab-bill");
  expect(tabs(panel)[0]?.getAttribute("aria-controls")).toBe(panelBox?.id);
});

it("moves through the tabs with arrows, Home and End, and takes the focus along", async () => {
  const panel = await open();
  const focused: (string | undefined)[] = [];
  for (const key of ["ArrowRight", "End", "ArrowRight", "ArrowLeft", "Home"]) {
    press(tabs(panel).find((tab) => tab.tabIndex === 0)!, key);
    await panel.updateComplete;
    focused.push(panel.shadowRoot?.activeElement?.id);
  }
  expect(focused).toEqual(["tab-contract", "tab-history", "tab-bill", "tab-history", "tab-bill"]);
});

it("tells the contract: plan, price, term and the cheaper plan", async () => {
  const cheaper = {
    plan: "Mobile S",
    months: 12,
    saving_per_month_minor: 800,
    least_saving_minor: -200,
    most_saving_minor: 1000,
    months_dearer: 1,
    switching_fee_minor: 0,
  };
  const contract = makeContract({ bound_until: "2026-12-31", termination_fee_minor: 3000, cheaper: [cheaper] });
  api.getFile.mockResolvedValue(makeFile({ contracts: [contract] }));
  const panel = await open();
  book.show("contract");
  await vi.waitFor(() => {
    expect(shown(panel)).toContain("Mobile M");
  });
  const text = shown(panel);
  for (const said of ["€24.99 a month", "40 GB", "€1.50 per GB", "Bound until 31 December 2026", "€30.00 at most"])
    expect(text).toContain(said);
  for (const said of ["Mobile S", "About €8.00 less a month", "Between −€2.00 and €10.00", "Dearer in 1 of these months"])
    expect(text).toContain(said);
});

it("leads from the cheaper plan to the action that changes it", async () => {
  const cheaper = { plan: "S", months: 3, saving_per_month_minor: 800, least_saving_minor: 800, most_saving_minor: 800, months_dearer: 0, switching_fee_minor: 0 };
  api.getFile.mockResolvedValue(makeFile({ contracts: [makeContract({ cheaper: [cheaper] })] }));
  api.getActions.mockResolvedValue(makeActions(makeActionOffer({ kind: "plan_change", own_limit_minor: null })));
  const panel = await open();
  book.show("contract");
  await vi.waitFor(() => {
    expect(shown(panel)).toContain("Change the plan");
  });
  panel.shadowRoot?.querySelector("saldo-panel-contract")?.shadowRoot?.querySelector<HTMLElement>("[data-testid=change-plan]")?.click();
  await vi.waitFor(() => {
    expect(book.get("c1")?.actions.draft?.kind).toBe("plan_change");
  });
  expect(book.tab).toBe("actions");
});

it("says what was before, each credit once", async () => {
  const earlier = {
    opened_at: "2026-09-03T10:00:00Z",
    closed_at: "2026-09-03T10:20:00Z",
    channel: "webchat",
    topic: "bills",
    reason: "asked_for_person",
    wish: "Why is my bill higher?",
    agent_name: "Aino Laine",
    disposition: "explained",
    note: "Roaming in August",
  } as const;
  const credit = { invoice_number: "DE-1", reason: "goodwill", amount_minor: 1000, currency: "EUR", issued_on: "2026-11-22" };
  const credits = [{ ...credit, number: "CN-DE-2026-000001" }, { ...credit, number: "CN-2", reason: "correction" }];
  api.getFile.mockResolvedValue(makeFile({ conversations: [earlier], credits }));
  api.getActions.mockResolvedValue({ ...makeActions(), history: [makeDone()] });
  const panel = await open();
  book.show("history");
  await vi.waitFor(() => {
    expect(shown(panel)).toContain("Why is my bill higher?");
  });
  const text = shown(panel);
  for (const said of ["3 Sept 2026", "Explained", "Website, with Aino Laine", "Asked for a person", "Roaming in August", "Correction"])
    expect(text).toContain(said);
  expect(text.split("CN-DE-2026-000001")).toHaveLength(2);
});

it("says that a tab cannot be shown, and fetches it again", async () => {
  api.getFile.mockRejectedValueOnce(new ApiError(503, "Busy", null));
  const panel = await open();
  book.show("contract");
  await vi.waitFor(() => {
    expect(shown(panel)).toContain("This cannot be shown right now.");
  });
  panel.shadowRoot?.querySelector<HTMLElement>("[data-testid=panel-retry]")?.click();
  await vi.waitFor(() => {
    expect(shown(panel)).toContain("No contract runs now.");
  });
});

it("asks what can be done when somebody turns to it, and again the next time", async () => {
  const panel = await open();
  expect(api.getActions).not.toHaveBeenCalled();
  for (const tab of ["actions", "bill", "actions"] as const) {
    book.show(tab);
    await panel.updateComplete;
    await panel.updateComplete;
  }
  expect(api.getActions).toHaveBeenCalledTimes(2);
});

it("forgets the file when the verification ends", async () => {
  const panel = await open();
  await vi.waitFor(() => {
    expect(book.get("c1")?.file).not.toBeNull();
  });
  panel.customer = null;
  await panel.updateComplete;
  expect(book.get("c1")?.file).toBeNull();
});

it("begins no action at another customer than the one it was wanted for", async () => {
  const { promise, resolve } = withResolvers<ReturnType<typeof makeActions>>();
  const panel = await open();
  api.getActions.mockImplementation((id) => (id === "c1" ? promise : Promise.resolve(makeActions(makeActionOffer()))));
  panel.shadowRoot?.querySelector("#shown")?.dispatchEvent(new ActionChooseEvent("goodwill"));
  await panel.updateComplete;
  panel.conversationId = "c2";
  await panel.updateComplete;
  resolve(makeActions(makeActionOffer()));
  await vi.waitFor(() => {
    expect(book.get("c2")?.actions.offers).not.toBeNull();
  });
  await new Promise((settled) => setTimeout(settled));
  expect(book.get("c2")?.actions.draft).toBeNull();
});
