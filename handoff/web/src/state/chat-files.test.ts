import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Upload, uploadFile } from "../api/chat-files.ts";
import { ApiError } from "../api/http.ts";
import type { MessageOut } from "../api/protocol.ts";
import { makeMessage } from "../testing/factories.ts";
import { ChatFiles } from "./chat-files.ts";

interface Attempt {
  wish: Upload;
  tell: (progress: number) => void;
  signal: AbortSignal;
  resolve: (message: MessageOut) => void;
  reject: (error: unknown) => void;
}

interface World {
  files: ChatFiles;
  attempts: Attempt[];
  sent: MessageOut[];
}

function makeWorld(): World {
  const attempts: Attempt[] = [];
  const sent: MessageOut[] = [];
  const upload: typeof uploadFile = (wish, tell, signal) =>
    new Promise((resolve, reject) => attempts.push({ wish, tell, signal, resolve, reject }));
  const host = {
    holder: () => ({ origin: "https://saldo.example", id: "c1", token: "secret", language: "de" as const }),
    sent: (message: MessageOut) => sent.push(message),
    changed: () => undefined,
  };
  return { files: new ChatFiles(host, { upload, now: () => 1000, random: () => 1 }), attempts, sent };
}

const letter = new File(["%PDF-1.7"], "letter.pdf", { type: "application/pdf" });
const picture = new File(["x"], "meter.png", { type: "image/png" });
const shown = ({ files }: World): string[] => files.lines.map(({ text, delivery }) => `${delivery}: ${text}`);

describe("the customer's files", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("go one after the other, and show how far they have come", async () => {
    const world = makeWorld();
    world.files.add(letter);
    world.files.add(picture);
    expect(world.attempts.map(({ wish }) => wish.file.name)).toEqual(["letter.pdf"]);

    world.attempts[0]!.tell(0.4);
    expect(world.files.lines[0]!.upload).toEqual({ name: "letter.pdf", size: letter.size, progress: 0.4 });
    world.attempts[0]!.resolve(makeMessage(3));
    await vi.advanceTimersByTimeAsync(0);

    expect(world.sent.map(({ seq }) => seq)).toEqual([3]);
    expect(shown(world)).toEqual(["sending: meter.png"]);
    expect(world.attempts.map(({ wish }) => wish.file.name)).toEqual(["letter.pdf", "meter.png"]);
  });

  it("are tried again under the same id after a lost connection", async () => {
    const world = makeWorld();
    world.files.add(letter);
    world.attempts[0]!.reject(new TypeError("failed"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(world.attempts).toHaveLength(2);
    expect(world.attempts[1]!.wish.fileId).toBe(world.attempts[0]!.wish.fileId);
  });

  it("tell a refusal in the server's words, wait for the person, and let the next one pass", async () => {
    const world = makeWorld();
    world.files.add(letter);
    world.files.add(picture);
    world.attempts[0]!.reject(new ApiError(415, "FileKindRefused", "We take pictures (PNG, JPEG) and PDF files."));
    await vi.advanceTimersByTimeAsync(0);
    expect(shown(world)).toEqual(["failed: letter.pdf", "sending: meter.png"]);
    expect(world.files.lines[0]!.refusal).toBe("We take pictures (PNG, JPEG) and PDF files.");

    world.files.discard(world.files.lines[0]!.key);
    expect(shown(world)).toEqual(["sending: meter.png"]);
  });

  it("are given up in the middle, and the next one goes", async () => {
    const world = makeWorld();
    world.files.add(letter);
    world.files.add(picture);
    world.files.discard(world.files.lines[0]!.key);
    expect(world.attempts[0]!.signal.aborted).toBe(true);
    world.attempts[0]!.reject(new TypeError("aborted"));
    await vi.advanceTimersByTimeAsync(0);
    expect(world.attempts.map(({ wish }) => wish.file.name)).toEqual(["letter.pdf", "meter.png"]);
  });

  it("are gone as soon as the transcript has them, though the answer was lost", () => {
    const world = makeWorld();
    world.files.add(letter);
    world.files.settle(`file:${world.attempts[0]!.wish.fileId}`);
    expect(shown(world)).toEqual([]);
  });

  it("wait while the page has no connection", async () => {
    const world = makeWorld();
    world.files.add(letter);
    world.files.pause();
    world.attempts[0]!.reject(new TypeError("aborted"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.attempts).toHaveLength(1);
    world.files.resume();
    expect(world.attempts).toHaveLength(2);
  });
});
