import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { PostgresBinaries } from "./binaries.ts";
import { relocate } from "./relocate.ts";
import { run } from "./run.ts";

/** `self`: as we are. `namespace`: in a user namespace. `owner`, `relocated`: under another uid (see README). */
export type Identity = "self" | "namespace" | "owner" | "relocated";

/** Under which identity the engine runs, and where its files then lie. */
export interface Runner {
  identity: Identity;
  binaries: PostgresBinaries;
  /** Parent folder of the cluster; writable for the identity. */
  home: string;
  /** Files given to the child must belong to this user; null: they are right as we write them. */
  owner: Account | null;
  wrap(
    program: string,
    args: readonly string[],
  ): { command: [string, ...string[]]; options: { uid?: number; gid?: number } };
}

export interface Account {
  uid: number;
  gid: number;
}

/**
 * Decides under which identity Postgres runs; it refuses to run as root. A root user gets, in this order: the owner of
 * data that an ordinary user made before; a user namespace, in which files keep the access rights of the real root while
 * the engine sees an unprivileged uid, so that folders of mode 0700 stay passable; or copies of binaries and data in a
 * folder of an unprivileged user, where the machine refuses user namespaces (some containers).
 */
export async function chooseRunner(
  dataDir: string,
  binaries: PostgresBinaries,
  wanted: Identity | "auto" = "auto",
): Promise<Runner> {
  if (wanted === "relocated") return relocatedRunner(dataDir, binaries);
  if (wanted === "self" || (wanted === "auto" && !isRoot() && hasAccount())) return selfRunner(dataDir, binaries);

  const owner = await clusterOwner(dataDir);
  if (isRoot() && owner !== null && owner.uid !== 0) return ownerRunner(dataDir, binaries, owner);
  const isRelocated = await exists(join(dataDir, "relocated"));
  if (!isRelocated) {
    const runner = namespaceRunner(dataDir, binaries, await unprivilegedAccount());
    const refusal = await namespaceRefusal(runner);
    if (refusal === null) return runner;
    if (wanted === "namespace" || !isRoot())
      throw new Error("This machine refuses user namespaces", { cause: refusal });
  }
  return relocatedRunner(dataDir, binaries);
}

function selfRunner(dataDir: string, binaries: PostgresBinaries): Runner {
  return {
    identity: "self",
    binaries,
    home: dataDir,
    owner: null,
    wrap: (program, args) => ({ command: [program, ...args], options: {} }),
  };
}

function namespaceRunner(dataDir: string, binaries: PostgresBinaries, account: Account): Runner {
  const unshare = ["unshare", "--user", `--map-user=${account.uid}`, `--map-group=${account.gid}`, "--"] as const;
  return {
    identity: "namespace",
    binaries,
    home: dataDir,
    owner: null,
    wrap: (program, args) => ({ command: [...unshare, program, ...args], options: {} }),
  };
}

function ownerRunner(dataDir: string, binaries: PostgresBinaries, owner: Account): Runner {
  return {
    identity: "owner",
    binaries,
    home: dataDir,
    owner,
    wrap: (program, args) => ({ command: [program, ...args], options: owner }),
  };
}

async function relocatedRunner(dataDir: string, binaries: PostgresBinaries): Promise<Runner> {
  const account = await unprivilegedAccount();
  const moved = await relocate(dataDir, binaries, account);
  return { ...ownerRunner(moved.home, moved.binaries, account), identity: "relocated" };
}

/** Why the namespace cannot be used, or null: it must exist, reach the binaries, and write into the data folder. */
async function namespaceRefusal(runner: Runner): Promise<Error | null> {
  const probe = 'test -x "$1" && test -r "$2" && test -w "$3"';
  try {
    await run(runner, "/bin/sh", ["-c", probe, "sh", runner.binaries.postgres, runner.binaries.initdb, runner.home]);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function clusterOwner(dataDir: string): Promise<Account | null> {
  try {
    return await stat(join(dataDir, "cluster"));
  } catch {
    return null;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** initdb asks the system for its user's name; a container started with a bare uid has none. */
function hasAccount(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}

/** `nobody`, or the first other account; the name must exist for initdb, nothing else of it is used. */
async function unprivilegedAccount(): Promise<Account> {
  const accounts = (await readFile("/etc/passwd", "utf8"))
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 && gid > 0);
  const account = accounts.find(({ name }) => name === "nobody") ?? accounts[0];
  if (account === undefined) throw new Error("Postgres refuses to run as root and /etc/passwd names no other user");
  return { uid: account.uid, gid: account.gid };
}
