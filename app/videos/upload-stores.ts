import { isUnfinished } from "./upload-state.ts";
import type { Uploads } from "./uploads.ts";

/** Uploads of every environment that was looked at; each goes on while another one is shown. */
export interface UploadStores {
  of(environment: string): Uploads;
  countUnfinished(): number;
  cancelUnfinished(): void;
}

export function createUploadStores(create: (environment: string) => Uploads): UploadStores {
  const stores = new Map<string, Uploads>();
  return {
    of: (environment) => {
      const store = stores.get(environment) ?? create(environment);
      stores.set(environment, store);
      return store;
    },
    countUnfinished: () => [...stores.values()].flatMap((store) => store.get().filter(isUnfinished)).length,
    cancelUnfinished: () => {
      for (const store of stores.values()) {
        for (const { key } of store.get().filter(isUnfinished)) store.cancel(key);
      }
    },
  };
}
