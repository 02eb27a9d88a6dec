/** The tasks that wait for a person: fetched when asked for and every minute, for nobody announces them. */
import type { TaskApi, TaskOut } from "../api/tasks.ts";
import { Observable } from "./observable.ts";

const REFRESH_MS = 60_000;

export class TaskList extends Observable {
  tasks: readonly TaskOut[] = [];
  /** The last call failed; what is shown may be old. */
  hasFailed = false;

  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly api: TaskApi) {
    super();
  }

  start(): void {
    if (this.timer !== undefined) return;
    void this.load();
    this.timer = setInterval(() => void this.load(), REFRESH_MS);
  }

  /** Forget the tasks: they are not for whoever signs in next. */
  stop(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.tasks = [];
    this.changed();
  }

  async load(): Promise<void> {
    await this.attempt(async () => {
      const tasks = await this.api.list();
      if (this.timer !== undefined) this.tasks = tasks;
    });
  }

  async finish(id: number): Promise<void> {
    await this.attempt(async () => {
      await this.api.finish(id);
      this.tasks = this.tasks.filter((task) => task.id !== id);
    });
  }

  private async attempt(call: () => Promise<void>): Promise<void> {
    try {
      await call();
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    }
    this.changed();
  }
}
