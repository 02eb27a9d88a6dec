/** Moving the focus without taking it from anybody. */

/**
 * Focus `target` unless the person is elsewhere by now: in another part of the page, or in a field of this one.
 * What comes late must not turn the rest of a sentence into commands.
 */
export function leadFocus(host: Element, target: HTMLElement | null | undefined): void {
  const { activeElement } = document;
  const isNowhere = activeElement === null || activeElement === document.body;
  if (isNowhere || (isWithin(host) && !isField(innermost(activeElement)))) target?.focus();
}

function isWithin(host: Element): boolean {
  return (host.getRootNode() as Document | ShadowRoot).activeElement === host;
}

function innermost(element: Element): Element {
  const inner = element.shadowRoot?.activeElement;
  return inner ? innermost(inner) : element;
}

function isField(element: Element): boolean {
  return element.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}
