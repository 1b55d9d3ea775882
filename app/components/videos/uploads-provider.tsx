"use client";

import { type ReactNode, useEffect, useState } from "react";
import { startTransfer } from "../../videos/start-transfer.ts";
import { createUploadStores } from "../../videos/upload-stores.ts";
import { createUploads } from "../../videos/uploads.ts";
import { UploadsContext } from "../../videos/use-uploads.ts";
import { createVideoApi } from "../../videos/video-api.ts";

/** Keeps uploads alive while a person goes from page to page, and asks before the last page is left. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const [stores] = useState(() =>
    createUploadStores((environment) =>
      createUploads({
        api: createVideoApi(environment),
        startTransfer,
        origin: globalThis.location?.origin ?? "", // no file is ever added where there is no window
        nowMs: () => performance.now(),
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      }),
    ),
  );
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => {
      if (stores.countUnfinished() > 0) event.preventDefault();
    };
    window.addEventListener("beforeunload", onLeave);
    return () => window.removeEventListener("beforeunload", onLeave);
  }, [stores]);
  return <UploadsContext value={stores}>{children}</UploadsContext>;
}
