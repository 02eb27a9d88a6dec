/** The script that a page embeds: puts the chat element at the page's end. Attributes of the script tag are its settings. */
import "./saldo-chat.ts";

function embed(script: HTMLScriptElement): void {
  const chat = document.createElement("saldo-chat");
  chat.origin = new URL(script.src).origin;
  chat.company = script.dataset["company"] ?? "";
  chat.requestedLanguage = script.dataset["language"] ?? document.documentElement.lang;
  // A page that is always light, or always dark, says so; otherwise the reader's system decides.
  const { theme } = script.dataset;
  if (theme === "light" || theme === "dark") chat.style.colorScheme = theme;
  document.body.append(chat);
}

// Read now: once the script has run, `currentScript` is null. A second tag on one page changes nothing.
const script = document.currentScript;
if (script instanceof HTMLScriptElement && !document.querySelector("saldo-chat")) {
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", () => {
      embed(script);
    });
  } else embed(script);
}
