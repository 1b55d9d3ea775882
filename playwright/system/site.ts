import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";

const ROOT = dirname(dirname(import.meta.dirname));

/** Packages as they ship for a script tag, and films; from the repository's folder. */
const FILES: Record<string, string> = {
  "/mux-player.js": "node_modules/@mux/mux-player/dist/mux-player.js",
  "/upchunk.js": "node_modules/@mux/upchunk/dist/upchunk.js",
  "/mux-uploader.js": "node_modules/@mux/mux-uploader/dist/mux-uploader.js",
  "/tus.js": "node_modules/tus-js-client/dist/tus.min.js",
  "/hls.js": "node_modules/hls.js/dist/hls.js",
  "/shaka.js": "node_modules/shaka-player/dist/shaka-player.compiled.js",
  "/video.js": "node_modules/video.js/dist/video.js",
  "/ocean.mp4": "node_modules/vide/test/video/ocean.mp4",
};

export interface Site {
  /** http://127.0.0.1:port */
  origin: string;
  /** Adds a page; gives its address. */
  page(path: string, html: string): string;
  /** Serves a file of this machine. */
  file(path: string, local: string): void;
  close(): Promise<void>;
}

/** A stranger's web site: pages of a test, unmodified client packages, a film to fetch. */
export async function serveSite(): Promise<Site> {
  const pages = new Map<string, string>();
  const files = new Map(Object.entries(FILES).map(([path, file]) => [path, join(ROOT, file)]));
  const server = createServer((request, response) => serve(request, response, pages, files));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // an address of a TCP server is never a string
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    page: (path, html) => {
      pages.set(path, html);
      return origin + path;
    },
    file: (path, local) => files.set(path, local),
    close: () => close(server),
  };
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  pages: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, string>,
): void {
  const path = request.url ?? "/";
  const page = pages.get(path);
  const file = files.get(path);
  if (page !== undefined) response.setHeader("content-type", "text/html").end(page);
  else if (file === undefined) response.writeHead(404).end();
  else {
    const type = path.endsWith(".js") ? "text/javascript" : "video/mp4";
    response.writeHead(200, { "content-type": type, "content-length": statSync(file).size });
    createReadStream(file).pipe(response);
  }
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
