/** Reply templates: which of them fit what the agent types after a slash, and what is still to be filled in. Pure. */
import type { CannedOut } from "../api/console.ts";

/** A placeholder that the server left for the agent, such as {amount}. */
const PLACEHOLDER = /\{[a-z][a-z_]{1,39}\}/g;

/** Return what is typed after the slash that begins the text; null when the text is an ordinary one. */
export function cannedQuery(text: string): string | null {
  return /^\/([^\n/]{0,40})$/.exec(text)?.[1] ?? null;
}

/** Templates that contain every word, the ones whose name or shortcut begins with the query first. */
export function findCanned(templates: readonly CannedOut[], query: string): CannedOut[] {
  const words = fold(query).split(/\s+/).filter((word) => word !== "");
  const fits = templates.filter(({ key, shortcut, title, text }) => {
    const all = fold([key, shortcut ?? "", title, text].join(" "));
    return words.every((word) => all.includes(word));
  });
  const begins = (template: CannedOut): boolean =>
    [template.shortcut ?? "", template.key, template.title].some((name) => fold(name).startsWith(fold(query)));
  return [...fits.filter(begins), ...fits.filter((template) => !begins(template))];
}

/** Return each placeholder that is still open, once. */
export function unfilled(text: string): string[] {
  return [...new Set(text.match(PLACEHOLDER) ?? [])];
}

export interface TextRange {
  start: number;
  end: number;
}

/** Return where the next open placeholder stands, from a position on and then from the beginning. */
export function nextUnfilled(text: string, from: number): TextRange | null {
  const all = [...text.matchAll(PLACEHOLDER)].map(({ 0: name, index }) => ({ start: index, end: index + name.length }));
  return all.find(({ start }) => start >= from) ?? all[0] ?? null;
}

/** Cut the text where placeholders begin and end, so that they can be marked. */
export function markUnfilled(text: string): { text: string; isOpen: boolean }[] {
  const parts: { text: string; isOpen: boolean }[] = [];
  let at = 0;
  for (const { 0: name, index } of text.matchAll(PLACEHOLDER)) {
    if (index > at) parts.push({ text: text.slice(at, index), isOpen: false });
    parts.push({ text: name, isOpen: true });
    at = index + name.length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), isOpen: false });
  return parts;
}

/** Case and accents do not matter when one searches in haste: "gruss" finds "Gruß", "saa" finds "Sää". */
function fold(text: string): string {
  return text.toLowerCase().replaceAll("ß", "ss").normalize("NFD").replace(/\p{M}/gu, "");
}
