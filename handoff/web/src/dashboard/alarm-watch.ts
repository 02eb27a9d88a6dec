/** Which alarms nobody has looked at yet; a look at the page is enough. Pure. */
import type { BoardAlarm } from "../api/board.ts";

export class AlarmWatch {
  private looked = new Set<string>();

  /** Return the alarms that came since somebody last looked, the newest first. */
  follow(alarms: readonly BoardAlarm[], isReaderHere: boolean): BoardAlarm[] {
    const unseen = alarms
      .filter(({ id }) => !this.looked.has(id))
      .sort((a, b) => b.raised_at.localeCompare(a.raised_at));
    if (isReaderHere) this.looked = new Set(alarms.map(({ id }) => id));
    return unseen;
  }
}
