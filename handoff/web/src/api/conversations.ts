/** The customer's calls: opening a conversation, and the address of its socket. */
import { callJson } from "./http.ts";
import type { ConversationOut, Language } from "./protocol.ts";

export interface OpenedConversation {
  conversation: ConversationOut;
  token: string;
}

export function openConversation(origin: string, language: Language): Promise<OpenedConversation> {
  return callJson<OpenedConversation>(`${origin}/api/conversations`, "POST", { language });
}

/** Return the socket address that belongs to an http(s) origin. */
export function socketUrl(origin: string, path: string): string {
  return `${origin.replace(/^http/, "ws")}${path}`;
}
