import { statfs } from "node:fs/promises";

export interface FileSystem {
  /** `ext4`, `tmpfs`, …; `type 0x…` where its number is not known here. */
  name: string;
  /** False where fdatasync costs nothing, since nothing outlives the machine. */
  isDurable: boolean;
}

/** Numbers of linux/magic.h; ext2 and ext3 have ext4's. */
const NAMES: Readonly<Record<number, string>> = {
  61267: "ext4",
  1481003842: "xfs",
  2435016766: "btrfs",
  2035054128: "overlayfs",
  801189825: "zfs",
  16914836: "tmpfs",
  2240043254: "ramfs",
};
const IN_MEMORY = ["tmpfs", "ramfs"];

/** What a folder lies on. Linux. */
export async function fileSystemOf(directory: string): Promise<FileSystem> {
  return namedFileSystem((await statfs(directory)).type);
}

/** By the number that statfs(2) gives. */
export function namedFileSystem(type: number): FileSystem {
  const name = NAMES[type] ?? `type 0x${type.toString(16)}`;
  return { name, isDurable: !IN_MEMORY.includes(name) };
}
