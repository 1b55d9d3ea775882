import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../platform/postgres/testing.ts";
import { isInstalled, untilOpen } from "../collector/nginx.ts";

/** nginx in one process that stores what is PUT, as its WebDAV module does. */
export interface PutServer {
  port: number;
  /** Brings a file that was PUT to the disk: nginx itself does not wait for that. */
  sync(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Null where nginx is not installed. */
export async function startPutServer(): Promise<PutServer | null> {
  if (!isInstalled()) return null;
  const folder = await mkdtemp(join(tmpdir(), "playhead-nginx-put-"));
  const files = join(folder, "files");
  await mkdir(files);
  const port = await freePort();
  const configuration = join(folder, "nginx.conf");
  await writeFile(configuration, configurationOf(folder, files, port));
  const child = spawn("nginx", ["-p", folder, "-c", configuration, "-e", join(folder, "error.log")], {
    stdio: "inherit",
  });
  await untilOpen(child, port);
  return {
    port,
    sync: async (name) => {
      const file = await open(join(files, name));
      await file.sync();
      await file.close();
    },
    remove: (name) => rm(join(files, name)),
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Bodies are gathered where they end, so that they are renamed and not copied. */
function configurationOf(folder: string, files: string, port: number): string {
  const temporary = ["proxy", "fastcgi", "uwsgi", "scgi"];
  return `
user root; daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off; client_max_body_size 0; client_body_buffer_size 256k; client_body_temp_path ${folder}/body;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
  server { listen 127.0.0.1:${port}; root ${files}; location / { dav_methods PUT; } }
}
`;
}
