/** A file on its way to the server: the bytes as they are, their name and key beside them. */
import { languageHeader, readAnswer } from "./http.ts";
import type { MessageOut } from "./protocol.ts";

/** What the server takes, as the `accept` of a file field. */
export const FILE_TYPES = "image/png,image/jpeg,application/pdf";

/** Headers carry Latin letters only, so that the name travels percent-encoded. */
export async function sendFile(url: string, clientFileId: string, file: File): Promise<MessageOut> {
  const headers = { ...languageHeader(), "Content-Type": file.type, "X-File-Name": encodeURIComponent(file.name), "X-File-Id": clientFileId };
  return readAnswer<MessageOut>(await fetch(url, { method: "POST", credentials: "same-origin", headers, body: file }));
}
