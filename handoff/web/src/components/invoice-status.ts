/** The badge of an invoice, shared by every list of bills. */
import { html, type TemplateResult } from "lit";
import type { InvoiceFacts } from "../api/protocol.ts";
import { shownStatus } from "../i18n/invoices.ts";
import type { SharedLocale } from "../i18n/locale.ts";

export function renderInvoiceStatus(invoice: InvoiceFacts, locale: SharedLocale, today = new Date()): TemplateResult {
  const status = shownStatus(invoice, today);
  return html`<span class="status status-${status}">${locale.text(`status_${status}`)}</span>`;
}
