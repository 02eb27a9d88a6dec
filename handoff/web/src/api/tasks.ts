/** What waits for a person, as the server lists it for the console. */
import { callJson } from "./http.ts";

/** `reason` is a code for words; what the task does not name is null. */
export interface TaskOut {
  id: number;
  kind: string;
  reason: string;
  customer_number: string | null;
  period: string | null;
  invoice_number: string | null;
  amount_minor: number | null;
  currency: string | null;
  reference: string | null;
  answer_by: string | null;
  rule: string | null;
  created_at: string;
}

export const taskApi = {
  list: () => callJson<TaskOut[]>("/api/console/tasks"),
  finish: (id: number) => callJson<undefined>(`/api/console/tasks/${id}/done`, "POST", {}),
};

export type TaskApi = typeof taskApi;
