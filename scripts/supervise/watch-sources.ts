import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import type { Service } from "./service.ts";
import type { Stoppable } from "./stop-order.ts";

/** Editors write a file in several steps, and a checkout writes many. */
const SETTLE_MS = 150;

const RESTART_GRACE_MS = 5_000;

/** Restarts a service when a TypeScript or SQL source below these folders changes; tests do not count. */
export function watchSources(root: string, folders: readonly string[], service: Service): Stoppable {
  let timer: NodeJS.Timeout | undefined;
  const onChange = (file: string | null): void => {
    if (file === null || !/\.(ts|sql)$/.test(file) || /\.test\.ts$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void service.restart(RESTART_GRACE_MS), SETTLE_MS);
  };
  const watchers: FSWatcher[] = folders.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_, file) => onChange(file)),
  );
  return {
    stop: async () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
