import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeNetwork } from "../testing/fake-socket.ts";
import { LiveSocket } from "./live-socket.ts";

type Frame = { type: string; after?: number };

const opened: LiveSocket<Frame, Frame>[] = [];

function open(): { network: FakeNetwork; socket: LiveSocket<Frame, Frame>; received: Frame[]; lost: number[] } {
  const network = new FakeNetwork();
  const received: Frame[] = [];
  const lost: number[] = [];
  const handlers = {
    hello: (): Frame => ({ type: "hello", after: received.length }),
    receive: (frame: Frame): void => void received.push(frame),
    lost: (code: number): void => void lost.push(code),
  };
  const socket = new LiveSocket<Frame, Frame>("ws://x", handlers, { connect: network.connect, random: () => 1 });
  socket.start();
  opened.push(socket);
  return { network, socket, received, lost };
}

describe("LiveSocket", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    for (const socket of opened.splice(0)) socket.stop();
    vi.useRealTimers();
  });

  it("greets at each connection with what it has seen by then", () => {
    const { network } = open();
    network.newest.accept();
    network.newest.deliver({ type: "events" });
    network.newest.drop();
    vi.advanceTimersByTime(1000);
    network.newest.accept();

    expect(network.sockets.map(({ sent }) => sent)).toEqual([
      [{ type: "hello", after: 0 }],
      [{ type: "hello", after: 1 }],
    ]);
  });

  it("never gives up", () => {
    const { network } = open();
    for (let failure = 0; failure < 50; failure += 1) {
      network.newest.drop();
      vi.advanceTimersByTime(30_000);
    }
    expect(network.sockets.length).toBeGreaterThan(50);
  });

  it("starts with short delays again once the server was ready", () => {
    const { network } = open();
    for (let failure = 0; failure < 6; failure += 1) {
      network.newest.drop();
      vi.advanceTimersByTime(30_000);
    }
    network.newest.accept();
    network.newest.deliver({ type: "ready" });
    const before = network.sockets.length;
    network.newest.drop();
    vi.advanceTimersByTime(1000);

    expect(network.sockets).toHaveLength(before + 1);
  });

  it("notices a connection that has gone silent", () => {
    const { network, lost } = open();
    network.newest.accept();
    network.newest.deliver({ type: "ready" });
    vi.advanceTimersByTime(20_000);
    expect(network.newest.sentOf("ping")).toHaveLength(1);

    vi.advanceTimersByTime(10_000);

    expect(lost).toEqual([1006]);
  });

  it("stays connected while pongs come", () => {
    const { network, lost } = open();
    network.newest.accept();
    network.newest.deliver({ type: "ready" });
    for (let round = 0; round < 10; round += 1) {
      vi.advanceTimersByTime(20_000);
      network.newest.deliver({ type: "pong" });
    }
    expect(lost).toEqual([]);
  });

  it("tries at once when the browser is online again", () => {
    const { network } = open();
    network.newest.drop();
    globalThis.dispatchEvent(new Event("online"));

    expect(network.sockets).toHaveLength(2);
  });

  it("takes the line for lost as soon as the browser is offline", () => {
    const { network, lost } = open();
    network.newest.accept();
    network.newest.deliver({ type: "ready" });
    globalThis.dispatchEvent(new Event("offline"));
    expect(lost).toEqual([1006]);
    vi.advanceTimersByTime(1000);
    expect(network.sockets).toHaveLength(2);
  });

  it.each(["online", "visibilitychange"])("asks on %s whether an open line is alive, and gives it three seconds", (name) => {
    const { network, lost } = open();
    network.newest.accept();
    network.newest.deliver({ type: "ready" });
    (name === "online" ? globalThis : document).dispatchEvent(new Event(name));
    expect(network.newest.sentOf("ping")).toHaveLength(1);
    vi.advanceTimersByTime(3000);
    expect(lost).toEqual([1006]);
  });

  it("gives up a line on which nothing comes within five seconds of a request, however much is sent", () => {
    const { network, socket, lost } = open();
    network.newest.accept();
    network.newest.deliver({ type: "ready" });
    socket.request({ type: "message" });
    vi.advanceTimersByTime(4000);
    socket.request({ type: "message" });
    vi.advanceTimersByTime(1000);
    expect(lost).toEqual([1006]);
  });

  it("leaves nothing behind when it is stopped", () => {
    const { network, socket } = open();
    network.newest.drop();
    socket.stop();
    globalThis.dispatchEvent(new Event("online"));
    vi.advanceTimersByTime(120_000);

    expect(network.sockets).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ignores what an abandoned connection still says", () => {
    const { network, received } = open();
    const first = network.newest;
    first.accept();
    first.drop();
    vi.advanceTimersByTime(1000);
    first.deliver({ type: "events" });

    expect(received).toEqual([]);
  });
});
