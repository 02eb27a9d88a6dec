import { afterEach, expect, it, vi } from "vitest";
import type { Approval, ApprovalApi } from "../api/actions.ts";
import { ApiError } from "../api/http.ts";
import { deskLocale } from "../i18n/desk-locale.ts";
import { ApprovalList } from "../state/panel-approvals.ts";
import { accessibleName } from "../testing/accessible-name.ts";
import { makeApproval } from "../testing/panel-factories.ts";
import "./saldo-approvals-dialog.ts";
import type { SaldoApprovalsDialog } from "./saldo-approvals-dialog.ts";

const lists: ApprovalList[] = [];

afterEach(() => {
  document.body.replaceChildren();
  for (const list of lists.splice(0)) list.stop();
});

const decide = vi.fn<ApprovalApi["decide"]>(() => Promise.resolve(makeApproval({ state: "done" })));

async function open(approvals: Approval[]): Promise<SaldoApprovalsDialog> {
  decide.mockClear();
  const list = new ApprovalList({ list: () => Promise.resolve(approvals), decide });
  lists.push(list);
  const dialog = document.createElement("saldo-approvals-dialog");
  dialog.list = list;
  dialog.locale = deskLocale("en");
  document.body.append(dialog);
  await dialog.updateComplete;
  list.start();
  dialog.show();
  await vi.waitFor(() => {
    expect(list.entries.length).toBe(approvals.length);
  });
  await dialog.updateComplete;
  return dialog;
}

function part(dialog: SaldoApprovalsDialog, testid: string): HTMLElement | null {
  return dialog.shadowRoot?.querySelector<HTMLElement>(`[data-testid="${testid}"]`) ?? null;
}

it("says who asks how much for whom, above which limit and why", async () => {
  const dialog = await open([makeApproval()]);
  const text = part(dialog, "approval")?.textContent.replace(/\s+/g, " ");
  for (const said of ["Goodwill credit of €40.00", "Customer: Lena Hoffmann", "Mia Brandt asks for €40.00, own limit €25.00", "Waited long"])
    expect(text).toContain(said);
  const approve = part(dialog, "approval-approve");
  expect(approve && accessibleName(approve)).toBe("Approve: Goodwill credit of €40.00, Lena Hoffmann");
});

it("approves at once, and keeps the focus in the list", async () => {
  const dialog = await open([makeApproval()]);
  part(dialog, "approval-approve")?.click();
  await vi.waitFor(() => {
    expect(part(dialog, "approvals-none")).not.toBeNull();
  });
  expect(decide).toHaveBeenCalledWith("d1", "approve", "");
  await vi.waitFor(() => {
    expect(dialog.shadowRoot?.activeElement?.className).toBe("list");
  });
});

it("refuses with a reason only", async () => {
  const dialog = await open([makeApproval()]);
  part(dialog, "approval-refuse")?.click();
  await vi.waitFor(() => {
    expect(part(dialog, "approval")?.textContent).toContain("Please say why you refuse.");
  });
  expect(decide).not.toHaveBeenCalled();

  const note = part(dialog, "approval-note") as HTMLInputElement;
  note.value = "The wait was short";
  note.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  part(dialog, "approval-refuse")?.click();
  await vi.waitFor(() => {
    expect(decide).toHaveBeenCalledWith("d1", "refuse", "The wait was short");
  });
});

it("shows why a decision was not taken", async () => {
  const dialog = await open([makeApproval()]);
  decide.mockRejectedValueOnce(new ApiError(409, "OwnApproval", "Nobody approves their own."));
  part(dialog, "approval-approve")?.click();
  await vi.waitFor(() => {
    expect(part(dialog, "approval-refusal")?.textContent.trim()).toBe("Nobody approves their own.");
  });
});

it("does not offer a decision on what the reader has asked for", async () => {
  const dialog = await open([makeApproval({ mine: true })]);
  expect(part(dialog, "approval-approve")).toBeNull();
  expect(part(dialog, "approval")?.textContent).toContain("somebody else decides");
});

it("leads to the conversation", async () => {
  const dialog = await open([makeApproval()]);
  const chosen = vi.fn();
  dialog.addEventListener("saldo-conversation-choose", (event) => {
    chosen(event.conversationId);
  });
  part(dialog, "approval-open")?.click();
  expect(chosen).toHaveBeenCalledWith("c1");
  expect(dialog.isOpen).toBe(false);
});
