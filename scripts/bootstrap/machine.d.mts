export interface Machine {
  platform: string;
  arch: string;
  nodeVersion: string;
  isMusl: boolean;
}

export function unsupported(machine: Machine): string | null;
export function thisMachine(): Machine;
export function diskTooFull(folder: string, purpose: "install" | "run"): string | null;
