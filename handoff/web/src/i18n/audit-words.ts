/** Words for what the check of a customer's bills says; an unknown code is shown as it is. */
import type { AuditFacts } from "../api/console.ts";
import type { DeskLocale } from "./desk-locale.ts";
import type { DeskTexts } from "./locale.ts";

const PLAIN_VERDICTS = ["correct", "cheaper_plan_exists", "needs_person"] as const;

type DetectorKey = Extract<keyof DeskTexts, `detector_${string}`>;

/** Return the result in a line, with the amount where it is certain. */
export function wordVerdict(audit: AuditFacts, locale: DeskLocale): string {
  if (audit.verdict === "our_mistake") {
    if (audit.owed_minor === 0) return locale.text("audit_our_mistake_open");
    return locale.text("audit_our_mistake", { amount: locale.money(audit.owed_minor, audit.currency) });
  }
  const verdict = PLAIN_VERDICTS.find((plain) => plain === audit.verdict);
  return locale.text(`audit_${verdict ?? "other"}`);
}

/** Name what was found. */
export function wordDetector(code: string, locale: DeskLocale): string {
  const key = `detector_${code}`;
  return locale.has(key) ? locale.text(key as DetectorKey) : locale.text("audit_code", { code });
}
