/** The agent's sign-in. */
import { html, css, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { ApiError } from "../api/http.ts";
import { baseStyles, buttonStyles } from "../components/base.styles.ts";
import type { DeskLocale } from "../i18n/desk-locale.ts";
import "../components/saldo-language-menu.ts";

/** Whatever can be signed in to: the desk, the supervisors' board. */
export interface SignIn {
  signIn(email: string, password: string): Promise<void>;
}

/** @summary E-mail address and password. */
@customElement("saldo-login")
export class SaldoLogin extends LitElement {
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      :host {
        display: grid;
        place-items: center;
        min-height: 100vh;
        padding: var(--saldo-space-4);
        background: var(--saldo-ground);
        font-size: 15px;
        line-height: 22px;
      }
      form {
        display: grid;
        gap: var(--saldo-space-4);
        width: min(360px, calc(100vw - 32px));
        padding: var(--saldo-space-8);
        border: 1px solid var(--saldo-line);
        border-radius: var(--saldo-radius);
        background: var(--saldo-surface);
      }
      .top {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: var(--saldo-space-3);
      }
      h1 {
        font-size: 20px;
        line-height: 28px;
      }
      label {
        display: grid;
        gap: var(--saldo-space-1);
        font-weight: 600;
        font-size: 14px;
        line-height: 20px;
      }
      input {
        min-height: 44px;
        padding: 8px 12px;
        border: 1px solid var(--saldo-line-strong);
        border-radius: var(--saldo-radius-small);
        background: var(--saldo-surface);
        font-size: 16px;
      }
      .button {
        min-height: 44px;
      }
      .problem {
        color: var(--saldo-critical);
      }
    `,
  ];

  @query("[name=email]") private email!: HTMLInputElement;
  @query("[name=password]") private password!: HTMLInputElement;

  @state() private problem: string | null = null;
  @state() private isBusy = false;

  /** The desk to sign in to. */
  @property({ attribute: false }) store!: SignIn;
  /** The reader's language. */
  @property({ attribute: false }) locale!: DeskLocale;

  private async handleSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.isBusy = true;
    this.problem = null;
    try {
      await this.store.signIn(this.email.value.trim(), this.password.value);
    } catch (error) {
      this.problem = this.wordProblem(error);
      this.password.select();
    } finally {
      this.isBusy = false;
    }
  }

  private wordProblem(error: unknown): string {
    if (!(error instanceof ApiError) || error.status >= 500) return this.locale.text("unreachable");
    return error.status === 429 && error.text !== null ? error.text : this.locale.text("sign_in_failed");
  }

  private renderField(name: "email" | "password", autocomplete: "username" | "current-password"): TemplateResult {
    return html`<label
      >${this.locale.text(name)}<input
        name=${name}
        type=${name}
        autocomplete=${autocomplete}
        required
        data-testid="login-${name}"
    /></label>`;
  }

  override render(): TemplateResult {
    return html`<main><form @submit=${this.handleSubmit}>
      <div class="top">
        <h1>${this.locale.text("title")}</h1>
        <saldo-language-menu .language=${this.locale.language} .label=${this.locale.text("language")}></saldo-language-menu>
      </div>
      ${this.renderField("email", "username")} ${this.renderField("password", "current-password")}
      ${this.problem === null ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
      <button class="button primary" data-testid="login-submit" ?disabled=${this.isBusy}>${this.locale.text("sign_in")}</button>
    </form></main>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "saldo-login": SaldoLogin;
  }
}
