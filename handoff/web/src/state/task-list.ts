/** The tasks that wait for a person; nobody announces them. */
import type { TaskApi, TaskOut } from "../api/tasks.ts";
import { PolledList } from "./polled-list.ts";

export class TaskList extends PolledList<TaskOut, number> {
  constructor(private readonly api: TaskApi) {
    super();
  }

  protected fetch(): Promise<readonly TaskOut[]> {
    return this.api.list();
  }

  /** Return whether the task is done. */
  finish(id: number): Promise<boolean> {
    return this.settle(id, async () => {
      await this.api.finish(id);
    });
  }
}
