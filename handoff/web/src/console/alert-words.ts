/** How an alert is worded in the tab's title and in a notification. A notification names no customer: screens are seen. */
import type { DeskLocale } from "../i18n/desk-locale.ts";
import { wordChannel, wordLanguage, wordTopic } from "../i18n/desk-words.ts";
import type { TimedOffer } from "../state/console-offer.ts";
import type { DeskRow } from "../state/console-rows.ts";
import type { Alert } from "../state/desk-alerts.ts";

export function wordTitle(alert: Alert, rows: readonly DeskRow[], locale: DeskLocale): string {
  if (alert.kind === "offer") return locale.text("title_offer");
  return locale.count("unread", rows.reduce((sum, { unread }) => sum + unread, 0));
}

export function wordAlert(alert: Alert, offer: TimedOffer | null, locale: DeskLocale): { title: string; body: string } {
  if (alert.kind === "message" || !offer) return { title: locale.text("title"), body: locale.text("title_message") };
  const facts = [wordTopic(offer.topic, locale), wordLanguage(offer.language, locale), wordChannel(offer.channel, locale)];
  return { title: locale.text("title_offer"), body: facts.join(" · ") };
}
