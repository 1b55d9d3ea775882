import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** Unmodified mux-embed, as its package ships it for a script tag. */
const MUX_EMBED = fileURLToPath(new URL("../../node_modules/mux-embed/dist/mux.js", import.meta.url));
const FILM = fileURLToPath(new URL("../../fixtures/media/testsrc-40s.mp4", import.meta.url));

export interface PlayerPage {
  url: string;
  close(): Promise<void>;
}

/** A stranger's page: a video, and the two lines of HTML that `npm start` prints. */
export async function servePlayerPage(collector: string, envKey: string, title: string): Promise<PlayerPage> {
  const options = { beaconCollectionDomain: collector, data: { env_key: envKey, video_title: title } };
  const html = `<!doctype html><title>A page</title>
    <video src="/film.mp4" muted></video>
    <script src="/mux.js"></script>
    <script>mux.monitor("video", ${JSON.stringify(options)})</script>`;
  const server = createServer((request, response) => serve(request, response, html));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // an address of a TCP server is never a string
  return { url: `http://127.0.0.1:${port}/`, close: () => close(server) };
}

function serve(request: IncomingMessage, response: ServerResponse, html: string): void {
  if (request.url === "/") response.setHeader("content-type", "text/html").end(html);
  else if (request.url === "/mux.js")
    response.setHeader("content-type", "text/javascript").end(readFileSync(MUX_EMBED));
  else if (request.url === "/film.mp4") serveRange(request, response, readFileSync(FILM));
  else response.writeHead(404).end();
}

/** Chromium asks for ranges of a video and stalls without them. */
function serveRange(request: IncomingMessage, response: ServerResponse, film: Buffer): void {
  const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const end = to === "" ? film.length - 1 : Number(to);
  response.writeHead(206, {
    "content-type": "video/mp4",
    "accept-ranges": "bytes",
    "content-range": `bytes ${from}-${end}/${film.length}`,
  });
  response.end(film.subarray(Number(from), end + 1));
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
