/** How an entry of the outbox reads on the wire. */
import type { ClientFrame } from "../api/protocol.ts";
import type { OutboxEntry } from "./outbox.ts";

export function frameOf(entry: OutboxEntry): ClientFrame {
  const client_msg_id = entry.id;
  switch (entry.kind) {
    case "handoff":
      return { type: "handoff.request", client_msg_id };
    case "button":
      return { type: "button.press", client_msg_id, button_id: entry.buttonId ?? "" };
    case "callback": {
      const { way, slotFrom } = entry.callback ?? { way: "message", slotFrom: null };
      return { type: "callback.request", client_msg_id, way, ...(slotFrom !== null && { slot_from: slotFrom }) };
    }
    case "callback-cancel":
      return { type: "callback.cancel", client_msg_id };
    case "queue-leave":
      return { type: "queue.leave", client_msg_id };
    case "message":
      return { type: "message.send", client_msg_id, text: entry.text };
  }
}
