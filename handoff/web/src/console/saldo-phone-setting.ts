/** Whether this browser keeps its agent available while its page sleeps; nothing where it cannot. */
import { html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { baseStyles } from "../components/base.styles.ts";
import { dialogStyles } from "./dialog.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import type { DeskPush } from "../state/desk-push.ts";
import { ObserverController } from "../state/observable.ts";

/** @summary The switch in the settings that lets a locked phone be reached. */
@customElement("saldo-phone-setting")
export class SaldoPhoneSetting extends LitElement {
  static override styles = [baseStyles, dialogStyles];

  /** How this browser can be reached. */
  @property({ attribute: false }) push!: DeskPush;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  constructor() {
    super();
    new ObserverController(this, () => this.push);
  }

  private handleToggle(): void {
    void this.push.toggle();
  }

  override render(): unknown {
    const { locale, push } = this;
    if (!push.isOffered) return nothing;
    return html`<label class="choice">
        <input type="checkbox" data-testid="phone-stay" .checked=${push.isOn} @change=${this.handleToggle} />${locale.text("phone_stay")}
      </label>
      <p class="note" role="status">${locale.text(push.isRefused ? "phone_refused" : "phone_note")}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-phone-setting": SaldoPhoneSetting;
  }
}
