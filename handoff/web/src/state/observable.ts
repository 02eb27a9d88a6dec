/** State that can be watched, and the controller through which a Lit element watches it. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export class Observable {
  private readonly listeners = new Set<() => void>();

  /** Call `listener` after each change; the returned function ends that. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  protected changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** Renders its host anew whenever the observed state changes. The state is looked up when the host is connected. */
export class ObserverController implements ReactiveController {
  private unsubscribe: (() => void) | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly source: () => Observable,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.unsubscribe = this.source().subscribe(() => {
      this.host.requestUpdate();
    });
  }

  hostDisconnected(): void {
    this.unsubscribe?.();
    this.unsubscribe = null;
  }
}
