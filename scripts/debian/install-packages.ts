import { existsSync } from "node:fs";

const APT = "/usr/bin/apt-get";

/** The command that a person types to install packages, named with spaces between. */
export function installCommand(packages: string): string {
  return `apt-get install --yes --no-install-recommends ${packages}`;
}

/** Whether programs may be installed here without asking: as root on Debian and its like, as in containers. */
export function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync(APT);
}

/** A shell's command that installs them. The lists of packages are fetched first: images come without them. */
export function installing(packages: string): [string, string, string] {
  return ["/bin/sh", "-c", `${APT} update && DEBIAN_FRONTEND=noninteractive ${installCommand(packages)}`];
}
