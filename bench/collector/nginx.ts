import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** nginx in one process that reads every body into memory and says 200, parsing nothing and keeping nothing. */
export interface Nginx {
  port: number;
  pid: number;
  /** What it does with a body, for the report. */
  how: string;
  stop(): Promise<void>;
}

/** Debian's libnginx-mod-http-echo: answers by itself once the body is read. */
const ECHO_MODULE = "/usr/lib/nginx/modules/ngx_http_echo_module.so";
const READY_MS = 5_000;

/** Null where nginx is not installed. */
export async function startNginx(): Promise<Nginx | null> {
  if (!isInstalled()) return null;
  const folder = await mkdtemp(join(tmpdir(), "playhead-nginx-"));
  const port = await freePort();
  const hasEcho = existsSync(ECHO_MODULE);
  const file = join(folder, "nginx.conf");
  await writeFile(file, configuration(folder, port, hasEcho));
  const child = spawn("nginx", ["-p", folder, "-c", file, "-e", join(folder, "error.log")], { stdio: "inherit" });
  await untilOpen(child, port);
  return {
    port,
    pid: child.pid ?? 0, // set: its port is open
    how: hasEcho ? "reads the body" : "reads the body and passes it to a server of its own",
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether nginx is there to be started. */
export function isInstalled(): boolean {
  try {
    execFileSync("nginx", ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Without the module nobody reads a body that nobody needs: then it is passed on, inside the same process. */
function configuration(folder: string, port: number, hasEcho: boolean): string {
  const answer = hasEcho
    ? 'echo_read_request_body; echo "ok";'
    : `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://unix:${folder}/answer.sock:;`;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
${hasEcho ? `load_module ${ECHO_MODULE};` : ""}
daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off; default_type text/plain;
  keepalive_requests 1000000000; client_max_body_size 4m; client_body_buffer_size 4m; client_body_in_single_buffer on;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
  server { listen 127.0.0.1:${port}; location / { ${answer} } }
  server { listen unix:${folder}/answer.sock; location / { return 200 "ok\\n"; } }
}
`;
}

/** Resolves when it listens. */
export async function untilOpen(child: ChildProcess, port: number): Promise<void> {
  const deadlineMs = performance.now() + READY_MS;
  while (performance.now() < deadlineMs && child.exitCode === null) {
    if (await isOpen(port)) return;
    await sleep(20);
  }
  throw new Error("nginx did not start");
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("connect", () => socket.end(() => resolve(true)));
    socket.on("error", () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
