/** The browser keeps nothing for this site, or no longer what was asked for. */
export class StorageRefused extends Error {}

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}

function whenCommitted(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("storage was refused"));
  });
}

/** One database of IndexedDB, opened for each piece of work, so that no tab holds up another. */
export class Storage {
  constructor(
    private readonly name: string,
    private readonly stores: Readonly<Record<string, IDBObjectStoreParameters>>,
  ) {}

  /** Runs `work` in a transaction of its own; resolves when that is on disk. */
  async inStore<T>(
    store: string,
    mode: IDBTransactionMode,
    work: (objects: IDBObjectStore) => Promise<T>,
  ): Promise<T> {
    const database = await this.open();
    try {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const committed = whenCommitted(transaction);
      committed.catch(() => undefined); // told below, or by `work` before
      const result = await work(transaction.objectStore(store));
      await committed;
      return result;
    } catch (error) {
      throw new StorageRefused(String(error));
    } finally {
      database.close();
    }
  }

  get<T>(store: string, key: string): Promise<T | undefined> {
    return this.inStore(store, "readonly", (objects) =>
      finished(objects.get(key) as IDBRequest<T | undefined>),
    );
  }

  /** `key` is left out where the store takes it from the value. */
  async put(store: string, value: object, key?: string): Promise<void> {
    await this.inStore(store, "readwrite", (objects) => finished(objects.put(value, key)));
  }

  async remove(store: string, key: string): Promise<void> {
    await this.inStore(store, "readwrite", (objects) => finished(objects.delete(key)));
  }

  /** Puts what `change` makes of the value that is there; undefined removes it. One transaction. */
  async change<T extends object>(
    store: string,
    key: string,
    change: (kept: T | undefined) => T | undefined,
  ): Promise<T | undefined> {
    return this.inStore(store, "readwrite", async (objects) => {
      const kept = await finished(objects.get(key) as IDBRequest<T | undefined>);
      const changed = change(kept);
      if (changed === undefined) await finished(objects.delete(key));
      else if (changed !== kept) await finished(objects.put(changed, key));
      return changed;
    });
  }

  private async open(): Promise<IDBDatabase> {
    try {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => {
        for (const [store, options] of Object.entries(this.stores)) {
          request.result.createObjectStore(store, options);
        }
      };
      return await finished(request);
    } catch (error) {
      throw new StorageRefused(String(error));
    }
  }
}
