/** What holds a started ffmpeg back, as arguments of `launch-ffmpeg.sh`; null where this machine cannot. */
export interface Sandbox {
  memory: boolean;
  cpu: boolean;
  fileSize: boolean;
  /** Flags for `unshare`: a network of its own, with nothing in it. */
  network: "-n" | "-rn" | null;
  /** Signal that ends ffmpeg when the transcoder dies, however it dies. */
  death: "KILL" | null;
  /** bubblewrap: no file but its own, no network, no other process in sight. */
  files: boolean;
}

export interface RunLimits {
  cpuSeconds: number;
  /** Most bytes of a file that is written. */
  fileBytes: number;
  /** How far it steps back on a busy machine: 0 not at all, 19 most. */
  niceness: number;
}

/**
 * Address space of one run. 1080p to 720p with two threads fails at 500 MB and works at 800 MB; 2160p needs 1.4 GB (measured
 * with Debian's ffmpeg 5.1).
 */
const MEMORY_KIB = 2 * 1024 * 1024;
/** POSIX counts `ulimit -f` in these. */
const FILE_BLOCK_BYTES = 512;

/** Exit status of the launcher when a layer that was asked for could not be put on. */
export const LAYER_FAILED = 125;

const EVERY_LAYER: Sandbox = {
  memory: true,
  cpu: true,
  fileSize: true,
  network: "-n",
  death: "KILL",
  files: true,
};
export const NO_SANDBOX: Sandbox = {
  memory: false,
  cpu: false,
  fileSize: false,
  network: null,
  death: null,
  files: false,
};

/** The layers to try, strongest form first; each is tried alone. Root needs no user namespace, which would hide others' files. */
export const CANDIDATES: readonly Sandbox[] = [
  { ...NO_SANDBOX, memory: true },
  { ...NO_SANDBOX, cpu: true },
  { ...NO_SANDBOX, fileSize: true },
  { ...NO_SANDBOX, network: "-n" },
  { ...NO_SANDBOX, network: "-rn" },
  { ...NO_SANDBOX, death: "KILL" },
  { ...NO_SANDBOX, files: true },
];

/** Puts together what worked, keeping the first form of each layer. */
export function joinLayers(working: readonly Sandbox[]): Sandbox {
  return working.reduce(
    (all, layer) => ({
      memory: all.memory || layer.memory,
      cpu: all.cpu || layer.cpu,
      fileSize: all.fileSize || layer.fileSize,
      network: all.network ?? layer.network,
      death: all.death ?? layer.death,
      files: all.files || layer.files,
    }),
    NO_SANDBOX,
  );
}

/** Names of the active layers, for readiness and logs. The first two are options of ffmpeg itself and always there. */
export function layerNames(sandbox: Sandbox): string[] {
  const layers: [string, boolean][] = [
    ["forced-demuxer", true],
    ["protocol-whitelist", true],
    ["empty-environment", true],
    ["memory", sandbox.memory],
    ["cpu", sandbox.cpu],
    ["file-size", sandbox.fileSize],
    ["no-network", sandbox.network !== null || sandbox.files],
    ["dies-with-parent", sandbox.death !== null || sandbox.files],
    ["private-files", sandbox.files],
  ];
  return layers.filter(([, active]) => active).map(([name]) => name);
}

/** Names of the layers that this machine cannot give. */
export function missingLayers(sandbox: Sandbox): string[] {
  const active = layerNames(sandbox);
  return layerNames(EVERY_LAYER).filter((name) => !active.includes(name));
}

/** Arguments of the launcher that stand before the program's own. `room` is what bubblewrap shows of the machine. */
export function launchArguments(sandbox: Sandbox, limits: RunLimits, room: readonly string[]): string[] {
  return [
    sandbox.memory ? String(MEMORY_KIB) : "-",
    sandbox.cpu ? String(Math.ceil(limits.cpuSeconds)) : "-",
    sandbox.fileSize ? String(Math.ceil(limits.fileBytes / FILE_BLOCK_BYTES)) : "-",
    sandbox.files ? "-" : (sandbox.network ?? "-"), // bubblewrap makes a network of its own
    sandbox.death ?? "-",
    String(limits.niceness),
    ...(sandbox.files ? ["bwrap", ...room, "--"] : []),
  ];
}
