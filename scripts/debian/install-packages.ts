import { existsSync } from "node:fs";

const APT = "/usr/bin/apt-get";

/** The command that a person types to install a program. */
export function installCommand(program: string): string {
  return `apt-get install --yes --no-install-recommends ${program}`;
}

/** Whether programs may be installed here without asking: as root on Debian and its like, as in containers. */
export function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync(APT);
}

/** A shell's command that installs it. The lists of packages are fetched first: images come without them. */
export function installing(program: string): [string, string, string] {
  return ["/bin/sh", "-c", `${APT} update && DEBIAN_FRONTEND=noninteractive ${installCommand(program)}`];
}
