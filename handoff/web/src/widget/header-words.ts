/** Who is there, in the line under the company's name; it says the same as the card below. */
import type { ConversationOut } from "../api/protocol.ts";
import { waitingStateOf } from "../components/waiting-state.ts";
import type { SharedLocale } from "../i18n/locale.ts";
import { firstName } from "../state/transcript.ts";

export interface HeaderState {
  conversation: ConversationOut | null;
  isClosed: boolean;
}

export function wordHeader({ conversation, isClosed }: HeaderState, locale: SharedLocale): string {
  if (isClosed) return locale.text("header_closed");
  if (conversation?.agent) return locale.text("header_agent", { name: firstName(conversation.agent.name) });
  if (conversation?.status !== "queued" && conversation?.status !== "offered") return locale.text("assistant");
  const state = waitingStateOf(conversation);
  if (state.kind === "closed") return locale.text("waiting_closed");
  if (state.kind === "live") return locale.text("header_waiting");
  return locale.text(state.callback.way === "call" ? "callback_call" : "callback_message");
}
