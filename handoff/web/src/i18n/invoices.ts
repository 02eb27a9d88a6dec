/** Words for the state of an invoice. */
import type { InvoiceFacts } from "../api/protocol.ts";
import type { SharedLocale } from "./locale.ts";

export type ShownStatus = "draft" | "open" | "overdue" | "paid" | "credited" | "void" | "uncollectible";

const SHOWN: readonly string[] = ["draft", "open", "overdue", "paid", "credited", "void", "uncollectible"] satisfies ShownStatus[];

function isShown(status: string): status is ShownStatus {
  return SHOWN.includes(status);
}

/** An open invoice whose due day has passed is shown as overdue. */
export function shownStatus(invoice: InvoiceFacts, today: Date): ShownStatus {
  const isLate = invoice.due_on !== null && invoice.due_on < today.toISOString().slice(0, 10);
  if (invoice.status === "open" && isLate) return "overdue";
  return isShown(invoice.status) ? invoice.status : "open";
}

/** Return when an unpaid invoice is due; a settled one needs no date. */
export function wordDue(invoice: InvoiceFacts, locale: SharedLocale): string | null {
  if (invoice.due_on === null || !["open", "overdue"].includes(invoice.status)) return null;
  return locale.text("due_on", { date: locale.date(invoice.due_on) });
}
