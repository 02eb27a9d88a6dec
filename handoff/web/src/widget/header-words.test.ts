import { expect, it } from "vitest";
import type { CallbackOut, ConversationOut } from "../api/protocol.ts";
import { sharedLocale } from "../i18n/locale.ts";
import { makeConversation } from "../testing/factories.ts";
import { wordHeader } from "./header-words.ts";

const wait = {
  bucket: null,
  raised: false,
  overtaken: false,
  callback_offered: true,
  opens_at: null,
  callback: null,
  phone_ending: null,
  slots: [],
};
const call: CallbackOut = { status: "waiting", way: "call", slot_from: null, attempts: 0, phone_ending: "099" };
const opensAt = "2026-11-23T07:00:00Z";

const read = (changes: Partial<ConversationOut>): string =>
  wordHeader({ conversation: makeConversation(changes), isClosed: changes.status === "closed" }, sharedLocale("en"));

it.each([
  ["Assistant", { status: "with_bot" }],
  ["Getting a person for you", { status: "queued", wait }],
  ["We are closed at the moment", { status: "queued", wait: { ...wait, opens_at: opensAt } }],
  ["We will call you back", { status: "queued", wait: { ...wait, callback: call } }],
  ["We will write to you here", { status: "queued", wait: { ...wait, callback: { ...call, way: "message" } } }],
  ["Getting a person for you", { status: "offered", wait: { ...wait, callback: call } }],
  ["Mia, customer service", { status: "active", agent: { name: "Mia Lindqvist" } }],
  ["Conversation ended", { status: "closed" }],
] as const)("the header says %s", (words, changes) => {
  expect(read(changes)).toBe(words);
});
