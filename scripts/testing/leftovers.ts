import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One process as far as we may look; unreadable parts are empty. */
export interface ProcessFacts {
  pid: number;
  parentPid: number;
  groupId: number;
  /** Start in clock ticks after boot; tells a process from a later one with its number. */
  startedAt: string;
  program: string;
  commandLine: string;
}

/**
 * Processes of this repository that were not there before and belong to nobody alive: our own children, or orphans.
 * A `npm start` begun meanwhile has a living shell above it and is left out.
 */
export function leftovers(
  before: readonly ProcessFacts[],
  now: readonly ProcessFacts[],
  root: string,
  ownPid: number,
): ProcessFacts[] {
  const known = new Set(before.map(identity));
  const byPid = new Map(now.map((one) => [one.pid, one]));
  const isOurs = (one: ProcessFacts): boolean => one.program.startsWith(root) || one.commandLine.includes(root);
  return now.filter((one) => {
    if (one.pid === ownPid || known.has(identity(one)) || !isOurs(one)) return false;
    const top = topmost(one, byPid, isOurs, ownPid);
    return top.parentPid === ownPid || top.parentPid === 1 || isReaper(byPid.get(top.parentPid));
  });
}

/** The highest of its ancestors that still belong to the repository; stops below ourselves. */
function topmost(
  start: ProcessFacts,
  byPid: ReadonlyMap<number, ProcessFacts>,
  isOurs: (one: ProcessFacts) => boolean,
  ownPid: number,
): ProcessFacts {
  let top = start;
  for (;;) {
    const parent = byPid.get(top.parentPid);
    if (parent === undefined || parent.pid === ownPid || !isOurs(parent)) return top;
    top = parent;
  }
}

/** systemd adopts a user's orphans where pid 1 does not. */
function isReaper(parent: ProcessFacts | undefined): boolean {
  return parent?.commandLine.includes("systemd") ?? true;
}

function identity({ pid, startedAt }: ProcessFacts): string {
  return `${pid} ${startedAt}`;
}

/** All processes that /proc shows, without those that have ended and are only not yet collected; none where there is no /proc (macOS), so that nothing is claimed there. */
export function listProcesses(): ProcessFacts[] {
  return numbersIn("/proc").flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [state, parentPid, groupId, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state === "Z") return [];
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const [parent, group] = [Number(parentPid), Number(groupId)];
      return [
        { pid, parentPid: parent, groupId: group, startedAt: rest[16] ?? "", program: programOf(pid), commandLine },
      ];
    } catch {
      return []; // ended while we looked
    }
  });
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return ""; // another user's
  }
}
