/** The badge of an invoice, shared by every list of bills. */
import { html, type TemplateResult } from "lit";
import type { InvoiceFacts } from "../api/protocol.ts";
import { shownStatus } from "../i18n/invoices.ts";
import type { SharedLocale } from "../i18n/locale.ts";

/** `left`: what is still to pay, where that is not the whole bill. */
export function renderInvoiceStatus(invoice: InvoiceFacts, locale: SharedLocale, left: string | null = null): TemplateResult {
  const status = shownStatus(invoice, new Date());
  const word = locale.text(`status_${status}`);
  return html`<span class="status status-${status}">${left === null ? word : `${word}: ${left}`}</span>`;
}
