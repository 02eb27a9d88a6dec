/** What the demo site asks the server for. A server without the demo answers 404. */
import { callJson } from "./http.ts";
import type { Language } from "./protocol.ts";

export interface DemoCustomer {
  customer_number: string;
  name: string;
  country: string;
  language: Language;
  story: string;
  phone: string;
}

export interface PhoneMessage {
  id: number;
  to: string;
  name: string;
  body: string;
  sent_at: string;
}

export interface DemoLetter {
  id: number;
  to: string;
  name: string;
  subject: string;
  sent_at: string;
  /** The address of the document that went with it. */
  pdf: string | null;
}

export function listDemoCustomers(): Promise<DemoCustomer[]> {
  return callJson<DemoCustomer[]>("/api/demo/customers");
}

export async function listPhoneMessages(after: number): Promise<PhoneMessage[]> {
  return (await callJson<{ messages: PhoneMessage[] }>(`/api/demo/phone?after=${after}`)).messages;
}

/** The newest first. */
export function listDemoLetters(): Promise<DemoLetter[]> {
  return callJson<DemoLetter[]>("/api/demo/letters");
}
