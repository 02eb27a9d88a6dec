/** One tab at a time: runs an action while no other tab of this page runs one of the same name. */

export type Exclusively = (name: string, action: () => Promise<void>) => Promise<void>;

/** Without the browser's locks (a page on a plain address) the action simply runs. */
export const exclusively: Exclusively = async (name, action) => {
  const { locks } = navigator as { locks?: LockManager };
  if (locks) await locks.request(name, action);
  else await action();
};
