/** The accessible name of a control, as far as our own markup goes: aria-label, wrapping label, own text. */

export function accessibleName(element: Element): string {
  const label = element.getAttribute("aria-label") ?? element.closest("label")?.textContent ?? element.textContent;
  return label.replace(/\s+/g, " ").trim();
}

/** Every button, field and link inside a rendered element. */
export function controls(root: ParentNode): Element[] {
  return [...root.querySelectorAll("button, input, select, textarea, a, [role=dialog], [role=group], [role=log]")];
}
