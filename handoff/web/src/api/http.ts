/** One way to call the JSON API; a refusal becomes an `ApiError` that carries the server's facts. */

/** The server answered, and refused. `text` is its localised sentence. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly text: string | null,
  ) {
    super(`${status} ${error}`);
  }

  /** Whether the same call may succeed later without a change. */
  get isTemporary(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

interface ErrorBody {
  error?: unknown;
  text?: unknown;
}

async function toApiError(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const error = typeof body.error === "string" ? body.error : response.statusText;
  return new ApiError(response.status, error, typeof body.text === "string" ? body.text : null);
}

let spoken: string | null = null;

/** In which language the server shall answer from now on; until then, in the browser's. */
export function speak(language: string): void {
  spoken = language;
}

export function languageHeader(): Record<string, string> {
  return spoken === null ? {} : { "Accept-Language": spoken };
}

/** Call `url`; a body makes it a POST unless `method` says otherwise. */
export async function callJson<T>(url: string, method: "GET" | "POST" | "PUT" = "GET", body?: unknown): Promise<T> {
  const init: RequestInit = { method, credentials: "same-origin", headers: languageHeader() };
  if (body !== undefined) {
    init.headers = { ...languageHeader(), "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  return readAnswer<T>(await fetch(url, init));
}

export async function readAnswer<T>(response: Response): Promise<T> {
  if (!response.ok) throw await toApiError(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}
