/** A number before the title of the host's page, for who waits in another tab. The title itself stays the host's. */

const SIGN = /^\(\d+\) /;

export function signTitle(count: number): void {
  const bare = document.title.replace(SIGN, "");
  const signed = count > 0 ? `(${count}) ${bare}` : bare;
  if (document.title !== signed) document.title = signed;
}
