"use client";

import { createContext, useContext, useSyncExternalStore } from "react";
import type { Upload } from "./upload-state.ts";
import type { UploadStores } from "./upload-stores.ts";
import type { Uploads } from "./uploads.ts";

const NONE: readonly Upload[] = [];

export const UploadsContext = createContext<UploadStores | null>(null);

/** The environment's uploads: what is on its way, and what can be done about it. */
export function useUploads(environment: string): Omit<Uploads, "get" | "subscribe"> & { uploads: readonly Upload[] } {
  const stores = useContext(UploadsContext);
  if (stores === null) throw new Error("useUploads needs an UploadsProvider above it");
  const { get, subscribe, add, cancel, retry } = stores.of(environment);
  return { uploads: useSyncExternalStore(subscribe, get, () => NONE), add, cancel, retry };
}
