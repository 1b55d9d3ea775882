import { describe, expect, it } from "vitest";
import { judgeTrace } from "./judge-trace.ts";

const OURS = ["/jobs/playhead-"];
const START = [
  '100 execve("/usr/bin/bwrap", ["bwrap"], 0x7ffd) = 0',
  '100 openat(AT_FDCWD, "/proc/sys/kernel/overflowuid", O_RDONLY) = 3',
  '100 execve("/usr/local/bin/ffprobe", ["ffprobe"], 0x7ffd) = -1 ENOENT (No such file or directory)',
  '100 execve("/usr/bin/ffprobe", ["ffprobe"], 0x7ffd <unfinished ...>',
  '50  openat(AT_FDCWD, "/var/lib/objects/a", O_RDONLY) = 9',
  "100 <... execve resumed>) = 0",
];
const judged = (...lines: string[]) => judgeTrace([...START, ...lines].join("\n"), OURS);

describe("judgeTrace", () => {
  it("judges what ffprobe does once it runs, and nobody else", () => {
    const { runs, opens, wrong } = judged(
      '100 openat(AT_FDCWD, "/usr/lib/libx264.so", O_RDONLY|O_CLOEXEC) = 3',
      '100 openat(AT_FDCWD, "/jobs/playhead-a/in", O_RDONLY <unfinished ...>',
      "100 <... openat resumed>) = 4",
      "50  connect(7, {sa_family=AF_INET, sin_port=htons(5432)}, 16) = 0",
    );
    expect({ runs, opens, wrong }).toEqual({ runs: 1, opens: 2, wrong: [] });
  });

  it.each([
    ["a connection", "100 connect(3, {sa_family=AF_INET, sin_port=htons(80)}, 16) = -1 ENETUNREACH", /^connect/],
    ["a file", '100 openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = -1 ENOENT', /^openat \/etc\/passwd$/],
    ["a way out of its folder", '100 openat(AT_FDCWD, "../x", O_RDONLY) = 3', /^openat \.\.\/x$/],
    ["a program", '100 execve("/bin/sh", ["sh"], 0x7ffd) = 0', /^execve \/bin\/sh$/],
    ["a process", "100 vfork() = 101", /^vfork$/],
    ["a process by clone", "100 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 101", /^clone/],
  ])("finds %s", (_, line, wrong) => {
    expect(judged(line).wrong).toEqual([expect.stringMatching(wrong)]);
  });

  it("counts threads to their process, by their number outside", () => {
    const clone = "100 clone3({flags=CLONE_VM|CLONE_THREAD, exit_signal=0}, 88) = 3 /* 103 in strace's PID NS */";
    expect(judged(clone, '103 openat(AT_FDCWD, "/etc/shadow", O_RDONLY) = 3').wrong).toEqual(["openat /etc/shadow"]);
  });
});
