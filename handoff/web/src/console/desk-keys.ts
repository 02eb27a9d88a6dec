/** The keyboard of the desk: which press is a command, and which is part of a sentence or of a dialog. */
import { Hands } from "../state/desk-hands.ts";
import { type DeskAction, findAction, isWritingIn } from "../state/keymap.ts";
import type { DeskSettings } from "../state/desk-settings.ts";

export interface DeskKeysOptions {
  settings: DeskSettings;
  /** Whether keys are for somebody else now: a dialog is open, or nobody has signed in. */
  isCovered(): boolean;
  /** `isWriting`: the key came out of a field. */
  act(action: DeskAction, isWriting: boolean): void;
}

export class DeskKeys {
  private readonly hands = new Hands();

  constructor(private readonly options: DeskKeysOptions) {}

  connect(): void {
    globalThis.addEventListener("keydown", this.handleKeydown);
    globalThis.addEventListener("pointerdown", this.handlePointer);
  }

  disconnect(): void {
    globalThis.removeEventListener("keydown", this.handleKeydown);
    globalThis.removeEventListener("pointerdown", this.handlePointer);
  }

  private readonly handleKeydown = (event: KeyboardEvent): void => {
    const { settings, isCovered, act } = this.options;
    const isWriting = isWritingIn(event.composedPath());
    const isMeant = this.hands.isCommand({ key: event.key, repeat: event.repeat, isWriting });
    // A line that Enter has finished may go, and the hands know it.
    if (event.key === "Enter" && event.composedPath()[0] instanceof HTMLInputElement) this.hands.rest();
    if (isCovered() || event.defaultPrevented || !isMeant) return;
    const action = findAction(event, settings.bindings, { isWriting, areKeysOn: settings.hasKeys });
    if (!action) return;
    if (action !== "leave") event.preventDefault();
    act(action, isWriting);
  };

  private readonly handlePointer = (): void => {
    this.hands.rest();
  };
}
