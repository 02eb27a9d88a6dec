import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ConsoleOut, TranscriptOut } from "../api/console.ts";
import { agent, makeSnapshot, makeTranscript, offer, row } from "../testing/desk-store.ts";
import { FakeSocket } from "../testing/fake-socket.ts";
import "./saldo-console.ts";
import type { SaldoConsole } from "./saldo-console.ts";

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;
type Answer = { status: number; body: unknown };

const own = { ...row, agent_id: agent.id };

/** What the server answers, by the end of the address; anything else is an empty list. */
function serve(answers: Record<string, Answer>): ReturnType<typeof vi.fn<Fetch>> {
  const asked = vi.fn<Fetch>((url) => {
    const found = Object.entries(answers).find(([end]) => url.endsWith(end))?.[1] ?? { status: 200, body: [] };
    return Promise.resolve(Response.json(found.body, { status: found.status }));
  });
  vi.stubGlobal("fetch", asked);
  return asked;
}

function makeDesk(snapshot: Partial<ConsoleOut> = {}, thread: Partial<TranscriptOut> = {}): Record<string, Answer> {
  return {
    "/api/console": { status: 200, body: makeSnapshot(snapshot) },
    "/conversations/c1": { status: 200, body: makeTranscript(thread) },
    "/me/language": { status: 200, body: { ...agent, language: "en" } },
  };
}

async function open(): Promise<{ page: SaldoConsole; find(path: string): Promise<HTMLElement> }> {
  const page = document.createElement("saldo-console");
  document.body.append(page);
  /** Elements by name, each in the shadow of the one before. */
  const find = async (path: string): Promise<HTMLElement> =>
    vi.waitFor(() => {
      const found = path
        .split(" ")
        .reduce<Element | null | undefined>((root, name) => root?.shadowRoot?.querySelector(name), page) as HTMLElement | null;
      if (!found) throw new Error(`no ${path}`);
      return found;
    });
  await find("saldo-side");
  return { page, find };
}

async function press(key: string): Promise<void> {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }));
  await new Promise((resolve) => setTimeout(resolve));
}

beforeEach(() => {
  vi.stubGlobal("WebSocket", FakeSocket);
  localStorage.setItem("saldo:desk:sound", "off");
  localStorage.setItem("saldo:desk:language", "en");
});

afterEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
  vi.unstubAllGlobals();
});

describe("the desk", () => {
  it("puts no cursor into the field of another customer when an offer could not be taken", async () => {
    const refused = { status: 409, body: { error: "AlreadyTaken", text: "Aino has already taken this conversation." } };
    serve({ ...makeDesk({ offer, conversations: [own] }), "/accept": refused });
    location.hash = "#conversation=c1";
    const { page, find } = await open();
    await find("saldo-thread saldo-reply-box textarea");
    await press("a");
    const refusal = await find("saldo-desk-banners [data-testid=refusal]");
    expect(refusal.textContent).toContain("Aino has already taken this conversation.");
    expect(page.shadowRoot?.activeElement ?? null).toBeNull();
  });

  it("puts the cursor into the field of the customer who was taken", async () => {
    serve({ ...makeDesk({ offer }), "/accept": { status: 200, body: own } });
    const { page, find } = await open();
    await press("a");
    await find("saldo-thread saldo-reply-box textarea");
    await vi.waitFor(() => {
      expect(page.shadowRoot?.activeElement?.localName).toBe("saldo-thread");
    });
  });

  it("follows a link once, so that the same one can be followed again", async () => {
    serve(makeDesk({ conversations: [own] }));
    location.hash = "#conversation=c1";
    const { find } = await open();
    await find("saldo-thread saldo-reply-box");
    expect(location.hash).toBe("");
  });

  it("lets a supervisor out of a conversation that is read along with Escape", async () => {
    serve(makeDesk({}, { joined: true }));
    location.hash = "#conversation=c1";
    const { find } = await open();
    await find("saldo-thread saldo-thread-header .joined");
    await press("Escape");
    expect(await find("saldo-desk-empty")).not.toBeNull();
  });

  it("has the server speak the language that the agent has chosen", async () => {
    const asked = serve(makeDesk());
    await open();
    await vi.waitFor(() => {
      const change = asked.mock.calls.find(([url]) => url.endsWith("/me/language"));
      expect(change?.[1]?.body).toBe(JSON.stringify({ language: "en" }));
      expect(new Headers(change?.[1]?.headers).get("Accept-Language")).toBe("en");
    });
  });

  it("tells an agent who is offline so, and S is the way to work", async () => {
    const asked = serve({ ...makeDesk({ agent: { ...agent, presence: "offline" } }), "/presence": { status: 200, body: agent } });
    const { find } = await open();
    const empty = await find("saldo-desk-empty");
    expect(empty.shadowRoot?.textContent).toContain("You are offline");
    await press("s");
    const change = asked.mock.calls.find(([url]) => url.endsWith("/presence"));
    expect(change?.[1]?.body).toContain("available");
  });

  it("opens the board beside the desk for a supervisor", async () => {
    serve(makeDesk({ agent: { ...agent, role: "supervisor" } }));
    const opened = vi.spyOn(window, "open").mockReturnValue(null);
    await open();
    await press("g");
    expect(opened).toHaveBeenCalledWith("/board", "saldo-board");
    expect(window.name).toBe("saldo-console");
    opened.mockRestore();
  });

  it("asks nobody who waits any more once the agent has signed out", async () => {
    serve(makeDesk());
    const { page, find } = await open();
    await press("w");
    await find("saldo-side saldo-waiting-list");
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ error: "NotSignedIn", text: null }, { status: 401 })));
    (await find("saldo-side [data-testid=sign-out]")).click();
    await find("saldo-login");
    expect(page["waiting"].isOpen).toBe(false);
  });
});
