/** Where state survives a reload: localStorage when the browser allows it, memory when it does not. */

export interface KeyValueStore {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(prefix: string): string[];
}

export class MemoryStore implements KeyValueStore {
  private readonly values = new Map<string, string>();

  get(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  set(key: string, value: string): void {
    this.values.set(key, value);
  }

  remove(key: string): void {
    this.values.delete(key);
  }

  keys(prefix: string): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix));
  }
}

/** A store that is full, or that forbids writing, costs a value its safety from reloads, never the value itself. */
class BrowserStore implements KeyValueStore {
  private readonly unstored = new Map<string, string>();

  constructor(private readonly area: Storage) {}

  get(key: string): string | null {
    return this.unstored.get(key) ?? this.area.getItem(key);
  }

  set(key: string, value: string): void {
    try {
      this.area.setItem(key, value);
      this.unstored.delete(key);
    } catch {
      this.unstored.set(key, value);
    }
  }

  remove(key: string): void {
    this.unstored.delete(key);
    this.area.removeItem(key);
  }

  keys(prefix: string): string[] {
    const known = new Set([...Object.keys(this.area), ...this.unstored.keys()]);
    return [...known].filter((key) => key.startsWith(prefix));
  }
}

/** Return the browser's store; reading the property alone throws where storage is blocked. */
export function openStore(find: () => Storage = () => globalThis.localStorage): KeyValueStore {
  try {
    return new BrowserStore(find());
  } catch {
    return new MemoryStore();
  }
}

/** Return the parsed value, or null when it is missing or not JSON. */
export function readJson(store: KeyValueStore, key: string): unknown {
  const value = store.get(key);
  if (value === null) return null;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return null;
  }
}
