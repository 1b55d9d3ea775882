import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** Packages as they ship for a script tag, and films. */
const FILES: Record<string, string> = {
  "/mux-player.js": "@mux/mux-player/dist/mux-player.js",
  "/upchunk.js": "@mux/upchunk/dist/upchunk.js",
  "/hls.js": "hls.js/dist/hls.js",
  "/film.mp4": "vide/test/video/ocean.mp4",
};

export interface Site {
  /** http://127.0.0.1:port */
  origin: string;
  /** Adds a page; gives its address. */
  page(path: string, html: string): string;
  close(): Promise<void>;
}

/** A stranger's web site: pages of a test, unmodified client packages, a film to fetch. */
export async function serveSite(): Promise<Site> {
  const pages = new Map<string, string>();
  const server = createServer((request, response) => serve(request, response, pages));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // an address of a TCP server is never a string
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    page: (path, html) => {
      pages.set(path, html);
      return origin + path;
    },
    close: () => close(server),
  };
}

function serve(request: IncomingMessage, response: ServerResponse, pages: ReadonlyMap<string, string>): void {
  const path = request.url ?? "/";
  const page = pages.get(path);
  if (page !== undefined) {
    response.setHeader("content-type", "text/html").end(page);
    return;
  }
  const file = FILES[path];
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  const local = fileURLToPath(new URL(`../../node_modules/${file}`, import.meta.url));
  const type = path.endsWith(".js") ? "text/javascript" : "video/mp4";
  response.writeHead(200, { "content-type": type, "content-length": statSync(local).size });
  createReadStream(local).pipe(response);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
