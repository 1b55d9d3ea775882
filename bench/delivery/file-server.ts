import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../platform/postgres/testing.ts";
import { isInstalled, untilOpen } from "../collector/nginx.ts";

/** nginx in one process that serves a folder with sendfile, as one would in production. */
export interface FileServer {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** Null where nginx is not installed. */
export async function startFileServer(directory: string): Promise<FileServer | null> {
  if (!isInstalled()) return null;
  const folder = await mkdtemp(join(tmpdir(), "playhead-nginx-files-"));
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  await writeFile(file, configuration(folder, directory, port));
  const child: ChildProcess = spawn("nginx", ["-p", folder, "-c", file, "-e", join(folder, "error.log")], {
    stdio: "inherit",
  });
  await untilOpen(child, port);
  return {
    port,
    pid: child.pid ?? 0, // set: its port is open
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, directory: string, port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off; default_type video/mp4; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  open_file_cache max=1000;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
  server { listen 127.0.0.1:${port}; root ${directory}; add_header Cache-Control "public, max-age=31536000, immutable"; }
}
`;
}
