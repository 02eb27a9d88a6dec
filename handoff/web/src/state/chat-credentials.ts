/** Which conversation this browser has, and the secret that opens it; shared by all tabs of a page. */
import type { OpenedConversation } from "../api/conversations.ts";
import type { ConversationOut } from "../api/protocol.ts";
import type { Exclusively } from "./exclusive.ts";
import { type KeyValueStore, readJson } from "./storage.ts";

export interface Credentials {
  id: string;
  token: string;
}

function isCredentials(value: unknown): value is Credentials {
  return typeof value === "object" && value !== null && "id" in value && "token" in value;
}

export class StoredCredentials {
  current: Credentials | null = null;

  constructor(
    private readonly store: KeyValueStore,
    private readonly key: string,
  ) {
    this.read();
  }

  /** Look again: another tab may have opened a conversation. */
  read(): void {
    const stored = readJson(this.store, this.key);
    this.current = isCredentials(stored) ? stored : null;
  }

  /** Two tabs that open at the same moment share one conversation: the second finds what the first has stored. */
  async openOnce(open: () => Promise<OpenedConversation>, exclusively: Exclusively): Promise<ConversationOut | null> {
    let opened: ConversationOut | null = null;
    await exclusively(this.key, async () => {
      this.read();
      if (this.current) return;
      const { conversation, token } = await open();
      this.current = { id: conversation.id, token };
      this.store.set(this.key, JSON.stringify(this.current));
      opened = conversation;
    });
    return opened;
  }

  forget(): void {
    this.current = null;
    this.store.remove(this.key);
  }
}
