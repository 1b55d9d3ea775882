import type { Site } from "../../domain/hls/testing/site.ts";

const TRIES = 20;

/** A presentation on real hosts. 503 is asked again, as players do: what is made just in time may take a while. */
export const httpSite: Site = {
  get: async (url) => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await fetch(url);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (answer.status === 503 && attempt < TRIES) {
        await new Promise((resolve) => setTimeout(resolve, 1_000 * Number(answer.headers.get("retry-after") ?? 1)));
        continue;
      }
      return {
        status: answer.status,
        contentType: answer.headers.get("content-type") ?? "",
        bytes,
        text: textOf(bytes),
      };
    }
  },
  resolve: (uri, base) => new URL(uri, base).href,
};

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
