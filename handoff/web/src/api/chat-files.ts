/** A customer's files: sent with a sign of progress, fetched with the conversation's secret, which no link may carry. */
import { ApiError, readAnswer } from "./http.ts";
import type { FileCard, Language, MessageOut } from "./protocol.ts";

/** What the server takes at most. */
export const FILE_LIMIT_MEGABYTES = 10;

/** Whose conversation it is, as the server wants it proved. */
export interface Holder {
  origin: string;
  id: string;
  token: string;
  language: Language;
}

export interface Upload extends Holder {
  /** The same for every try, so that the file is stored once. */
  fileId: string;
  file: File;
}

interface Refusal {
  error?: string;
  text?: string;
}

function refusalOf(request: XMLHttpRequest): ApiError {
  const body = (request.response ?? {}) as Refusal;
  return new ApiError(request.status, body.error ?? request.statusText, body.text ?? null);
}

function open(method: string, path: string, { origin, id, token, language }: Holder): XMLHttpRequest {
  const request = new XMLHttpRequest();
  request.open(method, `${origin}/api/conversations/${id}/files${path}`);
  request.responseType = "json";
  request.setRequestHeader("Authorization", `Bearer ${token}`);
  request.setRequestHeader("Accept-Language", language);
  return request;
}

/** A line on which nothing has moved for so long is dead: the next try may find another. */
const STALLED_MS = 30_000;

/** Send the file; `fetch` cannot tell how far it has come. Headers carry Latin letters only: the name is encoded. */
export function uploadFile(wish: Upload, tell: (progress: number) => void, signal: AbortSignal): Promise<MessageOut> {
  const { file, fileId } = wish;
  return new Promise((resolve, reject) => {
    const request = open("POST", "", wish);
    request.setRequestHeader("Content-Type", file.type);
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.setRequestHeader("X-File-Id", fileId);
    let stalled: ReturnType<typeof setTimeout> | undefined;
    const watch = (): void => {
      clearTimeout(stalled);
      stalled = setTimeout(() => {
        request.abort();
      }, STALLED_MS);
    };
    request.addEventListener("loadend", () => {
      clearTimeout(stalled);
    });
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      watch();
      tell(total === 0 ? 0 : loaded / total);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as MessageOut);
      else reject(refusalOf(request));
    });
    const fail = (): void => {
      reject(new TypeError("the file did not reach the server"));
    };
    request.addEventListener("error", fail);
    request.addEventListener("abort", fail);
    signal.addEventListener("abort", () => {
      request.abort();
    });
    watch();
    request.send(file);
  });
}

/** Fetch a file and hand it to the browser to be kept. It is never shown in the page: a stranger may have made it. */
export async function saveFile(card: FileCard, { origin, id, token, language }: Holder): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, "Accept-Language": language };
  const response = await fetch(`${origin}/api/conversations/${id}/files/${card.id}`, { headers });
  if (!response.ok) await readAnswer(response);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = card.name;
  link.click();
  // Not at once: some browsers begin to read only after the click is over.
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 60_000);
}
