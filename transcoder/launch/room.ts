import { lstatSync, readlinkSync } from "node:fs";
import { isAbsolute } from "node:path";

/** What one run may see of the machine's files. */
export interface RunFiles {
  /** Folder in which it stands and may write. */
  folder: string;
  /** Files and folders that it may read. What is no absolute path (`testsrc2`, a URL) is no file. */
  reads: readonly string[];
  /** The one file that it may write outside its folder; has to exist. */
  writes: string | null;
}

/** Everything apart: files, network, processes, host name, messages between processes. It ends when its parent does. */
const APART = ["--unshare-all", "--die-with-parent", "--new-session"];
/** Links to `/usr` on most systems, folders on old ones. */
const SYSTEM_FOLDERS = ["/bin", "/lib", "/lib32", "/lib64", "/sbin"];
/** Where the loader finds libraries; some of ffmpeg's own (BLAS) are chosen by `/etc/alternatives`. */
const SYSTEM_FILES = ["/etc/alternatives", "/etc/ld.so.cache", "/nix/store"];

/** For a shell: prints the program files behind names and links, then the folders of libraries that the environment names. */
export const FIND_PROGRAMS =
  'for program; do readlink -f "$(command -v "$program")"; done; printenv LD_LIBRARY_PATH | tr : "\\n"; true';

/**
 * Arguments of bubblewrap that show the programs and their libraries, and nothing else of the machine.
 *
 * @param found what the shell prints for {@link FIND_PROGRAMS}
 */
export function roomWith(found: string): string[] {
  const outside = found.split("\n").filter((path) => isAbsolute(path) && !path.startsWith("/usr/"));
  return [
    ...APART,
    ...["--ro-bind", "/usr", "/usr"],
    ...SYSTEM_FOLDERS.flatMap(shownFolder),
    ...[...SYSTEM_FILES, ...outside].flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--dev", "/dev"],
  ];
}

/** Arguments that add the files of one run. */
export function filesOfRun({ folder, reads, writes }: RunFiles): string[] {
  return [
    ...reads.filter(isAbsolute).flatMap((path) => ["--ro-bind-try", path, path]),
    ...(writes === null ? [] : ["--bind", writes, writes]),
    ...["--bind", folder, folder, "--chdir", folder],
  ];
}

function shownFolder(folder: string): string[] {
  const status = lstatSync(folder, { throwIfNoEntry: false });
  if (status === undefined) return [];
  return status.isSymbolicLink() ? ["--symlink", readlinkSync(folder), folder] : ["--ro-bind", folder, folder];
}
