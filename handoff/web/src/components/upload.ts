/** A file on its way: what it is, how far it has come, and the way out. */
import { css, html, type TemplateResult } from "lit";
import type { SharedLocale } from "../i18n/locale.ts";
import type { Line } from "../state/transcript.ts";
import { MessageDiscardEvent } from "./events.ts";
import { fileIcon } from "./icons.ts";

export const uploadStyles = css`
  .upload {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 4px var(--saldo-space-3);
    width: min(420px, 100%);
    padding: var(--saldo-space-2) var(--saldo-space-3);
    border: 1px dashed var(--saldo-line-strong);
    border-radius: var(--saldo-radius);
    font-size: 14px;
    line-height: 20px;
  }
  .upload .name {
    overflow-wrap: anywhere;
    font-weight: 600;
  }
  .upload .size {
    color: var(--saldo-text-2);
  }
  .upload progress {
    grid-column: 1 / -1;
    width: 100%;
    height: 4px;
    accent-color: var(--saldo-accent);
  }
`;

export function renderUpload({ upload, delivery }: Line, locale: SharedLocale): TemplateResult {
  const { name, size, progress } = upload ?? { name: "", size: 0, progress: 0 };
  const label = locale.text("file_sending", { share: locale.share(progress) });
  return html`<div class="upload" data-testid="upload">
    ${fileIcon}<span class="name">${name}</span><span class="size">${locale.fileSize(size)}</span>
    ${delivery === "failed" ? "" : html`<progress max="1" .value=${progress} aria-label=${label}></progress>`}
  </div>`;
}

export function renderUploadState({ key, upload }: Line, locale: SharedLocale): TemplateResult {
  const stop = (event: Event): void => {
    event.target?.dispatchEvent(new MessageDiscardEvent(key));
  };
  return html`<span class="state" aria-live="off">
    <span>${locale.text("file_sending", { share: locale.share(upload?.progress ?? 0) })}</span>
    <button type="button" class="link" data-testid="upload-stop" @click=${stop}>${locale.text("file_stop")}</button>
  </span>`;
}
