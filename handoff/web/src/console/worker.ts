/**
 * Runs when the console sleeps: shows what was pushed and says that it came, which keeps the agent available.
 * Built as one file of its own, /console/worker.js.
 */
interface PushContent {
  id: string;
  title: string;
  body: string;
  tag: string;
  open: string;
}

/** What is used of the service worker's scope; TypeScript's library for it excludes that of the page. */
interface WorkerScope {
  registration: ServiceWorkerRegistration;
  clients: { openWindow(url: string): Promise<unknown>; matchAll(options: object): Promise<readonly OpenPage[]> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install", listener: (event: LateEvent) => void): void;
  addEventListener(kind: "push", listener: (event: LateEvent & { data: { json(): unknown } | null }) => void): void;
  addEventListener(kind: "notificationclick", listener: (event: LateEvent & { notification: Notification }) => void): void;
}

interface LateEvent {
  waitUntil(work: Promise<unknown>): void;
}

interface OpenPage {
  url: string;
  focus(): Promise<OpenPage>;
  navigate(url: string): Promise<unknown>;
}

const scope = globalThis as unknown as WorkerScope;

scope.addEventListener("install", (event) => {
  event.waitUntil(scope.skipWaiting());
});

scope.addEventListener("push", (event) => {
  const content = event.data?.json() as PushContent | undefined;
  if (content === undefined) return;
  const { title, body, tag, open } = content;
  const shown = scope.registration.showNotification(title, { body, tag, data: open, requireInteraction: true });
  event.waitUntil(Promise.allSettled([shown, sayHeard(content.id)]));
});

scope.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openConsole(event.notification.data as string));
});

function sayHeard(id: string): Promise<Response> {
  return fetch(`/api/agents/me/push/${id}/heard`, { method: "POST", credentials: "same-origin" });
}

async function openConsole(place: string): Promise<void> {
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const console = pages.find((page) => new URL(page.url).pathname.startsWith("/console"));
  await (console === undefined ? scope.clients.openWindow(place) : console.focus());
}

export {};
